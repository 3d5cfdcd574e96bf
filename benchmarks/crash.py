"""System calls of a round, a backup and a migration, killed or failed by strace: nothing is lost, nothing doubled.

Each trial publishes warnings, runs the command until strace kills it at one call or fails that call and all after it,
and lets one undisturbed round follow.  There are thousands of such points; a sample of them is tried, drawn so that
every call and every error comes up early, until ``SECONDS`` in the environment (200) are over.  The figures say how
many were tried, and only what strace says it did is counted.  Needs `strace` (Debian: apt install strace).
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from benchmarks.world import ROOT, Watch, started, world

SOURCES = 2
CALLS = ("openat", "pwrite64", "write", "fdatasync", "fsync", "rename", "unlink", "ftruncate", "sendto", "connect")
ON_DISK = ("pwrite64", "write", "fdatasync", "fsync", "rename")
ERRORS = ("ENOSPC", "EIO", "EDQUOT")
SECONDS = float(os.environ.get("SECONDS", "200"))
LAPS = 6  # moments at which each call of a round is killed, if there is time
QUICK = "--seccomp-bpf"  # only the calls in question are stopped at; strace 6.1 then injects errors, but no signals
PATIENCE = 120.0  # seconds a command may take
_CRAWL = {"per_host_delay": "0s", "revisit": ["7d"]}
_TRACED = re.compile(r"^(\d+) +(\w+)\(", re.M)  # "PID call(..."
_DID = ("(INJECTED)", "+++ killed by SIGKILL +++")
_ENDS = {".atom": "</feed>", ".rss": "</rss>", ".json": "}"}

Points = list[Callable[[], None]]


@dataclass(frozen=True)
class Ended:
    """How a command under strace ended."""

    code: int
    said: str  # to standard error
    calls: str  # what strace wrote of them


@dataclass
class Trial:
    """What was done to commands, and what it led to."""

    watch: Watch
    planned: int = 0  # points
    reached: int = 0  # points of these that were tried
    published: list[str] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    missed: int = 0  # points that a run did not come to, as it made fewer calls than the one that was counted
    bugs: list[str] = field(default_factory=list)  # failures that were told as bugs of ours
    silent: list[str] = field(default_factory=list)  # failures that were not told at all
    endless: list[str] = field(default_factory=list)  # commands that did not end in time
    unsound: list[str] = field(default_factory=list)
    cut_feeds: list[str] = field(default_factory=list)

    def publish(self) -> None:
        """One warning at each source."""
        for source in range(SOURCES):
            (made,) = self.watch.publishers.ctl("publish", source=source, kind="warning")
            self.published.append(made["title"])

    def traced(self, *asked: str, env: dict[str, str] | None = None) -> Ended:
        """Run a command of ours under strace with more options before it."""
        file = self.watch.folder / "strace"
        command = ["strace", "--follow-forks", "--quiet=attach", "--output", str(file), *asked]
        with started(
            command, env=os.environ | (env or {}), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as process:
            try:
                _, said = process.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)  # without strace alone, the command would go on
                _, said = process.communicate()
                self.endless.append(" ".join(asked))
        return Ended(process.returncode, said.decode("utf-8", "replace"), file.read_text("utf-8", "replace"))

    def inject(self, call: str, what: str, *command: str, env: dict[str, str] | None = None) -> tuple[int, bool]:
        """Run a command while strace does ``what`` to a ``call`` of it: its exit code, and whether strace did."""
        asked = (f"--trace={call}", f"--inject={call}:{what}", *self.watch.command, *command)
        done = self.traced(*([] if "signal" in what else [QUICK]), *asked, env=env)
        if "Traceback" in done.said or "this is a bug" in done.said:
            self.bugs.append(f"{command[0]}, {call}, {what}: {done.said.strip().splitlines()[-1][:160]}")
        did = any(mark in done.calls for mark in _DID)
        self.missed += not did
        return done.code, did

    def counts(self, *command: str) -> dict[str, int]:
        """How often one thread makes each call in an undisturbed run; strace counts the calls of each by itself."""
        ended = self.traced(QUICK, f"--trace={','.join(CALLS)}", *self.watch.command, *command)
        made: dict[str, Counter[str]] = defaultdict(Counter)
        for thread, call in _TRACED.findall(ended.calls):
            made[call][thread] += 1
        return {call: max(threads.values()) for call, threads in made.items() if call in CALLS}

    def kill(self, call: str, when: int, *command: str) -> None:
        """Kill a command at the ``when``-th ``call`` of one of its threads, then let a round end in peace."""
        self.publish()
        _, did = self.inject(call, f"signal=SIGKILL:when={when}", *command)
        self.kills[call] += did
        self._mend(f"{command[0]} killed at {call} {when}")

    def fail(self, call: str, error: str, when: int, *command: str) -> None:
        """Fail every ``call`` of a command from the ``when``-th on, then let a round end in peace."""
        self.publish()
        code, did = self.inject(call, f"error={error}:when={when}+", *command)
        self.errors[error] += did
        what = f"{command[0]}, {error} at {call} {when}"
        if code == 0 and not self._done(command):  # the database's last tidying may fail in silence: its log is whole
            self.silent.append(what)
        self._mend(what)

    def _done(self, command: tuple[str, ...]) -> bool:
        """Whether a command did what it says by ending with 0."""
        return Path(command[-1]).exists() if command[0] == "backup" else not self.lost()

    def log(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """What the receiver was sent, and how."""
        assert self.watch.hook is not None
        return [(json.loads(row["body"]), row) for row in self.watch.hook.ctl("log")]

    def lost(self) -> list[str]:
        """What was published and not received."""
        arrived = {body["data"]["title"] for body, row in self.log() if row["answered"] == 200}
        return [title for title in self.published if title not in arrived]

    def _mend(self, what: str) -> None:
        self.cut_feeds += [f"{what}: {file.name}" for file in _cut(self.watch.folder / "var" / "feeds")]
        self.watch.poll(may_fail=True)
        if (found := _integrity(self.watch.database)) != "ok":
            self.unsound.append(f"{what}: {found}")


def run(folder: Path, rounds: int) -> list[Figure]:
    """One trial, whatever ``rounds`` says."""
    if not shutil.which("strace"):
        raise RuntimeError("needs strace (Debian: apt install strace)")
    chance, end = random.Random(), time.monotonic() + SECONDS
    with world(folder, SOURCES, "--history", "4", hooked=True, crawl=_CRAWL) as watch:
        assert watch.hook is not None
        watch.hook.ctl("clear")
        trial = Trial(watch)
        points = list(_in_turn(*_rounds(trial, chance), _backups(trial, chance), _migrations(trial, chance)))
        trial.planned = len(points)
        for point in points:
            if time.monotonic() > end:
                break
            point()
            trial.reached += 1
        watch.poll()
        return _figures(trial)


def _in_turn(*each: Points) -> Iterator[Callable[[], None]]:
    """The first point of each list, then the second of each, and so on."""
    for lap in zip_longest(*each):
        yield from (point for point in lap if point is not None)


def _rounds(trial: Trial, chance: random.Random) -> tuple[Points, Points]:
    """Rounds poll, judge, save, deliver and publish: kills, and errors."""
    trial.publish()
    made = trial.counts("poll")
    kills: list[Points] = []
    for call, number in made.items():
        whens = chance.sample(range(1, number + 1), min(LAPS, number))
        kills.append([partial(trial.kill, call, when, "poll") for when in whens])
    errors: Points = []
    for shift in range(len(ERRORS)):  # each call meets each error in the end
        for n, call in enumerate(call for call in ON_DISK if call in made):
            error = ERRORS[(n + shift) % len(ERRORS)]
            errors.append(partial(trial.fail, call, error, chance.randint(1, made[call]), "poll"))
    return list(_in_turn(*kills)), errors


def _backups(trial: Trial, chance: random.Random) -> Points:
    """A backup that is killed leaves none or a whole one; one that fails says so."""

    def killed(n: int, call: str) -> None:
        file = trial.watch.folder / f"backup-{n}"
        trial.kill(call, 1, "backup", str(file))
        if file.exists() and (found := _integrity(file)) != "ok":
            trial.unsound.append(f"backup: {found}")

    def failed(n: int, call: str) -> None:
        file = trial.watch.folder / f"backup-failed-{n}"
        trial.fail(call, chance.choice(ERRORS), 1, "backup", str(file))
        if file.exists() and (found := _integrity(file)) != "ok":
            trial.unsound.append(f"backup that failed: {found}")

    return [partial(act, n, call) for n, call in enumerate(("pwrite64", "fsync", "rename")) for act in (killed, failed)]


def _migrations(trial: Trial, chance: random.Random) -> Points:
    """A database whose making is killed is whole or absent, and the next command makes it."""

    def killed(n: int, call: str) -> None:
        file = trial.watch.folder / f"fresh-{n}.db"
        there = {"FENGHUO_DATABASE_URL": f"sqlite:///{file}"}
        _, did = trial.inject(call, f"signal=SIGKILL:when={chance.randint(1, 3)}", "migrate", env=there)
        trial.kills[f"migrate: {call}"] += did
        made = [*trial.watch.command, "migrate"]
        subprocess.run(made, env=os.environ | there, cwd=ROOT, check=True, capture_output=True, timeout=PATIENCE)
        if (found := _integrity(file)) != "ok":
            trial.unsound.append(f"migrate: {found}")

    return [partial(killed, n, call) for n, call in enumerate(("pwrite64", "fdatasync", "link", "unlink"))]


def _integrity(file: Path) -> str:
    with closing(sqlite3.connect(file, timeout=30)) as db:
        return str(db.execute("PRAGMA integrity_check").fetchone()[0])


def _cut(feeds: Path) -> list[Path]:
    """Feeds on disk that are not whole."""
    files = [file for file in feeds.rglob("*.*") if file.suffix in _ENDS and not file.name.startswith(".")]
    return [file for file in files if not file.read_text("utf-8", "replace").rstrip().endswith(_ENDS[file.suffix])]


def _figures(trial: Trial) -> list[Figure]:
    ids: dict[tuple[str, str], set[str]] = {}
    for body, row in trial.log():
        ids.setdefault((body["data"]["id"], body["type"]), set()).add(row["headers"]["webhook-id"])
    wrong: dict[str, list[str]] = {
        "published and not received": trial.lost(),
        "events with a second id": [id for (id, _), found in ids.items() if len(found) > 1],
        "unsound databases": trial.unsound,
        "feeds cut short on disk": trial.cut_feeds,
        "failures that were not told": trial.silent,
        "failures told as a bug": trial.bugs,
        "commands that did not end": trial.endless,
    }
    figures = [
        Figure("crash", name, (float(len(found)),), "", at_most=0.0, note="; ".join(found[:5]))
        for name, found in wrong.items()
    ]
    return [Figure("crash", "points tried", (float(trial.reached),), "", at_least=1.0, note=_tried(trial)), *figures]


def _tried(trial: Trial) -> str:
    """What was done, in one line."""
    kills = ", ".join(f"{call} {n}" for call, n in trial.kills.items() if n)
    errors = ", ".join(f"{error} {trial.errors[error]}" for error in ERRORS)
    return (
        f"a sample of {trial.reached} of {trial.planned} points drawn; {sum(trial.kills.values())} kills ({kills}); "
        f"{sum(trial.errors.values())} calls failed ({errors}); {trial.missed} points not come to; "
        f"{len(trial.published)} published"
    )
