"""The served side: feeds, pages, API, metrics, health."""
