"""`fenghuo watch`: what arrives and what breaks is seen, whatever a title tries; no more than the screen holds."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pyte
import pytest
from rich.console import Console

from commands import live_view, printing
from crawler.config.settings import load_settings
from crawler.configuration import Configuration
from crawler.items import Outcome
from crawler.store import open_store
from crawler.store.watch import columns
from feeds.languages import Word
from feeds.live import Arrival, Moment, Trouble, arrived, moment, turned
from tests.commands.conftest import Place
from tests.feeds.world import World, make_notice

WIDTH, HEIGHT = 110, 24
HOSTILE = "紧急\x1b]0;owned\x07\x1b[2J\x1b[H\x9b31m通知\u202e核实\r雇主"
NEW, QUIET = Word("new notice"), Word("quiet")


def arrival(number: int, at: float = 100.0) -> Arrival:
    return Arrival(f"ntc_{number}", at, NEW, Word("warning"), True, "Border Safety", f"title {number}")


def trouble(subject: str, what: str = "broken") -> Trouble:
    return Trouble(subject, Word(what), 90.0, Word.known("HTTP 521", "HTTP 521"))


@pytest.fixture
def world(place: Place) -> Iterator[World]:
    """An installation whose daemon looked a moment ago."""
    file = place.path / "fenghuo.toml"
    place.write(
        "sources/bsa.toml",
        'id = "bsa"\nname = "边海安全部"\nauthority = "ministry"\nurl = "https://bsa.example/tips/"\n',
    )
    configuration = Configuration(file)
    store = open_store(load_settings(file).database_url)
    with store.begin() as tx:
        columns.sync(tx, configuration.catalogue.enabled(), time.time())
    yield World(store, configuration, place.path)
    store.close()


# --------------------------------------------------------------------------------------------------------------------
# What one moment tells that the one before did not


def test_what_is_told_once_is_not_told_again_and_a_change_is() -> None:
    before = Moment(1.0, (arrival(2), arrival(1)))
    after = Moment(2.0, (arrival(3, 101.0), arrival(1, 101.0), arrival(2)))
    assert arrived(before, after) == [arrival(1, 101.0), arrival(3, 101.0)]


def test_a_trouble_is_told_when_it_begins_when_it_turns_and_when_it_ends() -> None:
    before = (trouble("a/main"), trouble("b/main"), trouble("c/main"))
    after = (trouble("a/main"), trouble("b/main", "degraded"), trouble("d/main"))
    assert turned(before, after) == ([trouble("b/main", "degraded"), trouble("d/main")], [trouble("c/main")])


def test_a_moment_shows_columns_hooks_and_a_watch_that_nobody_keeps(world: World) -> None:
    now = time.time()
    world.look("bsa/main", Outcome.CHALLENGED, at=now - 7200, why="a challenge page")
    with world.store.read() as tx:
        subjects = {t.subject: t.what.en for t in moment(tx, ["soc"], now).troubles}
    assert subjects["bsa/main"] == "challenged"
    assert subjects[""] == "nobody is on watch"


def test_a_burst_within_one_moment_is_told_whole(world: World) -> None:
    now = time.time()
    for number in range(150):
        world.remember(replace(make_notice(number), first_seen=now, updated=now))
    with world.store.read() as tx:
        assert len(moment(tx, [], now, now - 60).arrivals) == 150
        assert moment(tx, [], now + 3600, now + 3500).arrivals == ()


# --------------------------------------------------------------------------------------------------------------------
# Shown


def test_a_pipe_gets_a_line_for_each_thing_and_what_is_wrong_at_the_beginning(
    capsys: pytest.CaptureFixture[str],
) -> None:
    moments = [
        Moment(1.0, (arrival(1),), (trouble("a/main"),)),
        "the database is locked",
        Moment(2.0, (replace(arrival(2), title=HOSTILE), arrival(1))),
    ]
    live_view.lines(moments, "en")
    said = capsys.readouterr()
    lines = [line.split("\t")[1:] for line in said.out.splitlines()]
    assert lines == [
        ["broken", "a/main", "HTTP 521"],
        ["well again", "a/main", "broken"],
        ["new notice", "warning", "ntc_2", "Border Safety", printing.cell(HOSTILE)],
    ]
    assert said.err == "the database is locked\n"


@pytest.mark.parametrize("height", [10, 24, 60])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_screen_is_never_more_than_full(height: int, language: str) -> None:
    busy = Moment(
        200.0,
        tuple(replace(arrival(n), title="证件一旦被收走" * 40) for n in range(200)),
        tuple(trouble(f"s{n}/main") for n in range(200)),
        last_look=199.0,
        watched=300,
    )
    console = Console(width=60, height=height, record=True, file=io.StringIO())
    console.print(live_view.picture(busy, language, height))
    text = console.export_text().splitlines()
    assert len(text) <= height
    assert "title" not in text
    assert sum("证件一旦" in line for line in text) >= 3


@contextmanager
def watching(place: Path, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """`fenghuo watch` on a terminal of its own, ended at the end."""
    ours, theirs = pty.openpty()
    os.set_blocking(ours, True)
    environment = os.environ | {"TERM": "xterm", "COLUMNS": str(WIDTH), "LINES": str(HEIGHT), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "cli", "watch", "--config", str(place / "fenghuo.toml"), *options]
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
    )
    os.close(theirs)
    try:
        yield process, ours
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def shown(screen: pyte.Screen, stream: pyte.ByteStream, terminal: int, wanted: Callable[[str], bool]) -> str:
    """What stands on the screen as soon as that is what is wanted; the test's own limit ends a wait in vain."""
    while not wanted(text := "\n".join(screen.display).replace(" ", "")):
        stream.feed(os.read(terminal, 65536))
    return text


@pytest.mark.parametrize(("language", "well", "new"), [("zh", "一切正常", "新通告"), ("en", "Alliswell", "newnotice")])
def test_a_terminal_shows_what_arrives_and_obeys_no_title(world: World, language: str, well: str, new: str) -> None:
    world.look("bsa/main", Outcome.UNCHANGED, at=time.time())
    (world.folder / "sources" / "mps.toml").unlink()
    with world.store.begin() as tx:
        columns.sync(tx, Configuration(world.folder / "fenghuo.toml").catalogue.enabled(), time.time())
    screen = pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.ByteStream(screen)
    with watching(world.folder, "--lang", language) as (process, terminal):
        shown(screen, stream, terminal, lambda text: well in text)
        now = time.time()
        world.remember(replace(make_notice(1), title=HOSTILE, first_seen=now, updated=now))
        text = shown(screen, stream, terminal, lambda text: new in text)
        os.write(terminal, b"\x03")
        process.send_signal(2)
        assert process.wait() == 0
    assert "紧急␛]0;owned␇␛[2J␛[H�31m通知�核实雇主" in text
    assert screen.title != "owned"


def test_a_pipe_gets_plain_lines_while_it_watches(world: World) -> None:
    world.look("bsa/main", Outcome.CHALLENGED, at=time.time(), why="a challenge page")
    command = [sys.executable, "-m", "cli", "watch", "--lang", "en", "--config", str(world.folder / "fenghuo.toml")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUTF8": "1"}) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        now = time.time()
        world.remember(replace(make_notice(1), title=HOSTILE, first_seen=now, updated=now))
        second = process.stdout.readline()
        process.send_signal(2)
        assert process.wait() == 0
    assert first.rstrip("\n").split("\t")[1:] == ["challenged", "bsa/main", "a challenge page"]
    assert second.rstrip("\n").split("\t")[1:3] == ["new notice", "warning"]
    assert "".join(second.split()).isprintable()


def test_it_ends_by_itself_when_asked_to(place: Place) -> None:
    assert "nobody" not in place.ok("watch", "--seconds", "0")


def test_an_unknown_language_is_told(place: Place) -> None:
    assert place.run("watch", "--lang", "fr").exit_code == 2
