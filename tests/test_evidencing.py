"""The upkeep of evidence: time stamps by an authority, retention, and what happens when either cannot be had."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from crawler import evidencing
from crawler.config.settings import EvidenceSettings, Settings
from crawler.exceptions import AddressRefused, FetchError, StoreError
from crawler.store import Store, tables
from crawler.store.wire.proofs import proof_of
from tests.authority import Authority, serving
from tests.store.evidenced import fill, found, report
from tests.store.given import NOW, notice

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority") / "tsa")


@pytest.fixture
def settings(authority: Authority, tmp_path: Path) -> Iterator[Settings]:
    authority.broken = False
    with serving(authority) as url:
        yield Settings(
            data_dir=tmp_path / "var",
            allow_addresses=("127.0.0.1/32",),
            evidence=EvidenceSettings(timestamps=url, timestamp_roots=authority.root, keep=100.0),
        )


@pytest.fixture
def filled(sqlite_store: Store) -> Store:
    fill(sqlite_store)
    return sqlite_store


def flaws(store: Store, settings: Settings, roots: Path | None = None) -> list[str]:
    from crawler.store.evidence.verifying import verify

    with store.read() as tx:
        return [f.why for f in verify(tx, settings.evidence_dir, roots=roots).flaws]


def test_the_end_of_the_chain_is_stamped_once_and_the_stamp_holds(filled: Store, settings: Settings) -> None:
    assert evidencing.stamp(filled, settings, NOW).startswith("20")
    assert evidencing.stamp(filled, settings, NOW + 1e9) == ""  # nothing was added since
    assert flaws(filled, settings, settings.evidence.timestamp_roots) == []
    assert report(filled, settings.evidence_dir).anchors == 1


def test_anybody_can_check_a_stamp_with_openssl(
    filled: Store, settings: Settings, authority: Authority, tmp_path: Path
) -> None:
    evidencing.stamp(filled, settings, NOW)
    with filled.read() as tx:
        proof = proof_of(tx, notice(1).id, settings.evidence_dir)
    (anchor,) = proof.anchors
    (tmp_path / "link").write_text(next(k.text for k in proof.links if k.number == anchor.number), "utf-8")
    (tmp_path / "stamp").write_bytes(anchor.token)
    command = ("openssl", "ts", "-verify", "-data", "link", "-in", "stamp", "-CAfile", str(authority.root))
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=30)
    assert "Verification: OK" in result.stdout


def test_an_end_cut_off_with_all_it_tells_of_is_found_by_the_stamp_beside_it(filled: Store, settings: Settings) -> None:
    evidencing.stamp(filled, settings, NOW)
    with filled.begin() as tx:
        tx.execute(delete(tables.chain).where(tables.chain.c.number > 12))
        tx.execute(delete(tables.anchors))  # the rows too; the file in data_dir remains
    assert any("link 13 was stamped at" in why and "cut off" in why for why in flaws(filled, settings))


def test_a_chain_written_anew_is_not_the_one_that_was_stamped(
    filled: Store, settings: Settings, tmp_path: Path
) -> None:
    from crawler.evidence.chain import Link, linked
    from crawler.store.evidence import chain

    evidencing.stamp(filled, settings, NOW)
    with filled.begin() as tx:
        links = chain.between(tx, 1, 99)
        tx.execute(delete(tables.chain))
        before: Link | None = None
        for old in links:
            event = old.event | ({"at": "2020-01-01T00:00:00.000Z"} if old.number == 1 else {})
            before = linked(before, event)
            row = {"number": old.number, "type": event["type"], "subject": event["subject"]}
            tx.execute(tables.chain.insert().values(**row, link=before.text, hash=before.hash))
    assert [f.partition(" that")[0] for f in flaws(filled, settings)] == ["link 13 is not the one"]


def test_a_stamp_of_somebody_else_is_not_trusted(filled: Store, settings: Settings, tmp_path: Path) -> None:
    stranger = Authority(tmp_path / "stranger")
    evidencing.stamp(filled, settings, NOW)
    assert any("not to be trusted" in why for why in flaws(filled, settings, stranger.root))
    other = settings.model_copy(
        update={"evidence": settings.evidence.model_copy(update={"timestamp_roots": stranger.root})}
    )
    with filled.begin() as tx:
        tx.execute(delete(tables.anchors))
    with pytest.raises(StoreError, match="no time stamp that can be used: the stamp is not to be trusted"):
        evidencing.stamp(filled, other, NOW)


def test_an_authority_that_answers_rubbish_is_named_and_nothing_is_kept(
    filled: Store, settings: Settings, authority: Authority
) -> None:
    authority.broken = True
    with pytest.raises(StoreError, match="no time stamp that can be used"):
        evidencing.stamp(filled, settings, NOW)
    assert report(filled, settings.evidence_dir).anchors == 0


def test_an_authority_at_an_inside_address_is_not_asked(filled: Store, settings: Settings) -> None:
    guarded = settings.model_copy(update={"allow_addresses": ()})
    with pytest.raises((FetchError, AddressRefused), match="refused"):
        evidencing.stamp(filled, guarded, NOW)


def test_nobody_is_asked_unless_the_operator_named_somebody(filled: Store, tmp_path: Path) -> None:
    assert evidencing.stamp(filled, Settings(data_dir=tmp_path), NOW) == ""


def test_captures_are_dropped_when_the_operator_says_so_only(filled: Store, settings: Settings) -> None:
    assert evidencing.tidy(filled, Settings(data_dir=settings.data_dir), NOW + 1e9) == 0
    evidencing.keep(filled, settings, NOW)
    assert evidencing.tidy(filled, settings, NOW + 1e9) == 7
    assert found(filled, settings.evidence_dir) == []
