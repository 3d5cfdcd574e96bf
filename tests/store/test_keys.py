"""Rows by many keys: whatever the keys are and however many."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Select, select

from crawler.store import Store, open_store, upsert
from crawler.store.keys import MANY, among, rows_of
from crawler.store.tables import clauses, links, meta
from crawler.store.watch import looks, rhythms

_NUMBERED = select(clauses.c.fingerprint).where(among(clauses.c.fingerprint))
_NAMED = select(meta.c.key).where(among(meta.c.key), meta.c.value == "here")


def test_no_keys_are_no_rows(store: Store) -> None:
    with store.read() as tx:
        assert rows_of(tx, _NUMBERED, []) == []
        assert tx.execute(_NUMBERED, {"keys": []}).all() == []


def test_more_keys_than_fit_into_one_statement_find_every_row(store: Store) -> None:
    numbers = [*range(2 * MANY + 1), 2**63 - 1, -(2**63)]
    with store.begin() as tx:
        upsert.add(tx, clauses, [{"fingerprint": n, "notice": 1} for n in numbers])
        assert sorted(row.fingerprint for row in rows_of(tx, _NUMBERED, numbers)) == sorted(numbers)


def test_keys_go_with_other_conditions(store: Store) -> None:
    names = {"链接": "here", "a'b": "here", 'a"b\\': "here", "there": "elsewhere"}
    with store.begin() as tx:
        upsert.add(tx, meta, [{"key": key, "value": value} for key, value in names.items()])
        assert {row.key for row in rows_of(tx, _NAMED, names)} == {"链接", "a'b", 'a"b\\'}


def test_keys_are_looked_up_by_their_index_and_not_by_going_through_the_table(sqlite_store: Store) -> None:
    wanted = select(links.c.url).where(among(links.c.notice_id)).compile(sqlite_store.engine)
    with sqlite_store.read() as tx:
        plan = tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {wanted}", ('["ntc_1"]',)).all()
    assert any("SEARCH links USING" in row.detail for row in plan), plan


def test_any_number_and_any_text_is_found_under_itself(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'test.db'}")
    texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40)

    @given(number=st.integers(-(2**63), 2**63 - 1), text=texts)
    @settings(max_examples=60)
    def found(number: int, text: str) -> None:
        with store.begin() as tx:
            upsert.add(tx, clauses, [{"fingerprint": number, "notice": 1}])
            upsert.put(tx, meta, {"key": text, "value": "here"})
            assert [row.fingerprint for row in rows_of(tx, _NUMBERED, [number])] == [number]
            assert [row.key for row in rows_of(tx, _NAMED, [text])] == [text]

    found()
    store.close()


@pytest.mark.parametrize("wanted", [looks._BEFORE, rhythms._STIRRABLE])
def test_a_few_columns_are_found_by_their_keys_and_not_among_all_that_are_enabled(
    sqlite_store: Store, wanted: Select[Any]
) -> None:
    said = wanted.compile(sqlite_store.engine)
    with sqlite_store.read() as tx:
        plan = tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", ('["s/main"]',) * str(said).count("?")).all()
    assert any("SEARCH columns USING INDEX sqlite_autoindex_columns_1 (key=?)" in row.detail for row in plan), plan
