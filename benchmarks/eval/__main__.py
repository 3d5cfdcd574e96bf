"""`python -m benchmarks.eval CORPUS`: one table, and every miss with its file in eval-out/misses.txt."""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.eval.score import Metric, shipped_catalogue

PARTS = ("seeds", "sources", "verdicts", "pages", "dates", "origins", "lists", "feeds", "archive", "revisions")
OUT = Path("eval-out")


def main(given: Sequence[str]) -> int:
    """Evaluate on the corpus ``given`` names; 0 also when there is none, which one line says."""
    corpus = Path(given[0] if given else "../shared/corpus").resolve()
    if not corpus.is_dir():
        print(f"eval: skipped, there is no corpus at {corpus} (CORPUS=folder)")
        return 0
    catalogue, console = shipped_catalogue(), Console(width=None if sys.stdout.isatty() else 120)
    metrics: list[Metric] = []
    for part in given[1:] or PARTS:
        started = time.monotonic()
        metrics += importlib.import_module(f"benchmarks.eval.{part}").measure(corpus, catalogue)
        console.print(f"{part} {time.monotonic() - started:.0f} s")
    show(metrics, console)
    console.print(f"{sum(len(m.misses) for m in metrics)} misses are listed in {keep(metrics)}")
    return 0


def show(metrics: Sequence[Metric], console: Console) -> None:
    """One table of all metrics; what misses its goal is red."""
    table = Table("part", "metric", "value", "counts", "goal", title="Fenghuo, evaluated")
    for m in metrics:
        value, goal = "" if m.value is None else f"{m.value:.3f}", "" if m.at_least is None else f">= {m.at_least:g}"
        table.add_row(m.part, m.name, value, m.counts, goal, style={True: "green", False: "red", None: ""}[m.met])
    console.print(table)


def keep(metrics: Sequence[Metric]) -> Path:
    """Write the figures, and the misses under the name of their metric; returns the file of the misses."""
    OUT.mkdir(exist_ok=True)
    figures = [
        {"part": m.part, "metric": m.name, "value": m.value, "counts": m.counts, "goal": m.at_least} for m in metrics
    ]
    (OUT / "figures.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1), "utf-8")
    file = OUT / "misses.txt"
    lines = [
        f"{m.part} / {m.name}\n" + "".join(f"  {f}  {said}\n" for f, said in m.misses) for m in metrics if m.misses
    ]
    file.write_text("\n".join(lines), "utf-8")
    return file


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
