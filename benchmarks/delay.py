"""How long a new warning takes from the publisher's list to the webhook, by poll and by a running daemon."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from benchmarks.figures import Figure, share
from benchmarks.world import ROOT, SECRET, Server, list_url, wait_for, world

SOURCES = 50
EVERY = 3.0  # seconds between two looks of the daemon at a column
SINGLY = 8  # warnings published one after the other to a running daemon, a round
QUIET = 2.0  # seconds without another webhook after which a round is over


@dataclass
class Round:
    """What one publication of an item by every source led to."""

    delays: list[float]  # milliseconds from list response to webhook, of each warning
    missing: list[str]
    twice: int
    unasked: list[str]  # webhooks about what is no warning
    unsigned: int


def run(folder: Path, rounds: int) -> list[Figure]:
    """Delays after 50 publications at once; the floor is a bare loop: list, article, webhook."""
    fast = {"per_host_delay": "0s"}  # else the delay would be mostly the politeness between list and article
    urls = folder / "urls"
    got: dict[str, list[Round]] = {"poll": [], "daemon, singly": [], "daemon, all at once": []}
    floors: list[float] = []
    with world(folder, SOURCES, hooked=True, crawl=fast, column=f'every = "{EVERY}s"\nfixed = true') as watch:
        assert watch.hook is not None
        hook = watch.hook
        urls.write_text("\n".join(list_url(watch.publishers, i) for i in range(SOURCES)), "utf-8")
        bare = [sys.executable, "-m", "benchmarks.floor", "wire", f"http://127.0.0.1:{hook.port}/", str(urls)]
        for _ in range(rounds):
            floors += _floor(watch.publishers, hook, lambda: subprocess.run(bare, cwd=ROOT, check=True))
            watch.poll()  # what the bare loop was given is old by now
            got["poll"].append(_round(watch.publishers, hook, watch.poll))
            with watch.daemon():
                time.sleep(2 * EVERY)
                got["daemon, singly"].append(_one_by_one(watch.publishers, hook))
                got["daemon, all at once"].append(_round(watch.publishers, hook, lambda: _settled(hook)))
    return [f for kind in got for f in _figures(kind, got[kind], share(floors, 0.5))]


def _settled(hook: Server) -> None:
    """Wait until every list was looked at and no webhook came for a while."""
    time.sleep(2 * EVERY)
    seen: list[int] = []

    def still() -> bool:
        seen.append(hook.ctl("count")["count"])
        return len(seen) >= 5 and len(set(seen[-5:])) == 1

    wait_for(still, 60, QUIET / 5)


def _publish(publishers: Server, hook: Server) -> dict[str, dict[str, Any]]:
    """One item a source, as the publishers' log has them, by title."""
    publishers.ctl("reset")
    hook.ctl("clear")
    events = len(publishers.ctl("log"))
    publishers.ctl("publish", n=SOURCES)
    return {event["title"]: event for event in publishers.ctl("log", since=events)}


def _first_looks(publishers: Server) -> dict[int, float]:
    """When each source's list was first answered."""
    first: dict[int, float] = {}
    for hit in publishers.ctl("hits"):
        if hit["path"] == "/":
            first.setdefault(hit["source"], hit["t"])
    return first


def _floor(publishers: Server, hook: Server, work: Callable[[], object]) -> list[float]:
    _publish(publishers, hook)
    work()
    looks = sorted(_first_looks(publishers).items(), key=lambda x: x[1])
    return [1000 * (row["t"] - at) for row, (_, at) in zip(hook.ctl("log"), looks, strict=True)]


def _round(publishers: Server, hook: Server, work: Callable[[], object]) -> Round:
    published = _publish(publishers, hook)
    work()
    return _account(published, _first_looks(publishers), hook.ctl("log"))


def _one_by_one(publishers: Server, hook: Server) -> Round:
    """A warning, its webhook, the next warning: what a reader waits for on an ordinary day."""
    published: dict[str, dict[str, Any]] = {}
    looks: dict[int, float] = {}
    publishers.ctl("reset")
    hook.ctl("clear")
    for n in range(SINGLY):
        source = 6 * n
        (item,) = publishers.ctl("publish", source=source, kind="warning")
        published[item["title"]] = {**item, "warning": True}
        hook.ctl("wait", n=n + 1, timeout=4 * EVERY)
        hits = publishers.ctl("hits", since=item["t"], source=source)
        looks[source] = next((hit["t"] for hit in hits if hit["path"] == "/"), item["t"])
    return _account(published, looks, hook.ctl("log"))


def _account(published: dict[str, dict[str, Any]], looks: dict[int, float], rows: list[dict[str, Any]]) -> Round:
    """What arrived against what was published, timed from the look that could first see it."""
    warnings = {title: event for title, event in published.items() if event["warning"]}
    titles = [json.loads(row["body"])["data"]["title"] for row in rows]
    told = [(row["t"], warnings[title]) for row, title in zip(rows, titles, strict=True) if title in warnings]
    return Round(
        delays=[1000 * (t - looks[event["source"]]) for t, event in told],
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


def _figures(kind: str, rounds: list[Round], floor: float) -> list[Figure]:
    def per_round(part: float) -> tuple[float, ...]:
        return tuple(round(share(r.delays, part), 1) if r.delays else float("inf") for r in rounds)

    wrong = tuple(float(len(r.missing) + r.twice + len(r.unasked) + r.unsigned) for r in rounds)
    known: dict[str, Any] = {"floor": round(floor, 1), "floor_is": "bare loop"}
    counts = "; ".join(
        f"{len(r.delays)} sent, missing {r.missing}, twice {r.twice}, not asked for {r.unasked}, unsigned {r.unsigned}"
        for r in rounds
    )
    return [
        Figure("delay", f"{kind}, median", per_round(0.5), "ms", **known, at_most=150.0),
        Figure("delay", f"{kind}, 95 of 100", per_round(0.95), "ms", **known, at_most=500.0),
        Figure("delay", f"{kind}, wrong webhooks", wrong, "", at_most=0.0, note=counts),
    ]
