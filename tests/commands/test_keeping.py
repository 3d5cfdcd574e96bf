from crawler.lock import single_instance
from tests.commands.conftest import CONFIG, MINISTRY, Place


def test_a_backup_can_be_restored(filled: Place) -> None:
    file = str(filled.path / "backup.db")
    filled.ok("backup", file)
    before = filled.ok("export")
    assert filled.json("import", "-", stdin="")["read"] in (0, 1)
    (filled.path / "var/fenghuo.db").unlink()
    for journal in (filled.path / "var").glob("fenghuo.db-*"):
        journal.unlink()
    assert "missing, but its captures are in" in filled.run("export").stderr
    assert filled.ok("restore", file) == "restored\n"
    assert filled.ok("export") == before
    assert "the database before is" in filled.ok("restore", file)


def test_a_backup_never_replaces_a_file(filled: Place) -> None:
    file = filled.write("precious.db", "mine")
    result = filled.run("backup", file)
    assert result.exit_code == 1
    assert "precious.db" in result.stderr
    assert (filled.path / "precious.db").read_text("utf-8") == "mine"


def test_nothing_is_restored_while_a_daemon_works(filled: Place) -> None:
    file = str(filled.path / "backup.db")
    filled.ok("backup", file)
    with single_instance(filled.path / "var"):
        result = filled.run("restore", file)
    assert result.exit_code == 1
    assert "already running" in result.stderr


def test_a_file_that_is_no_backup_is_refused_and_nothing_changes(filled: Place) -> None:
    before = filled.ok("export")
    result = filled.run("restore", filled.write("poem.txt", "not a database\n" * 100))
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert filled.ok("export") == before


def test_migrate_makes_the_database_and_names_its_schema(bare: Place) -> None:
    assert bare.ok("migrate").startswith("schema ")
    assert (bare.path / "var/fenghuo.db").exists()


def test_a_backup_restored_elsewhere_verifies(filled: Place) -> None:
    file = str(filled.path / "backup.db")
    filled.ok("backup", file)
    filled.write("elsewhere/sources/mps.toml", MINISTRY)
    elsewhere = filled.write("elsewhere/fenghuo.toml", CONFIG)
    filled.ok("restore", file, "--config", elsewhere)
    said = filled.json("verify", "--config", elsewhere)
    assert (said["ok"], said["captures"]) == (True, 5)
