"""kill -9 of a writing process leaves a sound database in which every transaction is whole or absent."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from crawler.items import notice_json
from crawler.store import open_store, tables
from crawler.store.wire import notices
from tests.counts import COUNTED

_WRITER = """
import sys
from crawler.store import open_store
from crawler.store.watch import visits, links
from crawler.store.wire import notices
from tests.store.given import NOW, key, link, new
store = open_store(sys.argv[1])
for number in range(100_000):
    with store.begin() as tx:
        links.add(tx, "police/tips", [link(number)], now=NOW, owner="me", baseline=False)
        notices.apply(tx, new(number, text_hash=f"{number:064d}"), key=key(number), now=NOW)
        visits.finish(tx, key(number), now=NOW, state="read", due=None)
    print(number, flush=True)
"""


def kill_while_writing(address: str, written: int) -> int:
    """Kill a writer at some point after its ``written``-th commit; the number it last reported."""
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, address], stdout=subprocess.PIPE, cwd=root, env=os.environ, text=True
    ) as writer:
        assert writer.stdout is not None
        last = -1
        for line in writer.stdout:
            last = int(line)
            if last >= written:
                writer.send_signal(signal.SIGKILL)
                break
        rest = writer.stdout.read().split("\n")
    return max([last, *(int(line) for line in rest[:-1])])


@pytest.mark.parametrize("seed", range(3))
def test_a_killed_writer_leaves_every_transaction_whole_or_absent(database_url: str, seed: int) -> None:
    reported = kill_while_writing(database_url, random.Random(seed).randrange(1, 40))
    COUNTED["kills"] += 1
    store = open_store(database_url)
    store.check()
    with store.read() as tx:
        found = {said.id: said for said in notices.every(tx)}
        events = {row.notice_id: row.payload for row in tx.execute(select(tables.events))}
        read = set(tx.execute(select(tables.links.c.notice_id).where(tables.links.c.state == "read")).scalars())
    store.close()
    assert len(found) in (reported + 1, reported + 2)  # what it reported, and perhaps one commit more
    assert set(events) == set(found) == read
    assert all(events[id] == notice_json(said) for id, said in found.items())


def test_a_database_whose_creation_was_killed_is_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "wire.db"
    half = file.with_name(f".{file.name}.999.new")
    half.write_bytes(b"SQLite format 3\0")
    open_store(f"sqlite:///{file}").close()
    assert not half.exists()  # swept, and never taken for the database
    assert file.exists()
