"""One document under two addresses is one link, where its number and its title say so."""

from __future__ import annotations

from dataclasses import replace

from crawler.items import Article, Link, PageClass
from crawler.store import Store
from crawler.store.watch import identity, visits
from tests.store.given import NOW
from tests.store.test_links import add, claim

NUMBER = "doc:police.example/trs/12345"
HERE = Link("https://police.example/tips/t20260105_12345.html", "police.example/tips/t20260105_12345.html", "一号提示")
HERE = replace(HERE, aliases=(NUMBER,))
ELSEWHERE = "police.example/news/t20260105_12345.html"
THERE = replace(HERE, url=f"https://{ELSEWHERE}", key=ELSEWHERE)


def finish(store: Store, **more: object) -> None:
    with store.begin() as tx:
        visits.finish(tx, HERE.key, now=NOW, **{"state": "read", "due": None} | more)  # type: ignore[arg-type]


def test_a_document_that_another_list_shows_elsewhere_is_not_visited_again(store: Store) -> None:
    add(store, HERE)
    assert add(store, THERE, column="police/news") == []
    with store.read() as tx:
        assert identity.standing(tx, [THERE]) == {THERE.key: HERE.key}
        assert identity.resolve(tx, [THERE.key]) == {THERE.key: HERE.key}  # also for who submits that address


def test_a_number_that_is_given_twice_by_two_systems_is_no_identity(store: Store) -> None:
    add(store, HERE)
    other = replace(THERE, title="二号提示，说的是别的事")
    assert [due.key for due in add(store, other)] == [other.key]
    with store.read() as tx:
        assert identity.standing(tx, [HERE, other]) == {HERE.key: HERE.key, other.key: other.key}


def test_a_document_that_its_list_moved_is_visited_where_it_is_now(store: Store) -> None:
    add(store, HERE)
    finish(store, etag='"1"')
    (due,) = add(store, THERE, now=NOW + 60)
    assert (due.key, due.url, due.etag) == (HERE.key, THERE.url, None)


def test_a_document_that_was_gone_is_found_where_its_list_shows_it_now(store: Store) -> None:
    add(store, HERE)
    finish(store, state="gone", gone=2)
    (due,) = add(store, THERE, now=NOW + 60)
    assert (due.key, due.url) == (HERE.key, THERE.url)


def test_a_list_that_shows_both_addresses_moves_nothing(store: Store) -> None:
    add(store, HERE)
    finish(store)
    assert add(store, THERE, HERE, now=NOW + 60) == []
    assert add(store, HERE, THERE, now=NOW + 120) == []


def test_what_left_a_list_is_looked_at_under_the_key_by_which_it_is_known(store: Store) -> None:
    add(store, HERE)
    finish(store)
    add(store, THERE, column="police/news", now=NOW + 60)
    with store.begin() as tx:
        assert [due.key for due in visits.lease(tx, [THERE.key], now=NOW + 120, owner="me")] == [HERE.key]


def test_the_number_on_a_page_is_believed_where_the_title_agrees(store: Store) -> None:
    add(store, HERE)
    article = Article(PageClass.ARTICLE, THERE.url, THERE.key, "一号提示", aliases=("wxs:x", NUMBER))
    with store.read() as tx:
        assert identity.believed(tx, article) == ("wxs:x", NUMBER)
        assert identity.believed(tx, replace(article, title="别的提示")) == ("wxs:x",)


def test_links_without_a_number_cost_no_question(store: Store) -> None:
    plain = replace(HERE, aliases=())
    add(store, plain)
    assert [due.key for due in add(store, replace(THERE, aliases=()))] == [THERE.key]
    assert claim(store, now=NOW + 10) == []
    with store.read() as tx:
        assert identity.resolve(tx, [NUMBER]) == {}
