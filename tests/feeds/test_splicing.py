"""A feed that was spliced has, byte for byte, what reading all of it gives."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.items import Notice, Related
from crawler.store.wire import corrections, search
from feeds import channels, splicing
from feeds.formats import FORMATS, render
from feeds.remembered import Memory
from tests.feeds.world import T0, World, make_notice

DAY = 86400.0


def _amiss(world: World) -> list[str]:
    """The files that are not what reading all of the feed gives."""
    folder, catalogue = world.settings.data_dir / "feeds", world.configuration.catalogue
    found = [path for path in folder.rglob("*") if path.suffix[1:] in FORMATS]
    with world.store.read() as tx:
        imprint = channels.imprint_of(tx, world.settings, catalogue)
        asked = {str(path.relative_to(folder).with_suffix("")) for path in found}
        feeds = {
            name: channels.load(tx, channel, imprint)
            for name in asked
            if (channel := channels.channel(name, catalogue))
        }
    names = {path: str(path.relative_to(folder).with_suffix("")) for path in found}
    return [str(path) for path, name in names.items() if path.read_bytes() != render(feeds[name], path.suffix[1:])[0]]


def _another(chance: random.Random, number: int, known: list[Notice]) -> Notice:
    made = make_notice(number, first_seen=T0 + 60 * number - chance.choice((0, 0, 0, 90 * DAY)))
    official, related = chance.random() < 0.7, ()
    if known and chance.random() < 0.3:
        related = (Related(chance.choice(known).id, 0.5, "text"),)
    origin = replace(made.origin, official=official)
    return replace(made, origin=origin, alertable=chance.random() < 0.6, related=related)


def _happen(world: World, chance: random.Random, known: list[Notice], now: float) -> None:
    """Something happens to a notice, be it an old one."""
    what = chance.choices(("new", "revise", "reprint", "withdraw", "merge"), (6, 3, 2, 1, 1))[0]
    if what == "new" or len(known) < 2:
        known.append(world.remember(_another(chance, int(now - T0) // 60 + len(known), known)))
        return
    n = chance.choice((-1, -2, chance.randrange(len(known))))
    notice = known[n]
    if what == "revise":
        changed = {"alertable": chance.random() < 0.5, "body": f"人数有变：{now}。\n请马上求助。"}
        known[n] = world.revise(notice, at=now, **changed)
    elif what == "reprint":
        world.reprint(notice, f"https://daily.example/{now}.html", at=now)
    elif what == "withdraw":
        world.withdraw(notice, at=now)
    else:
        kept, other = known[n], known.pop(chance.randrange(len(known)))
        if kept.id != other.id:
            with world.store.begin() as tx:
                corrections.merge(tx, kept.id, other.id, now=now)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_a_spliced_feed_is_the_one_that_is_read(
    world: World, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.store.wire.publications.PART", 7)
    monkeypatch.setattr("os.fsync", lambda _: None)  # a thousand of them take a minute
    chance, known, memory = random.Random(seed), list[Notice](), Memory()
    for n in range(30):
        for _ in range(chance.choice((1, 1, 2))):
            _happen(world, chance, known, T0 + 3600 * (100 + n))
        world.publish(memory=memory)
        assert not _amiss(world), n


def _unread(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """From now on no feed can be read as a whole, and what is searched for is told."""
    asked: list[str] = []

    def told(*_: object, **__: object) -> None:
        asked.append("read")
        raise AssertionError("read as a whole")

    monkeypatch.setattr(splicing, "read", told)
    monkeypatch.setattr(search, "search", told)
    return asked


def test_a_new_notice_is_put_into_feeds_of_which_nothing_is_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory()
    for number in range(1, 5):
        world.remember(make_notice(number))
        world.publish(memory=memory)
    asked = _unread(monkeypatch)
    world.remember(make_notice(5))
    written = world.publish(memory=memory)
    assert {"all.atom", "alerts.rss", "official.json", "source/bsa.atom"} <= set(written)
    assert b"ntc_00000000000000000005" in world.feed("all.atom")
    assert not asked


def _spoil(folder: Path) -> None:
    (folder / "all.atom").write_bytes(b"")


def _drop(folder: Path) -> None:
    (folder / "all.rss").unlink()


@pytest.mark.parametrize("by", [_spoil, _drop])
def test_a_file_that_another_wrote_or_took_is_written_from_all_that_is_known(
    world: World, by: Callable[[Path], None]
) -> None:
    memory = Memory()
    world.remember(make_notice(1))
    world.publish(memory=memory)
    by(world.settings.data_dir / "feeds")
    world.remember(make_notice(2))
    world.publish(memory=memory)
    assert world.publish(force=True) == []


def test_what_another_process_has_published_is_not_lost(world: World) -> None:
    memory = Memory()
    world.remember(make_notice(1))
    world.publish(memory=memory)
    world.remember(make_notice(2))
    world.publish()  # as `fenghuo merge` does it beside the daemon
    world.remember(make_notice(3))
    world.publish(memory=memory)
    assert all(f"ntc_{n:020d}".encode() in world.feed("all.json") for n in (1, 2, 3))
    assert world.publish(force=True) == []
