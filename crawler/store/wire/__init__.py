"""What is remembered of the world: notices, how they are known again, found and counted."""
