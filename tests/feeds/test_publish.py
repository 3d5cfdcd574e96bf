"""When feed files change, and when they do not."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import feedparser
import pytest
from sqlalchemy import event, update

from crawler.exceptions import StoreError
from crawler.items import Change, ChangeType, Outcome
from crawler.store import changes
from crawler.store.tables import notices
from crawler.store.wire import notices as store_notices
from feeds import channels, formats, stamp
from feeds import publish as publishing
from tests.feeds.world import T0, World, make_notice

MAIN = {f"{path}.{s}" for path in ("all", "alerts", "official", "revisions", "health") for s in ("atom", "rss", "json")}


def titles(world: World, name: str) -> list[str]:
    parsed = feedparser.parse(world.feed(name))
    assert not parsed.bozo
    return [e.title for e in parsed.entries]


def test_the_first_publication_renders_every_main_feed(world: World) -> None:
    assert set(world.publish()) == MAIN


def test_an_unchanged_store_writes_nothing(world: World) -> None:
    world.remember(make_notice(1))
    world.publish()
    before = {p: p.stat().st_mtime_ns for p in (world.settings.data_dir / "feeds").rglob("*.*")}
    assert world.publish() == []
    assert world.publish(force=True) == []
    assert before == {p: p.stat().st_mtime_ns for p in before}


def test_a_new_notice_reaches_the_feeds_it_belongs_to_and_no_other(world: World) -> None:
    world.publish()
    notice = world.remember(make_notice(1))
    wanted = {f"{path}.{s}" for path in ("all", "alerts", "official", "source/bsa") for s in ("atom", "rss", "json")}
    assert set(world.publish()) == wanted
    assert titles(world, "alerts.atom") == [notice.title]
    assert titles(world, "source/bsa.rss") == [notice.title]


def test_what_alerts_nobody_stays_out_of_alerts(world: World) -> None:
    world.remember(make_notice(1, alertable=False))
    world.publish()
    assert titles(world, "alerts.atom") == []
    assert len(titles(world, "all.atom")) == 1


def test_newest_comes_first_and_sixty_are_enough(world: World) -> None:
    with world.store.begin() as tx:
        for number in range(1, 63):
            notice = make_notice(number)
            change = Change(ChangeType.NEW, notice, sighting=notice.sightings[0])
            store_notices.apply(tx, change, key=notice.url, now=T0)
    world.publish()
    found = titles(world, "all.atom")
    assert len(found) == 60
    assert found[0] == make_notice(62).title


def test_a_reprint_changes_the_feed_of_both_sources(world: World) -> None:
    notice = world.remember(make_notice(1))
    world.publish()
    world.reprint(notice, "https://daily.example/fraud/9.html", at=T0 + 100)
    written = world.publish()
    assert {"source/bsa.atom", "source/daily.atom", "all.atom"} <= set(written)
    assert titles(world, "source/daily.atom") == [notice.title]


def test_a_revision_is_an_update_in_all_and_an_entry_in_revisions(world: World) -> None:
    notice = world.remember(make_notice(1))
    world.publish()
    old = feedparser.parse(world.feed("all.atom")).entries[0]
    world.revise(notice, at=T0 + 1000, body="新的正文，人数是763。")
    world.publish()
    new = feedparser.parse(world.feed("all.atom")).entries[0]
    assert (new.id, new.published) == (old.id, old.published)
    assert new.updated > old.updated
    assert titles(world, "revisions.atom") == [f"【已修订】{notice.title}"]


def test_a_withdrawal_is_an_update_and_never_a_disappearance(world: World) -> None:
    notice = world.remember(make_notice(1))
    world.withdraw(notice, at=T0 + 1000)
    world.publish()
    assert titles(world, "alerts.atom") == [f"【已撤回】{notice.title}"]


def test_an_incident_touches_health_alone(world: World) -> None:
    world.publish()
    world.look("bsa/tips", Outcome.FAILED, at=T0, why="HTTP 521")
    assert set(world.publish()) == {"health.atom", "health.rss", "health.json"}
    world.look("bsa/tips", Outcome.UNCHANGED, at=T0 + 60)
    assert set(world.publish()) == {"health.atom", "health.rss", "health.json"}
    assert len(titles(world, "health.atom")) == 1
    assert "已恢复" in titles(world, "health.atom")[0]


def test_a_missing_file_is_rendered_again(world: World) -> None:
    world.publish()
    (world.settings.data_dir / "feeds" / "alerts.rss").unlink()
    assert world.publish() == ["alerts.rss"]


def test_another_base_url_renders_everything_and_keeps_every_id(make_world: Callable[..., World]) -> None:
    world = make_world()
    world.remember(make_notice(1))
    world.publish()
    old = feedparser.parse(world.feed("all.atom"))
    moved = make_world('base_url = "https://warn.example"')
    assert "all.atom" in moved.publish()
    new = feedparser.parse(moved.feed("all.atom"))
    assert new.feed.links[0].href == "https://warn.example/feeds/all.atom"
    assert (new.feed.id, new.entries[0].id) == (old.feed.id, old.entries[0].id)


def test_a_crash_before_the_changes_are_consumed_only_renders_once_more(world: World) -> None:
    world.remember(make_notice(1))
    event.listen(world.store.engine, "before_cursor_execute", _crash)
    with pytest.raises(KeyboardInterrupt):
        world.publish()
    event.remove(world.store.engine, "before_cursor_execute", _crash)
    assert titles(world, "all.atom") == [make_notice(1).title]
    with world.store.read() as tx:
        assert len(changes.pending(tx)) == 1
    assert world.publish() == []
    with world.store.read() as tx:
        assert changes.pending(tx) == []


def test_a_full_disk_leaves_the_old_feed_whole_and_the_change_to_be_published(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.publish()
    before = world.feed("all.atom")
    world.remember(make_notice(1))
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", _full)
        with pytest.raises(StoreError, match="the disk is full"):
            world.publish()
    assert world.feed("all.atom") == before
    assert not list((world.settings.data_dir / "feeds").rglob(".new-*"))
    assert "all.atom" in world.publish()


def test_one_notice_that_cannot_become_an_entry_costs_no_other(world: World) -> None:
    for number in (1, 2, 3):
        world.remember(make_notice(number))
    with world.store.begin() as tx:  # a hand in the database
        tx.execute(update(notices).where(notices.c.id == make_notice(2).id).values(first_seen=1e300))
    world.publish()
    assert titles(world, "all.atom") == [make_notice(3).title, make_notice(1).title]


def _crash(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    if statement.startswith("DELETE FROM changes"):
        raise KeyboardInterrupt


def _full(_: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_files_can_be_read_by_a_web_server_of_another_user(world: World) -> None:
    world.publish()
    path: Path = world.settings.data_dir / publishing.FOLDER / "all.atom"
    assert path.stat().st_mode & 0o777 == 0o644


def test_what_is_looked_for_on_the_disk_is_what_is_written_there() -> None:
    assert set(stamp.ALWAYS) == set(channels.MAIN)
    assert set(stamp.SUFFIXES) == set(formats.FORMATS)
