"""Scrapy's list of spiders is the catalogue: one spider class a source, all of them the wire spider."""

from __future__ import annotations

from typing import Self

from scrapy import Request, Spider
from scrapy.settings import BaseSettings

from crawler.config.catalogue import Catalogue, load_catalogue
from crawler.config.settings import load_settings
from crawler.exceptions import ConfigError
from crawler.spiders.wire import WireSpider


class SourceLoader:
    """Name every source, load the spider that polls it (implements SpiderLoaderProtocol)."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """Read the catalogue that fenghuo.toml (or FENGHUO_CONFIG) names; a mistake in it ends `scrapy` in one line."""
        try:
            return cls(load_catalogue(load_settings()))
        except ConfigError as e:
            raise SystemExit(f"fenghuo: {e}") from e

    def list(self) -> list[str]:
        """Ids of all sources."""
        return sorted(self._catalogue.sources)

    def load(self, spider_name: str) -> type[Spider]:
        """The spider that polls one source.  Raises KeyError."""
        source = self._catalogue.sources.get(spider_name)
        if source is None:
            raise KeyError(f"Spider not found: {spider_name}")
        columns = tuple(source.key(c) for c in source.column if c.enabled)
        return type(WireSpider.__name__, (WireSpider,), {"name": spider_name, "columns": columns})

    def find_by_request(self, request: Request) -> list[str]:  # type: ignore[valid-type]
        """Sources that have a column at the request's very address."""
        return [s.id for s in self._catalogue.sources.values() if any(c.url == request.url for c in s.column)]
