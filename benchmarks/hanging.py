"""How much publishers that never answer delay the looks at all others, by poll and by a running daemon."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.delay import Own, one_by_one
from benchmarks.figures import Figure, share
from benchmarks.world import Server, Watch, world

SOURCES = 100
HALF, OTHERS = range(1, SOURCES, 2), range(0, SOURCES, 2)
HANGING: dict[str, Sequence[int]] = {  # 16 is `crawl.concurrency`
    "1 of 100 hangs": [7],
    "16 of 100 hang": range(3, 99, 6),
    "50 of 100 hang": HALF,
}
TIMEOUT = "10s"  # of a page; as long as that is a round then, so it is shorter than the default
EVERY = 3.0  # seconds between two looks of the daemon at a column
RATIO = 1.1  # of what is usual, for the others


def run(folder: Path, rounds: int) -> list[Figure]:
    """What the others are given against rounds in which nobody hangs; a poll's looks are timed from its first one."""
    settings = {"timeout": TIMEOUT, "revisit": ["7d"], "per_host_delay": "0s"}
    column = f'every = "{EVERY}s"\nfixed = true'
    plain: list[dict[int, float]] = []
    hung: dict[str, list[dict[int, float]]] = {name: [] for name in HANGING}
    usual, halved = Daily(), Daily()
    with world(folder, SOURCES, "--history", "4", hooked=True, crawl=settings, column=column) as watch:
        own = Own(watch)
        for _ in range(rounds):
            plain.append(_looks(watch))
            for name, sources in HANGING.items():
                _hang(watch, sources)
                hung[name].append(_looks(watch))
                _hang(watch, sources, "none")
            with watch.daemon():
                usual.spend(watch, own)
                _hang(watch, HALF)
                halved.spend(watch, own)
                _hang(watch, HALF, "none")
    looked = {i: share([looks[i] for looks in plain], 0.5) for i in range(SOURCES)}
    return [*(f for name in HANGING for f in _figures(name, hung[name], looked)), *halved.beside(usual)]


@dataclass
class Daily:
    """What a daemon gives the sources that never hang: seconds between two looks, milliseconds from list to webhook."""

    gaps: list[float] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    missing: int = 0

    def spend(self, watch: Watch, own: Own) -> None:
        """A stretch of the daemon's life, after it has settled."""
        time.sleep(3 * EVERY)
        since = time.time()
        round_ = one_by_one(watch, own, OTHERS, EVERY / 8, 3 * EVERY)
        lasted = time.time() - since
        asked = [h for h in watch.publishers.ctl("hits", since=since) if h["path"] == "/" and h["source"] in OTHERS]
        self.gaps.append(len(OTHERS) * lasted / len(asked))
        self.delays += [told.delay for told in round_.told]
        self.missing += len(round_.missing)

    def beside(self, usual: Daily) -> list[Figure]:
        """The figures, with what is usual as their floor."""
        said = "daemon, 50 of 100 hang: "
        looks = Figure("hanging", f"{said}between two looks at another", tuple(self.gaps), "s", **_at_most(usual.gaps))
        parts = (("median", 0.5), ("95 of 100", 0.95))
        delays = [
            Figure(
                "hanging",
                f"{said}list to webhook of another, {name}",
                (share(self.delays, part),),
                "ms",
                **_at_most([share(usual.delays, part)]),
            )
            for name, part in parts
        ]
        missing = Figure("hanging", f"{said}warnings that never came", (float(self.missing),), "", at_most=0.0)
        return [looks, *delays, missing]


def _at_most(usual: list[float]) -> dict[str, Any]:
    floor = share(usual, 0.5)
    return {"floor": round(floor, 3), "floor_is": "nobody hangs", "at_most": round(RATIO * floor, 3)}


def _hang(watch: Watch, sources: Iterable[int], kind: str = "hang") -> None:
    watch.publishers.ctl("fault", kind=kind, sources=",".join(map(str, sources)), seconds=120)


def _looks(watch: Watch) -> dict[int, float]:
    """Seconds from the first list that was asked for to each one, in one poll."""
    publishers: Server = watch.publishers
    publishers.ctl("reset")
    watch.poll(may_fail=True)
    first: dict[int, float] = {}
    for hit in publishers.ctl("hits"):
        if hit["path"] == "/":
            first.setdefault(hit["source"], hit["t"])
    return {i: at - min(first.values()) for i, at in first.items()}


def _figures(name: str, rounds: list[dict[int, float]], usual: dict[int, float]) -> list[Figure]:
    """The look that came latest after its usual time, and when the others had been looked at."""
    others = set(usual) - set(HANGING[name])
    worst = tuple(round(max(looks[i] - usual[i] for i in others), 3) for looks in rounds)
    last = tuple(round(max(looks[i] for i in others), 3) for looks in rounds)
    floor = round(max(usual[i] for i in others), 3)
    return [
        Figure("hanging", f"{name}: worst delay of another look", worst, "s", at_most=1.0),
        Figure("hanging", f"{name}: last look of the others", last, "s", floor, "nobody hangs"),
    ]
