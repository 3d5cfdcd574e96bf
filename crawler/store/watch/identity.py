"""Identity: the one link that an article has, whatever key, address or number of a document it is found under."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select, union_all

from crawler.items import Article, Link
from crawler.reading.documents import is_document_key, same_title
from crawler.store import upsert
from crawler.store.keys import among, rows_of
from crawler.store.tables import aliases, links

_ITSELF = select(links.c.key.label("given"), links.c.key).where(among(links.c.key))
_ALIAS = select(aliases.c.alias, aliases.c.link).where(among(aliases.c.alias))
_RESOLVE = union_all(_ALIAS, _ITSELF)
_TITLES = select(*links.c["key", "title"]).where(among(links.c.key))


def resolve(tx: Connection, keys: Iterable[str]) -> dict[str, str]:
    """The link each known key stands for: itself, or the one it is an alias of."""
    return dict(map(tuple, rows_of(tx, _RESOLVE, sorted(set(keys)))))


def standing(tx: Connection, found: Iterable[Link]) -> dict[str, str]:
    """The link that each of ``found`` stands for, by its key; those never seen before are missing.

    The number that a CMS gave a document tells it at another address, where it is called the same there.
    """
    listed: dict[str, Link] = {}
    for link in found:
        listed.setdefault(link.key, link)
    known = resolve(tx, listed)
    numbered = {alias: link for key, link in listed.items() if key not in known for alias in link.aliases}
    for alias, (key, title) in _called(tx, numbered).items():
        if same_title(numbered[alias].title, title):
            known[numbered[alias].key] = key
    return known


def believed(tx: Connection, article: Article) -> tuple[str, ...]:
    """The aliases of ``article`` but for the number of a document that is called otherwise at a known address."""
    called = _called(tx, filter(is_document_key, article.aliases))
    return tuple(a for a in article.aliases if a not in called or same_title(article.title, called[a][1]))


def name(tx: Connection, named: Iterable[tuple[str, str]]) -> None:
    """Write aliases, each with the link it stands for; what stands for a link already goes on doing so."""
    upsert.add(tx, aliases, [{"alias": alias, "link": link} for alias, link in sorted(set(named)) if alias != link])


def _called(tx: Connection, names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Key and title of the link that each known alias stands for."""
    known = resolve(tx, names)
    titles = {row.key: row.title for row in rows_of(tx, _TITLES, sorted(set(known.values())))}
    return {alias: (key, titles[key]) for alias, key in known.items() if key in titles}
