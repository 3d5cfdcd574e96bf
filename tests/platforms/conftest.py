"""A source and a way to hand a platform some bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from crawler import platforms
from crawler.items import Column, Listing, Page, PageClass, Source

NOW = datetime(2026, 3, 5, tzinfo=UTC).timestamp()
URL = "https://news.example.org/list/"

Read = Callable[..., Listing]


@pytest.fixture
def source() -> Source:
    return Source.model_validate({"id": "example", "name": "例报", "authority": "media", "url": URL})


@pytest.fixture
def read(source: Source) -> Read:
    """``read("feed", body, key="id")``: the listing of ``body`` under these options."""

    def reader(platform: str, body: bytes | str, content_type: str = "", status: int = 200, **options: Any) -> Listing:
        column = Column(url=URL, platform=platform, options=options)
        platforms.check(source, column)
        data = body if isinstance(body, bytes) else body.encode()
        return platforms.read_list(Page(URL, status, data, content_type, fetched_at=NOW), source, column)

    return reader


@dataclass(frozen=True)
class Site:
    """A column of a CMS at ``url``; pages are given as what stands in ``body``, in a government site's usual frame."""

    platform: str
    url: str
    source: Source

    @property
    def column(self) -> Column:
        return Column(url=self.url, platform=self.platform)

    def page(self, inside: str, url: str = "", charset: str = "utf-8") -> Page:
        """A web page of the site."""
        html = (
            f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>通知公告_示例省公安厅</title></head><body>'
            f'<div class="nav"><a href="/">首页</a><a href="/zwgk/">政务公开</a><a href="/bsfw/">办事服务</a></div>'
            f'<div class="position">当前位置：<a href="/">首页</a></div>{inside}'
            f'<div class="footer">主办：示例省公安厅 <a href="/map.html">网站地图</a></div></body></html>'
        )
        return Page(url or self.url, 200, html.encode(charset), "text/html", fetched_at=NOW)

    def data(self, text: str, url: str = "") -> Page:
        """Something else than a page: JSON, XML, a fragment."""
        return Page(url or self.url, 200, text.encode(), fetched_at=NOW)

    def read(self, page: Page) -> list[tuple[str, str, str]]:
        """Address, title and date of each item."""
        listing = platforms.read_list(page, self.source, self.column)
        assert listing.page_class is PageClass.LIST, listing.why
        return [(x.url, x.title, x.published.at[:10] if x.published else "") for x in listing.links]

    def next(self, page: Page) -> str | None:
        return platforms.next_page(page, self.column)

    def entrance(self, page: Page) -> str | None:
        return platforms.entrance(page, self.column)


Make = Callable[[str, str], Site]


@pytest.fixture
def site(source: Source) -> Make:
    """``site("trs", url)``."""
    return lambda platform, url: Site(platform, url, source)


def titles(count: int, first: int = 1) -> list[tuple[str, str]]:
    """Titles and days of items, newest first."""
    return [(f"关于防范境外招工骗局的第{first + n}号提醒", f"2026-02-{27 - n:02}") for n in range(count)]
