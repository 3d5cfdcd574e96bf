"""The pollers: `scrapy list` names every source, `scrapy crawl SOURCE` polls one."""
