"""A list that somebody wants watched becomes a source: what stands there, what its file says, what is kept of it."""
