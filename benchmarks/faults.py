"""Fifty publishers fall ill at once, each in its own way: nobody is called twice, nothing is lost, nothing is made up.

Every fault of the simulated site meets publishers of every list layout and of feeds, half of the pages with a selector
for their links; first their lists, then their articles.  While a fault lasts they publish; afterwards they are well.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.figures import Figure
from benchmarks.world import ROOT, Watch, list_url, sink, site, wait_for

SOURCES = 50
WELL = 2  # publishers that stay well
CONVALESCENCE = 90.0  # seconds until articles that could not be read were tried again: 5, 20, 80 after each failure
DURING = 3  # rounds while the fault lasts; the second failed look in a row is told
PATIENCE = 180.0  # seconds a round may take
_CRAWL = {"per_host_delay": "0s", "timeout": "3s", "concurrency": 64, "revisit": ["7d"]}
_EVENTS = ["notice.new", "notice.revised", "notice.withdrawn", "source.broken", "source.recovered"]
FAULTS: dict[str, dict[str, object]] = {
    "status": {"status": 503},
    "429": {"retry_after": "1"},
    "hang": {},
    "drip": {},
    "truncate": {},
    "reset": {},
    "redirect-loop": {},
    "wrong-charset": {},
    "empty-list": {},
    "layout": {},
    "soft404": {},
    "challenge": {},
    "huge": {"bytes": 20_000_000},
    "garbage": {},
    "shuffle": {},
    "delay": {"seconds": 0.5},
}
_HARMLESS = {"none", "wrong-charset", "layout", "shuffle", "delay"}  # the list can be read all the same
_OF_PAGES = {"empty-list", "layout", "shuffle"}  # what befalls list pages and no feed


@dataclass
class Patient:
    """One publisher, what befell it, and what Fenghuo made of that."""

    number: int
    variant: str
    fault: str
    on: str  # list, article
    published: list[str] = field(default_factory=list)  # addresses of what it published while the fault lasted
    states: list[str] = field(default_factory=list)  # after each round of the fault, and after the one that ends it
    why: str = ""
    events: Counter[str] = field(default_factory=Counter)
    incidents: int = 0
    lost: int = 0
    made_up: int = 0  # notices of what it did not publish

    @property
    def blind(self) -> bool:
        """Whether the fault keeps its list from being read."""
        harmless = self.fault in _HARMLESS or (self.variant == "rss" and self.fault in _OF_PAGES)
        return self.on == "list" and not harmless

    @property
    def told(self) -> bool:
        """Whether exactly what happened was told: one incident and one recovery, or nothing."""
        once = int(self.blind)
        told = (self.events["source.broken"], self.events["source.recovered"])
        return told == (once, once) and once <= self.incidents <= 1 and self.states[-1] in ("ok", "quiet")


class Ward(Watch):
    """Columns of every kind: feeds, and pages with and without a selector for their links."""

    def _source(self, row: dict[str, Any]) -> str:
        i = row["source"]
        head = f'id = "s{i}"\nname = "{row["name"]}"\nauthority = "ministry"\n[[column]]\n'
        address = f'url = "{list_url(self.publishers, i)}{"rss.xml" if row["rss_url"] else ""}"\n'
        selector = f"links = {json.dumps(row['list_css'])}\n" if _selected(row) else ""
        return head + address + selector

    def _settings(self) -> str:
        return f"{super()._settings()}events = {json.dumps(_EVENTS)}\n"

    def look(self) -> None:
        """One round; its exit code tells of failing columns, which are the point here."""
        subprocess.run([*self.command, "poll"], cwd=ROOT, check=False, capture_output=True, timeout=PATIENCE)


def _selected(row: dict[str, Any]) -> bool:
    return not row["rss_url"] and row["source"] // len(FAULTS) % 2 == 0


def run(folder: Path, rounds: int) -> list[Figure]:
    """Two epidemics, whatever ``rounds`` says, and one table of each."""
    with _ward(folder) as ward:
        ward.look()  # the silent baseline
        patients = [p for on in ("list", "article") for p in _epidemic(ward, on)]
    for on in ("list", "article"):
        _show(on, [p for p in patients if p.on == on])
    return _figures(patients)


def _epidemic(ward: Ward, on: str) -> list[Patient]:
    assert ward.hook is not None
    ward.hook.ctl("clear")
    begun = time.time()
    patients = [_patient(row, on) for row in ward.publishers.ctl("sources")]
    for patient in patients:
        given = FAULTS.get(patient.fault, {})
        ward.publishers.ctl("fault", kind=patient.fault, source=patient.number, on=on, **given)
    for n in range(DURING):
        ward.look()
        _note_states(ward, patients)
        if n + 1 < DURING:
            _publish(ward, patients)
    ward.publishers.ctl("fault", kind="none")
    ward.look()
    wait_for(lambda: _nothing_owed(ward), CONVALESCENCE, every=1.0)
    ward.look()
    _note_states(ward, patients)
    _count(ward, patients, begun)
    return patients


def _nothing_owed(ward: Ward) -> bool:
    """Whether everything that was found has been read; what is due again is."""
    if due := ward.ask("SELECT min(due) FROM links WHERE state = 'pending'")[0][0]:
        time.sleep(max(0.0, min(due - time.time(), CONVALESCENCE)))
        ward.look()
    return not due


@contextmanager
def _ward(folder: Path) -> Iterator[Ward]:
    with ExitStack() as stack:
        publishers = stack.enter_context(site(SOURCES, "--history", "24", "--rss", "0.2"))
        yield Ward(folder, publishers, SOURCES, hook=stack.enter_context(sink()), crawl=_CRAWL)


def _patient(row: dict[str, Any], on: str) -> Patient:
    variant = "rss" if row["rss_url"] else f"layout {row['layout']}" + (", selector" if _selected(row) else "")
    kinds = [kind for kind in FAULTS if on == "list" or kind not in _OF_PAGES]
    i = row["source"]
    return Patient(i, variant, kinds[i % len(kinds)] if i < SOURCES - WELL else "none", on)


def _publish(ward: Ward, patients: list[Patient]) -> None:
    for patient in patients:
        (made,) = ward.publishers.ctl("publish", source=patient.number, kind="warning")
        patient.published.append(made["title"])


def _note_states(ward: Ward, patients: list[Patient]) -> None:
    now = {key: (state, why) for key, state, why in ward.ask("SELECT key, state, why FROM columns")}
    for patient in patients:
        state, why = now[f"s{patient.number}/main"]
        patient.states.append(state)
        patient.why = why or patient.why


def _count(ward: Ward, patients: list[Patient], begun: float) -> None:
    assert ward.hook is not None
    said = [json.loads(row["body"]) for row in ward.hook.ctl("log") if row["answered"] == 200]
    read = Counter(ward.ask("SELECT column, title FROM links WHERE state = 'read' AND notice_id IS NOT NULL"))
    opened = Counter(key for (key,) in ward.ask("SELECT column FROM incidents WHERE opened > ?", begun))
    for patient in patients:
        key = f"s{patient.number}/main"
        mine = [e for e in said if key in (e["data"].get("column"), *_columns(e))]
        patient.events = Counter(e["type"] for e in mine)
        patient.made_up = sum(e["type"] == "notice.new" and e["data"]["title"] not in patient.published for e in mine)
        patient.lost = sum(not read[key, title] for title in patient.published)
        patient.incidents = opened[key]


def _columns(event: dict[str, Any]) -> list[str]:
    return [s["column"] for s in event["data"].get("sightings", ())]


def _show(on: str, patients: list[Patient]) -> None:
    table = Table(
        f"fault, on {on}", "publisher", "state", "why", "incidents", "broken", "recovered", "after", "found", "alerted"
    )
    for p in sorted(patients, key=lambda p: ([*FAULTS, "none"].index(p.fault), p.number)):
        good = p.told and not (p.lost or p.made_up or p.events["notice.withdrawn"])
        table.add_row(
            p.fault,
            f"{p.number}: {p.variant}",
            " ".join(p.states[:-1]),
            p.why[:60],
            str(p.incidents),
            str(p.events["source.broken"]),
            str(p.events["source.recovered"]),
            p.states[-1],
            f"{len(p.published) - p.lost}/{len(p.published)}",
            str(p.events["notice.new"]),
            style="" if good else "red",
        )
    Console(width=None if sys.stdout.isatty() else 190).print(table)


def _figures(patients: list[Patient]) -> list[Figure]:
    counts = {
        "false notices": sum(p.made_up for p in patients),
        "withdrawals": sum(p.events["notice.withdrawn"] for p in patients),
        "revisions of nothing": sum(p.events["notice.revised"] for p in patients),
        "publishers not told of exactly once": sum(not p.told for p in patients),
        "items of the fault's time not found": sum(p.lost for p in patients),
    }
    note = (
        f"{len(patients)} publishers, {len(FAULTS)} faults, {sum(len(p.published) for p in patients)} items published"
    )
    return [
        Figure("faults", name, (float(n),), "", at_most=0.0, note=note if not i else "")
        for i, (name, n) in enumerate(counts.items())
    ]
