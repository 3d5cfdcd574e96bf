"""What a text means for us: kind, scope, scam types, places, figures, contacts, each with its sentence."""
