"""A source and a way to hand a platform some bytes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from crawler import platforms
from crawler.items import Column, Listing, Page, Source

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
