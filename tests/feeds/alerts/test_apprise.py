"""Other schemes: Apprise sends, its word counts, and the address guard holds for it as well."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from crawler.config.settings import Settings
from feeds.alerts import apprise
from feeds.alerts.schedule import Answer
from feeds.alerts.wire import Wire
from tests.feeds.alerts.given import Everywhere, event, hook, settings
from tests.server import Server, answer


def send(url: str, to: Settings, deadline: float = 20.0) -> Answer:
    async def run() -> Answer:
        async with Wire(to, deadline=deadline) as wire:
            return await apprise.send(wire, hook(url), [event(title="甲 @all\r\n乙")], "https://fenghuo.example")

    return asyncio.run(run())


LINUX = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts processes by /proc")


def children() -> str:
    return "".join(file.read_text() for file in sorted(Path("/proc/self/task").glob("*/children")))


def test_a_message_goes_out_in_words() -> None:
    with Server(Everywhere(answer(b"ok"))) as server:
        got = send(f"json://127.0.0.1:{server.port}/path", settings())
    said = json.loads(server.requests[0].body)
    assert got.ok
    assert said["title"] == "【新通告】甲 ＠all 乙"
    assert "近期有人以高薪为名" in said["message"]


def test_a_refusal_is_a_failure_without_the_address() -> None:
    with Server(Everywhere(answer(b"no", 500))) as server:
        got = send(f"json://user:pa55word@127.0.0.1:{server.port}/t0ken", settings())
    assert not got.ok
    assert got.error == "Apprise reports a failure"


def test_an_inside_address_is_not_connected_to() -> None:
    with Server(Everywhere(answer(b"ok"))) as server:
        got = send(f"json://127.0.0.1:{server.port}/", Settings())
    assert not got.ok
    assert server.requests == []


def test_an_address_apprise_does_not_know_is_a_failure() -> None:
    got = send("nosuchservice://t0ken", settings())
    assert got.error == "Apprise does not understand the address"


@LINUX
def test_a_receiver_that_drips_its_answer_is_left_at_the_deadline_and_so_is_the_process() -> None:
    before = children()
    with Server(Everywhere(b"DRIP")) as server:
        got = send(f"json://127.0.0.1:{server.port}/", settings(), deadline=4.0)
        assert len(server.requests) == 1
    assert got.error == "no answer within 4 s"
    assert children() == before


@LINUX
def test_a_message_that_is_given_up_leaves_no_process() -> None:
    async def run(port: int) -> None:
        async with Wire(settings()) as wire:
            sending = asyncio.create_task(apprise.send(wire, hook(f"json://127.0.0.1:{port}/"), [event()], ""))
            while children() == before:
                await asyncio.sleep(0.01)
            sending.cancel()
            await asyncio.wait({sending})
        assert sending.cancelled()

    before = children()
    with Server(Everywhere(b"DRIP")) as server:
        asyncio.run(run(server.port))
    assert children() == before
