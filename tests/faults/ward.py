"""Polls of many cases at once by the command itself, and what became of each case."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree, html
from typer.testing import CliRunner

from cli import app
from tests.counts import COUNTED
from tests.faults.hostile import NETWORK, Answer, Canary, Hostile, http
from tests.faults.texts import article, listing, warning
from tests.server import Server, answer

SECRETS = ("whsec_Zm9yIHRlc3RzIG9mIGZhdWx0cyBvbmx5IQ==", "read-token-of-the-faults", "admin-token-of-the-faults")
MOST_MEMORY = 250_000_000  # bytes by which a poll of all cases of a test may grow; they are fetched side by side
LONGEST_LINE = 2000  # characters of the log
SEEDS = 4
BAD = "/tzgg/202611/t20261120_6666.html"
NEIGHBOURS = ("/tzgg/202611/t20261120_5001.html", "/tzgg/202611/t20261120_5002.html")

Rows = list[tuple[str, str]]


@dataclass(frozen=True)
class Case:
    """One fault at the article that is published between two good neighbours, or at the list that names them.

    ``bad``: what the article's address answers, at the poll that first sees it and at those after it (the last stays).
    ``lists``: likewise what the list answers, where it is not the plain one.
    """

    name: str
    bad: Sequence[Answer] = ()
    lists: Sequence[Answer | None] = ()
    more: Mapping[str, Answer] = field(default_factory=dict)  # what other paths of its host answer, from the start
    title: str | None = None  # of the link on the list
    column: str = ""  # lines of its source file


@dataclass
class Fate:
    """What became of a case, poll by poll."""

    expected: bool  # whether there is a bad article at all
    events: list[Counter[str]]  # of each poll: "new", "revised", "withdrawn" of the bad article; "n1", "n2"; "extra"
    whys: list[str]  # after each poll: why the article is unread or the column in trouble
    states: list[str]  # after each poll: of the column

    @property
    def all(self) -> Counter[str]:
        return sum(self.events, Counter())

    def became(self) -> str:
        """What became of the bad article, in one word, or what went wrong."""
        said = self.all
        if (said["n1"], said["n2"]) != (1, 1):
            return f"neighbours: {said['n1']}, {said['n2']}; {self.whys}"
        if said["new"] > 1 or said["revised"] > 1 or said["extra"]:
            return f"too much: {dict(said)}"
        if said["withdrawn"]:
            return "withdrawn"
        if not said["new"]:
            return "dropped" if self.whys[1] and self.expected else "nothing"
        if not self.events[1]["new"]:
            return "retried" if self.whys[1] else "retried without a word"
        if said["revised"]:
            return "updated"
        return "kept" if self.whys[2] else "published"


class Ward:
    """The cases of one test, each a source of its own, and a source that is well among them."""

    def __init__(self, folder: Path, cases: Sequence[Case], server: Hostile, sink: Server, timeout: str) -> None:
        self.folder, self.cases, self.server, self.sink, self.timeout = folder, cases, server, sink, timeout
        self.polls, self.log, self.memory, self.codes = 0, "", 0, list[int]()
        (folder / "sources").mkdir()
        for n, case in enumerate(cases):
            url = f"http://{server.host(n)}:{server.port}/tzgg/"
            said = (
                f'id = "s{n}"\nname = "示例公安厅{n}"\nauthority = "police"\n[[column]]\nurl = "{url}"\n{case.column}\n'
            )
            (folder / "sources" / f"s{n}.toml").write_text(said, "utf-8")
            self._seed(n, case)
        self.config.write_text(self._settings(), "utf-8")

    @property
    def config(self) -> Path:
        return self.folder / "fenghuo.toml"

    def _settings(self) -> str:
        return (
            f'sources = ["sources/*.toml"]\nallow_addresses = ["{NETWORK}"]\nlog_level = "warning"\n'
            f'read_token = "{SECRETS[1]}"\nadmin_token = "{SECRETS[2]}"\n'
            f'[crawl]\nper_host_delay = "0s"\ntimeout = "{self.timeout}"\nconcurrency = 64\nworkers = 2\n'
            f'[[hook]]\nid = "sink"\nurl = "{self.sink.url}/hook"\nsecret = "{SECRETS[0]}"\n'
            'events = ["notice.new", "notice.revised", "notice.withdrawn"]\n'
            'when = { authority = ["police"] }\n'
        )

    def _seed(self, n: int, case: Case) -> None:
        site = self.server.at(self.server.host(n))
        for k in range(SEEDS):
            site[_seed(k)] = http(article(warning(f"{case.name} seed {k}")))
        for k, path in enumerate(NEIGHBOURS):
            site[path] = http(article(warning(f"{case.name} n{k + 1}")))
        site["/tzgg/"] = http(listing(_seeds(case)))
        site.update(case.more)

    def poll(self) -> None:
        """One round of all cases: the first is the baseline, the second sees the bad articles."""
        for n, case in enumerate(self.cases):
            site = self.server.at(self.server.host(n))
            if self.polls and case.bad:
                site[BAD] = _at(case.bad, self.polls - 1)
            if self.polls:
                plain = http(listing(published(case)))
                site["/tzgg/"] = _at(case.lists, self.polls - 1) or plain if case.lists else plain
        if self.polls:
            self._let_time_pass()
        self._run()
        self.polls += 1

    def _let_time_pass(self) -> None:
        with closing(sqlite3.connect(self.folder / "var" / "fenghuo.db")) as db, db:
            db.execute("UPDATE links SET due = 0 WHERE due IS NOT NULL")
            db.execute("DELETE FROM hosts")  # their wishes outlive a process

    def _run(self) -> None:
        with _peak(self), own_logs():
            done = CliRunner().invoke(app, ["--config", str(self.config), "poll"])
        self.log += done.stderr
        self.codes.append(done.exit_code)

    def fates(self, polls: int = 3) -> dict[str, Fate]:
        """Poll, and say what became of each case."""
        found = {case.name: Fate(bool(case.bad), [], [], []) for case in self.cases}
        for _ in range(polls):
            before = len(self.sink.requests)
            self.poll()
            said = [json.loads(r.body) for r in self.sink.requests[before:]]
            for n, case in enumerate(self.cases):
                found[case.name].events.append(_events(n, case, said))
                state, why = self._trouble(n)
                found[case.name].states.append(state)
                found[case.name].whys.append(why)
        return found

    def ask(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / "var" / "fenghuo.db")) as db:
            return db.execute(sql, values).fetchall()

    def _trouble(self, n: int) -> tuple[str, str]:
        state, why = self.ask("SELECT state, why FROM columns WHERE key = ?", f"s{n}/main")[0]
        unread = self.ask("SELECT why FROM links WHERE column = ? AND why != ''", f"s{n}/main")
        return state, "; ".join(filter(None, (why, *(w for (w,) in unread))))

    # ---- what must hold whatever was met -------------------------------------------------------------------------

    def outputs(self) -> dict[str, str]:
        """Everything that left the program: logs, feeds, messages."""
        feeds = {
            str(p.relative_to(self.folder)): p.read_text("utf-8") for p in (self.folder / "var/feeds").rglob("*.*")
        }
        messages = {f"message {n}": r.body.decode("utf-8") for n, r in enumerate(self.sink.requests)}
        return {"log": self.log} | feeds | messages

    def unlogged(self, fates: Mapping[str, Fate]) -> list[str]:
        """Cases with a trouble at the second poll of which the log does not speak."""
        ill = [n for n, case in enumerate(self.cases) if fates[case.name].whys[1]]
        return [self.cases[n].name for n in ill if f"column=s{n}/main" not in self.log]

    def leaks(self) -> list[str]:
        """Outputs in which a configured secret stands."""
        return [name for name, text in self.outputs().items() if any(s in text for s in SECRETS)]

    def wrongs(self) -> list[str]:
        """Broken feeds, and what could act in a reader of one."""
        found: list[str] = []
        for file in (self.folder / "var" / "feeds").rglob("*.atom"):
            tree = etree.parse(file)
            for node in tree.iterfind(".//{*}entry/{*}content"):
                found += [f"{file.name}: {what}" for what in active(node.text or "")]
            found += [
                f"{file.name}: a title of {len(t.text)}" for t in tree.iterfind(".//{*}title") if len(t.text) > 300
            ]
        for file in (self.folder / "var" / "feeds").rglob("*.rss"):
            etree.parse(file)
        return found


_ACTIVE = {
    "script",
    "iframe",
    "object",
    "embed",
    "form",
    "style",
    "link",
    "meta",
    "base",
    "img",
    "svg",
    "math",
    "template",
}


def active(markup: str) -> Iterator[str]:
    """What of ``markup`` would act in a browser: elements, event handlers, addresses."""
    for node in html.fragment_fromstring(markup, create_parent="div").iter():
        if node.tag in _ACTIVE:
            yield f"<{node.tag}>"
        yield from (f"{node.tag} {name}" for name in node.attrib if name.startswith("on") or name == "style")
        yield from (v for k, v in node.attrib.items() if k in ("href", "src") and not v.startswith(("http:", "https:")))


@contextmanager
def own_logs() -> Iterator[None]:
    """Let the command send the logs of other people's libraries where it always does, and not to pytest."""
    root = logging.getLogger()
    pytests, root.handlers = root.handlers, []
    yield
    root.handlers = pytests


@contextmanager
def _peak(here: Ward) -> Iterator[None]:
    """Note by how much the memory of this process, in which the command runs, grew at its peak (Linux)."""
    before = _resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew (proc(5))
    yield
    here.memory = max(here.memory, _resident("VmHWM") - before)


def _resident(name: str) -> int:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


def _at(answers: Sequence[Any], n: int) -> Any:
    return answers[min(n, len(answers) - 1)]


def _seed(k: int) -> str:
    return f"/tzgg/202611/t20261119_{4000 + k}.html"


def _seeds(case: Case) -> Rows:
    return [(_seed(k), warning(f"{case.name} seed {k}").title) for k in range(SEEDS)]


def published(case: Case) -> Rows:
    """The rows of the list once the bad article stands between its neighbours."""
    first, second = ((path, warning(f"{case.name} n{k + 1}").title) for k, path in enumerate(NEIGHBOURS))
    bad = [(BAD, warning(case.name).title if case.title is None else case.title)] if case.bad else []
    return [second, *bad, first, *_seeds(case)]


def _events(n: int, case: Case, said: list[dict[str, Any]]) -> Counter[str]:
    """Events of the source ``n``: of the neighbours, of the bad article, and of what should not be."""
    counted: Counter[str] = Counter()
    names = {warning(f"{case.name} n{k}").title: f"n{k}" for k in (1, 2)}
    for event in said:
        if not any(s["source"] == f"s{n}" for s in event["data"]["sightings"]):
            continue
        kind = event["type"].removeprefix("notice.")
        title = event["data"]["title"]
        if title in names:
            counted[names[title] if kind == "new" else "extra"] += 1
        elif any(s["url"].endswith(BAD) for s in event["data"]["sightings"]):
            counted[kind] += 1
        else:
            counted["extra"] += 1
    return counted


@contextmanager
def ward(folder: Path, cases: Sequence[Case], server: Hostile, timeout: str = "30s") -> Iterator[Ward]:
    """A ward with a receiver of its messages."""
    with Server({"/hook": answer(b"ok")}, host="127.77.250.1") as sink:
        yield Ward(folder, cases, server, sink, timeout)


@dataclass
class Meet:
    """``meet(cases)``: what became of each case, after all was asserted that must hold for every one of them."""

    folder: Path
    canary: Canary

    def __call__(self, cases: Sequence[Case], polls: int = 3, timeout: str = "30s") -> dict[str, str]:
        COUNTED["hostile cases"] += len(cases)
        with Hostile(len(cases)) as server, ward(self.folder, cases, server, timeout) as here:
            self.fates = here.fates(polls)
            assert set(here.codes) <= {0, 3}, here.log
            assert "Traceback" not in here.log
            assert max(map(len, here.log.splitlines()), default=0) < LONGEST_LINE
            assert here.unlogged(self.fates) == []
            assert self.canary.connections == []
            assert here.leaks() == []
            assert here.wrongs() == []
            assert here.memory < MOST_MEMORY, f"{here.memory / 1e6:.0f} MB"
            self.outputs, self.hits = here.outputs(), dict(server.hits)
            self.host = {case.name: server.host(n) for n, case in enumerate(cases)}
        return {name: fate.became() for name, fate in self.fates.items()}
