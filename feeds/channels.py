"""Which feeds there are, what each holds, and which of them a change touches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import structlog
from sqlalchemy import Connection

from crawler.config.catalogue import Catalogue
from crawler.config.settings import Settings
from crawler.items import Kind, Notice
from crawler.store import meta
from crawler.store.watch import incidents
from crawler.store.wire import notices, publications, search
from crawler.store.wire.notices import Query
from feeds import entries, splicing
from feeds.entries import Chain, Entry, Feed, Imprint
from feeds.languages import Word
from feeds.splicing import Held, Line, Write
from feeds.words import KINDS, places, scams, word

_MOST_INCIDENTS = 500  # that are looked through for a reader's query
LIMIT = 60  # entries of a feed, unless another number is asked for
HEALTH, REVISIONS = "health", "revisions"  # the feeds that tell of incidents, or of revisions, instead of notices
_AUTHORITY = "feed authority"  # in meta
NAME = Word("Fenghuo")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Channel:
    """One feed that exists: its path below /feeds/, what it is called, and the notices it holds."""

    path: str
    name: Word
    query: Query

    @property
    def title(self) -> str:
        """In both languages, as a file's reader is not known."""
        return f"{NAME.zh} · {self.name.zh}" + (f" | {self.titled('en')}" if self.name.en else "")

    def titled(self, language: str) -> str:
        """In one language."""
        return f"{NAME.en}: {self.name.en or self.name.zh}" if language == "en" else f"{NAME.zh} · {self.name.zh}"

    @property
    def written(self) -> bool:
        """Whether it is kept as files, whose changes are known and told; the others are rendered when asked for."""
        return self.path in MAIN or self.path.startswith("source/")


MAIN = {
    path: Channel(path, name, query)
    for path, name, query in (
        ("all", Word("all notices"), Query()),
        ("alerts", Word("alerts on cross-border fraud"), Query(alertable=True)),
        ("official", Word("official notices"), Query(official=True)),
        ("revisions", Word("revisions"), Query(revised=True)),
        ("health", Word("source health"), Query()),
    )
}


CAP = Channel("cap", Word("CAP alerts"), Query(alertable=True, official=True))
"""What CAP says; there is no such feed unless the configuration names who speaks."""


def channel(path: str, catalogue: Catalogue) -> Channel | None:
    """The channel at ``path``; None where there is none."""
    if path in MAIN:
        return MAIN[path]
    group, _, value = path.partition("/")
    if group == "source" and value in catalogue.sources:
        source = catalogue.sources[value]
        return Channel(path, Word.known(source.name_en, source.name), Query(source=value))
    if group == "kind" and value in KINDS:
        return Channel(path, KINDS[value], Query(kind=value))
    if group == "place" and len(value) == 2 and value.isascii() and value.isalpha():
        return Channel(path, word(places(), value.upper()), Query(place=value.upper()))
    if group == "scam" and value in scams():
        return Channel(path, scams()[value], Query(scam=value))
    return None


def directory(tx: Connection, catalogue: Catalogue) -> list[tuple[Word, list[Channel]]]:
    """Every channel that can be named, in groups; of places and types of scam those that notices tell of."""
    groups = (
        (NAME, list(MAIN)),
        (Word("by kind"), [f"kind/{k}" for k in Kind]),
        (Word("by type of scam"), [f"scam/{s}" for s in search.values_of(tx, "scam")]),
        (Word("by place"), [f"place/{p}" for p in search.values_of(tx, "place")]),
        (Word("by source"), [f"source/{s}" for s in sorted(catalogue.sources)]),
    )
    return [(name, [c for path in paths if (c := channel(path, catalogue))]) for name, paths in groups]


def load(tx: Connection, asked: Channel, imprint: Imprint, part: str = "") -> Feed:
    """The feed of a channel, or a ``part`` of its archive.

    Whatever was published since the last closed part stands in the feed, so that a reader who follows ``prev-archive``
    to a part that it knows has missed nothing.
    """
    if asked.path == HEALTH:  # what is broken now is of no use next month
        return Feed(asked.path, asked.title, imprint, _incidents(tx, asked.query, imprint)[:LIMIT], pushed=True)
    write = writer(asked.path, imprint)
    if not part:
        return shown(tx, asked, imprint, splicing.read(tx, asked.query, write))
    lines = splicing.lines(notices.search(tx, replace(asked.query, part=part, limit=None)), write)
    older, newer = publications.before(tx, asked.query, part), publications.after(tx, asked.query, part)
    return _feed(tx, asked, imprint, lines, Chain(part, older, newer))


def shown(tx: Connection, asked: Channel, imprint: Imprint, held: Held, chain: Chain | None = None) -> Feed:
    """The feed of a channel that holds this; ``chain``: where it stands in its archive, if that is known."""
    if chain is None:
        chain = Chain(older=publications.before(tx, asked.query, held.part) if held.part else "")
    return _feed(tx, asked, imprint, held.lines, chain)


def _feed(tx: Connection, asked: Channel, imprint: Imprint, lines: Sequence[Line], chain: Chain) -> Feed:
    gone = tuple(entries.gone(*merged, imprint) for merged in publications.merged(tx, [line.id for line in lines]))
    made = tuple(entry for line in lines for entry in line.entries)
    if asked.path == REVISIONS:
        made = _latest_first(made)
    return Feed(asked.path, asked.title, imprint, made, chain=chain, gone=gone, pushed=asked.written and not chain.part)


def narrowed(tx: Connection, asked: Channel, imprint: Imprint, narrow: Query, query: str, language: str = "") -> Feed:
    """The feed of a channel, narrowed by a reader's ``query`` (its meaning is ``narrow``), in pages."""
    title = asked.titled(language) if language else asked.title
    wanted = both(asked.query, narrow)
    if wanted is None:
        return Feed(asked.path, title, imprint, query=query)
    if asked.path == HEALTH:
        return Feed(asked.path, title, imprint, _incidents(tx, wanted, imprint)[: wanted.limit or LIMIT], query)
    found = notices.search(tx, wanted)
    write = writer(asked.path, imprint)
    made = tuple(entry for notice in found for entry in write(notice))
    made = (_latest_first(made) if asked.path == REVISIONS else made)[: wanted.limit]
    following = _after(query, found[-1].id) if found and len(found) == wanted.limit else ""
    return Feed(asked.path, title, imprint, made, query, following)


def _after(query: str, last: str) -> str:
    """The query of the page that follows the one which ends with notice ``last``."""
    said = [p for p in query.split("&") if p and p.partition("=")[0] != "before"]
    return "&".join([*said, f"before={last}"])


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
    return _imprint(settings.base_url, authority, catalogue, settings.hub, bool(settings.cap.sender))


def keep_authority(tx: Connection, settings: Settings) -> None:
    """Write the authority of ids down, once and for all."""
    if meta.get(tx, _AUTHORITY) is None:
        meta.put(tx, _AUTHORITY, _host(settings))


@lru_cache(maxsize=4)
def _imprint(base_url: str, authority: str, catalogue: Catalogue, hub: str, cap: bool) -> Imprint:
    return Imprint(base_url, authority, catalogue.called, hub, cap)


@lru_cache(maxsize=256)  # four feeds show the same notices, and most of them again the next time: 0.3 ms each
def _made(notice: Notice, imprint: Imprint) -> Entry:
    return entries.of_notice(notice, imprint)


def _host(settings: Settings) -> str:
    host = urlsplit(settings.base_url).hostname or "localhost"
    return host.replace(":", "-")  # of an IPv6 address; RFC 4151 knows names only


def writer(path: str, imprint: Imprint) -> Write:
    """What the feed at ``path`` says of a notice: its entry, or those of its revisions."""
    if path == REVISIONS:
        return lambda notice: _revisions(notice, imprint)
    return lambda notice: _entry(notice, imprint)


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


def _entry(notice: Notice, imprint: Imprint) -> tuple[Entry, ...]:
    """The entry of a notice, or none with a log line: one that cannot be made must not cost the others."""
    try:
        return (_made(notice, imprint),)
    except Exception as e:
        log.error("entry.left_out", notice=notice.id, error=repr(e)[:200])
        return ()


def _revisions(notice: Notice, imprint: Imprint) -> tuple[Entry, ...]:
    return tuple(entries.of_revision(notice, i, imprint) for i in range(1, len(notice.revisions) + 1))


def _latest_first(made: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(made, key=lambda e: (e.updated, e.id), reverse=True))
