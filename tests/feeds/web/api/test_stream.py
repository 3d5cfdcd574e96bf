"""What happens, as it happens, on a real socket."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from crawler.items import Outcome
from crawler.store import journal
from crawler.store.wire import corrections
from feeds.web.api import stream
from feeds.web.status import DaemonStatus
from tests.feeds.web.test_server import running
from tests.feeds.world import T0, World, make_notice

Make = Callable[..., World]
PATH = "/api/v1/stream"


class Follower:
    """A reader of the stream."""

    def __init__(self, port: int, last: str = "") -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        self._connection.request("GET", PATH, headers={"Last-Event-ID": last} if last else {})
        self._answer = self._connection.getresponse()
        self.status = self._answer.status
        assert self.block() == ["retry: 3000"]

    def block(self) -> list[str]:
        lines: list[str] = []
        while (line := self._answer.readline().decode().rstrip("\n")) or not lines:
            if not line and self._answer.isclosed():
                break
            lines.append(line)
        return lines

    def event(self) -> tuple[str, dict[str, str]]:
        """The id of the next event, and its data."""
        said = dict(line.split(": ", 1) for line in self.block())
        data = json.loads(said["data"])
        assert said["event"] == data.get("type", "reset")
        return said["id"], data

    def close(self) -> None:
        self._answer.close()
        self._connection.close()


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "TICK", 0.02)


@pytest.fixture
def served(make_world: Make) -> World:
    return make_world('listen = "127.0.0.1:0"')


def test_everything_that_happens_is_told_in_its_order(served: World, status: DaemonStatus) -> None:
    with running(served, status) as port:
        follower = Follower(port)
        first, second = served.remember(make_notice(1)), served.remember(make_notice(2))
        served.revise(first, at=T0 + 50, title="第1号提示（更正）")
        served.withdraw(second, at=T0 + 60)
        for at in range(3):
            served.look("bsa/tips", Outcome.FAILED if at < 2 else Outcome.UNCHANGED, at=T0 + 70 + at, why="HTTP 500")
        with served.store.begin() as tx:
            corrections.merge(tx, first.id, second.id, now=T0 + 80)
        told = [follower.event()[1] for _ in range(7)]
        follower.close()
    assert [t["type"] for t in told] == [
        "notice.new",
        "notice.new",
        "notice.revised",
        "notice.withdrawn",
        "source.broken",
        "source.recovered",
        "notice.merged",
    ]
    assert told[4]["column"] == "bsa/tips"
    assert (told[6]["id"], told[6]["into"]) == (second.id, first.id)


def test_who_was_away_goes_on_without_a_gap(served: World, status: DaemonStatus) -> None:
    ids = [served.remember(make_notice(number)).id for number in range(1, 6)]
    with served.store.read() as tx:
        numbers = [entry.number for entry in journal.after(tx, 0)]
    with running(served, status) as port:
        follower = Follower(port, str(numbers[1]))
        seen = [follower.event() for _ in range(3)]
        follower.close()
        again = Follower(port, seen[-1][0])
        ids.append(served.remember(make_notice(6)).id)
        seen.append(again.event())
        again.close()
    assert [data["id"] for _, data in seen] == ids[2:]


def test_who_was_away_too_long_is_told_to_read_anew(served: World, status: DaemonStatus) -> None:
    for number in range(1, 5):
        served.remember(make_notice(number))
    with served.store.begin() as tx:
        _, newest = journal.bounds(tx)
        journal.forget(tx, T0 + 3)
    with running(served, status) as port:
        for last in ("0", str(newest + 7)):
            follower = Follower(port, last)
            assert follower.event() == (str(newest), {})
            follower.close()


def test_silence_is_broken_and_the_stream_ends_with_the_daemon(
    served: World, status: DaemonStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT", 0.05)
    with running(served, status) as port:
        follower = Follower(port)
        assert follower.block() == [": still here"]
        status.stopping = True
        while follower.block():
            pass
        follower.close()


def test_streams_are_bounded_and_make_room(
    served: World, status: DaemonStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "MOST", 1)
    with running(served, status) as port:
        follower = Follower(port)
        other = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        other.request("GET", PATH)
        answer = other.getresponse()
        assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
        assert json.loads(answer.read())["status"] == 503
        follower.close()
        for _ in range(200):
            other.request("GET", PATH)
            if (answer := other.getresponse()).status == 200:
                break
            answer.read()
            time.sleep(0.02)
        assert answer.status == 200
        answer.close()
        other.close()


def test_an_id_that_is_not_ours_is_a_problem(world: World, browse: Callable[..., TestClient]) -> None:
    answer = browse(world).get(PATH, headers={"Last-Event-ID": "x"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
