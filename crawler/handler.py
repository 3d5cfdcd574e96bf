"""Scrapy's way to a page: through the fetcher, or not at all when the lookout has fetched it already."""

from __future__ import annotations

import time

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import Response

from crawler.extensions.lookout import Lookout
from crawler.items import Due, Page


class PoliteHandler(BaseDownloadHandler):
    """Answer a request with the page in its ``page`` meta, or fetch its ``due``."""

    async def download_request(self, request: Request) -> Response:
        """The page as a response whose ``meta["page"]`` is the evidence.  Raises FetchError."""
        due: Due = request.meta.get("due") or Due(column="", url=request.url)
        page: Page | None = request.meta.get("page")
        if page is None and due.text is not None:
            page = request.meta["page"] = carried(due)
        if page is None:
            lookout = self.crawler.get_extension(Lookout)
            if lookout is None:
                raise RuntimeError("the lookout extension is not enabled")
            page = await lookout.fetch(due)
            request.meta["page"] = page
            lookout.arrived(due)
        return Response(url=page.url, status=page.status, body=page.body, request=request)


def carried(due: Due) -> Page:
    """The article that the list itself carried, as the page it is: its address need not answer."""
    assert due.text is not None
    return Page(
        due.shown or due.url,
        200,
        due.text.encode("utf-8", "replace"),
        "text/html; charset=utf-8",
        fetched_at=time.time(),
    )
