"""Fetching: the client, its politeness, robots.txt and the address guard, without Scrapy."""

from crawler.fetch.fetcher import Fetcher, RobotsInMemory, fetch_page, retry_after, shown
from crawler.fetch.robots import RobotsFile, RobotsShelf

__all__ = ["Fetcher", "RobotsFile", "RobotsInMemory", "RobotsShelf", "fetch_page", "retry_after", "shown"]
