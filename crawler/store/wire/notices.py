"""Notices: what is remembered of the world, and the one transaction in which a judgement becomes memory and event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, func, insert, or_, select, union_all, update

from crawler.exceptions import UnknownNotice
from crawler.items import Alike, Article, Change, ChangeType, Known, Notice, Sighting, Wording, notice_json
from crawler.judging.likeness.clauses import fingerprints
from crawler.store import changes, journal, upsert
from crawler.store.delivery import outbox
from crawler.store.evidence import chain
from crawler.store.keys import among, rows_of
from crawler.store.tables import aliases, notices, related, revisions, tags
from crawler.store.tables import links as link_rows
from crawler.store.watch import identity, visits
from crawler.store.wire import clauses, fulltext
from crawler.store.wire.noticerows import assemble, values_of
from crawler.store.wire.search import Query, every, search

__all__ = ["Query", "apply", "count", "every", "get", "known", "search"]


BY_HAND = "merged by hand"  # why a sighting is one: it never speaks for the notice
_GET = select(notices).where(notices.c.id == bindparam("id"))


def get(tx: Connection, notice_id: str) -> Notice:
    """The notice with all sightings and revisions, or the one it was merged into.  Raises UnknownNotice."""
    row = tx.execute(_GET, {"id": notice_id}).one_or_none()
    if row is None:
        raise UnknownNotice(f"{notice_id}: no such notice")
    return get(tx, row.merged_into) if row.merged_into else assemble(tx, [row])[0]


def these(tx: Connection, notice_ids: Iterable[str]) -> list[Notice]:
    """The notices with these ids, whether or not they were merged into others."""
    return assemble(tx, rows_of(tx, _THESE, sorted(set(notice_ids))))


def count(tx: Connection) -> int:
    """How many notices are remembered."""
    return int(tx.execute(select(func.count()).where(notices.c.merged_into.is_(None))).scalar_one())


# --------------------------------------------------------------------------------------------------------------------
# What the judge is told


def known(tx: Connection, article: Article) -> Known:
    """What is remembered of this address, and of texts that may be the same.

    Until the transaction ends nobody else judges: two processes that read one text at two addresses make one notice.
    """
    journal.alone(tx)
    here = _here(tx, article)
    if here is not None:
        doubted, doubts = visits.doubt(tx, (article.key, *article.aliases))
        return Known(
            here=get(tx, here),
            earlier=_earlier(tx, here),
            doubted=doubted,
            doubts=doubts,
            reprint=_reprinted(tx, article, here),
        )
    met = clauses.met(tx, fingerprints(article.body))
    return Known(alike=_alike(tx, article, met.notices), common=met.common)


_ITSELF = select(link_rows.c.key, link_rows.c.notice_id).where(among(link_rows.c.key))
_ALIAS = select(aliases.c.alias, link_rows.c.notice_id).join(link_rows).where(among(aliases.c.alias))
_READ_AS = union_all(_ITSELF, _ALIAS)
_THESE = select(notices).where(among(notices.c.id))
_NUMBERED = select(notices).where(among(notices.c.number))
_SAME_TEXT = select(notices).where(notices.c.text_hash == bindparam("text_hash"))
_SAME_TEXT = _SAME_TEXT.order_by(  # a bulletin's issues may differ in nothing but their titles
    case((notices.c.title == bindparam("title"), 0), else_=1), notices.c.first_seen.desc(), notices.c.id
).limit(6)
_WORDINGS = select(*revisions.c["notice_id", "title", "body"]).where(among(revisions.c.notice_id))
_EARLIER = select(*revisions.c["title", "body"]).join(notices, notices.c.id == revisions.c.notice_id)
_EARLIER = _EARLIER.where(
    notices.c.id == bindparam("id"),
    or_(revisions.c.title != notices.c.title, revisions.c.body != notices.c.body),
).distinct()


def _here(tx: Connection, article: Article) -> str | None:
    """The notice that this address, or else another one of the same page, was read as."""
    keys = (article.key, *article.aliases)
    found = {key: notice for key, notice in rows_of(tx, _READ_AS, keys) if notice}
    return next((found[key] for key in keys if key in found), None)


def _reprinted(tx: Connection, article: Article, here: str) -> bool:
    """Whether the link that is read carries the notice as a copy, and a better or earlier sighting speaks for it."""
    keys = set(identity.resolve(tx, (article.key, *article.aliases)).values())
    theirs = select(*link_rows.c["key", "role", "first_seen", "because"]).where(link_rows.c.notice_id == here)
    sighted = tx.execute(theirs).all()
    mine = [row for row in sighted if row.key in keys and row.role != "original"]
    others = [row for row in sighted if row.key not in keys]
    better = (o.role == "original" or o.first_seen < m.first_seen or m.because == BY_HAND for m in mine for o in others)
    return any(better)


def _alike(tx: Connection, article: Article, numbers: Sequence[int]) -> tuple[Alike, ...]:
    """The notices of these numbers, and one with the very text; what was merged speaks for the notice it is now."""
    rows = rows_of(tx, _NUMBERED, numbers)
    if article.text_hash:  # else it is too short to identify anything
        rows += tx.execute(_SAME_TEXT, {"text_hash": article.text_hash, "title": article.title})
    wordings: dict[str, list[Wording]] = {}
    for row in rows:
        wordings.setdefault(row.merged_into or row.id, []).append(Wording(row.title, row.body))
    into = {row.id: row.merged_into or row.id for row in rows}
    for row in rows_of(tx, _WORDINGS, into):
        wordings[into[row.notice_id]].append(Wording(row.title, row.body))
    found = {notice.id: notice for notice in assemble(tx, rows_of(tx, _THESE, wordings))}
    return tuple(Alike(found[id], tuple(dict.fromkeys(of))) for id, of in wordings.items())


def _earlier(tx: Connection, notice_id: str) -> tuple[Wording, ...]:
    """What a notice said before, but for what it says now."""
    return tuple(Wording(row.title, row.body) for row in tx.execute(_EARLIER, {"id": notice_id}))


# --------------------------------------------------------------------------------------------------------------------
# What the judge decided


def apply(tx: Connection, change: Change, *, key: str, now: float, capture: int | None = None) -> str | None:
    """Write one judgement of the page at link ``key``: notice, tags, revision, sighting, chain, and the event it sends.

    ``capture``: the page it rests on.  The event's id, or None where none is sent.  Applying a change twice writes and
    sends it once.
    """
    notice = change.notice
    journal.alone(tx)
    before = _last_revision(tx, change)
    number, written = _write(tx, change)
    sighted = _sight(tx, change, key)
    if written and change.type in _TOLD:
        journal.add(tx, _TOLD[change.type], at=notice.updated, notice_id=notice.id)
    if change.type is not ChangeType.UNCHANGED:
        clauses.add(tx, notice.id, fingerprints(notice.body))
    if change.type is not ChangeType.UNCHANGED or sighted:
        changes.add(tx, notice.id)
        _chained(tx, change, before, capture, sighted=sighted)
    if change.event is None:
        return None
    payload = notice_json(get(tx, notice.id))
    return outbox.add(tx, change.event, at=now, payload=payload, notice_id=notice.id, number=number)


def _chained(tx: Connection, change: Change, before: int, capture: int | None, *, sighted: bool) -> None:
    """Add to the chain what was judged; ``before``: the notice's last revision until now."""
    seen, last = change.sighting, _last_revision(tx, change)
    chain.say(
        tx,
        change.notice.id,
        change.type.value,
        change.notice.updated,
        capture=capture,
        revision=last if last > before else None,
        sighting={"url": seen.url, "source": seen.source, "role": seen.role} if seen and sighted else None,
    )


_LAST_REVISION = select(func.max(revisions.c.number)).where(revisions.c.notice_id == bindparam("id"))


def _last_revision(tx: Connection, change: Change) -> int:
    """The number of the last revision, where the change can make one."""
    return (tx.execute(_LAST_REVISION, {"id": change.notice.id}).scalar() or 0) if change.revision else 0


_UPDATE = update(notices).where(notices.c.id == bindparam("b_id"))
_TOLD = {
    ChangeType.NEW: "notice.new",
    ChangeType.REVISED: "notice.revised",
    ChangeType.RESTORED: "notice.revised",
    ChangeType.WITHDRAWN: "notice.withdrawn",
}


def _write(tx: Connection, change: Change) -> tuple[int, bool]:
    """Write the notice; the number of its event among those of its type, and whether that happened only now."""
    notice = change.notice
    values = values_of(notice)
    if upsert.add_one(tx, notices, values):
        _tag(tx, notice, fresh=True)
        _relate(tx, notice)
        fulltext.keep(tx, notice)
        return 0, True
    if change.type in (ChangeType.NEW, ChangeType.UNCHANGED):
        return 0, False
    stored = tx.execute(_GET, {"id": notice.id}).one()
    number, happened = 0, False
    if change.type in (ChangeType.REVISED, ChangeType.RESTORED):
        number, happened = _revise(tx, stored, change)
    elif change.type is ChangeType.REPRINT:
        number = 1  # the original took a reprint's notice over: its notice.new is not the reprint's
    elif change.type is ChangeType.WITHDRAWN:
        happened = stored.status != "withdrawn"
        number = values["withdrawals"] = stored.withdrawals + happened
    tx.execute(_UPDATE, {"b_id": notice.id, **values, "first_seen": stored.first_seen})
    _tag(tx, notice)
    fulltext.keep(tx, notice, before=(stored.title, stored.body))
    return number, happened


def _revise(tx: Connection, stored: Any, change: Change) -> tuple[int, bool]:
    """Add a revision, before the first one also the text first seen; its number, and whether it was not there."""
    last = tx.execute(_LAST_REVISION, {"id": stored.id}).scalar()
    notice, revision = change.notice, change.revision
    restored = change.type is ChangeType.RESTORED and stored.status == "withdrawn"
    if revision is None or not (restored or (stored.title, stored.body) != (notice.title, notice.body)):
        return last or 0, False  # was applied before
    texts = [_revision(stored.id, 0, stored, stored.first_seen, False, "", "")] if last is None else []
    number = (last or 0) + 1
    said = (revision.seen, revision.material, revision.summary, revision.diff)
    tx.execute(insert(revisions), [*texts, _revision(stored.id, number, notice, *said)])
    return number, True


def _revision(
    notice_id: str, number: int, text: Any, seen: float, material: bool, summary: str, diff: str
) -> dict[str, Any]:
    return {
        "notice_id": notice_id,
        "number": number,
        "seen": seen,
        "material": material,
        "summary": summary,
        "diff": diff,
        "title": text.title,
        "body": text.body,
        "text_hash": text.text_hash,
    }


_UNTAG = delete(tags).where(tags.c.notice_id == bindparam("id"))


def _tag(tx: Connection, notice: Notice, *, fresh: bool = False) -> None:
    """Write what searches ask for by value."""
    if not fresh:
        tx.execute(_UNTAG, {"id": notice.id})
    verdict = notice.verdict
    wanted = {("place", place.code) for place in verdict.places} | {("scam", scam) for scam in verdict.scam_types}
    rows = [{"notice_id": notice.id, "field": field, "value": value} for field, value in sorted(wanted)]
    upsert.add(tx, tags, rows)


def _relate(tx: Connection, notice: Notice) -> None:
    """Link a new notice to those that say much the same."""
    rows = [
        {"notice_id": notice.id, "other_id": r.id, "overlap": r.overlap, "because": r.because} for r in notice.related
    ]
    upsert.add(tx, related, rows)


_SEEN = ("notice_id", "role", "overlap", "because")
_LINK = select(*link_rows.c["key", *_SEEN]).where(link_rows.c.key == bindparam("key"))
_SIGHT = update(link_rows).where(link_rows.c.key == bindparam("b_key")).values({n: bindparam(n) for n in _SEEN})


def _sight(tx: Connection, change: Change, key: str) -> bool:
    """Make the link the sighting that the change names; true when it was not that before."""
    sighting = change.sighting
    if sighting is None:
        return False
    key = identity.resolve(tx, [key]).get(key, key)
    seen = {"notice_id": change.notice.id, "role": sighting.role, "overlap": sighting.overlap}
    seen["because"] = sighting.because
    before = tx.execute(_LINK, {"key": key}).one_or_none()
    if before is None:
        upsert.add(tx, link_rows, [_link(key, sighting) | seen])
    elif tuple(before)[1:] != tuple(seen.values()):
        tx.execute(_SIGHT, {"b_key": key, **seen})
    else:
        return False
    return True


def _link(key: str, sighting: Sighting) -> dict[str, Any]:
    """A link that no list named: an import, a submission."""
    return {
        "key": key,
        "column": sighting.column or sighting.source or "",
        "url": sighting.url,
        "title": sighting.title,
        "first_seen": sighting.first_seen,
        "baseline": False,
        "state": "read",
    }
