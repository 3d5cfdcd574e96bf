"""Whose text a page says it carries."""
