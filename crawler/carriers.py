"""Who carried a page that was not found through a column: a source of the catalogue, or a stranger."""

from __future__ import annotations

from urllib.parse import urlsplit

from crawler.config import Catalogue
from crawler.items import Authority, Column, Source

_SHARED = frozenset({"mp.weixin.qq.com"})  # hosts of many publishers: an address there names none of them
_NOWHERE = "https://unknown.invalid/"  # RFC 2606; a stranger has no list


def carrier(catalogue: Catalogue, url: str, *, name: str | None = None) -> Source | None:
    """The source that carries ``url``: the one called ``name``, else the only one at home on the address's host.

    None when the catalogue knows none, or more than one.
    """
    if name and (known := catalogue.names.get(name)):
        return catalogue.sources[known]
    host = _host(url)
    at_home = [s for s in catalogue.sources.values() if host in _homes(s)] if host not in _SHARED else []
    return at_home[0] if len(at_home) == 1 else None


def stranger(url: str, name: str | None = None) -> Source:
    """A publisher that the catalogue does not know, so that its page can be read; never official."""
    host = _host(url)
    column = Column(url=url if host else _NOWHERE)
    return Source(id="unknown", name=name or host or "unknown", authority=Authority.ACCOUNT, column=(column,))


def _homes(source: Source) -> set[str]:
    """The hosts of a source's homepage, or where it has none, of its columns."""
    named = [source.homepage] if source.homepage else [c.url for c in source.column]
    return {_host(url) for url in named}


def _host(url: str) -> str:
    parts = urlsplit(url)
    return (parts.hostname or "").removeprefix("www.") if parts.scheme in ("http", "https") else ""
