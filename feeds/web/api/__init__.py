"""/api/v1: everything that the page shows and does, as JSON for programs; described by its own models."""
