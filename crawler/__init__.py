"""Inward: a publisher's page becomes a remembered notice."""
