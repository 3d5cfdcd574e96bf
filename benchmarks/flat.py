"""A hundred thousand looks at unchanged lists by one daemon: memory, descriptors and latency from first to last.

``LOOKS`` in the environment says how many.  Each of 200 publishers is looked at every second, without the pauses that
politeness asks for, so that 100,000 looks take about ten minutes and not a day.  The report, a page and (with Chromium)
a PNG of it, is bench-out/flat.html and bench-out/flat.png.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from benchmarks.figures import OUT, Figure
from benchmarks.report import Samples, growth, plot, write
from benchmarks.world import Watch, load_meter, world

SOURCES = 200
LOOKS = int(os.environ.get("LOOKS", "100000"))
SAMPLE = 1.0  # seconds
PATIENCE = 60.0  # seconds without a look after which something is wrong
_CRAWL = {"per_host_delay": "0s", "timeout": "120s", "revisit": ["7d"]}  # a busy machine is no failure here
_COLUMN = 'every = "1s"\nfixed = true'
_GOOD = ("unchanged", "changed", "baseline")
_SINCE = "SELECT seconds, outcome FROM looks WHERE id > ? ORDER BY seconds"


def run(folder: Path, rounds: int) -> list[Figure]:
    """One run, whatever ``rounds`` says."""
    samples, wrong = Samples(load_meter()), 0
    latency: tuple[list[float], list[float]] = ([], [])
    with world(folder, SOURCES, "--history", "1", crawl=_CRAWL, column=_COLUMN) as watch:
        first = last = watch.looks()
        with watch.daemon() as process:
            start = moved = time.monotonic()
            while last - first < LOOKS:
                time.sleep(SAMPLE)
                now = time.monotonic()
                samples.take(process.pid, now - start)
                looks, failed, p50, p99 = _since(watch, last)
                last, wrong = last + looks, wrong + failed
                moved = now if looks else moved
                latency[0].append(p50)
                latency[1].append(p99)
                if now - moved > PATIENCE:
                    raise RuntimeError(f"no look for {PATIENCE:g} s, after {last - first}")
        figures = _figures(samples, latency, last - first, wrong)
    plots = {
        "Memory, MB": plot(samples.at, samples.memory),
        "Open descriptors": plot(samples.at, {"all": samples.descriptors}),
        "Time of a look, ms": plot(samples.at, {"median": latency[0], "99th of 100": latency[1]}),
    }
    write(OUT / "flat.html", f"{last - first} looks", figures, plots)
    return figures


def _since(watch: Watch, last: int) -> tuple[int, int, float, float]:
    """Looks after the one with the number ``last``: how many, how many failed, median and 99th percentile in ms."""
    rows = watch.ask(_SINCE, last)
    times = [1000.0 * (seconds or 0.0) for seconds, _ in rows] or [0.0]
    failed = sum(outcome not in _GOOD for _, outcome in rows)
    return len(rows), failed, times[len(times) // 2], times[int(len(times) * 0.99)]


def _figures(samples: Samples, latency: tuple[list[float], list[float]], looks: int, wrong: int) -> list[Figure]:
    memory, share = samples.memory["all"], samples.at[-1] / looks * LOOKS
    half = len(latency[0]) // 2
    early, late = (sorted(part)[len(part) // 2] for part in (latency[0][:half], latency[0][half:]))
    note = f"in {LOOKS} looks, by the slope of the second half"
    return [
        Figure("flat", "looks", (float(looks),), "", at_least=float(LOOKS), note=f"{samples.at[-1]:.0f} s"),
        Figure("flat", "looks that failed", (float(wrong),), "", at_most=0.0),
        Figure("flat", "growth of memory", (growth(samples.at, memory, share),), "MB", at_most=2.0, note=note),
        Figure("flat", "growth of descriptors", (growth(samples.at, samples.descriptors, share),), "", at_most=1.0),
        Figure("flat", "median look, second half", (round(late, 2),), "ms", floor=round(early, 2), floor_is="first"),
        Figure("flat", "most memory", (round(max(memory), 1),), "MB"),
    ]
