"""Outward: a remembered notice reaches a reader (feed, web page, API, alert)."""
