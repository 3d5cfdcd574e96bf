"""About this installation: whether it works, what it is made of, what it keeps."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from crawler.evidence.chain import Link
from crawler.store import Store, figures
from crawler.store.evidence import anchors, chain, verified
from crawler.store.evidence.verified import Verified
from crawler.store.version import SCHEMA
from crawler.store.wire import notices
from feeds import checks
from feeds.checks import Finding
from feeds.languages import Word
from feeds.web import silence
from feeds.web.context import Context, context_of
from feeds.web.status import UNWRITTEN, DaemonStatus, examine
from feeds.web.view import View, page

_FRESH = 60.0  # seconds for which what was examined serves
_NEWEST = 500  # links of the chain whose hashes a look at the page checks
_PACKAGES = ("scrapy", "sqlalchemy", "starlette", "uvicorn", "feedgen", "apscheduler", "beautifulsoup4")


async def about(request: Request) -> Response:
    """Versions, the doctor's findings, the daemon's parts, what is kept as evidence."""
    context = context_of(request)
    troubles = await examine(context.status, context.store, context.now())
    return await run_in_threadpool(_about, request, troubles)


def _about(request: Request, troubles: list[Word]) -> Response:
    context, view = context_of(request), View.of(request)
    with context.store.read() as tx:
        health = silence.health(tx)
        last = health["last_look"] or 0.0
        database = tx.dialect.name + " " + ".".join(map(str, tx.dialect.server_version_info or ()))
    state = context.remembered("evidence", _FRESH, lambda: _state(context.store))
    findings = context.remembered("doctor", _FRESH, lambda: list(_findings(context, last, database)))
    return page(
        view,
        "about.html",
        troubles=[word.of(view.language) for word in troubles],
        health=health,
        findings=findings,
        parts_of_daemon=_parts(view, context.status),
        evidence=_evidence(view, context, state),
        flaw=state.flaw,
        verified=state.verified,
        versions=[*_versions(), (view.gettext("Database"), database), (view.gettext("Schema"), SCHEMA)],
    )


@dataclass(frozen=True, slots=True)
class _State:
    """What is kept, and whether the end of the chain is as it was written."""

    notices: int
    kept: figures.Evidence
    head: Link | None
    stamped: float  # 0.0: never
    flaw: str
    verified: Verified | None


def _state(store: Store) -> _State:
    with store.read() as tx:
        head = chain.head(tx)
        flaw = chain.broken(tx, head, _NEWEST) if head else ""
        return _State(notices.count(tx), figures.kept(tx), head, anchors.last(tx), flaw, verified.last(tx))


def _evidence(view: View, context: Context, state: _State) -> list[tuple[str, object]]:
    """What is kept, as the page tells it, moments as POSIX seconds; `fenghuo verify` alone reads all of it again."""
    kept = state.kept
    never = (
        view.gettext("never")
        if context.settings.evidence.timestamps
        else view.gettext("nobody is asked (evidence.timestamps)")
    )
    return [
        (view.gettext("notices"), state.notices),
        (view.gettext("pages kept"), kept.pages),
        (view.gettext("of them compressed"), f"{kept.bytes / 1e6:.1f} MB"),
        (view.gettext("of them not yet in a WARC file"), kept.waiting),
        (view.gettext("newest page"), kept.newest or "—"),
        (view.gettext("links of the chain"), state.head.number if state.head else 0),
        (view.gettext("hash of the last link"), f"{state.head.hash[:16]}…" if state.head else "—"),
        (view.gettext("last time stamp"), state.stamped or never),
    ]


def _findings(context: Context, last: float, database: str) -> Iterable[Finding]:
    yield checks.python(sys.version_info[:3])
    yield checks.packages(_required())
    yield checks.sources(context.catalogue)
    yield checks.data_dir(context.settings.data_dir)
    yield checks.clock(time.time(), last)
    yield checks.database(database, writes=_writes(context.status))
    yield checks.browser(context.catalogue)
    yield checks.daemon(os.getpid())
    yield from map(checks.hook, context.settings.hook)


def _writes(status: DaemonStatus) -> bool:
    return status.stored is not None and status.clock() - status.stored <= UNWRITTEN


def _required() -> list[str]:
    """What the program was installed to need; nothing where it runs from a folder without having been installed."""
    try:
        return requires("fenghuo") or []
    except PackageNotFoundError:
        return []


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
