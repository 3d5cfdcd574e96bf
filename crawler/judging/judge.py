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
    Revision,
    Scope,
    Sighting,
    Verdict,
)
from crawler.judging.diff import summarise
from crawler.judging.sameness import essence, headline, same

_FORMULA = 200  # compared characters below which a body alone does not identify a text


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
    seen = Sighting(article.url, source, column, article.title, now, "reprint" if origin.claimed_only else "original")
    if known.here is not None:
        if known.reprint:
            return Change(ChangeType.UNCHANGED, known.here)  # a reprint's own title or edit is not the notice's
        return _again(article, verdict, origin, known.here, known.earlier_texts, now, baseline)
    if known.same_text is not None and _one_text(known.same_text, article):
        return _elsewhere(article, verdict, origin, known.same_text, seen, now, baseline)
    return _first(article, verdict, origin, seen, now, baseline)


def judge_gone(notice: Notice, url: str, *, now: float, baseline: bool = False) -> Change:
    """Withdraw ``notice``: the second look at ``url`` found it gone too.

    The caller has made sure that no other sighting of the notice is still alive; while one is, nothing is withdrawn.
    A notice that is withdrawn already stays as it is.
    """
    if notice.status == "withdrawn" or url not in {notice.url, *(s.url for s in notice.sightings)}:
        return Change(ChangeType.UNCHANGED, notice)
    gone = replace(notice, status="withdrawn", updated=now)
    return Change(ChangeType.WITHDRAWN, gone, event=None if baseline else "notice.withdrawn")


# --------------------------------------------------------------------------------------------------------------------
# The cases


def _one_text(known: Notice, article: Article) -> bool:
    """Whether an article is a known text: word for word, and under the same headline where the text is short.

    Short bodies are formulas (see the picture; call 96110) under which an office publishes different warnings.
    """
    body = essence(article.body)
    if essence(known.body) != body:
        return False
    return len(body) >= _FORMULA or headline(known.title) == headline(article.title)


def _first(article: Article, verdict: Verdict, origin: Origin, seen: Sighting, now: float, baseline: bool) -> Change:
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
    )
    return Change(ChangeType.NEW, notice, sighting=seen, event=None if baseline else "notice.new")


def _again(
    article: Article,
    verdict: Verdict,
    origin: Origin,
    here: Notice,
    earlier_texts: frozenset[str],
    now: float,
    baseline: bool,
) -> Change:
    """A reading at an address that is known."""
    if here.status == "withdrawn":
        return _restored(article, verdict, origin, here, now, baseline)
    if same(here.title, here.body, article.title, article.body) or article.text_hash in earlier_texts - {""}:
        return Change(ChangeType.UNCHANGED, here)
    revision = _revision(article, here, now)
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
    revision = replace(_revision(article, here, now), material=True)
    status: Literal["current", "revised"] = "current"
    if here.revisions or not same(here.title, here.body, article.title, article.body):
        status = "revised"
    notice = replace(_rewritten(article, verdict, origin, here, revision), status=status)
    return Change(ChangeType.RESTORED, notice, revision, sighting, None if baseline else "notice.revised")


def _elsewhere(
    article: Article, verdict: Verdict, origin: Origin, notice: Notice, seen: Sighting, now: float, baseline: bool
) -> Change:
    """The exact text of a known notice at another address: moved, reprinted, or the original of a reprint seen before.

    The original takes the notice over.  That is news only where the reprint alone was not worth an alert.
    """
    at_home = origin.source is not None and origin.source == notice.origin.source and not origin.claimed_only
    takes_over = _is_original(origin) and not _is_original(notice.origin)
    seen = replace(seen, role="original" if at_home or takes_over else "reprint")
    there = replace(notice, sightings=(*notice.sightings, seen), updated=now)
    if notice.status == "withdrawn" and at_home:
        return _restored(article, verdict, origin, replace(there, url=article.url), now, baseline, seen)
    if not takes_over:
        return Change(ChangeType.REPRINT, there, sighting=seen)
    original = replace(
        there,
        url=article.url,
        title=article.title or notice.title,
        body=article.body,
        published=article.published or notice.published,
        origin=origin,
        verdict=verdict,
        alertable=alertable(origin, verdict),
    )
    news = original.alertable and not notice.alertable and not baseline
    return Change(ChangeType.REPRINT, original, sighting=seen, event="notice.new" if news else None)


def _is_original(origin: Origin) -> bool:
    return origin.official and not origin.claimed_only


def _revision(article: Article, here: Notice, now: float) -> Revision:
    old = f"{headline(here.title)}\n{here.body}"
    new = f"{headline(article.title or here.title)}\n{article.body}"
    return Revision(now, *summarise(old, new))


def _rewritten(article: Article, verdict: Verdict, origin: Origin, here: Notice, revision: Revision) -> Notice:
    """``here`` with the words that are read now.  What an original once vouched for, a reprint cannot take back."""
    origin = here.origin if _is_original(here.origin) else origin
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
