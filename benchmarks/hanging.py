"""How much a publisher that never answers delays the looks at all others."""

from __future__ import annotations

from pathlib import Path

from benchmarks.figures import Figure, share
from benchmarks.world import Server, Watch, world

SOURCES = 50
HANGING = {"1 of 50 hangs": "7", "16 of 50 hang": ",".join(map(str, range(3, 51, 3)))}  # 16 is `crawl.concurrency`
TIMEOUT = "10s"  # of a page; as long as that is a round then, so it is shorter than the default


def run(folder: Path, rounds: int) -> list[Figure]:
    """Delay of the others' looks against rounds in which nobody hangs, every look timed from the round's first one."""
    plain: list[dict[int, float]] = []
    hung: dict[str, list[dict[int, float]]] = {name: [] for name in HANGING}
    with world(folder, SOURCES, "--history", "4", crawl={"timeout": TIMEOUT, "revisit": ["7d"]}) as watch:
        for _ in range(rounds):
            plain.append(_looks(watch))
            for name, sources in HANGING.items():
                watch.publishers.ctl("fault", kind="hang", sources=sources, seconds=120)
                hung[name].append(_looks(watch))
                watch.publishers.ctl("fault", kind="none", sources=sources)
    usual = {i: share([looks[i] for looks in plain], 0.5) for i in range(SOURCES)}
    return [f for name, sources in HANGING.items() for f in _figures(name, sources, hung[name], usual)]


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


def _figures(name: str, sources: str, rounds: list[dict[int, float]], usual: dict[int, float]) -> list[Figure]:
    """The look that came latest after its usual time, and the end of the round."""
    others = set(usual) - {int(i) for i in sources.split(",")}
    worst = tuple(round(max(looks[i] - usual[i] for i in others), 3) for looks in rounds)
    last = tuple(round(max(looks[i] for i in others), 3) for looks in rounds)
    floor = round(max(usual[i] for i in others), 3)
    return [
        Figure("hanging", f"{name}: worst delay of another look", worst, "s", at_most=1.0),
        Figure("hanging", f"{name}: last look of the others", last, "s", floor=floor, floor_is="nobody hangs"),
    ]
