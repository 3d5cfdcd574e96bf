"""Who carried a page that was not found through a column: a source of the catalogue, or a stranger."""

from __future__ import annotations

from crawler.config import Catalogue, host_of
from crawler.items import Authority, Column, Source

_SHARED = frozenset({"mp.weixin.qq.com"})  # hosts of many publishers: an address there names none of them
_NOWHERE = "https://unknown.invalid/"  # RFC 2606; a stranger has no list


def carrier(catalogue: Catalogue, url: str, *, name: str | None = None) -> Source | None:
    """The source that carries ``url``: the one called ``name``, else the only one at home on the address's host.

    None when the catalogue knows none, or more than one.
    """
    if name and (known := catalogue.names.get(name)):
        return catalogue.sources[known]
    host = host_of(url)
    known = catalogue.homes.get(host) if host not in _SHARED else None
    return catalogue.sources[known] if known else None


def stranger(url: str, name: str | None = None) -> Source:
    """A publisher that the catalogue does not know, so that its page can be read; never official."""
    host = host_of(url)
    column = Column(url=url if host else _NOWHERE)
    return Source(id="unknown", name=name or host or "unknown", authority=Authority.ACCOUNT, column=(column,))
