"""Scrapy as its tutorial shows it, for comparison: `python -m benchmarks.plain_scrapy FILE` reads links."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scrapy import Spider
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response


class Lists(Spider):
    """One request a list; an item of the addresses it links to."""

    name = "lists"

    def parse(self, response: Response, **_: Any) -> Iterator[dict[str, Any]]:
        """The links of a list."""
        yield {"url": response.url, "links": response.css("a::attr(href)").getall()}


def main(file: str) -> None:
    """Crawl every address in ``file`` once, with Scrapy's own settings."""
    process = CrawlerProcess({"LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False})
    process.crawl(Lists, start_urls=Path(file).read_text("utf-8").split())
    process.start()


if __name__ == "__main__":
    main(sys.argv[1])
