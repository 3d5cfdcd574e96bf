"""One request at a time to a host, a pause between them, others not delayed."""

from __future__ import annotations

import asyncio
import itertools
import time

from crawler.fetch.politeness import LONGEST_WAIT, Politeness


def test_requests_to_one_host_never_overlap_and_keep_the_pause() -> None:
    spans: list[tuple[float, float]] = []

    async def ask(gates: Politeness) -> None:
        async with gates.turn("a"):
            begun = time.monotonic()
            await asyncio.sleep(0.01)
            spans.append((begun, time.monotonic()))

    async def run() -> None:
        gates = Politeness(0.03, 16)
        await asyncio.gather(*(ask(gates) for _ in range(4)))

    asyncio.run(run())
    spans.sort()
    gaps = [b[0] - a[1] for a, b in itertools.pairwise(spans)]
    assert len(gaps) == 3
    assert min(gaps) >= 0.0295


def test_a_hanging_host_does_not_hold_the_others_up() -> None:
    """One slot in all, and it is held by a request that never ends: after ``patience`` the others go on."""

    async def run() -> list[str]:
        gates, done = Politeness(0, 1, patience=0.02), []

        async def hang() -> None:
            async with gates.turn("hanging"):
                await asyncio.sleep(30)

        async def ask(host: str) -> None:
            async with gates.turn(host):
                done.append(host)

        stuck = asyncio.create_task(hang())
        await asyncio.sleep(0)
        await asyncio.wait_for(asyncio.gather(ask("a"), ask("b")), 5)
        stuck.cancel()
        return done

    assert asyncio.run(run()) == ["a", "b"]


def test_slots_are_given_back_exactly_once() -> None:
    async def run() -> int:
        gates, together, most = Politeness(0, 3, patience=0.01), 0, 0

        async def ask(n: int) -> None:
            nonlocal together, most
            async with gates.turn(str(n)):
                together += 1
                most = max(most, together)
                await asyncio.sleep(0.002)
                together -= 1

        async def slow() -> None:
            async with gates.turn("slow"):
                await asyncio.sleep(0.03)

        await slow()
        await asyncio.gather(*(ask(n) for n in range(30)))
        return most

    assert asyncio.run(run()) == 3


def test_a_host_that_asks_for_quiet_gets_it_for_a_day_at_most() -> None:
    now = 100.0
    gates = Politeness(0, 1, clock=lambda: now)
    gates.hold("a", 99_999_999_999)
    assert gates.held("a") == LONGEST_WAIT
    assert gates.held("b") == 0
