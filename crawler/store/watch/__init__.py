"""What is looked at, when and by whom, and how the looks went."""
