"""Links: found once, visited by one at a time, revisited, given up, and known under all their names."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from crawler.items import Due, Link, Published
from crawler.store import Store, tables
from crawler.store.watch import columns, identity, links, visits
from crawler.store.wire import notices
from tests.store.given import NOW, entries, key, link, new, source

TIPS = "police/tips"


def add(store: Store, *found: Link, now: float = NOW, owner: str = "me", **more: Any) -> list[Due]:
    given = {"column": TIPS, "baseline": False} | more
    with store.begin() as tx:
        return links.add(tx, given.pop("column"), found, now=now, owner=owner, **given)


def claim(store: Store, now: float = NOW, owner: str = "me", limit: int = 100, **more: Any) -> list[Due]:
    with store.begin() as tx:
        return visits.claim(tx, now=now, owner=owner, limit=limit, **more)


def finish(store: Store, number: int, due: float | None = None, now: float = NOW, **more: Any) -> None:
    with store.begin() as tx:
        visits.finish(tx, key(number), now=now, due=due, **{"state": "read"} | more)


def keys(dues: list[Due]) -> list[str | None]:
    return [due.key for due in dues]


# ---- finding


def test_unknown_links_become_visits_in_list_order_and_known_ones_do_not(store: Store) -> None:
    assert keys(add(store, link(3), link(1))) == [key(3), key(1)]
    assert keys(add(store, link(2), link(3), link(1))) == [key(2)]
    with store.read() as tx:
        assert identity.resolve(tx, [key(1), key(2), key(9)]).keys() == {key(1), key(2)}


def test_a_visit_carries_all_that_the_list_told(store: Store) -> None:
    found = link(
        1, "标题", published=Published("2023-11-14", "day"), fetch_url="https://api.example/1", text="<p>全文</p>"
    )
    assert add(store, found, baseline=True) == [
        Due(
            TIPS,
            "https://api.example/1",
            key(1),
            "标题",
            baseline=True,
            text="<p>全文</p>",
            published="2023-11-14",
            published_precision="day",
            shown="https://police.example/tips/1",
        )
    ]


def test_a_link_listed_twice_is_one_visit_under_its_first_title(store: Store) -> None:
    assert [(d.key, d.title) for d in add(store, link(1, "置顶"), link(1, "更多"))] == [(key(1), "置顶")]


def test_a_changed_title_makes_a_read_link_due_at_once(store: Store) -> None:
    add(store, link(1, "旧标题"))
    finish(store, 1, due=NOW + 600)
    assert add(store, link(1, "旧标题")) == []
    assert [(d.key, d.title) for d in add(store, link(1, "新标题"))] == [(key(1), "新标题")]
    assert claim(store, NOW + 5, owner="b") == []


def test_a_changed_text_of_a_feed_entry_makes_it_due_at_once(store: Store) -> None:
    add(store, link(1, text="<p>旧</p>"))
    finish(store, 1)
    assert [d.text for d in add(store, link(1, text="<p>新</p>"))] == ["<p>新</p>"]


def test_another_column_s_wording_of_a_title_is_no_change(store: Store) -> None:
    add(store, link(1, "关于防范境外招工骗局的提示"))
    finish(store, 1)
    assert add(store, link(1, "关于防范境外招…"), column="police/home") == []


def test_a_title_that_never_stops_changing_is_given_up_as_a_sign(store: Store) -> None:
    add(store, link(1))
    visits = 0
    for number in range(30):
        finish(store, 1)
        visits += len(add(store, link(1, f"阅读 {number}")))
    assert visits == links.MOST_RELISTED


def test_a_list_of_thousands_of_links_is_taken_in_order(store: Store) -> None:
    many = [link(number) for number in range(2000)]
    assert keys(add(store, *many)) == [found.key for found in many]
    assert add(store, *many) == []


def test_an_attacker_s_title_is_one_short_line(store: Store) -> None:
    title = add(store, link(1, "a\x00b\n" + "长" * 100_000))[0].title
    assert title.startswith("a b 长")
    assert len(title) == 500


def test_two_lists_that_find_one_link_at_once_cause_one_visit(store: Store) -> None:
    visits: list[Due] = []

    def find(column: str) -> None:
        for number in range(30):
            visits.extend(add(store, link(number), column=column, owner=column))

    threads = [threading.Thread(target=find, args=(c,)) for c in ("police/tips", "police/home")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(str(v.key) for v in visits) == sorted(key(n) for n in range(30))


# ---- visiting


def test_a_link_that_was_handed_out_is_nobody_else_s_until_the_lease_ends(store: Store) -> None:
    add(store, link(1), lease=600)
    assert claim(store, NOW + 599, owner="b") == []
    assert keys(claim(store, NOW + 601, owner="b")) == [key(1)]


def test_unread_links_come_before_revisits_and_news_before_a_baseline(store: Store) -> None:
    add(store, link(1), link(2))
    finish(store, 1, due=NOW + 1)
    add(store, link(3), baseline=True)
    with store.begin() as tx:
        assert visits.release(tx, "me") == 2
    assert keys(claim(store, NOW + 10)) == [key(2), key(3), key(1)]


def test_a_finished_link_is_due_again_when_said_and_else_never(store: Store) -> None:
    add(store, link(1), link(2))
    finish(store, 1, due=NOW + 600, etag='"1"', body_hash="b" * 64)
    finish(store, 2, due=None)
    assert claim(store, NOW + 599) == []
    again = claim(store, NOW + 1e9)
    assert [(d.key, d.etag, d.body_hash) for d in again] == [(key(1), '"1"', "b" * 64)]
    with store.read() as tx:
        assert (visits.made(tx, key(1)), visits.made(tx, "nobody")) == ((1, False), (0, False))


def test_validators_stay_when_a_visit_names_none_and_go_when_it_says_so(store: Store) -> None:
    add(store, link(1))
    finish(store, 1, due=NOW, etag='"1"', body_hash="b" * 64)
    finish(store, 1, due=NOW)
    assert claim(store)[0].etag == '"1"'
    finish(store, 1, due=NOW, etag="", body_hash="")
    assert (claim(store)[0].etag, claim(store, NOW + 1e4)[0].body_hash) == (None, None)


def test_only_links_of_the_columns_named_are_claimed(store: Store) -> None:
    add(store, link(1), column="police/tips")
    add(store, link(2), column="court/main")
    with store.begin() as tx:
        visits.release(tx)
    assert keys(claim(store, columns={"court/main"})) == [key(2)]
    assert claim(store, columns=[]) == []


def test_links_of_a_disabled_column_are_not_visited(store: Store) -> None:
    with store.begin() as tx:
        columns.sync(tx, entries(source()), NOW)
    add(store, link(1))
    with store.begin() as tx:
        visits.release(tx)
        columns.sync(tx, [], NOW)
    assert claim(store, NOW + 1) == []


def test_a_page_found_deleted_once_is_looked_at_again_early_on_demand(store: Store) -> None:
    add(store, link(1), link(2))
    finish(store, 1, due=NOW + 3600, gone=1)
    finish(store, 2, due=NOW + 3600)
    assert claim(store, NOW + 1) == []
    assert keys(claim(store, NOW + 1, gone_now=True)) == [key(1)]
    finish(store, 1, due=None, state="gone", gone=2)
    assert keys(claim(store, NOW + 2, gone_now=True, owner="b")) == []
    with store.read() as tx:
        assert visits.gone(tx, key(1)) == 2


def test_named_links_are_leased_due_or_not_but_never_twice(store: Store) -> None:
    add(store, link(1), link(2))
    finish(store, 1, due=None)
    with store.begin() as tx:
        assert keys(visits.lease(tx, [key(1), key(2), "nobody"], now=NOW + 1, owner="b")) == [key(1)]
        assert visits.lease(tx, [key(1)], now=NOW + 2, owner="c") == []


def test_two_claimers_never_get_the_same_link(store: Store) -> None:
    add(store, *(link(number) for number in range(90)))
    with store.begin() as tx:
        visits.release(tx)
    got: dict[str, list[str | None]] = {"a": [], "b": [], "c": []}

    def work(owner: str) -> None:
        while dues := claim(store, owner=owner, limit=4):
            got[owner] += keys(dues)

    threads = [threading.Thread(target=work, args=(owner,)) for owner in got]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(str(k) for mine in got.values() for k in mine) == sorted(key(n) for n in range(90))


# ---- failing


def test_a_failed_visit_is_tried_ever_later_for_a_week_and_then_dropped(store: Store) -> None:
    add(store, link(1))
    waits = []
    for _ in range(visits.MOST_ATTEMPTS - 1):
        with store.begin() as tx:
            assert visits.retry(tx, key(1), now=NOW, why="no answer", after=60)
            waits.append(tx.execute(select(tables.links.c.due)).scalar_one() - NOW)
    assert waits[:6] == [60, 240, 960, 3840, 15360, visits.LONGEST_RETRY]
    assert set(waits[6:]) == {visits.LONGEST_RETRY}
    assert sum(waits) > 7 * 86400
    assert (claim(store, NOW + 60), len(claim(store, NOW + visits.LONGEST_RETRY))) == ([], 1)
    with store.begin() as tx:
        assert not visits.retry(tx, key(1), now=NOW, why="no answer", after=60)
    assert claim(store, NOW + 1e9) == []


def test_a_publisher_s_wish_to_wait_long_is_kept(store: Store) -> None:
    add(store, link(1))
    with store.begin() as tx:
        visits.retry(tx, key(1), now=NOW, why="429", after=86400)
    assert claim(store, NOW + 86399) == []


def test_a_dropped_link_whose_title_changes_gets_another_chance(store: Store) -> None:
    add(store, link(1))
    for _ in range(8):
        with store.begin() as tx:
            visits.retry(tx, key(1), now=NOW, why="no answer")
    assert add(store, link(1)) == []
    assert keys(add(store, link(1, "新标题"))) == [key(1)]


def test_a_read_link_whose_revisits_fail_is_not_lost(store: Store) -> None:
    add(store, link(1))
    finish(store, 1, due=NOW)
    for _ in range(8):
        with store.begin() as tx:
            visits.retry(tx, key(1), now=NOW, why="no answer")
    with store.read() as tx:
        assert identity.resolve(tx, [key(1)]).keys() == {key(1)}
    assert add(store, link(1)) == []


def test_a_retry_of_an_unknown_link_is_refused(store: Store) -> None:
    with store.begin() as tx:
        assert not visits.retry(tx, "nobody", now=NOW, why="")


# ---- names


def test_an_alias_is_the_same_link(store: Store) -> None:
    add(store, link(1))
    finish(store, 1, aliases=["wx:1:2:1", key(1)])
    with store.read() as tx:
        assert identity.resolve(tx, ["wx:1:2:1", key(1), "nobody"]) == {"wx:1:2:1": key(1), key(1): key(1)}
    assert add(store, replace(link(1), key="wx:1:2:1")) == []


def test_a_sighting_lives_until_its_page_is_gone(store: Store) -> None:
    add(store, link(1), link(2))
    with store.begin() as tx:
        change = new(1)
        notices.apply(tx, change, key=key(1), now=NOW)
    finish(store, 2, notice_id=change.notice.id, role="reprint", overlap=0.9)
    with store.read() as tx:
        assert links.live(tx, change.notice.id) == 2
    finish(store, 2, gone=1)
    finish(store, 1, state="gone", gone=2)
    with store.read() as tx:
        assert links.live(tx, change.notice.id) == 0
