"""What is owed to whom, and how sending it went."""
