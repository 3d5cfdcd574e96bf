"""The one way of a reading into the store, whether it was crawled, submitted or imported: judged and saved together.

All of it happens in the caller's transaction: it is remembered and queued for alerts as a whole, or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TypedDict

from sqlalchemy import Connection

from crawler.config.catalogue import Catalogue, host_of
from crawler.exceptions import Unreadable
from crawler.items import (
    Article,
    Change,
    ChangeType,
    Kind,
    Known,
    Notice,
    Origin,
    Page,
    PageClass,
    Reason,
    Related,
    Scope,
    Sighting,
    Source,
    Verdict,
)
from crawler.judging.attribution import defaced
from crawler.judging.attribution.origin import reasons, resolve
from crawler.judging.judge import judge, judge_gone, notice_id
from crawler.judging.meaning.classify import classify
from crawler.reading.articles import boilerplate
from crawler.store import changes
from crawler.store.evidence import captures, certificates, templates
from crawler.store.watch import house, identity, links, visits
from crawler.store.wire import notices

_STUB = 2  # visits after which a text that says nothing of fraud is taken as complete (正文稍后发布 …)
_SECOND_LOOK = 600.0  # seconds, at most, until what is deleted or doubted is looked at again
GONE_AT = 2  # visits in a row that must find a page deleted; one may be a publisher's mistake


class _Validators(TypedDict):
    """What tells that a page is as it was; None keeps what is known, "" forgets it: the page is read in full."""

    etag: str | None
    last_modified: str | None
    body_hash: str | None


_FORGOTTEN: _Validators = {"etag": "", "last_modified": "", "body_hash": ""}


def understand(
    article: Article, source: Source | None, *, prior: Kind | None, catalogue: Catalogue
) -> tuple[Origin, Verdict]:
    """Who says it, and what it means for us; pure.  ``source`` carried it, ``prior`` is the kind its column has."""
    origin = resolve(article, source, catalogue)
    verdict = classify(article.title, article.body, prior=prior, authority=origin.authority, language=article.language)
    return origin, replace(verdict, reasons=(*reasons(article, source, origin), *verdict.reasons))


def take_in(
    tx: Connection,
    article: Article,
    *,
    page: Page | None,
    catalogue: Catalogue,
    source: Source | None,
    column: str | None,
    key: str,
    now: float,
    baseline: bool,
    revisit: Sequence[float] = (),
) -> Change:
    """Judge ``article``, read at the link ``key`` at ``now``, and save what follows from it.

    ``source`` and ``column`` carried it, None where the catalogue knows none; ``page`` is kept as evidence of a change;
    ``baseline``: nothing is alerted; ``revisit``: seconds until the next visit, after each visit.  A reading that is
    older than what is known of the address changes nothing.  Raises Unreadable when ``article`` is none.
    """
    if article.page_class is not PageClass.ARTICLE:
        raise Unreadable(f"{article.url}: {article.page_class}: {article.why}")
    whole = replace(article, aliases=identity.believed(tx, article))
    article, known = _recognised(tx, whole, source)
    link = _link(tx, key, article)
    if known.here and now < known.here.updated:
        change = Change(ChangeType.UNCHANGED, known.here)
        _close(tx, change, article, key=key, link=link, page=page, now=now, revisit=revisit)
        return change
    listed_in = catalogue.columns.get(column or "")
    prior = listed_in.kind if listed_in else None
    origin, verdict = understand(article, source, prior=prior, catalogue=catalogue)
    if page and source and origin.official and origin.source == source.id:
        origin, verdict = _examined(tx, whole, source, page, origin, verdict, now=now)
    change = judge(
        article,
        verdict,
        origin,
        known,
        now=now,
        column=column,
        source=source.id if source else None,
        baseline=baseline,
    )
    notices.apply(tx, change, key=key, now=now, capture=_captured(tx, change, link, page))
    if source and change.type is ChangeType.NEW:
        house.study(tx, source.id, whole.body)
    _close(tx, change, article, key=key, link=link, page=page, now=now, revisit=revisit)
    return change


def _examined(
    tx: Connection, article: Article, source: Source, page: Page, origin: Origin, verdict: Verdict, *, now: float
) -> tuple[Origin, Verdict]:
    """What an office's own page says, less its authority where the page was taken over; odd certificates are told."""
    reasons = verdict.reasons
    names = defaced.template(page.body)
    if why := defaced.defaced(names, templates.known(tx, source.id), article.title, article.body):
        origin = replace(origin, official=False, spoofed=True)
        reasons = (Reason("origin", "spoofed", why), *reasons)
    else:
        templates.study(tx, source.id, names)
    if page.exchange and page.exchange.certificate and (host := host_of(page.url)):
        told = certificates.seen(tx, host, page.exchange.certificate, now)
        reasons = (*reasons, Reason("certificate", host, told)) if told else reasons
    return origin, replace(verdict, reasons=reasons)


def _recognised(tx: Connection, whole: Article, source: Source | None) -> tuple[Article, Known]:
    """``whole`` without the house text that was learnt of ``source``, and what is known of it."""
    learnt = house.learnt(tx, source.id) if source else frozenset()
    article = boilerplate.without(whole, learnt)
    known = notices.known(tx, article)
    return (boilerplate.without(whole, learnt, stored=known.here.body) if known.here else article), known


def apart(
    article: Article, source: Source | None, seen: Sighting, known: Notice, *, catalogue: Catalogue, now: float
) -> Change:
    """The notice that ``article``, so far the sighting ``seen`` of ``known``, is by itself; nothing is sent."""
    origin, verdict = understand(article, source, prior=None, catalogue=catalogue)
    at = {"column": seen.column, "source": seen.source}
    change = judge(article, verdict, origin, Known(), now=seen.first_seen, baseline=True, **at)
    id = change.notice.id if change.notice.id != known.id else notice_id(f"{article.key} split")
    related = (Related(known.id, 1.0, "split by hand"),)
    return replace(change, notice=replace(change.notice, id=id, updated=now, related=related))


def _link(tx: Connection, key: str, article: Article) -> str:
    """The link that ``key`` or an alias of ``article`` stands for; ``key`` where none is known."""
    known = identity.resolve(tx, (key, *article.aliases))
    return known.get(key) or next(iter(known.values()), key)


def _captured(tx: Connection, change: Change, link: str, page: Page | None) -> int | None:
    """Keep the page if it told of a change; the capture's id."""
    return None if page is None or change.type is ChangeType.UNCHANGED else captures.add(tx, page, link)


def _close(
    tx: Connection,
    change: Change,
    article: Article,
    *,
    key: str,
    link: str,
    page: Page | None,
    now: float,
    revisit: Sequence[float],
) -> None:
    """End the visit of ``link``.

    What is doubted is looked at again soon, and read in full then, be it the same to the byte.
    """
    doubt = change.doubt
    due = _next_visit(tx, link, now, revisit if _worth_a_visit(change) else revisit[:_STUB])
    visits.finish(
        tx,
        link,
        now=now,
        state="read",
        due=now + second_look(revisit) if doubt and revisit else due,
        why=doubt.why if doubt else "",
        doubted=doubt.wording if doubt else None,
        doubts=doubt.looks if doubt else 0,
        aliases=(key, *article.aliases),
        **(_FORGOTTEN if doubt else _validators(page)),
    )


def _validators(page: Page | None) -> _Validators:
    headers = page.headers if page else {}
    body_hash = hashlib.sha256(page.body).hexdigest() if page else None
    return {"etag": headers.get("etag"), "last_modified": headers.get("last-modified"), "body_hash": body_hash}


def take_unchanged(tx: Connection, key: str, *, now: float, revisit: Sequence[float] = ()) -> None:
    """End a visit that found the page as it was."""
    visits.finish(tx, key, now=now, state="read", due=_next_visit(tx, key, now, revisit))


def take_away(tx: Connection, key: str, *, now: float, again: float, why: str = "") -> Change | None:
    """End a visit that found the page deleted: look again in ``again`` seconds, then take it for gone.

    The notice is withdrawn, and that is returned, when its last live sighting is gone.  The page's validators are
    forgotten, so that it is read in full should it come back.
    """
    gone = visits.gone(tx, key) + 1
    over = gone >= GONE_AT
    visits.finish(
        tx,
        key,
        now=now,
        state="gone" if over else "read",
        due=None if over else now + again,
        why=why,
        gone=gone,
        **_FORGOTTEN,
    )
    notice = notices.known(tx, Article(PageClass.DELETED, "", key)).here if over else None
    if notice is None or notice.status == "withdrawn":
        return None
    if links.live(tx, notice.id):  # a copy keeps the notice; that its page is gone is shown with the sighting
        changes.add(tx, notice.id)
        return None
    change = judge_gone(notice, notice.url, now=now, baseline=False)
    notices.apply(tx, change, key=key, now=now)
    return change


def second_look(revisit: Sequence[float]) -> float:
    """Seconds until a page that was found deleted, or a reading that is doubted, is looked at again."""
    return min((_SECOND_LOOK, *revisit))


def _worth_a_visit(change: Change) -> bool:
    """Only what is about fraud is read again on the whole schedule; the rest just while it may still be a stub."""
    return change.notice.verdict.scope is not Scope.NONE


def _next_visit(tx: Connection, key: str, now: float, revisit: Sequence[float]) -> float | None:
    """When the link is visited again; None once ``revisit`` is used up.

    Texts of the baseline begin half-way down the schedule: they were old when we first saw them.
    """
    made, baseline = visits.made(tx, key)
    made += max(_STUB, len(revisit) // 2) if baseline else 0
    return now + revisit[made] if made < len(revisit) else None
