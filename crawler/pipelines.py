"""The path of an item: an answer is read in a worker process, then judged and saved in one transaction."""

from __future__ import annotations

import hashlib
from typing import Self

from scrapy.crawler import Crawler

from crawler import intake
from crawler.carriers import carrier
from crawler.extensions.lookout import Lookout
from crawler.extensions.reader import Reader
from crawler.fetch import retry_after
from crawler.items import Article, Due, Fetched, Listing, Look, Outcome, Page, PageClass, Understood
from crawler.job import Job
from crawler.judging.listing import list_outcome, vanished
from crawler.reading.links import anchors_fingerprint
from crawler.store import columns, links

_SECOND_LOOK = 600.0  # seconds, at most, until a page found deleted is looked at again; twice gone is withdrawn


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
                lookout.visit(self._take_list(lookout.job, item, listing))
            case Article() as article:
                self._take_article(lookout.job, item, article)
            case None:
                self._still_there(lookout.job, item)
        lookout.finished(item.due)
        return item

    def _take_list(self, job: Job, item: Understood, listing: Listing) -> list[Due]:
        """Save the look and the links it found; the visits that follow from it."""
        due, column = item.due, job.configuration.catalogue.columns[item.due.column]
        keys = [link.key for link in listing.links]
        visits: list[Due] = []
        with job.store.begin() as tx:
            before = columns.listed(tx, due.column)
            new = len(set(keys) - links.known(tx, keys))
            outcome, why = list_outcome(listing, column, before=before, new=new, baseline=due.baseline)
            if outcome.ok:
                silent = due.baseline and not job.alert_baseline
                now = job.clock()
                visits = links.add(tx, due.column, listing.links, now=now, owner=job.owner, baseline=silent)
                visits += links.lease(tx, vanished(before, keys), now=now, owner=job.owner)
            look = look_of(item, outcome, why, items=len(keys), new=new)
            columns.record(tx, [look], every=job.configuration.catalogue.columns, listed=keys if outcome.ok else None)
        job.on_look(look)
        return visits

    def _take_article(self, job: Job, item: Understood, article: Article) -> None:
        due, page, catalogue = item.due, item.page, job.configuration.catalogue
        assert due.key is not None
        with job.store.begin() as tx:
            if page.status in (404, 410) or article.page_class is PageClass.DELETED:
                again = min((_SECOND_LOOK, *job.configuration.settings.crawl.revisit))
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
                links.retry(tx, due.key, now=job.clock(), why=article.why or article.page_class, after=5.0)
                return
        if change is not None and change.event is not None:
            job.on_event(change.notice.id)

    def _still_there(self, job: Job, item: Understood) -> None:
        assert item.due.key is not None
        with job.store.begin() as tx:
            intake.take_unchanged(tx, item.due.key, now=job.clock(), revisit=job.configuration.settings.crawl.revisit)


def look_of(item: Understood, outcome: Outcome, why: str, *, items: int, new: int) -> Look:
    """The look that a read list amounts to; a failing one keeps the validators of the last good one."""
    page = item.page
    good = outcome.ok
    return Look(
        item.due.column,
        page.fetched_at,
        outcome,
        status=page.status,
        bytes=len(page.body),
        items=items,
        new=new if good else 0,
        why=why,
        etag=page.headers.get("etag") if good else None,
        last_modified=page.headers.get("last-modified") if good else None,
        body_hash=_sha256(page) if good else None,
        fingerprint=anchors_fingerprint(page.body) if good else None,
        retry_after=retry_after(page.headers.get("retry-after"), page.fetched_at),
    )


def _sha256(page: Page) -> str:
    return hashlib.sha256(page.body).hexdigest()
