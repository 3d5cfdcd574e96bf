"""Every event reaches every hook that wants it: once, in order, whatever receivers do."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from typing import Any

import pytest
from standardwebhooks import Webhook

from crawler.config.settings import Settings
from crawler.store import Store
from crawler.store.delivery import outbox
from crawler.store.delivery.outbox import Claimed, Delivery
from feeds.alerts import channels
from feeds.alerts.deliver import Delivered, Deliverer
from tests.feeds.alerts.given import (
    NOW,
    OK,
    SECRET,
    Clock,
    Event,
    Everywhere,
    deliver,
    happen,
    hook,
    ids,
    notice,
    script,
    settings,
    until,
)
from tests.server import Request, Server, answer

LATER = 1e6  # seconds after which everything that will be tried again is due


def ledger(store: Store) -> dict[tuple[str, str], Delivery]:
    """Deliveries by hook and title."""
    with store.read() as tx:
        return {(d.hook, d.title): d for d in outbox.deliveries(tx)}


def state(store: Store, hook: str = "soc") -> list[str]:
    return [d.state for (h, _), d in sorted(ledger(store).items()) if h == hook]


def titles(receiver: Server) -> list[str]:
    return [json.loads(r.body)["data"]["title"] for r in receiver.requests]


# --------------------------------------------------------------------------------------------------------------------
# What arrives


def test_a_signed_event_arrives_and_verifies(store: Store) -> None:
    (id,) = happen(store, "甲")
    with Server({"/in": OK}) as receiver:
        done = deliver(store, settings(hook(f"{receiver.url}/in", secret=SECRET)), time.time)
    request = receiver.requests[0]
    assert done == Delivered(delivered=1)
    assert (request.method, request.headers["Content-Type"]) == ("POST", "application/json")
    assert request.headers["webhook-id"] == id
    assert Webhook(SECRET).verify(request.body, request.headers)["data"] == notice(id="ntc_甲", title="甲")
    assert state(store) == ["delivered"]


def test_events_arrive_in_their_order(sqlite_store: Store) -> None:
    names = [f"{n:02}" for n in range(30)]
    happen(sqlite_store, *names)
    with Server({"/": OK}) as receiver:
        deliver(sqlite_store, settings(hook(f"{receiver.url}/")), Clock())
    assert titles(receiver) == names


def test_a_second_run_sends_nothing(sqlite_store: Store) -> None:
    happen(sqlite_store, "甲")
    with Server({"/": OK}) as receiver:
        to = settings(hook(f"{receiver.url}/"))
        deliver(sqlite_store, to, Clock())
        assert deliver(sqlite_store, to, Clock(NOW + LATER)) == Delivered()
    assert len(receiver.requests) == 1


def test_only_hooks_that_want_an_event_get_it(sqlite_store: Store) -> None:
    happen(sqlite_store, "甲")
    with Server({"/mm": OK, "/kh": OK}) as receiver:
        mm = hook(f"{receiver.url}/mm", "mm", when={"place": ("MM",)})
        kh = hook(f"{receiver.url}/kh", "kh", when={"place": ("KH",)})
        deliver(sqlite_store, settings(mm, kh), Clock())
    assert receiver.paths() == ["/mm"]


# --------------------------------------------------------------------------------------------------------------------
# What receivers do


def test_a_failed_message_comes_again_with_the_same_id_and_body_and_a_new_time(store: Store) -> None:
    happen(store, "甲")
    with Server({"/": script(answer(b"", 500), OK)}) as receiver:
        to, clock = settings(hook(f"{receiver.url}/", secret=SECRET)), Clock()
        assert deliver(store, to, clock) == Delivered(failed=1)
        clock.now += 4
        assert deliver(store, to, clock) == Delivered()
        clock.now += 1
        assert deliver(store, to, clock) == Delivered(delivered=1)
    first, second = receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert int(second.headers["webhook-timestamp"]) == int(first.headers["webhook-timestamp"]) + 5
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


def test_retry_after_holds_for_everything_to_that_hook(store: Store) -> None:
    clock = Clock()

    async def run(to: Settings) -> None:
        deliverer = Deliverer(store, to, owner="me", now=clock, chance=lambda: 0.0)
        happen(store, "甲", "乙", "丙")
        await deliverer.run()
        happen(store, "丁")
        clock.now += 119
        await deliverer.run()
        assert titles(receiver) == ["甲"]
        clock.now += 1
        assert (await deliverer.run()).delivered == 4
        await deliverer.close()

    with Server({"/": script(answer(b"", 429, Retry_After="120"), OK)}) as receiver:
        asyncio.run(run(settings(hook(f"{receiver.url}/"))))
    assert titles(receiver) == ["甲", "乙", "丙", "丁", "甲"]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_a_failure_and_not_followed(sqlite_store: Store, status: int) -> None:
    happen(sqlite_store, "甲")
    with Server({"/there": OK}) as elsewhere:
        moved = answer(b"", status, Location=f"{elsewhere.url}/there?token=t0ken")
        with Server({"/": moved}) as receiver:
            deliver(sqlite_store, settings(hook(f"{receiver.url}/")), Clock())
    (row,) = ledger(sqlite_store).values()
    assert (row.state, row.last_status, elsewhere.requests) == ("queued", status, [])
    assert elsewhere.url in row.last_error
    assert "t0ken" not in row.last_error


def test_410_disables_the_hook_at_once_and_replay_brings_it_back(store: Store) -> None:
    gone, *_ = happen(store, "甲", "乙")
    with Server({"/": script(answer(b"", 410), OK)}) as receiver:
        to = settings(hook(f"{receiver.url}/"))
        assert deliver(store, to, Clock()).dead == 1
        happen(store, "丙")
        deliver(store, to, Clock(NOW + LATER))
        assert titles(receiver) == ["甲"]
        assert state(store) == ["dead", "dead", "dead"]
        with store.begin() as tx:
            outbox.replay(tx, [gone], NOW)
        assert deliver(store, to, Clock()).delivered == 1
    assert ids(receiver) == [gone, gone]


def test_a_receiver_that_hangs_is_given_up_by_the_deadline(sqlite_store: Store) -> None:
    happen(sqlite_store, "甲")
    with Server({"/": b"HANG"}) as receiver:
        deliver(sqlite_store, settings(hook(f"{receiver.url}/")), Clock(), deadline=0.05)
    assert ledger(sqlite_store)["soc", "甲"].last_error == "no answer within 0.05 s"


@pytest.mark.parametrize(
    "noise",
    [
        b"",
        b"\x16\x03\x01\x02\x00 no http",
        b"HTTP/1.1 999999 X\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 9\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 5_000_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: \x00\x1b[31m\r\n\r\n",
    ],
    ids=range(8),
)
def test_what_is_no_answer_is_a_failure_with_a_reason(sqlite_store: Store, noise: bytes) -> None:
    happen(sqlite_store, "甲")
    with Server({"/": noise}) as receiver:
        deliver(sqlite_store, settings(hook(f"{receiver.url}/")), Clock())
    row = ledger(sqlite_store)["soc", "甲"]
    assert (row.state, row.last_status) == ("queued", None)
    assert 10 < len(row.last_error) < 120
    assert row.last_error.isprintable()


def test_a_2xx_counts_though_its_body_breaks_off_or_is_huge(sqlite_store: Store) -> None:
    happen(sqlite_store, *"甲乙丙丁")
    short = b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\nok"
    bomb = answer(gzip.compress(b"0" * 50_000_000), Content_Encoding="gzip")
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 100 + answer(b"ok", Set_Cookie="a=b")
    with Server({"/": script(short, answer(b"x" * 3_000_000), bomb, hints)}) as receiver:
        assert deliver(sqlite_store, settings(hook(f"{receiver.url}/")), Clock()).delivered == 4


def test_ten_failures_over_75_hours_make_a_dead_letter(sqlite_store: Store) -> None:
    happen(sqlite_store, "甲")
    clock = Clock()
    with Server({"/": answer(b"", 503)}) as receiver:
        to = settings(hook(f"{receiver.url}/"))
        while deliver(sqlite_store, to, clock).dead == 0:
            clock.now = ledger(sqlite_store)["soc", "甲"].due or 0.0
    assert len(set(ids(receiver))) == 1
    assert (len(receiver.requests), clock.now) == (10, pytest.approx(NOW + 75 * 3600 + 35 * 60 + 5, abs=5))
    assert state(sqlite_store) == ["dead"]


# --------------------------------------------------------------------------------------------------------------------
# One bad thing spoils nothing else


def test_a_dead_and_a_hanging_hook_hold_up_no_other(sqlite_store: Store) -> None:
    names = [f"{n}" for n in range(9)]
    happen(sqlite_store, *names)
    with Server({"/good": OK, "/hangs": b"HANG"}) as receiver:
        good, hangs = hook(f"{receiver.url}/good", "good"), hook(f"{receiver.url}/hangs", "hangs")
        dead = hook("http://127.0.0.1:9/", "dead")
        deliver(sqlite_store, settings(dead, hangs, good), Clock(), deadline=0.3)
        paths = receiver.paths()
    assert paths.count("/good") == 9
    assert paths.index("/hangs") < 9
    assert state(sqlite_store, "good") == ["delivered"] * 9
    assert state(sqlite_store, "dead") == state(sqlite_store, "hangs") == ["queued"] * 9
    assert ledger(sqlite_store)["dead", "0"].last_error.startswith("cannot connect")


def test_a_message_that_is_always_refused_blocks_none_behind_it(sqlite_store: Store) -> None:
    happen(sqlite_store, "poison", "乙", "丙")

    def receive(request: Request) -> bytes:
        return answer(b"", 400) if b"poison" in request.body else OK

    with Server({"/": receive}) as receiver:
        to = settings(hook(f"{receiver.url}/"))
        assert deliver(sqlite_store, to, Clock()) == Delivered(delivered=2, failed=1)
        assert deliver(sqlite_store, to, Clock(NOW + 5)) == Delivered(failed=1)
    assert titles(receiver) == ["poison", "乙", "丙", "poison"]


def test_a_message_that_hangs_lets_those_behind_it_pass(sqlite_store: Store) -> None:
    happen(sqlite_store, "hangs", "乙", "丙")
    passed: list[bytes] = []

    def receive(request: Request) -> bytes:
        if b"hangs" in request.body:
            return b"HANG"
        passed.append(request.body)
        return OK

    async def run(to: Settings) -> None:
        deliverer = Deliverer(sqlite_store, to, owner="me", now=Clock(), deadline=60.0, grace=0.01)
        running = asyncio.create_task(deliverer.run())
        await until(lambda: state(sqlite_store).count("delivered") == 2)
        assert not running.done()  # the first message still has no answer
        running.cancel()
        await deliverer.close()

    with Server({"/": receive}) as receiver:
        asyncio.run(run(settings(hook(f"{receiver.url}/"))))
    assert len(passed) == 2


def test_an_event_we_cannot_send_is_a_failed_try_and_no_crash(sqlite_store: Store) -> None:
    with sqlite_store.begin() as tx:
        outbox.add(
            tx,
            "notice.new",
            at=NOW,
            payload={"alertable": True, "places": [], "sightings": [], "origin": {"source": None}, "title": "broken"},
            column="broken",
        )
    happen(sqlite_store, "乙")
    with Server(Everywhere(answer(b'{"code":0}'))) as receiver:
        to = settings(hook(f"feishu://token?base={receiver.url}"))
        assert deliver(sqlite_store, to, Clock(), last=True) == Delivered(delivered=1, failed=1)
    assert "KeyError" in ledger(sqlite_store)["soc", "broken"].last_error


# --------------------------------------------------------------------------------------------------------------------
# Crashes, leases, wakes


def test_a_crash_between_the_answer_and_our_mark_repeats_the_same_id(store: Store) -> None:
    (id,) = happen(store, "甲")
    with Server({"/": OK}) as receiver:
        to, clock = settings(hook(f"{receiver.url}/")), Clock()

        async def send_and_die(claimed: Claimed) -> None:
            async with channels.Wire(to) as wire:
                answered = await channels.send(wire, to.hook[0], [claimed.event], "", NOW)
                assert answered.ok

        with store.begin() as tx:
            outbox.fan_out(tx, lambda *_: ["soc"], NOW)
            (claimed,) = outbox.claim(tx, "soc", now=NOW, owner="killed", limit=1)
        asyncio.run(send_and_die(claimed))
        assert deliver(store, to, clock) == Delivered()
        clock.now += outbox.LEASE
        assert deliver(store, to, clock) == Delivered(delivered=1)
    assert ids(receiver) == [id, id]
    assert receiver.requests[0].body == receiver.requests[1].body


def test_two_deliverers_send_each_event_once(store: Store) -> None:
    expected = happen(store, *(f"{n}" for n in range(40)))

    async def run(to: Settings) -> None:
        both = [Deliverer(store, to, owner=o, now=Clock()) for o in ("a", "b")]
        await asyncio.gather(*(d.run() for d in both))
        for d in both:
            await d.close()

    with Server({"/1": OK, "/2": OK}) as receiver:
        asyncio.run(run(settings(hook(f"{receiver.url}/1", "1"), hook(f"{receiver.url}/2", "2"))))
    assert sorted(ids(receiver)) == sorted(expected * 2)


def test_what_is_unsent_at_the_end_is_free_for_the_next_process(sqlite_store: Store) -> None:
    happen(sqlite_store, *(f"{n}" for n in range(9)))

    async def run(to: Settings) -> None:
        deliverer = Deliverer(sqlite_store, to, owner="me", now=Clock(), deadline=60.0, grace=0.01)
        running = asyncio.create_task(deliverer.run())
        await until(lambda: bool(receiver.requests))
        running.cancel()
        await deliverer.close()

    with Server({"/": script(b"HANG", b"HANG", b"HANG", b"HANG", OK)}) as receiver:
        to = settings(hook(f"{receiver.url}/"))
        asyncio.run(run(to))
        with sqlite_store.read() as tx:
            assert outbox.owed(tx, NOW) == (False, ["soc"])
    with Server({"/": OK}) as receiver:
        assert deliver(sqlite_store, settings(hook(f"{receiver.url}/")), Clock()).delivered == 9


def test_a_serving_deliverer_sends_at_once_when_woken(sqlite_store: Store) -> None:
    async def run(to: Settings) -> None:
        deliverer = Deliverer(sqlite_store, to, owner="me", now=Clock(), in_thread=False)
        serving = asyncio.create_task(deliverer.serve(every=3600.0))
        for n in range(3):
            await asyncio.sleep(0.01)
            happen(sqlite_store, f"{n}")
            deliverer.wake()
            await until(lambda: len(receiver.requests) == n + 1)  # noqa: B023
        serving.cancel()
        await deliverer.close()

    with Server({"/": OK}) as receiver:
        asyncio.run(run(settings(hook(f"{receiver.url}/"))))
    assert titles(receiver) == ["0", "1", "2"]


def test_new_settings_hold_from_the_next_message_on(sqlite_store: Store) -> None:
    async def run(old: Settings, new: Settings) -> None:
        deliverer = Deliverer(sqlite_store, old, owner="me", now=Clock())
        happen(sqlite_store, "甲")
        await deliverer.run()
        await deliverer.use(new)
        happen(sqlite_store, "乙")
        await deliverer.run()
        await deliverer.close()

    with Server({"/old": OK, "/new": OK}) as receiver:
        old = settings(hook(f"{receiver.url}/old"))
        asyncio.run(run(old, settings(hook(f"{receiver.url}/new"))))
        assert receiver.paths() == ["/old", "/new"]
        happen(sqlite_store, "丙")
        shut = old.model_copy(update={"allow_addresses": ()})
        deliver(sqlite_store, shut, Clock())
    assert receiver.paths() == ["/old", "/new"]
    assert "127.0.0.1 is refused (loopback)" in ledger(sqlite_store)["soc", "丙"].last_error


def test_a_hook_taken_out_of_the_configuration_leaves_dead_letters(sqlite_store: Store) -> None:
    happen(sqlite_store, "甲")
    with Server({"/": answer(b"", 500)}) as receiver:
        deliver(sqlite_store, settings(hook(f"{receiver.url}/")), Clock())
    deliver(sqlite_store, settings(), Clock(NOW + 5))
    row = ledger(sqlite_store)["soc", "甲"]
    assert (row.state, row.last_error[:12]) == ("dead", "no such hook")


# --------------------------------------------------------------------------------------------------------------------
# Digests


def test_a_digest_to_a_chat_is_one_message_at_the_windows_end(sqlite_store: Store) -> None:
    clock = Clock()
    with Server(Everywhere(answer(b'{"code":0}'))) as receiver:
        to = settings(hook(f"feishu://token?base={receiver.url}", digest="15m"))
        happen(sqlite_store, "甲")
        deliver(sqlite_store, to, clock)
        clock.now += 600
        happen(sqlite_store, "乙", "丙")
        deliver(sqlite_store, to, clock)
        assert receiver.requests == []
        clock.now += 300
        assert deliver(sqlite_store, to, clock) == Delivered(delivered=3)
    (request,) = receiver.requests
    assert json.loads(request.body)["content"]["post"]["zh_cn"]["title"] == "【烽火】3 条通告"


def test_a_digest_to_a_webhook_is_single_events_at_the_windows_end(sqlite_store: Store) -> None:
    clock = Clock()
    with Server({"/": OK}) as receiver:
        to = settings(hook(f"{receiver.url}/", digest="15m"))
        expected = happen(sqlite_store, "甲", "乙")
        deliver(sqlite_store, to, clock)
        assert receiver.requests == []
        clock.now += 900
        deliver(sqlite_store, to, clock)
    assert ids(receiver) == expected


def claimed(number: int, attempts: int = 0, *, alone: bool = False) -> Claimed:
    return Claimed(number, "soc", attempts, NOW, NOW, Event(f"evt_{number}", "notice.new", NOW, {}), alone)


def test_what_was_refused_in_company_goes_alone() -> None:
    batch = [claimed(n, 1, alone=n % 2 == 0) for n in range(6)]
    parcels = channels.parcels(hook("feishu://token", digest="15m"), sorted(batch, key=lambda c: c.alone))
    assert [[c.id for c in p] for p in parcels] == [[1, 3, 5], [0], [2], [4]]


@pytest.mark.parametrize(
    ("url", "digest", "fresh", "failed", "sizes"),
    [
        ("https://a.example", None, 9, 1, [1] * 10),
        ("https://a.example", "15m", 9, 1, [1] * 10),
        ("feishu://token", None, 5, 1, [1] * 6),
        ("feishu://token", None, 6, 2, [6, 1, 1]),
        ("feishu://token", None, 6, 7, [6, 7]),
        ("feishu://token", "15m", 2, 2, [2, 2]),
        ("mailto://a.example", "15m", 1, 0, [1]),
    ],
)
def test_a_digest_or_a_burst_goes_together_and_what_failed_as_it_was(
    url: str, digest: Any, fresh: int, failed: int, sizes: list[int]
) -> None:
    batch = [claimed(n) for n in range(fresh)] + [claimed(100 + n, attempts=1) for n in range(failed)]
    parcels = channels.parcels(hook(url, digest=digest), batch)
    assert [len(p) for p in parcels] == sizes


# --------------------------------------------------------------------------------------------------------------------
# Secrets


def test_no_secret_is_in_ledger_or_log(sqlite_store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    happen(sqlite_store, "甲")
    secrets = ["pa55word", "t0ken-in-path", "t0ken-in-query", "c2VjcmV0"]
    with Server({"/x": OK}) as receiver:
        port = receiver.port
        hooks = [
            hook(f"http://user:pa55word@127.0.0.1:{port}/t0ken-in-path?k=t0ken-in-query", "a", secret=SECRET),
            hook("http://127.0.0.1:9/t0ken-in-path", "b", secret="whsec_c2VjcmV0!"),
            hook("http://127.0.0.1:99999/t0ken-in-path", "c"),
            hook("http://10.0.0.1/t0ken-in-path", "d"),
            hook("dingtalk://t0ken-in-path?base=http://127.0.0.1:9", "e", secret="pa55word"),
            hook("nosuchservice://t0ken-in-path", "f"),
        ]
        deliver(sqlite_store, settings(*hooks), Clock())
    said = " ".join(f"{d}" for d in ledger(sqlite_store).values()) + "".join(capsys.readouterr())
    assert len(ledger(sqlite_store)) == 6
    assert "alert not delivered" in said
    assert [s for s in secrets if s in said] == []
