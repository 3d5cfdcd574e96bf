"""Scrapy's extensions: what a crawl works with from its opening to its close."""
