"""Dates: how they are written, where a page tells them, and which one is that of publication."""
