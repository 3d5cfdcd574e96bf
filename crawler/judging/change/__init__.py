"""What changed between two readings, and whether that matters."""
