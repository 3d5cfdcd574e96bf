"""`verify` and `evidence`: what an operator is told, and what a stranger can check with `sha256sum` alone."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from crawler.store import open_store
from crawler.store.evidence import verified
from tests.commands.conftest import Place


@pytest.fixture
def database(filled: Place) -> Callable[[str], None]:
    """Run a statement on the database behind the program's back."""

    def run(statement: str) -> None:
        connection = sqlite3.connect(filled.path / "var/fenghuo.db")
        with connection:
            connection.execute(statement)
        connection.close()

    return run


def warning(place: Place) -> str:
    return next(n["id"] for n in place.json("notices") if "缅北" in n["title"])


def exported(place: Place, id: str) -> Path:
    folder = place.path / "bundle"
    place.ok("evidence", id, "--out", str(place.path / "x.zip"))
    with zipfile.ZipFile(place.path / "x.zip") as bundle:
        bundle.extractall(folder)
    return folder


def checked(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "verify.sh"], cwd=folder, capture_output=True, text=True, check=False, timeout=30)


def resummed(folder: Path) -> None:
    """Make the list of hashes good again, as a forger would."""
    names = sorted(str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file() and f.name != "SHA256SUMS")
    sums = "".join(f"{hashlib.sha256((folder / n).read_bytes()).hexdigest()}  {n}\n" for n in names)
    (folder / "SHA256SUMS").write_text(sums, "utf-8")


def test_sound_evidence_is_verified(filled: Place) -> None:
    result = filled.run("verify")
    assert (result.exit_code, result.stdout) == (0, "")
    said = filled.json("verify")
    assert (said["ok"], said["captures"], said["broken"], said["first_broken_link"]) == (True, 5, [], None)
    assert said["head"]["hash"] in result.stderr
    filled.ok("verify", "--head", said["head"]["hash"])


@pytest.mark.parametrize(
    ("statement", "first", "line"),
    [
        ("UPDATE captures SET record_sha256 = 'f' WHERE id = 2", None, "capture 2 (link 3): "),
        ("DELETE FROM chain WHERE number = 4", 5, "link 5: link 4 is missing before it\n"),
        ("UPDATE chain SET link = replace(link, 'other', 'warning') WHERE number = 8", 8, "link 8: its words are not "),
        ("UPDATE notices SET official = 1 - official", None, ": it is not as the chain says: official\n"),
    ],
)
def test_what_was_changed_is_named_and_exits_5(
    filled: Place, database: Callable[[str], None], statement: str, first: int | None, line: str
) -> None:
    database(statement)
    result = filled.run("verify")
    assert result.exit_code == 5
    assert line in result.stdout
    said = filled.json("verify")
    assert (said["ok"], said["first_broken_link"]) == (False, first)


def test_what_was_found_is_remembered_for_the_page(filled: Place) -> None:
    filled.run("verify")
    with closing(open_store(f"sqlite:///{filled.path / 'var/fenghuo.db'}")) as store, store.read() as tx:
        found = verified.last(tx)
    assert found is not None
    assert found.flaws == 0
    assert found.links > 0


def test_a_head_that_the_chain_never_had_exits_5(filled: Place) -> None:
    result = filled.run("verify", "--head", "a" * 64)
    assert result.exit_code == 5
    assert "cut off, or written anew" in result.stdout


def test_a_bundle_proves_itself_with_sha256sum_alone(filled: Place) -> None:
    folder = exported(filled, warning(filled))
    result = checked(folder)
    assert (result.returncode, result.stderr) == (0, "")
    assert filled.json("verify")["head"]["hash"] in result.stdout
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    (kept,) = manifest["captures"]
    assert hashlib.sha256((folder / kept["records"]).read_bytes()).hexdigest() == kept["records_sha256"]
    assert "缅甸北部" in (folder / kept["body"]).read_text("utf-8")
    page = (folder / "notice.html").read_text("utf-8")
    assert "警惕赴缅北高薪招工骗局" in page
    assert "<script" not in page


@pytest.mark.parametrize("file", ["captures/1.body", "captures/1.warc.gz", "chain.jsonl", "notice.json"])
@pytest.mark.parametrize("careful", [False, True])
def test_a_bundle_that_was_changed_says_so(filled: Place, file: str, careful: bool) -> None:
    folder = exported(filled, warning(filled))
    content = (folder / file).read_bytes()
    (folder / file).write_bytes(content.replace(b'"', b"'", 1) if b'"' in content else content + b" ")
    if careful:
        resummed(folder)
    result = checked(folder)
    if careful and file == "notice.json":  # what is for reading is vouched for by the list of hashes only
        assert result.returncode == 0
    else:
        assert (result.returncode, "BROKEN" in result.stdout) == (5, True)


def test_the_same_notice_makes_the_same_bundle(filled: Place) -> None:
    first, again = filled.path / "1.zip", filled.path / "2.zip"
    for file in (first, again):
        filled.ok("evidence", warning(filled), "-o", str(file))
    assert first.read_bytes() == again.read_bytes()


def test_no_bundle_is_made_of_a_notice_that_is_not_known(filled: Place) -> None:
    result = filled.run("evidence", "ntc_unknown", "--out", str(filled.path / "x.zip"))
    assert (result.exit_code, result.stderr) == (4, "fenghuo: ntc_unknown: no such notice\n")
    assert not (filled.path / "x.zip").exists()


def test_a_folder_that_is_not_there_is_said_so(filled: Place) -> None:
    result = filled.run("evidence", warning(filled), "--out", str(filled.path / "nowhere/x.zip"))
    assert (result.exit_code, "no such folder" in result.stderr) == (1, True)


def test_a_capture_that_is_lost_is_named_in_the_bundle(filled: Place) -> None:
    for file in (filled.path / "var/evidence").glob("*.warc.gz"):
        file.unlink()
    result = filled.run("evidence", warning(filled), "--out", str(filled.path / "x.zip"))
    assert result.exit_code == 0
    assert "cannot be read" in result.stderr
    with zipfile.ZipFile(filled.path / "x.zip") as bundle:
        assert "cannot be read" in json.loads(bundle.read("manifest.json"))["missing"][0]
