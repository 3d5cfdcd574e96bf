"""From an article to a judgement: who says it, what it means, and whether it is news.  Pure: no clock, no database."""
