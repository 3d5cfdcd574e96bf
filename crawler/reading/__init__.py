"""From a publisher's bytes to an article: its class, title, date, words and claimed origin.  Pure: no clock, no net."""
