"""`python -m benchmarks [NAME…] [--rounds N]`: run the benchmarks (all of them), print one table, keep the figures."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from benchmarks.figures import Figure, keep, machine, show
from benchmarks.world import TOOLS

NAMES = (
    "reading",
    "feeds",
    "delay",
    "hanging",
    "unchanged",
    "peers",
    "same",
    "kill",
    "cluster",
    "outbox",
    "faults",
    "crash",
    "scheduling",
    "screens",
)
ON_DEMAND = ("soak", "flat", "wide")  # take long, so that they run only when they are asked for


def main() -> int:
    """Run what was asked for; 0, or 1 when a benchmark failed or a target was missed."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description="Measure every speed and memory claim.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)} (default: all)")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds; figures are medians (default: 3)")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # what was started is ended, too
    if unknown := set(asked.names) - {*NAMES, *ON_DEMAND}:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    if not TOOLS.is_dir():
        print(f"bench: skipped, there are no measuring tools at {TOOLS} (TOOLS=folder)")
        return 0
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else every start compiles anew what changed: no user's case
    return measure(asked.names or NAMES, asked.rounds)


def measure(names: tuple[str, ...] | list[str], rounds: int) -> int:
    """Run the benchmarks ``names`` one after the other and report."""
    console, before = Console(width=None if sys.stdout.isatty() else 160), machine()
    figures: list[Figure] = []
    failed = []
    for name in names:
        started = time.monotonic()
        console.print(f"{name} …", end=" ")
        try:
            with tempfile.TemporaryDirectory(prefix=f"fenghuo-{name}-") as folder:
                figures += importlib.import_module(f"benchmarks.{name}").run(Path(folder), rounds)
            console.print(f"{time.monotonic() - started:.0f} s")
        except Exception as e:
            failed.append(name)
            console.print(f"failed: {type(e).__name__}: {e}", style="red", highlight=False)
    show(figures, console)
    console.print(f"kept in {keep(figures, before)}")
    return 1 if failed or any(f.met is False for f in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
