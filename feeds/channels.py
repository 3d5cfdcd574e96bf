"""Which feeds there are, what each holds, and which of them a change touches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import structlog
from sqlalchemy import Connection

from crawler.config import Catalogue, Settings
from crawler.items import Kind, Notice
from crawler.store import incidents, meta, notices
from crawler.store.notices import Query
from feeds import entries
from feeds.entries import Entry, Feed, Imprint
from feeds.words import KINDS, Word, places, scams, word

_MOST_INCIDENTS = 500  # that are looked through for a reader's query
LIMIT = 60  # entries of a feed, unless another number is asked for
_AUTHORITY = "feed authority"  # in meta
_NAME = Word("烽火", "Fenghuo")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Channel:
    """One feed that exists: its path below /feeds/, its title, and the notices it holds."""

    path: str
    title: str
    query: Query


def _titled(name: Word) -> str:
    return f"{_NAME.zh} · {name.zh}" + (f" | {_NAME.en}: {name.en}" if name.en else "")


MAIN = {
    path: Channel(path, _titled(name), query)
    for path, name, query in (
        ("all", Word("全部通报", "all notices"), Query()),
        ("alerts", Word("跨境诈骗预警", "alerts on cross-border fraud"), Query(alertable=True)),
        ("official", Word("官方通报", "official notices"), Query(official=True)),
        ("revisions", Word("更正", "revisions"), Query(revised=True)),
        ("health", Word("来源状况", "source health"), Query()),
    )
}


def channel(path: str, catalogue: Catalogue) -> Channel | None:
    """The channel at ``path``; None where there is none."""
    if path in MAIN:
        return MAIN[path]
    group, _, value = path.partition("/")
    if group == "source" and value in catalogue.sources:
        source = catalogue.sources[value]
        return Channel(path, _titled(Word(source.name, source.name_en)), Query(source=value))
    if group == "kind" and value in KINDS:
        return Channel(path, _titled(KINDS[value]), Query(kind=value))
    if group == "place" and len(value) == 2 and value.isascii() and value.isalpha():
        return Channel(path, _titled(word(places(), value.upper())), Query(place=value.upper()))
    if group == "scam" and value in scams():
        return Channel(path, _titled(scams()[value]), Query(scam=value))
    return None


def directory(catalogue: Catalogue) -> list[tuple[Word, list[Channel]]]:
    """Every channel that can be named beforehand, in groups."""
    groups = (
        (_NAME, list(MAIN)),
        (Word("按类别", "by kind"), [f"kind/{k}" for k in Kind]),
        (Word("按来源", "by source"), [f"source/{s}" for s in sorted(catalogue.sources)]),
    )
    return [(name, [c for path in paths if (c := channel(path, catalogue))]) for name, paths in groups]


def load(tx: Connection, asked: Channel, imprint: Imprint, *, narrow: Query | None = None, query: str = "") -> Feed:
    """The feed of a channel, narrowed by a reader's ``query`` (its meaning is ``narrow``)."""
    wanted = both(asked.query, narrow or Query())
    found = _entries(tx, asked.path, wanted, imprint) if wanted else ()
    return Feed(asked.path, asked.title, imprint, found, query)


def both(channel: Query, reader: Query) -> Query | None:
    """The query for what a channel holds and a reader wants of it; None when nothing can be both."""
    merged: dict[str, Any] = {}
    for name in ("kind", "place", "scam", "source"):
        fixed, asked = getattr(channel, name), getattr(reader, name)
        if fixed and asked and fixed not in asked:
            return None
        merged[name] = fixed or asked
    merged |= {"alertable": channel.alertable, "official": channel.official, "revised": channel.revised}
    return replace(reader, **merged)


def imprint_of(tx: Connection, settings: Settings, catalogue: Catalogue) -> Imprint:
    """Who publishes; the authority of ids is the one of the first publication, whatever base_url became since."""
    authority = meta.get(tx, _AUTHORITY) or _host(settings)
    return _imprint(settings.base_url, authority, tuple((s.id, s.name) for s in catalogue.sources.values()))


def keep_authority(tx: Connection, settings: Settings) -> None:
    """Write the authority of ids down, once and for all."""
    if meta.get(tx, _AUTHORITY) is None:
        meta.put(tx, _AUTHORITY, _host(settings))


@lru_cache(maxsize=4)
def _imprint(base_url: str, authority: str, names: tuple[tuple[str, str], ...]) -> Imprint:
    return Imprint(base_url, authority, dict(names))


@lru_cache(maxsize=256)  # four feeds show the same notices, and most of them again the next time: 0.3 ms each
def _made(notice: Notice, imprint: Imprint) -> Entry:
    return entries.of_notice(notice, imprint)


def _host(settings: Settings) -> str:
    host = urlsplit(settings.base_url).hostname or "localhost"
    return host.replace(":", "-")  # of an IPv6 address; RFC 4151 knows names only


def _entries(tx: Connection, path: str, query: Query, imprint: Imprint) -> tuple[Entry, ...]:
    limit = query.limit or LIMIT
    if path == "health":
        return _incidents(tx, query, imprint)[:limit]
    found = notices.search(tx, query)
    if path == "revisions":
        return _revisions(found, imprint)[:limit]
    return tuple(e for n in found if (e := _entry(n, imprint)))


def _incidents(tx: Connection, query: Query, imprint: Imprint) -> tuple[Entry, ...]:
    """Of the last incidents those a reader asked for; what only notices have (kind, place, scam) asks for none."""
    if query.kind or query.place or query.scam:
        return ()
    made = (entries.of_incident(row, imprint) for row in incidents.recent(tx, _MOST_INCIDENTS))
    return tuple(e for e in made if _is_wanted(e, query))


def _is_wanted(entry: Entry, query: Query) -> bool:
    said, source = entry.text.casefold(), entry.facts["column"].partition("/")[0]
    return (
        (not query.source or source in query.source)
        and (query.since is None or entry.updated.timestamp() >= query.since)
        and all(word in said for word in query.q.casefold().split())
        and not any(word in said for word in query.exclude.casefold().split())
    )


def _entry(notice: Notice, imprint: Imprint) -> Entry | None:
    """The entry of a notice, or None with a log line: one that cannot be made must not cost the others."""
    try:
        return _made(notice, imprint)
    except Exception as e:
        log.error("entry.left_out", notice=notice.id, error=repr(e)[:200])
        return None


def _revisions(found: Iterable[Notice], imprint: Imprint) -> tuple[Entry, ...]:
    made = (entries.of_revision(n, i, imprint) for n in found for i in range(1, len(n.revisions) + 1))
    return tuple(sorted(made, key=lambda e: (e.updated, e.id), reverse=True))
