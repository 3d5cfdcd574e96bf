"""WARC files: what is named in the store exists on disk, files are followed by others, and old bytes go in the open."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import update
from warcio.archiveiterator import ArchiveIterator

from crawler.exceptions import StoreError
from crawler.store import Store
from crawler.store.evidence import captures, warcs
from crawler.store.tables import captures as rows
from tests.store.evidenced import fill, found, page, report
from tests.store.given import NOW, key

LARGE = 10_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "evidence"


@pytest.fixture
def filled(store: Store) -> Store:
    fill(store)
    return store


def kept(store: Store, count: int, size: int = 3000, at: float = NOW) -> list[int]:
    with store.begin() as tx:
        return [captures.add(tx, page(n, os.urandom(size), at + n), key(n)) for n in range(count)]


def types(folder: Path) -> list[str]:
    return [r.rec_type for file in sorted(folder.glob("*.warc.gz")) for r in ArchiveIterator(file.open("rb"))]


def test_captures_move_into_a_file_that_other_tools_read(filled: Store, folder: Path) -> None:
    assert warcs.pack(filled, folder, NOW, largest=LARGE) == 7
    assert warcs.pack(filled, folder, NOW, largest=LARGE) == 0
    with filled.read() as tx:
        assert all(captures.get(tx, id).record is None for id in range(1, 8))
        assert captures.load(tx, 4, folder).body == b"<p>once</p>"
        assert captures.load(tx, 6, folder) == page(1, b"<p>once</p>", NOW + 150)  # a revisit
    assert found(filled, folder) == []
    pair = ["response", "request"]
    assert types(folder) == ["warcinfo", *pair * 5, "revisit", "request", *pair]


def test_the_next_captures_follow_in_the_same_file_and_in_a_new_one_when_it_is_full(store: Store, folder: Path) -> None:
    for _ in range(3):
        kept(store, 2)
        warcs.pack(store, folder, NOW, largest=10_000)
    assert len(list(folder.iterdir())) == 2
    assert found(store, folder) == []


@pytest.mark.parametrize("harm", ["flipped", "shortened", "removed"])
def test_a_file_that_was_harmed_is_found(filled: Store, folder: Path, harm: str) -> None:
    warcs.pack(filled, folder, NOW, largest=LARGE)
    (file,) = folder.iterdir()
    content = bytearray(file.read_bytes())
    content[-300] ^= 1
    file.write_bytes(content if harm == "flipped" else content[:-400])
    if harm == "removed":
        file.unlink()
    flaws = report(filled, folder).flaws
    assert [f.id for f in flaws] == (list("1234567") if harm == "removed" else ["7"])
    assert harm != "removed" or file.name in flaws[0].why


def test_what_a_crash_left_behind_the_last_capture_harms_nothing(filled: Store, folder: Path) -> None:
    warcs.pack(filled, folder, NOW, largest=LARGE)
    (file,) = folder.iterdir()
    with file.open("ab") as torn:
        torn.write(b"\x1f\x8b half a record")
    kept(filled, 1)
    warcs.pack(filled, folder, NOW, largest=LARGE)
    assert len(list(folder.iterdir())) == 2
    assert found(filled, folder) == []


def test_a_folder_that_cannot_be_written_keeps_captures_in_the_database(filled: Store, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way", "utf-8")
    with pytest.raises(StoreError, match="they wait in the database"):
        warcs.pack(filled, blocked, NOW, largest=LARGE)
    assert found(filled, tmp_path) == []


def test_old_bytes_are_dropped_and_their_hashes_stay(store: Store, folder: Path) -> None:
    kept(store, 4)
    kept(store, 2, at=NOW + 1000)
    warcs.pack(store, folder, NOW, largest=LARGE)
    assert warcs.drop(store, NOW + 500, NOW + 2000) == 4
    assert warcs.drop(store, NOW + 500, NOW + 2000) == 0
    said = report(store, folder)
    assert (said.flaws, said.captures, said.dropped, said.links) == ([], 6, 4, 10)
    with store.read() as tx, pytest.raises(StoreError, match="dropped as too old; their hash is in the chain"):
        captures.load(tx, 1, folder)


def test_bytes_that_a_newer_capture_has_too_are_not_dropped_before_it(filled: Store) -> None:
    assert warcs.drop(filled, NOW + 155, NOW + 999) == 6  # not capture 7, and 6 is a revisit of 4: both are old
    assert found(filled) == []


def test_bytes_stay_while_a_newer_revisit_needs_them(filled: Store, folder: Path) -> None:
    assert warcs.drop(filled, NOW + 140, NOW + 999) == 4
    with filled.read() as tx:
        assert captures.load(tx, 6, folder).body == b"<p>once</p>"
    assert found(filled) == []


def test_bytes_that_vanish_without_a_word_are_no_retention(filled: Store) -> None:
    with filled.begin() as tx:
        tx.execute(update(rows).where(rows.c.id == 3).values(record=None, dropped=NOW))
    (flaw,) = report(filled).flaws
    assert (flaw.id, flaw.why.partition(": ")[2]) == (
        "3",
        "its bytes are gone, and no link of the chain says that they were dropped",
    )


def test_a_file_that_is_half_empty_is_compacted_and_the_chain_holds(store: Store, folder: Path) -> None:
    kept(store, 3)
    kept(store, 1, at=NOW + 1000)
    warcs.pack(store, folder, NOW, largest=4000)
    (first,) = folder.iterdir()
    kept(store, 1, at=NOW + 1500)
    warcs.pack(store, folder, NOW, largest=4000)
    warcs.drop(store, NOW + 500, NOW + 2000)
    assert warcs.compact(store, folder, NOW + 2000, largest=4000) > 9000
    assert not first.exists()
    with store.read() as tx:
        assert set(warcs.files(tx)) == {file.name for file in folder.iterdir()}
    assert found(store, folder) == []


def test_a_damaged_file_is_never_thrown_away(store: Store, folder: Path) -> None:
    kept(store, 3)
    kept(store, 1, at=NOW + 1000)
    warcs.pack(store, folder, NOW, largest=4000)
    (first,) = folder.iterdir()
    kept(store, 1, at=NOW + 1500)
    warcs.pack(store, folder, NOW, largest=4000)
    warcs.drop(store, NOW + 500, NOW + 2000)
    content = bytearray(first.read_bytes())
    content[-1000] ^= 1
    first.write_bytes(content)
    assert warcs.compact(store, folder, NOW + 2000, largest=4000) == 0
    assert first.exists()
    assert [f.id for f in report(store, folder).flaws] == ["4"]
