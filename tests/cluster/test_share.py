"""A crawl's share: which shards it may claim from, and when it lets go of each."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from crawler.cluster.share import LONGEST, Share
from crawler.items import Due
from crawler.reading.address import shard_of

LIST = Due("office/news", "http://office.example/news/")
ARTICLE = Due("office/news", "http://office.example/news/1.html", key="office.example/news/1.html")
ELSEWHERE = Due("office/news", "http://other.example/1.html", key="other.example/1.html")
HERE = shard_of(LIST.url)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def share(delay: float = 0.0, clock: Clock | None = None) -> Share:
    return Share(lambda: delay, clock=clock or Clock())


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 10))


async def begun(mine: Share, shard: int = HERE) -> asyncio.Task[None]:
    turn = asyncio.create_task(mine.turn(shard))
    await asyncio.sleep(0)
    return turn


def nothing_more(mine: Share) -> None:
    mine.claimed(mine.claimable, everything=True)


def test_a_shard_of_one_host_whatever_the_scheme_port_and_case() -> None:
    same = ("http://office.example/a", "https://OFFICE.example:8443/b?c=d")
    assert {shard_of(url) for url in same} == {HERE}
    assert 0 <= shard_of("http://[") < 512


def test_a_turn_at_a_shard_where_nothing_is_due_is_over_at_once() -> None:
    async def work() -> None:
        mine = share()
        woken: list[bool] = []
        mine.on_turn = lambda: woken.append(True)
        turn = await begun(mine)
        assert mine.claimable.shards == [HERE]
        assert woken == [True]
        nothing_more(mine)
        await turn
        assert mine.claimable.shards == mine.held.shards == []

    run(work())


def test_a_turn_lasts_as_long_as_a_look_or_one_of_its_visits_is_under_way() -> None:
    async def work() -> None:
        mine = share()
        turn = await begun(mine)
        mine.took([LIST])
        nothing_more(mine)
        mine.took([ARTICLE])
        mine.ended(LIST)
        nothing_more(mine)
        await asyncio.sleep(0.02)
        assert not turn.done()
        mine.ended(ARTICLE)
        nothing_more(mine)
        await turn

    run(work())


def test_a_turn_goes_on_while_there_may_be_more_to_claim() -> None:
    async def work() -> None:
        mine = share()
        turn = await begun(mine)
        mine.claimed(mine.claimable, everything=False)
        await asyncio.sleep(0.02)
        assert not turn.done()
        nothing_more(mine)
        await turn

    run(work())


def test_a_turn_that_began_while_others_were_claimed_is_not_over_yet() -> None:
    async def work() -> None:
        mine = share()
        asked = mine.claimable
        turn = await begun(mine)
        mine.claimed(asked, everything=True)
        await asyncio.sleep(0.02)
        assert not turn.done()
        mine.close()
        await turn

    run(work())


def test_a_long_turn_takes_on_nothing_more_and_ends_what_it_has_with_the_visits_it_finds() -> None:
    async def work() -> None:
        clock = Clock()
        mine = share(clock=clock)
        turn = await begun(mine)
        mine.took([LIST])
        clock.now += LONGEST
        assert mine.claimable.shards == []
        assert mine.held.shards == [HERE]
        mine.claimed(mine.claimable, everything=False)
        await asyncio.sleep(0.02)
        assert not turn.done()
        mine.ended(LIST)
        mine.claimed(mine.claimable, everything=False)
        await turn

    run(work())


def test_a_shard_is_let_go_only_after_the_pause_that_follows_its_last_request() -> None:
    async def work() -> None:
        mine = Share(lambda: 0.2)
        loop = asyncio.get_running_loop()
        turn = await begun(mine)
        mine.took([LIST])
        mine.ended(LIST)
        ended = loop.time()
        nothing_more(mine)
        assert mine.held.shards == []  # nobody else has it yet, but it is not ours to ask any more
        await turn
        assert loop.time() - ended >= 0.19

    run(work())


def test_what_lies_in_other_shards_keeps_no_turn() -> None:
    async def work() -> None:
        mine = share()
        turn = await begun(mine)
        mine.took([ELSEWHERE])
        mine.ended(ELSEWHERE)
        nothing_more(mine)
        await turn

    run(work())


def test_a_closed_share_ends_its_turns_and_begins_none() -> None:
    async def work() -> None:
        mine = share()
        turn = await begun(mine)
        mine.took([LIST])
        mine.close()
        await turn
        await mine.turn(HERE)

    run(work())


def test_what_was_looked_at_and_is_not_written_down_is_known() -> None:
    """Else it is taken for a stray while the database is away, and its lease is given out again."""

    async def scene() -> None:
        mine = share()
        turn = await begun(mine)
        mine.took([LIST])
        assert mine.known() == {LIST.column}
        mine.ended(LIST)
        assert mine.known() == set()
        mine.unwritten = lambda: [LIST.column]
        assert mine.known() == {LIST.column}
        mine.close()
        await turn

    run(scene())
