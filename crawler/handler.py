"""Scrapy's way to a page: through the fetcher, or not at all when the lookout has fetched it already."""

from __future__ import annotations

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import Response

from crawler.extensions.lookout import Lookout
from crawler.items import Due, Page


class PoliteHandler(BaseDownloadHandler):
    """Answer a request with the page in its ``page`` meta, or fetch its ``due``."""

    async def download_request(self, request: Request) -> Response:
        """The page as a response whose ``meta["page"]`` is the evidence.  Raises FetchError."""
        page: Page | None = request.meta.get("page")
        if page is None:
            lookout = self.crawler.get_extension(Lookout)
            if lookout is None:
                raise RuntimeError("the lookout extension is not enabled")
            due = request.meta.get("due") or Due(column="", url=request.url)
            page = await lookout.fetcher.fetch(due)
            request.meta["page"] = page
            lookout.arrived(due)
        return Response(url=page.url, status=page.status, headers=dict(page.headers), body=page.body, request=request)
