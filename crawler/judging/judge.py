"""New, revised, reprinted, unchanged, withdrawn or restored: what one reading does to what we know."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import Literal

from crawler.items import (
    ALERTABLE_KINDS,
    Article,
    Change,
    ChangeType,
    Known,
    Notice,
    Origin,
    Published,
    Related,
    Revision,
    Scope,
    Sighting,
    Verdict,
)
from crawler.judging.change.diff import SAME, restored, summarise
from crawler.judging.change.doubt import doubted
from crawler.judging.likeness.clusters import Match, belongs_to, is_original, standing
from crawler.judging.likeness.sameness import headline, same


def notice_id(key: str) -> str:
    """The id of the notice first read at the address with this key: the same on every machine."""
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
    return "ntc_" + base64.b32encode(digest).decode().lower()[:20]


def alertable(origin: Origin, verdict: Verdict) -> bool:
    """Whether a notice is one that readers are alerted to (contract, section 5)."""
    return origin.official and verdict.scope is Scope.CROSS_BORDER and verdict.kind in ALERTABLE_KINDS


def judge(
    article: Article,
    verdict: Verdict,
    origin: Origin,
    known: Known,
    *,
    now: float,
    column: str | None = None,
    source: str | None = None,
    baseline: bool = False,
) -> Change:
    """What a reading of ``article`` at ``now`` (POSIX seconds) does to what is known.

    ``column`` and ``source`` say where it was read; a ``baseline`` reading is remembered and never sent.
    """
    seen = Sighting(
        article.url,
        source,
        column,
        article.title,
        now,
        "reprint" if origin.claimed_only or origin.spoofed else "original",
    )
    if known.here is not None:
        if known.reprint:
            return Change(ChangeType.UNCHANGED, known.here)  # a reprint's own title or edit is not the notice's
        return _again(article, verdict, origin, known.here, known, now, baseline)
    match, related = belongs_to(article, origin, known)
    if match is not None:
        return _elsewhere(article, verdict, origin, match, seen, now, baseline)
    return _first(article, verdict, origin, seen, related, now, baseline)


def judge_gone(notice: Notice, url: str, *, now: float, baseline: bool = False) -> Change:
    """Withdraw ``notice``: the second look at ``url`` found it gone too.

    The caller has made sure that no other sighting of the notice is still alive; while one is, nothing is withdrawn.
    A notice that is withdrawn already stays as it is.
    """
    if notice.status == "withdrawn" or url not in {notice.url, *(s.url for s in notice.sightings)}:
        return Change(ChangeType.UNCHANGED, notice)
    gone = replace(notice, status="withdrawn", updated=now)
    return Change(ChangeType.WITHDRAWN, gone, event=None if baseline else "notice.withdrawn")


def merged(kept: Notice, other: Notice, now: float) -> Notice:
    """``kept`` with ``other`` as part of it: the better original speaks for both, the earlier date holds."""
    speaks = other if standing(other.origin) > standing(kept.origin) else kept
    published = min(filter(None, (kept.published, other.published)), key=lambda p: p.at[:10], default=None)
    return replace(
        speaks,
        id=kept.id,
        published=published,
        first_seen=min(kept.first_seen, other.first_seen),
        updated=now,
        status=kept.status,
        sightings=(*kept.sightings, *other.sightings),
        revisions=kept.revisions,
        related=kept.related,
    )


# --------------------------------------------------------------------------------------------------------------------
# The cases


def _first(
    article: Article,
    verdict: Verdict,
    origin: Origin,
    seen: Sighting,
    related: tuple[Related, ...],
    now: float,
    baseline: bool,
) -> Change:
    notice = Notice(
        id=notice_id(article.key),
        url=article.url,
        title=article.title,
        body=article.body,
        language=article.language,
        published=article.published,
        first_seen=now,
        updated=now,
        status="current",
        origin=origin,
        verdict=verdict,
        alertable=alertable(origin, verdict),
        text_hash=article.text_hash,
        sightings=(seen,),
        related=related,
    )
    return Change(ChangeType.NEW, notice, sighting=seen, event=None if baseline else "notice.new")


def _again(
    article: Article,
    verdict: Verdict,
    origin: Origin,
    here: Notice,
    known: Known,
    now: float,
    baseline: bool,
) -> Change:
    """A reading at an address that is known."""
    gone = here.status == "withdrawn"
    if not gone and same(here.title, here.body, article.title, article.body):
        return Change(ChangeType.UNCHANGED, here)
    if doubt := doubted(article, known):
        return Change(ChangeType.UNCHANGED, here, doubt=doubt)
    if gone:
        return _restored(article, verdict, origin, here, now, baseline)
    revision = _revision(article, here, now)
    if revision.summary == SAME:
        return Change(ChangeType.UNCHANGED, here)
    notice = replace(_rewritten(article, verdict, origin, here, revision), status="revised")
    send = (revision.material or (notice.alertable and not here.alertable)) and not baseline
    return Change(ChangeType.REVISED, notice, revision, event="notice.revised" if send else None)


def _restored(
    article: Article,
    verdict: Verdict,
    origin: Origin,
    here: Notice,
    now: float,
    baseline: bool,
    sighting: Sighting | None = None,
) -> Change:
    """A withdrawn notice can be read again; whether its words changed meanwhile or not, that is news."""
    changed = _revision(article, here, now)
    revision = replace(changed, material=True, summary=restored(changed.summary))
    status: Literal["current", "revised"] = "current"
    if here.revisions or not same(here.title, here.body, article.title, article.body):
        status = "revised"
    notice = replace(_rewritten(article, verdict, origin, here, revision), status=status)
    return Change(ChangeType.RESTORED, notice, revision, sighting, None if baseline else "notice.revised")


def _elsewhere(
    article: Article, verdict: Verdict, origin: Origin, match: Match, seen: Sighting, now: float, baseline: bool
) -> Change:
    """The text of a known notice at another address: moved, reprinted, or the original of a reprint seen before.

    The original takes the notice over, and so does a known carrier's reprint that of a stranger, whose word for its
    origin is not believed.  That is news only where what was seen before was not worth an alert.
    """
    notice, decision = match.notice, match.decision
    at_home = origin.source is not None and origin.source == notice.origin.source and not origin.claimed_only
    takes_over = standing(origin) > standing(notice.origin) and (is_original(origin) or decision.relation != "excerpt")
    again = at_home and same(notice.title, notice.body, article.title, article.body)  # else the two would take turns
    role: Literal["original", "reprint", "excerpt"] = (
        "original" if again or (takes_over and is_original(origin)) else "reprint"
    )
    role = "excerpt" if decision.relation == "excerpt" else role
    seen = replace(seen, role=role, overlap=decision.overlap, because=match.because)
    there = replace(notice, sightings=(*notice.sightings, seen), updated=now)
    if notice.status == "withdrawn" and at_home and role != "excerpt":
        return _restored(article, verdict, origin, replace(there, url=article.url), now, baseline, seen)
    if not takes_over:
        return Change(ChangeType.REPRINT, there, sighting=seen)
    original = replace(
        there,
        url=article.url,
        title=article.title or notice.title,
        body=article.body,
        published=_earlier(article.published, notice.published),
        origin=origin,
        verdict=verdict,
        alertable=alertable(origin, verdict),
        text_hash=article.text_hash,
    )
    news = original.alertable and not notice.alertable and not baseline
    return Change(ChangeType.REPRINT, original, sighting=seen, event="notice.new" if news else None)


def _earlier(original: Published | None, reprint: Published | None) -> Published | None:
    """The original's date, unless a reprint is older: then the original was put up again (a site's migration)."""
    if original is None or reprint is None:
        return original or reprint
    return reprint if reprint.at[:10] < original.at[:10] else original


def _revision(article: Article, here: Notice, now: float) -> Revision:
    old = f"{headline(here.title)}\n{here.body}"
    new = f"{headline(article.title or here.title)}\n{article.body}"
    return Revision(now, *summarise(old, new))


def _rewritten(article: Article, verdict: Verdict, origin: Origin, here: Notice, revision: Revision) -> Notice:
    """``here`` with the words that are read now.

    What an original once vouched for, a reprint cannot take back; a page that was taken over speaks for nobody.
    """
    origin = here.origin if is_original(here.origin) and not origin.spoofed else origin
    return replace(
        here,
        title=article.title or here.title,
        body=article.body,
        language=article.language,
        published=here.published or article.published,
        updated=revision.seen,
        origin=origin,
        verdict=verdict,
        alertable=alertable(origin, verdict),
        text_hash=article.text_hash,
        revisions=(*here.revisions, revision),
    )
