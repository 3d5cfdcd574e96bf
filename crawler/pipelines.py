"""The path of an item: an answer is read in a worker process, then judged and saved in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Self

import structlog
from scrapy.crawler import Crawler

from crawler import intake
from crawler.carriers import carrier
from crawler.extensions.lookout import Lookout
from crawler.extensions.reader import Reader
from crawler.fetch import retry_after, shown
from crawler.items import Article, ChangeType, Due, Fetched, Link, Listing, Look, Outcome, Page, PageClass, Understood
from crawler.job import Job
from crawler.judging.columns.listing import backfilled, dated, healed, list_outcome, masses, reissued, rhythm, vanished
from crawler.reading.lists.fingerprint import anchors_fingerprint
from crawler.store.watch import identity, links, looks, rhythms, visits

log = structlog.get_logger()


class ReadPage:
    """Fetched -> Understood."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Built by Scrapy."""
        return cls(crawler)

    async def process_item(self, item: Fetched) -> Understood:
        """Read the page in a worker.  Raises Unreadable."""
        reader = self._crawler.get_extension(Reader)
        lookout = self._crawler.get_extension(Lookout)
        assert reader is not None
        assert lookout is not None
        catalogue = lookout.job.configuration.catalogue
        due, page = item.due, item.page
        source, column = catalogue.source_of(due.column), catalogue.columns[due.column]
        if due.key is None:
            return Understood(due, page, await reader.read_list(page, source, column))
        if page.status == 304 or _sha256(page) == due.body_hash:
            return Understood(due, page, None)
        return Understood(due, page, await reader.read_article(page, source, column, due))


class TakeIn:
    """Understood -> remembered: judged, saved and queued for alerts."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Built by Scrapy."""
        return cls(crawler)

    def process_item(self, item: Understood) -> Understood:
        """Judge and save in one transaction, then tell the lookout that the item has ended."""
        lookout = self._crawler.get_extension(Lookout)
        assert lookout is not None
        match item.reading:
            case Listing() as listing:
                lookout.visit(self._take_list(lookout, item, listing))
            case Article() as article:
                self._take_article(lookout.job, item, article)
            case None:
                self._still_there(lookout.job, item)
        lookout.finished(item.due)
        return item

    def _take_list(self, lookout: Lookout, item: Understood, listing: Listing) -> list[Due]:
        """Save the look and the links it found; the visits that follow from it."""
        job = lookout.job
        due, column = item.due, job.configuration.catalogue.columns[item.due.column]
        owed: list[Due] = []
        with job.store.begin(lasting=due.baseline) as tx:
            before = looks.listed(tx, due.column)
            known = set(identity.standing(tx, (*listing.links, *listing.inferred, *listing.further.links)))
            listing = healed(listing, column, known)
            if before and (fresh := masses(listing, known)):
                listing = reissued(listing, fresh, looks.titles(tx, due.column))
            keys, further = [link.key for link in listing.links], listing.further
            new = len({*keys, *(link.key for link in further.links)} - known)
            outcome, why = list_outcome(
                listing, column, before=before, new=new, baseline=due.baseline, status=item.page.status
            )
            now = job.clock()
            if outcome.ok or (outcome is Outcome.FAILED and further.again):
                silent, found = due.baseline and not job.alert_baseline, (*listing.links, *further.links)
                old = set() if silent else backfilled(listing.links, before)
                news, past = [x for x in found if x.key not in old], [x for x in found if x.key in old]
                owed = links.add(tx, due.column, news, now=now, owner=job.owner, baseline=silent, held=job.held)
                owed += links.add(tx, due.column, past, now=now, owner=job.owner, baseline=True, held=job.held)
            if outcome.ok:
                owed += visits.lease(tx, vanished(before, keys), now=now, owner=job.owner, held=job.held)
            else:
                lookout.misread(due)
            if why:
                log.warning("list not as usual", column=due.column, why=why)
            fresh = [link for link in listing.links if outcome is Outcome.BASELINE or link.key not in known]
            look = look_of(item, listing, outcome, why, new=new, fresh=fresh)
            looks.record(tx, [look], every=job.configuration.catalogue.columns, listed=keys if outcome.ok else None)
        job.on_look(look)
        return owed

    def _take_article(self, job: Job, item: Understood, article: Article) -> None:
        due, page, catalogue = item.due, item.page, job.configuration.catalogue
        assert due.key is not None
        why = article.why or article.page_class
        if article.page_class is not PageClass.ARTICLE:
            log.warning("not an article", column=due.column, url=shown(page.url), why=why)
        with job.store.begin() as tx:
            if article.page_class.gone:
                again = intake.second_look(job.configuration.settings.crawl.revisit)
                change = intake.take_away(tx, due.key, now=job.clock(), again=again, why=article.why)
            elif article.page_class is PageClass.ARTICLE:
                change = intake.take_in(
                    tx,
                    article,
                    page=page,
                    catalogue=catalogue,
                    source=carrier(catalogue, page.url) or catalogue.source_of(due.column),
                    column=due.column,
                    key=due.key,
                    now=job.clock(),
                    baseline=due.baseline,
                    revisit=job.configuration.settings.crawl.revisit,
                )
            else:
                visits.retry(tx, due.key, now=job.clock(), why=why, after=5.0)
                return
            if change is not None and change.type is ChangeType.NEW and change.event and change.notice.alertable:
                rhythms.stir(tx, due.column, catalogue.relatives(due.column, change.notice.origin.source), job.clock())
        if change is not None and change.event is not None:
            job.on_event(change.notice.id)

    def _still_there(self, job: Job, item: Understood) -> None:
        assert item.due.key is not None
        with job.store.begin() as tx:
            intake.take_unchanged(tx, item.due.key, now=job.clock(), revisit=job.configuration.settings.crawl.revisit)


def look_of(item: Understood, listing: Listing, outcome: Outcome, why: str, *, new: int, fresh: Sequence[Link]) -> Look:
    """The look that a read list amounts to; ``fresh``: its links that were not known before.

    A failing one keeps the validators of the last good one; so does one with something odd about it (``why``), which
    is to be read again at the next look.
    """
    page = item.page
    good = outcome.ok and not why
    newest, gap = rhythm(listing.links, page.fetched_at) if outcome.ok else (None, None)
    dates, exact = dated(fresh, page.fetched_at) if outcome.ok else ((), False)
    return Look(
        item.due.column,
        page.fetched_at,
        outcome,
        status=page.status,
        bytes=len(page.body),
        items=len(listing.links),
        new=new if outcome.ok else 0,
        newest=newest,
        gap=gap if outcome is Outcome.BASELINE else None,
        dates=dates,
        exact=exact,
        why=why,
        etag=page.headers.get("etag") if good else None,
        last_modified=page.headers.get("last-modified") if good else None,
        body_hash=_sha256(page) if good else None,
        fingerprint=anchors_fingerprint(page.body) if good else None,
        retry_after=retry_after(page.headers.get("retry-after"), page.fetched_at),
    )


def _sha256(page: Page) -> str:
    return hashlib.sha256(page.body).hexdigest()
