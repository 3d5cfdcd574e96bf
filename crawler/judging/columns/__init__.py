"""How a column fares: its looks, its health, its coverage."""
