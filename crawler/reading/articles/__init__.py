"""An article page becomes an article: the body found, cleaned and titled."""
