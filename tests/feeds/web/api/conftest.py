"""A world that has something of everything, and a client of its API."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crawler.items import Outcome, Page
from crawler.store.delivery import outbox
from crawler.store.evidence import captures
from tests.feeds.conftest import founded
from tests.feeds.world import T0, World, make_notice

HOOK = """[[hook]]
id = "soc"  # the night shift
url = "https://soc.example/hooks/deep-secret"
secret = "whsec_bWFueSBzZWNyZXRzIGFyZSBrZXB0IGhlcmU="
"""


@pytest.fixture
def full(again: Callable[..., World], everything: Path) -> World:
    """Three notices, one of them reprinted, one revised; looks, an incident, deliveries, a hook."""
    return again(everything, HOOK)


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a world is left that has something of everything, but no hook."""
    folder = tmp_path_factory.mktemp("everything")
    with founded(folder) as world:
        _fill(world)
    return folder


def _fill(world: World) -> None:
    first = world.remember(make_notice(1))
    world.reprint(first, "https://daily.example/a/1.html", at=T0 + 60)
    with world.store.begin() as tx:
        page = Page("https://daily.example/a/1.html", 200, "近来有人以高薪客服为名招人出境。".encode(), "text/plain")
        captures.add(tx, page, "https://daily.example/a/1.html")
    second = world.remember(make_notice(2))
    world.revise(second, at=T0 + 90, title="第2号提示（更正）")
    world.remember(make_notice(3))
    for at, outcome in enumerate((Outcome.BASELINE, Outcome.UNCHANGED, Outcome.FAILED, Outcome.FAILED)):
        world.look("bsa/tips", outcome, at=T0 + 100 + at, why="HTTP 500" if outcome is Outcome.FAILED else "")
    with world.store.begin() as tx:
        outbox.fan_out(tx, lambda *_: ["soc"], T0 + 200)


@pytest.fixture
def api(full: World, browse: Callable[..., TestClient]) -> TestClient:
    """On this machine, where no token is set: it may do everything."""
    client = browse(full)
    client.headers["Content-Type"] = "application/json"
    return client
