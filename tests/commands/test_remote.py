"""`fenghuo --api URL`: the same commands, done by a daemon elsewhere."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli import app, is_remote
from commands import live_remote
from commands.remote import Remote
from crawler.config.settings import Settings
from feeds.live import Moment, arrived
from feeds.web.app import create_app
from feeds.web.server import listening, make_server
from feeds.web.status import DaemonStatus
from tests.commands.test_adding import site
from tests.feeds.conftest import again, status  # noqa: F401  (fixtures)
from tests.feeds.web.api.conftest import HOOK, everything  # noqa: F401  (a fixture)
from tests.feeds.world import T0, World, make_notice
from tests.server import Server, answer

READ, ADMIN = "corn-flower-seven", "iron-kettle-nine"


@pytest.fixture
def world(again: Callable[..., World], everything: Path) -> World:  # noqa: F811
    """A full world that may look at sites of this machine."""
    tokens = f'read_token = "{READ}"\nadmin_token = "{ADMIN}"'
    return again(
        everything, f'{tokens}\nallow_addresses = ["127.0.0.1/32"]\ncrawl = {{ per_host_delay = "0s" }}\n{HOOK}'
    )


@pytest.fixture
def daemon(world: World, status: DaemonStatus) -> Iterator[str]:  # noqa: F811
    """The address at which the web of a full world answers."""
    server = make_server(create_app(world.configuration, world.store, status, now=lambda: T0 + 3600))
    with listening(Settings(listen="127.0.0.1:0")) as sockets:
        thread = Thread(target=lambda: asyncio.run(server.serve(sockets)))
        thread.start()
        yield f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()


def fenghuo(daemon: str, *args: str, token: str = ADMIN, stdin: str | None = None) -> Result:
    env = {"FENGHUO_API": daemon, "FENGHUO_TOKEN": token}
    return CliRunner().invoke(app, list(args), env=env, input=stdin)


def said(daemon: str, *args: str) -> Any:
    result = fenghuo(daemon, *args, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_what_is_known_elsewhere_is_shown_here(daemon: str) -> None:
    a, b, c = (make_notice(n).id for n in (1, 2, 3))
    assert [n["id"] for n in said(daemon, "notices")] == [c, b, a]
    assert [n["id"] for n in said(daemon, "notices", "--limit", "1", "--q", "更正", "--since", "2025-01-01")] == [b]
    shown = said(daemon, "show", b)
    assert (shown["id"], [d["hook"] for d in shown["deliveries"]]) == (b, ["soc", "soc"])
    assert b in fenghuo(daemon, "show", b).stdout
    assert "人数 92 → 763" in fenghuo(daemon, "diff", b).stdout
    assert [c["column"] for c in said(daemon, "sources")] == ["bsa/tips", "daily/main"]
    assert "HTTP 500" in fenghuo(daemon, "sources").stdout
    assert {d["state"] for d in said(daemon, "deliveries", "--limit", "2")} == {"queued"}
    assert said(daemon, "hooks")[0]["id"] == "soc"
    assert said(daemon, "rules", "try", "soc", "--since", "2025-01-01")["events"] == 4
    assert len(fenghuo(daemon, "export").stdout.splitlines()) == 3
    assert fenghuo(daemon, "export", "--format", "csv").stdout.startswith("id,url,title")


def test_what_is_to_be_done_elsewhere_is_done(daemon: str) -> None:
    a, b = make_notice(1).id, make_notice(2).id
    assert len(said(daemon, "merge", a, b)["sightings"]) == 3
    assert said(daemon, "split", "https://daily.example/a/1.html")["id"] not in (a, b)
    number = said(daemon, "deliveries")[0]["id"]
    assert said(daemon, "replay", str(number)) == {"replayed": 1}
    assert said(daemon, "pause", "bsa") == {"columns": ["bsa/tips"]}
    assert said(daemon, "sources")[0]["why"] == "paused by hand"
    assert said(daemon, "resume", "bsa/tips") == {"columns": ["bsa/tips"]}
    assert said(daemon, "poll", "bsa") == {"columns": ["bsa/tips"]}


def test_a_source_is_added_elsewhere_once_it_was_shown(daemon: str, world: World) -> None:
    with site() as server:
        asked = fenghuo(daemon, "add", f"{server.url}/tips/", "--id", "jiangbian", stdin="n\n")
        assert (asked.exit_code, "jiangbian" in world.configuration.catalogue.sources) == (3, False)
        assert "警惕冒充使馆的来电" in asked.stdout
        assert "nothing was written" in asked.stderr
        added = said(daemon, "add", f"{server.url}/tips/", "--id", "jiangbian", "--yes")
        again = fenghuo(daemon, "add", f"{server.url}/tips/", "--yes")
    assert (added["id"], added["columns"], len(added["links"])) == ("jiangbian", ["jiangbian/main"], 6)
    assert (world.folder / "sources" / "jiangbian.toml").exists()
    assert "jiangbian" in world.configuration.catalogue.sources
    assert (again.exit_code, again.stderr.count("\n")) == (3, 1)
    assert "jiangbian" in again.stderr


def test_a_page_with_its_items_outlined_is_made_on_this_machine_only(daemon: str, tmp_path: Path) -> None:
    result = fenghuo(daemon, "add", "https://police.example/", "--html", str(tmp_path / "x.html"))
    assert (result.exit_code, "this machine only" in result.stderr) == (2, True)


def test_a_text_is_explained_elsewhere(daemon: str) -> None:
    text = "近日，多名群众轻信境外高薪客服招工广告，被骗往缅甸妙瓦底的电信网络诈骗园区。公安机关提醒：切勿偷越国境。"
    result = fenghuo(daemon, "explain", "-", "--json", stdin=text)
    assert (result.exit_code, json.loads(result.stdout)["scope"]) == (0, "cross-border")


@pytest.mark.parametrize(
    ("args", "token", "code", "words"),
    [
        (("show", "ntc_none"), ADMIN, 4, "no such notice"),
        (("notices",), "wrong", 3, "--token"),
        (("replay", "1"), READ, 3, "admin_token"),
        (("split", "https://nowhere.example/"), ADMIN, 4, "no notice was read there"),
        (("poll",), ADMIN, 2, "name a source"),
        (("pause", "nobody"), ADMIN, 4, "no such source"),
        (("submit", "http://10.0.0.1:9/x"), ADMIN, 3, "refused"),
    ],
)
def test_a_refusal_is_one_line(daemon: str, args: tuple[str, ...], token: str, code: int, words: str) -> None:
    result = fenghuo(daemon, *args, token=token)
    assert (result.exit_code, result.stdout) == (code, "")
    assert words in result.stderr
    assert result.stderr.count("\n") == 1


def test_nobody_there_is_one_line() -> None:
    with listening(Settings(listen="127.0.0.1:0")) as sockets:
        port = sockets[0].getsockname()[1]
    result = fenghuo(f"http://127.0.0.1:{port}", "notices")
    assert (result.exit_code, result.stderr.count("\n")) == (3, 1)
    assert "no daemon answers there" in result.stderr


@pytest.mark.parametrize("page", [b"<html>", b'{"a": 1}\x1b[2J', b"[]"])
def test_another_program_there_is_one_line(page: bytes) -> None:
    for code in (200, 500):
        with Server({"/api/v1/rules/try": answer(page, code)}) as server:
            result = fenghuo(server.url, "rules", "try", "soc")
        assert result.exit_code != 0 or page == b"[]"
        assert "\x1b" not in result.stderr


def test_a_token_is_carried_nowhere_else() -> None:
    with Server({"/": answer(b"{}", 200)}) as other:
        led = answer(b"", 302, Location=f"{other.url}/")
        with Server({"/api/v1/notices/x": led}) as server:
            assert fenghuo(server.url, "show", "x").exit_code == 3
        assert other.requests == []


def until(wanted: Callable[[Moment], bool], moments: Iterator[Moment | str]) -> Moment:
    """The first moment that is as wanted; what is said of an error on the way is passed over."""
    return next(m for m in moments if isinstance(m, Moment) and wanted(m))


def test_what_is_wrong_and_what_arrived_elsewhere_is_watched_from_here(daemon: str, world: World) -> None:
    watched = live_remote.moments(Remote(daemon, READ), time.monotonic() + 60)
    first = until(lambda m: bool(m.arrivals), watched)
    assert [a.id for a in first.arrivals] == [make_notice(n).id for n in (2, 3, 1)]  # the revised one was last
    assert [a.what.en for a in first.arrivals] == ["revision", "new notice", "new notice"]
    assert [(t.subject, t.what.en, t.why.en) for t in first.troubles] == [
        ("", "needs attention", "a delivery is 56 min overdue"),
        ("bsa/tips", "broken", "HTTP 500"),
    ]
    assert (first.watched - first.readable, first.waiting) == (2, 5)  # one is broken, one was never looked at
    world.remember(make_notice(4, title="刚刚发布"))
    fresh = until(lambda m: len(m.arrivals) == 4, watched)
    assert [a.title for a in arrived(first, fresh)] == ["刚刚发布"]
    world.withdraw(make_notice(1), at=T0 + 3000)
    gone = until(lambda m: m.arrivals[0].id == make_notice(1).id, watched)
    assert gone.arrivals[0].what.en == "withdrawal"


def test_a_notice_that_became_part_of_another_one_elsewhere_is_watched_no_more(daemon: str) -> None:
    watched = live_remote.moments(Remote(daemon, READ), time.monotonic() + 60)
    until(lambda m: len(m.arrivals) == 3, watched)
    assert fenghuo(daemon, "merge", make_notice(1).id, make_notice(3).id).exit_code == 0
    left = until(lambda m: len(m.arrivals) == 2, watched)
    assert {a.id for a in left.arrivals} == {make_notice(n).id for n in (1, 2)}


def test_watching_a_daemon_elsewhere_that_is_gone_says_so_and_goes_on_when_it_is_back() -> None:
    empty = {
        "/api/v1/sources?limit=200": {"columns": [], "next": None},
        "/api/v1/hooks?limit=200": {"hooks": [], "next": None},
        "/api/v1/health": {"problems": ["the crawl is not running"]},
        "/api/v1/notices?limit=100": {"notices": [], "next": None},
    }
    with Server({}) as server:
        watched = live_remote.moments(Remote(server.url, None), time.monotonic() + 60)
        assert "404" in str(next(watched))
        for path, said in empty.items():
            server.answers[path] = answer(json.dumps(said).encode(), 200)
        assert [t.why.en for t in until(lambda _: True, watched).troubles] == ["the crawl is not running"]


def test_watch_prints_what_is_wrong_elsewhere_and_ends_in_time(daemon: str) -> None:
    result = fenghuo(daemon, "watch", "--lang", "en", "--seconds", "1", token=READ)
    assert result.exit_code == 0
    assert "\tbroken\tbsa/tips\tHTTP 500" in result.stdout
    assert "--token or FENGHUO_TOKEN" in fenghuo(daemon, "watch", "--seconds", "0", token="wrong").stderr


def test_what_works_on_this_machine_only_says_so(daemon: str) -> None:
    result = CliRunner().invoke(app, ["--api", daemon, "backup", "x.db"])
    assert (result.exit_code, "this machine only" in result.stderr) == (2, True)
    there = {"notices", "show", "diff", "sources", "deliveries", "replay", "merge", "split", "add", "watch", "poll"}
    there |= {"submit", "test-alert", "export", "explain", "pause", "resume", "hooks", "rules"}
    assert {name for name in there if not is_remote(name)} == set()
