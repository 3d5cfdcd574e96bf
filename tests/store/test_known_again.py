"""From a reading to the notice it belongs to, the whole way through the store."""

from __future__ import annotations

import threading
from dataclasses import replace
from itertools import count as counted

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from crawler.config.catalogue import Catalogue
from crawler.intake import take_in
from crawler.items import Article, Change, ChangeType, PageClass, Source
from crawler.reading.normalise import text_hash
from crawler.store import Store
from crawler.store.delivery import outbox
from crawler.store.wire import notices
from tests.judging.likeness.test_sameness import BODY, HOUSE, LEAD, SIBLING, TITLE

OFFICE = Source.model_validate(
    {"id": "binjiang", "name": "滨江警方", "authority": "police", "url": "https://police.example/list"}
)
CATALOGUE = Catalogue.of([OFFICE])
_NUMBERS = counted()


def article(body: str = BODY, title: str = TITLE, at: str = "https://police.example/1") -> Article:
    return Article(PageClass.ARTICLE, at, at.removeprefix("https://"), title, body, text_hash=text_hash(body))


def take(store: Store, found: Article, *, now: float = 1000.0, official: bool | None = None) -> Change:
    mine = "police.example" in found.url if official is None else official
    with store.begin() as tx:
        source = OFFICE if mine else None
        given = {"page": None, "catalogue": CATALOGUE, "source": source, "column": None}
        return take_in(tx, found, key=found.key, now=now, baseline=False, **given)


def count(store: Store) -> int:
    with store.read() as tx:
        return notices.count(tx)


def test_thirty_copies_are_one_notice_and_one_event(store: Store) -> None:
    take(store, article())
    for n in range(30):
        body = OpenCC("s2t").convert(BODY) if n % 3 == 0 else BODY + HOUSE.replace("本台", f"第{n}台")
        copy = article(body, f"关注 | {TITLE}", f"https://mirror{n}.example/a")
        assert take(store, copy, now=1001.0 + n).type is ChangeType.REPRINT
    with store.read() as tx:
        assert notices.count(tx) == 1
        assert outbox.pending(tx) == 1


def test_a_hundred_events_on_one_form_are_a_hundred_notices(store: Store) -> None:
    for n in range(100):
        body = BODY.replace("58名", f"{200 + n}名").replace("326部", f"{1000 + n}部")
        assert take(store, article(body, TITLE, f"https://police.example/{n}"), now=1000.0 + n).type is ChangeType.NEW
    copy = article(BODY.replace("58名", "203名").replace("326部", "1003部"), TITLE, "https://paper.example/3")
    assert take(store, copy, now=2000.0).notice.url == "https://police.example/3"


def test_reprints_of_either_version_of_a_revised_notice_are_its_reprints(store: Store) -> None:
    first = take(store, article()).notice
    changed = BODY.replace("58名", "61名").replace("326部", "330部")
    assert take(store, article(changed), now=2000.0).type is ChangeType.REVISED
    for n, body in enumerate((BODY, changed, BODY + HOUSE, changed + HOUSE)):
        copy = take(store, article(body, at=f"https://mirror{n}.example/a"), now=3000.0 + n)
        assert (copy.type, copy.notice.id) == (ChangeType.REPRINT, first.id)


def test_an_excerpt_first_and_the_whole_then_and_the_other_way_round(store: Store) -> None:
    whole = take(store, article()).notice
    part = take(store, article("\n".join(LEAD), at="https://paper.example/1"), now=2000.0)
    assert (part.notice.id, part.sighting and part.sighting.role) == (whole.id, "excerpt")


def test_a_sibling_is_linked_both_ways(store: Store) -> None:
    a = take(store, article()).notice
    b = take(store, article(SIBLING, at="https://police.example/2"), now=2000.0).notice
    with store.read() as tx:
        assert [r.id for r in notices.get(tx, a.id).related] == [b.id]
        assert [r.id for r in notices.get(tx, b.id).related] == [a.id]


def test_two_processes_that_read_copies_of_one_text_make_one_notice(store: Store) -> None:
    barrier, outcomes = threading.Barrier(4), []

    def read(n: int) -> None:
        barrier.wait(10)
        copy = article(BODY + HOUSE.replace("本台", f"{'东南西北'[n]}台"), at=f"https://mirror{n}.example/a")
        outcomes.append(take(store, copy).type)

    threads = [threading.Thread(target=read, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == [ChangeType.NEW, *[ChangeType.REPRINT] * 3]
    assert count(store) == 1


@given(
    st.lists(st.tuples(st.sampled_from(["\n", " ", "\u200b", "，", "　", "”"]), st.integers(0, len(BODY))), max_size=30)
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_layout_and_punctuation_never_make_a_second_notice(sqlite_store: Store, marks: list[tuple[str, int]]) -> None:
    take(sqlite_store, article(), official=True)
    body = BODY
    for mark, at in sorted(marks, key=lambda m: -m[1]):
        beside_number = any(c.isdigit() for c in BODY[max(at - 1, 0) : at + 1])
        body = body if beside_number else body[:at] + mark + body[at:]
    take(sqlite_store, replace(article(body), key="mirror.example/x", url="https://mirror.example/x"), now=2000.0)
    assert count(sqlite_store) == 1


@given(st.text(), st.text())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_is_taken_in_and_unchanged_when_read_again(sqlite_store: Store, title: str, body: str) -> None:
    body, title = (t.replace("\0", "").encode("utf-8", "ignore").decode() for t in (body, title))
    found = article(body, title, f"https://police.example/any/{next(_NUMBERS)}")
    take(sqlite_store, found)
    assert take(sqlite_store, found, now=2000.0).type is ChangeType.UNCHANGED
