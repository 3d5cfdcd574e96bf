"""System calls of a round, a backup and a migration, killed or failed by strace: nothing is lost, nothing doubled.

A bounded sample of moments: each time warnings are published, the command runs until strace kills it at one call, or
fails that call and all after it, and one undisturbed round follows.  Needs `strace` (Debian: apt install strace).
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.world import ROOT, Watch, world

SOURCES = 3
CALLS = ("openat", "pwrite64", "write", "fdatasync", "fsync", "rename", "unlink", "ftruncate", "sendto", "connect")
ON_DISK = ("pwrite64", "write", "fdatasync", "fsync", "rename")
ERRORS = ("ENOSPC", "EIO", "EDQUOT")
KILLS = int(os.environ.get("KILLS", "4"))  # moments of each call of a round
PATIENCE = 240.0  # seconds a command may take
_CRAWL = {"per_host_delay": "0s", "revisit": ["7d"]}
_COUNTED = re.compile(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", re.M)
_ENDS = {".atom": "</feed>", ".rss": "</rss>", ".json": "}"}


@dataclass
class Trial:
    """What was done to commands, and what it led to."""

    watch: Watch
    published: list[str] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    bugs: list[str] = field(default_factory=list)  # failures that were told as bugs of ours
    silent: list[str] = field(default_factory=list)  # failures that were not told at all
    unsound: list[str] = field(default_factory=list)
    cut_feeds: list[str] = field(default_factory=list)

    def publish(self) -> None:
        """One warning at each source."""
        for source in range(SOURCES):
            (made,) = self.watch.publishers.ctl("publish", source=source, kind="warning")
            self.published.append(made["title"])

    def run(self, inject: str, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a command of ours under strace."""
        call = inject.partition(":")[0]
        traced = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={inject}"]
        asked = [*traced, *self.watch.command, *command]
        done = subprocess.run(
            asked, env=os.environ | env, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        if "Traceback" in done.stderr or "this is a bug" in done.stderr:
            self.bugs.append(f"{command[0]}, {inject}: {done.stderr.strip().splitlines()[-1][:160]}")
        return done

    def counts(self, *command: str) -> dict[str, int]:
        """How often each call is made in an undisturbed run."""
        file = self.watch.folder / "strace"
        traced = ["strace", "-f", "-c", "-o", str(file), "-e", f"trace={','.join(CALLS)}"]
        asked = [*traced, *self.watch.command, *command]
        subprocess.run(asked, cwd=ROOT, check=True, capture_output=True, timeout=PATIENCE)
        return {name: int(number) for number, name in _COUNTED.findall(file.read_text()) if name in CALLS}

    def kill(self, call: str, when: int, *command: str) -> None:
        """Kill a command at the ``when``-th ``call`` of one of its processes, then let a round end in peace."""
        self.publish()
        self.run(f"{call}:signal=SIGKILL:when={when}", *command)
        self.kills[call] += 1
        self._mend(f"{command[0]} killed at {call} {when}")

    def fail(self, call: str, error: str, when: int, *command: str) -> None:
        """Fail every ``call`` of a command from the ``when``-th on, then let a round end in peace."""
        self.publish()
        done = self.run(f"{call}:error={error}:when={when}+", *command)
        self.errors[error] += 1
        what = f"{command[0]}, {error} at {call} {when}"
        if done.returncode == 0 and call != "write":  # of `write` the command's own words die first
            self.silent.append(what)
        self._mend(what)

    def _mend(self, what: str) -> None:
        self.cut_feeds += [f"{what}: {file.name}" for file in _cut(self.watch.folder / "var" / "feeds")]
        self.watch.poll(may_fail=True)
        if (found := _integrity(self.watch.database)) != "ok":
            self.unsound.append(f"{what}: {found}")


def run(folder: Path, rounds: int) -> list[Figure]:
    """One trial, whatever ``rounds`` says."""
    if not shutil.which("strace"):
        raise RuntimeError("needs strace (Debian: apt install strace)")
    chance = random.Random()
    with world(folder, SOURCES, "--history", "4", hooked=True, crawl=_CRAWL) as watch:
        assert watch.hook is not None
        watch.hook.ctl("clear")
        trial = Trial(watch)
        _rounds(trial, chance)
        _backups(trial, chance)
        _migrations(trial, chance)
        watch.poll()
        return _figures(trial)


def _rounds(trial: Trial, chance: random.Random) -> None:
    """Rounds poll, judge, save, deliver and publish."""
    trial.publish()
    made = trial.counts("poll")
    for call, number in made.items():
        for when in sorted(chance.sample(range(1, number + 1), min(KILLS, number))):
            trial.kill(call, when, "poll")
    for n, call in enumerate(call for call in ON_DISK if call in made):
        trial.fail(call, ERRORS[n % len(ERRORS)], chance.randint(1, made[call]), "poll")


def _backups(trial: Trial, chance: random.Random) -> None:
    """A backup that is killed leaves none or a whole one; one that fails says so."""
    for n, call in enumerate(("pwrite64", "fsync", "rename")):
        file = trial.watch.folder / f"backup-{n}"
        trial.kill(call, 1, "backup", str(file))
        if file.exists() and (found := _integrity(file)) != "ok":
            trial.unsound.append(f"backup: {found}")
        trial.fail(call, chance.choice(ERRORS), 1, "backup", str(trial.watch.folder / f"backup-failed-{n}"))


def _migrations(trial: Trial, chance: random.Random) -> None:
    """A database whose making is killed is whole or absent, and the next command makes it."""
    for n, call in enumerate(("pwrite64", "fdatasync", "link", "unlink")):
        file = trial.watch.folder / f"fresh-{n}.db"
        there = {"FENGHUO_DATABASE_URL": f"sqlite:///{file}"}
        trial.run(f"{call}:signal=SIGKILL:when={chance.randint(1, 3)}", "migrate", **there)
        trial.kills[f"migrate: {call}"] += 1
        made = [*trial.watch.command, "migrate"]
        subprocess.run(made, env=os.environ | there, cwd=ROOT, check=True, capture_output=True, timeout=PATIENCE)
        if (found := _integrity(file)) != "ok":
            trial.unsound.append(f"migrate: {found}")


def _integrity(file: Path) -> str:
    with closing(sqlite3.connect(file, timeout=30)) as db:
        return str(db.execute("PRAGMA integrity_check").fetchone()[0])


def _cut(feeds: Path) -> list[Path]:
    """Feeds on disk that are not whole."""
    files = [file for file in feeds.rglob("*.*") if file.suffix in _ENDS and not file.name.startswith(".")]
    return [file for file in files if not file.read_text("utf-8", "replace").rstrip().endswith(_ENDS[file.suffix])]


def _figures(trial: Trial) -> list[Figure]:
    assert trial.watch.hook is not None
    said = [(json.loads(row["body"]), row) for row in trial.watch.hook.ctl("log")]
    arrived = {body["data"]["title"] for body, row in said if row["answered"] == 200}
    ids: dict[tuple[str, str], set[str]] = {}
    for body, row in said:
        ids.setdefault((body["data"]["id"], body["type"]), set()).add(row["headers"]["webhook-id"])
    wrong: dict[str, list[str]] = {
        "published and not received": [title for title in trial.published if title not in arrived],
        "events with a second id": [id for (id, _), found in ids.items() if len(found) > 1],
        "unsound databases": trial.unsound,
        "feeds cut short on disk": trial.cut_feeds,
        "failures that were not told": trial.silent,
        "failures told as a bug": trial.bugs,
    }
    note = (
        f"{sum(trial.kills.values())} kills at {len(trial.kills)} calls, {sum(trial.errors.values())} injected errors, "
        f"{len(trial.published)} published"
    )
    return [
        Figure("crash", name, (float(len(found)),), "", at_most=0.0, note="; ".join(found[:3]) or note)
        for name, found in wrong.items()
    ]
