"""What proves it: captures, and the chain over all that was seen and said."""
