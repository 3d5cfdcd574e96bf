"""file:// hooks: every event a whole line, whatever came before, and room for ever."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from crawler.store import Store
from feeds.alerts.jsonl import line, send
from tests.feeds.alerts.given import Clock, deliver, event, happen, hook, settings


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(row) for row in path.read_text("utf-8").splitlines()]


def put(url: str, *ids: str) -> Any:
    return asyncio.run(send(hook(url), [event(id=id) for id in ids]))


def test_an_event_is_a_line_with_its_id_and_the_whole_notice(tmp_path: Path) -> None:
    long = event(body="长" * 50_000)
    assert asyncio.run(send(hook(f"file://{tmp_path}/a.jsonl"), [long])).ok
    (said,) = lines(tmp_path / "a.jsonl")
    assert (said["id"], said["type"], said["data"]["body"]) == (long.id, long.type, "长" * 50_000)


def test_lines_are_added_and_none_is_torn(tmp_path: Path) -> None:
    file = tmp_path / "a b.jsonl"
    file.write_bytes(b'{"id": "half')  # a crash
    put(f"file://{tmp_path}/a%20b.jsonl", "evt_1", "evt_2")
    put(f"file://{tmp_path}/a%20b.jsonl", "evt_3")
    assert [json.loads(row)["id"] for row in file.read_bytes().splitlines()[1:]] == ["evt_1", "evt_2", "evt_3"]


def test_no_text_makes_two_lines(tmp_path: Path) -> None:
    hostile = event(title="a\nb\u2028c\r\0d\ud800")
    assert line(hostile).count(b"\n") == 1
    assert json.loads(line(hostile))["data"]["title"] == "a\nb\u2028c\rd"


def test_a_full_file_is_set_aside_and_the_newest_stay(tmp_path: Path) -> None:
    for number in range(6):
        put(f"file://{tmp_path}/a.jsonl?max=1KB&keep=2", f"evt_{number}")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.jsonl", "a.jsonl.1", "a.jsonl.2"]
    kept = [said["id"] for name in ("a.jsonl.2", "a.jsonl.1", "a.jsonl") for said in lines(tmp_path / name)]
    assert kept == [f"evt_{n}" for n in range(6 - len(kept), 6)]


@pytest.mark.parametrize("url", ["file:///nowhere/at/all.jsonl", "file:///tmp", "file:///tmp/x.jsonl?max=big"])
def test_what_cannot_be_written_is_a_failure_with_its_reason(url: str) -> None:
    answer = put(url, "evt_1")
    assert not answer.ok
    assert answer.error


def test_standard_output_is_a_file_too(capfd: pytest.CaptureFixture[str]) -> None:
    assert put("file:///dev/stdout", "evt_1").ok
    assert json.loads(capfd.readouterr().out)["id"] == "evt_1"


def test_the_outbox_serves_a_file_like_any_hook(sqlite_store: Store, tmp_path: Path) -> None:
    ids = happen(sqlite_store, "a", "b", "c")
    deliver(sqlite_store, settings(hook(f"file://{tmp_path}/a.jsonl")), Clock(1_700_000_100.0))
    assert [said["id"] for said in lines(tmp_path / "a.jsonl")] == ids
