"""Opening a database: it is made whole, current and ours, or one line says why not and what helps."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from crawler.exceptions import StoreError
from crawler.store import Store, meta, migrate, open_store, schema, version
from crawler.store.tables import metadata


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "wire.db"


def url(file: Path) -> str:
    return f"sqlite:///{file}"


def made(file: Path, rows: int = 0) -> Path:
    store = open_store(url(file))
    with store.begin() as tx:
        meta.put(tx, "canary", "alive")
        for number in range(rows):
            meta.put(tx, f"k{number}", "x" * 400)
    store.close()
    return file


def said(file: Path) -> str:
    with pytest.raises(StoreError) as caught:
        open_store(url(file))
    line = str(caught.value)
    assert "\n" not in line
    return line


@pytest.mark.filterwarnings("ignore:.*expression-based index")  # SQLite does not tell what columns_newest orders by
def test_a_migrated_database_is_the_one_that_the_tables_describe(store: Store) -> None:
    def described(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or not str(name).startswith("fulltext")  # crawler.store.wire.fulltext

    with store.begin() as tx:
        told = compare_metadata(MigrationContext.configure(tx, opts={"include_name": described}), metadata)
    if store.engine.dialect.name == "sqlite":  # which goes without the indexes of shards
        told = [one for one in told if not str(getattr(one[1], "name", "")).endswith("_shard")]
    assert told == []


def test_the_newest_migration_is_the_schema_the_code_names() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [version.SCHEMA]


def test_a_new_database_appears_whole_and_alone(file: Path) -> None:
    open_store(url(file)).close()
    assert [f.name for f in file.parent.iterdir()] == ["wire.db"]


def test_opening_again_keeps_what_is_there(database_url: str) -> None:
    for _ in range(2):
        store = open_store(database_url)
        with store.begin() as tx:
            meta.put(tx, "opened", (meta.get(tx, "opened") or "") + "x")
        store.close()
    assert migrate(database_url) == version.SCHEMA
    store = open_store(database_url)
    with store.read() as tx:
        assert meta.get(tx, "opened") == "xx"
    store.close()


def test_opening_a_current_database_needs_no_alembic(file: Path) -> None:
    made(file)
    code = (
        f"import sys; from crawler.store import open_store; open_store({url(file)!r}); print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout == "False\n"


def test_a_newer_schema_is_refused_and_left_as_it_is(database_url: str) -> None:
    store = open_store(database_url)
    with store.begin() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(StoreError, match=r"newer Fenghuo \(schema 9999, known is \d+\); install that one"):
        open_store(database_url)


def test_an_older_schema_is_migrated_after_a_copy_was_put_beside_it(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(file)
    folder = file.parent / "migrations"
    shutil.copytree(Path(schema.__file__).parent / "migrations", folder)
    (folder / "versions" / "0002_next.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\nrevision = '0002'\ndown_revision = '0001'\n"
        "def upgrade():\n    op.add_column('meta', sa.Column('note', sa.Text))\n"
    )
    monkeypatch.setattr(version, "SCHEMA", "0002")
    monkeypatch.setattr(schema, "_MIGRATIONS", folder)
    store = open_store(url(file))
    with store.read() as tx:
        assert version.of(tx) == "0002"
        assert meta.get(tx, "canary") == "alive"
        assert tx.execute(text("SELECT note FROM meta")).all() == [(None,)]
    store.close()
    with closing(sqlite3.connect(file.with_name("wire.db.schema-0001"))) as old:
        assert old.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)


def test_a_migration_that_fails_leaves_the_old_schema(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(file)
    folder = file.parent / "migrations"
    shutil.copytree(Path(schema.__file__).parent / "migrations", folder)
    (folder / "versions" / "0002_next.py").write_text(
        "from alembic import op\nrevision = '0002'\ndown_revision = '0001'\n"
        "def upgrade():\n    op.drop_table('hooks')\n    raise RuntimeError('pulled plug')\n"
    )
    with monkeypatch.context() as patch:
        patch.setattr(version, "SCHEMA", "0002")
        patch.setattr(schema, "_MIGRATIONS", folder)
        with pytest.raises(RuntimeError, match="pulled plug"):
            open_store(url(file))
    store = open_store(url(file))
    with store.read() as tx:
        assert tx.execute(text("SELECT count(*) FROM hooks")).scalar() == 0
    store.close()


def test_a_damaged_header_is_refused_by_name(file: Path) -> None:
    with made(file).open("r+b") as f:
        f.write(b"\0" * 100)
    assert said(file) == f"{file}: not a database, or damaged; bring back a backup with `fenghuo restore FILE`"


def test_an_emptied_file_is_never_taken_for_a_new_database(file: Path) -> None:
    os.truncate(made(file), 0)
    assert "is empty; bring back a backup with `fenghuo restore FILE`" in said(file)
    assert file.stat().st_size == 0


def test_a_missing_file_whose_journal_is_there_is_never_taken_for_a_new_database(file: Path) -> None:
    file.with_name("wire.db-wal").write_bytes(b"x" * 4096)
    assert "its journal is there" in said(file)
    assert not file.exists()


def test_a_missing_database_whose_captures_are_there_is_not_begun_anew(tmp_path: Path) -> None:
    captures = tmp_path / "evidence"
    captures.mkdir()
    store = tmp_path / "new.db"
    open_store(url(store)).close()  # an empty folder is nothing to lose
    store.unlink()
    (captures / "fenghuo-20261120T093000Z-0a1b2c3d.warc.gz").write_bytes(b"x")
    assert f"missing, but its captures are in {captures}; bring back a backup" in said(store)
    captures.rename(tmp_path / "away")
    open_store(url(store)).close()


def test_another_program_s_database_is_refused(file: Path) -> None:
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE things (x)")
    assert "not a Fenghuo database" in said(file)


def test_a_file_cut_short_is_damage(file: Path) -> None:
    os.truncate(made(file, rows=200), 8192)
    assert said(file) == f"{file}: the database is damaged; bring back a backup with `fenghuo restore FILE`"


def test_damage_in_the_middle_is_found_by_the_check(file: Path) -> None:
    made(file, rows=200)
    with file.open("r+b") as f:
        f.seek(file.stat().st_size // 2)
        f.write(os.urandom(8192))
    store = open_store(url(file))
    with pytest.raises(StoreError, match=r"wire\.db: .*damaged.*fenghuo restore FILE") as caught:
        store.check()
    assert "\n" not in str(caught.value)
    store.close()


def test_a_sound_database_passes_the_check(store: Store) -> None:
    store.check()


def test_a_folder_in_place_of_the_file_is_one_line(file: Path) -> None:
    file.mkdir()
    assert str(file) in said(file)


def test_a_file_in_place_of_the_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    assert "cannot be made" in said(tmp_path / "var" / "wire.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_one_line(file: Path) -> None:
    made(file)
    file.parent.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert "cannot be written; give this user write access" in said(file)
    finally:
        file.parent.chmod(stat.S_IRWXU)


def test_other_databases_are_refused() -> None:
    for wrong in ("mysql://x/y", "nonsense", "sqlite://"):
        with pytest.raises(StoreError, match="database_url"):
            open_store(wrong)


def test_a_server_that_does_not_answer_is_one_line_without_the_password() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError) as caught:
        open_store("postgresql+psycopg://me:s3cret@127.0.0.1:1/wire")
    line = str(caught.value)
    assert "PostgreSQL" in line
    assert "s3cret" not in line
    assert "\n" not in line
