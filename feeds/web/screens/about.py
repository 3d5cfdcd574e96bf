"""About this installation: whether it works, what it is made of, what it keeps."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from crawler.store import columns, figures, notices
from crawler.store.schema import SCHEMA
from feeds import checks
from feeds.checks import Finding
from feeds.languages import Word
from feeds.web.context import Context, context_of
from feeds.web.status import DaemonStatus, examine
from feeds.web.view import View, page

_PACKAGES = ("scrapy", "sqlalchemy", "starlette", "uvicorn", "feedgen", "apscheduler", "beautifulsoup4")


async def about(request: Request) -> Response:
    """Versions, the doctor's findings, the daemon's parts, what is kept as evidence."""
    context = context_of(request)
    troubles = await examine(context.status, context.store, context.now())
    return await run_in_threadpool(_about, request, troubles)


def _about(request: Request, troubles: list[Word]) -> Response:
    context, view = context_of(request), View.of(request)
    with context.store.read() as tx:
        rows, kept = columns.rows(tx), figures.kept(tx)
        known = notices.count(tx)
        database = tx.dialect.name + " " + ".".join(map(str, tx.dialect.server_version_info or ()))
    last = max((r.last_look for r in rows if r.last_look), default=0.0)
    return page(
        view,
        "about.html",
        troubles=[word.of(view.language) for word in troubles],
        findings=[(f.level, f.check, f.said, f.advice) for f in _findings(context, last)],
        parts_of_daemon=_parts(view, context.status),
        evidence=[
            (view.gettext("notices"), known),
            (view.gettext("pages kept"), kept.pages),
            (view.gettext("of them compressed"), f"{kept.bytes / 1e6:.1f} MB"),
            (view.gettext("newest page"), kept.newest or "—"),
        ],
        versions=[*_versions(), (view.gettext("Database"), database), (view.gettext("Schema"), SCHEMA)],
    )


def _findings(context: Context, last: float) -> Iterable[Finding]:
    yield checks.python(sys.version_info[:3])
    yield checks.sources(context.catalogue)
    yield checks.data_dir(context.settings.data_dir)
    yield checks.clock(time.time(), last)
    yield checks.browser(context.catalogue)
    yield from map(checks.hook, context.settings.hook)


def _parts(view: View, status: DaemonStatus) -> list[tuple[str, float | None]]:
    said = (
        (view.gettext("the crawl"), status.crawl_heartbeat),
        (view.gettext("delivery"), status.delivered),
        (view.gettext("publishing of feeds"), status.published),
    )
    return [(name, None if at is None else max(0.0, status.clock() - at)) for name, at in said]


def _versions() -> list[tuple[str, Any]]:
    found = [("Fenghuo", _version("fenghuo")), ("Python", platform.python_version())]
    return [*found, *((name, _version(name)) for name in _PACKAGES)]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "—"
