"""How long a new warning takes from the publisher's list to the webhook, by poll and by a running daemon.

Counted is what is ours: of each warning's way its article's own fetch and extraction are taken off.  The fetch is timed
again by a bare request for the same article, the extraction by reading it once more in CPU time.
"""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from standardwebhooks import Webhook, WebhookVerificationError

from benchmarks.figures import Figure, share
from benchmarks.world import ROOT, SECRET, Server, Watch, list_url, slowness, wait_for, world
from crawler import platforms
from crawler.config.catalogue import load_catalogue
from crawler.config.settings import load_settings
from crawler.items import Due, Page

SOURCES = 1000  # all are looked at meanwhile
AT_ONCE = 50  # of them publish in one moment
EVERY = 30.0  # seconds between two looks of the daemon at a column
SINGLY = 40  # warnings of one source each, one after the other while the daemon runs, a round
APART = 1.0  # seconds between two of these
LATEST = 30.0  # seconds in which the last webhook may come on a busy machine: late is not lost
QUIET = 2.0  # seconds without another webhook after which a round is over
GOAL = (20.0, 100.0)  # milliseconds beyond fetch and extraction: median, 95 of 100, on the machine of the goals
BARE = (
    0.26  # CPU-seconds there of a bare aiohttp loop over 1000 lists; what it takes here says how fast this machine is
)
_OWED = dict[str, dict[str, Any]]  # what was published, by title


@dataclass
class Told:
    """A webhook's way: milliseconds from list response to webhook, and of these the article's fetch and extraction."""

    delay: float
    fetch: float
    extraction: float

    @property
    def ours(self) -> float:
        """What is left of the way."""
        return self.delay - self.fetch - self.extraction


@dataclass
class Round:
    """What the publications of a round led to."""

    told: list[Told]
    missing: list[str]
    twice: int
    unasked: list[str]  # webhooks about what is no warning
    unsigned: int


def run(folder: Path, rounds: int) -> list[Figure]:
    """Delays among a thousand sources; the floor is a bare loop: list, article, webhook."""
    fast = {"per_host_delay": "0s"}  # else the delay would be mostly the politeness between list and article
    got: dict[str, list[Round]] = {"poll, 50 at once": [], "daemon, singly": [], "daemon, 50 at once": []}
    floors: list[float] = []
    fixed = f'every = "{EVERY}s"\nfixed = true'
    with world(folder, SOURCES, "--history", "4", hooked=True, crawl=fast, column=fixed) as watch:
        factor = slowness(watch.publishers, SOURCES)
        own = Own(watch)
        for _ in range(rounds):
            floors += _floor(watch, folder / "few")
            watch.poll()  # what the bare loop was given is old by now
            got["poll, 50 at once"].append(_round(watch, own, watch.poll))
            _fall_due(watch, EVERY)
            with watch.daemon():
                time.sleep(EVERY / 2)
                chosen = random.sample(range(AT_ONCE, SOURCES), SINGLY)
                got["daemon, singly"].append(one_by_one(watch, own, chosen, APART, 2 * EVERY))
                got["daemon, 50 at once"].append(_round(watch, own, partial(_found_together, watch)))
    return [f for kind in got for f in _figures(kind, got[kind], share(floors, 0.5), factor)]


class Own:
    """What each article's own fetch and extraction take, found by doing both again."""

    def __init__(self, watch: Watch) -> None:
        self._catalogue = load_catalogue(load_settings(watch.config))

    def cost(self, item: Mapping[str, Any]) -> tuple[float, float]:
        """Milliseconds of a bare request, and of CPU to read what it brings; the lesser of two: both are warm."""
        of = [self._once(item) for _ in range(2)]
        return min(fetch for fetch, _ in of), min(extraction for _, extraction in of)

    def _once(self, item: Mapping[str, Any]) -> tuple[float, float]:
        source = self._catalogue.sources[f"s{item['source']}"]
        begun = time.perf_counter()
        with urlopen(item["url"], timeout=30) as answer:
            page = Page(answer.url, answer.status, answer.read(), answer.headers["content-type"])
        fetched = time.perf_counter() - begun
        due = Due(source.key(source.column[0]), item["url"], key=item["url"], title=item["title"])
        cpu = time.process_time()
        platforms.read_article(page, source, source.column[0], due)
        return 1000 * fetched, 1000 * (time.process_time() - cpu)


def _fall_due(watch: Watch, within: float) -> None:
    """Let all columns fall due soon: in one moment, or spread over some seconds as they are when days have gone by."""
    with closing(sqlite3.connect(watch.database, timeout=30, isolation_level=None)) as db:
        db.execute("UPDATE columns SET due = ? + ? * abs(random() % 1000) / 1000.0", (time.time() + 3, within))


def _found_together(watch: Watch) -> None:
    """Have every list looked at in one moment, and wait until no webhook came for a while."""
    _fall_due(watch, 0)
    assert watch.hook is not None
    hook: Server = watch.hook
    time.sleep(EVERY / 2)
    seen: list[int] = []

    def still() -> bool:
        seen.append(hook.ctl("count")["count"])
        return len(seen) >= 5 and len(set(seen[-5:])) == 1

    wait_for(still, 60, QUIET / 5)


def _clear(watch: Watch) -> Server:
    assert watch.hook is not None
    watch.publishers.ctl("reset")
    watch.hook.ctl("clear")
    return watch.hook


def _publish(watch: Watch) -> _OWED:
    """One item of each of some sources, as the publishers' log has them, by title."""
    _clear(watch)
    events = len(watch.publishers.ctl("log"))
    watch.publishers.ctl("publish", n=AT_ONCE)
    return {event["title"]: event for event in watch.publishers.ctl("log", since=events)}


def _floor(watch: Watch, urls: Path) -> list[float]:
    """Milliseconds from list to webhook by the bare loop."""
    urls.write_text("\n".join(list_url(watch.publishers, i) for i in range(AT_ONCE)), "utf-8")
    hook = _clear(watch)
    _publish(watch)
    bare = [sys.executable, "-m", "benchmarks.floor", "wire", f"http://127.0.0.1:{hook.port}/", str(urls)]
    subprocess.run(bare, cwd=ROOT, check=True)
    looks = sorted(hit["t"] for hit in watch.publishers.ctl("hits") if hit["path"] == "/")
    return [1000 * (row["t"] - at) for row, at in zip(hook.ctl("log"), looks, strict=True)]


def _round(watch: Watch, own: Own, work: Callable[[], object]) -> Round:
    published = _publish(watch)
    work()
    assert watch.hook is not None
    watch.hook.ctl("wait", n=sum(item["warning"] for item in published.values()), timeout=LATEST)
    return _account(watch, own, published)


def one_by_one(watch: Watch, own: Own, sources: Sequence[int], apart: float, wait: float) -> Round:
    """A warning of each source, ``apart`` seconds one after the other, each found at its list's own time.

    What a reader waits for on an ordinary day; the last may take ``wait`` seconds to be found.
    """
    hook, published = _clear(watch), _OWED()
    for source in sources:
        (item,) = watch.publishers.ctl("publish", source=source, kind="warning")
        published[item["title"]] = {**item, "warning": True}
        time.sleep(apart)
    hook.ctl("wait", n=len(sources), timeout=wait)
    return _account(watch, own, published)


def _first_looks(hits: Iterable[Mapping[str, Any]], published: _OWED) -> dict[int, float]:
    """When each source's list was first answered after it had published."""
    since = {item["source"]: item["t"] for item in published.values()}
    first: dict[int, float] = {}
    for hit in hits:
        if hit["path"] == "/" and hit["t"] >= since.get(hit["source"], float("inf")):
            first.setdefault(hit["source"], hit["t"])
    return first


def _account(watch: Watch, own: Own, published: _OWED) -> Round:
    """What arrived against what was published, timed from the look that could first see it."""
    assert watch.hook is not None
    looks, rows = _first_looks(watch.publishers.ctl("hits"), published), watch.hook.ctl("log")
    warnings = {title: item for title, item in published.items() if item["warning"]}
    titles = [json.loads(row["body"])["data"]["title"] for row in rows]
    told = [(row["t"], warnings[title]) for row, title in zip(rows, titles, strict=True) if title in warnings]
    return Round(
        told=[Told(1000 * (t - looks[item["source"]]), *own.cost(item)) for t, item in told],
        missing=sorted(set(warnings) - set(titles)),
        twice=len(titles) - len(set(titles)),
        unasked=sorted(set(titles) - set(warnings)),
        unsigned=sum(not signed(row) for row in rows),
    )


def signed(row: dict[str, Any]) -> bool:
    """Whether a webhook carries our signature."""
    try:
        Webhook(SECRET).verify(row["body"], row["headers"])
    except WebhookVerificationError:
        return False
    return True


def _figures(kind: str, rounds: list[Round], floor: float, factor: float) -> list[Figure]:
    def per_round(part: float, of: Callable[[Told], float]) -> tuple[float, ...]:
        return tuple(round(share([of(t) for t in r.told], part), 1) if r.told else float("inf") for r in rounds)

    wrong = tuple(float(len(r.missing) + r.twice + len(r.unasked) + r.unsigned) for r in rounds)
    known: dict[str, Any] = {"floor": round(floor, 1), "floor_is": "bare loop"}
    counts = "; ".join(
        f"{len(r.told)} sent, missing {r.missing}, twice {r.twice}, not asked for {r.unasked}, unsigned {r.unsigned}"
        for r in rounds
    )
    fetch = share([t.fetch for r in rounds for t in r.told], 0.5)
    extraction = share([t.extraction for r in rounds for t in r.told], 0.5)
    own = f"median of an article's own fetch {fetch:.1f} ms, of its extraction {extraction:.1f} ms CPU"
    median, most = (round(goal * factor) for goal in GOAL)
    slow = f"{own}; the goal is {GOAL[0]:g} / {GOAL[1]:g} ms, this machine {factor} times slower than the goal's"
    return [
        Figure("delay", f"{kind}: list to webhook, median", per_round(0.5, lambda t: t.delay), "ms", **known),
        Figure("delay", f"{kind}: list to webhook, 95 of 100", per_round(0.95, lambda t: t.delay), "ms", **known),
        Figure(
            "delay", f"{kind}: of that ours, median", per_round(0.5, lambda t: t.ours), "ms", at_most=median, note=slow
        ),
        Figure("delay", f"{kind}: of that ours, 95 of 100", per_round(0.95, lambda t: t.ours), "ms", at_most=most),
        Figure("delay", f"{kind}, wrong webhooks", wrong, "", at_most=0.0, note=counts),
    ]
