"""Whether a text is a known notice in another disguise, or one that only resembles it."""
