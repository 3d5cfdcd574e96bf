import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli import COMMANDS, OneLine, app, start

HEAVY = ("scrapy", "alembic", "apprise", "rich", "sqlalchemy", "pydantic", "aiohttp", "twisted", "lxml")
RARE = ("scrapy", "alembic", "apprise", "tomlkit", "babel", "bs4", "jmespath", "cryptography", "warcio")
ROOT = Path(__file__).parent.parent


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FENGHUO_CONFIG", raising=False)
    return tmp_path


def fenghuo(*args: str, **options: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(ROOT / "cli.py"), *args]
    return subprocess.run(command, capture_output=True, text=True, timeout=50, check=False, **options)  # type: ignore[call-overload,no-any-return]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("asked", ["--version", "--help"])
def test_output_that_cannot_be_written_is_one_line_also_without_a_command(asked: str) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, str(ROOT / "cli.py"), asked]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=50, check=False)
    assert done.returncode == 1
    assert done.stderr == "fenghuo: standard output: No space left on device; what was printed is not whole\n"


def test_every_command_of_the_contract_is_there() -> None:
    wanted = "run poll sources check notices show diff explain import export submit deliveries replay test-alert"
    assert {*wanted.split(), "backup", "restore", "migrate", "doctor", "verify"} <= COMMANDS.keys()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_a_configuration_and_has_help(command: str) -> None:
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert "--config" in result.stdout


@pytest.mark.parametrize("before", [True, False])
def test_the_configuration_may_stand_before_and_after_the_command(here: Path, before: bool) -> None:
    given = ["--config", "nowhere.toml"]
    result = CliRunner().invoke(app, [*given, "notices"] if before else ["notices", *given])
    assert result.exit_code == 2
    assert result.stderr == "fenghuo: nowhere.toml: no such configuration file\n"


def test_the_configuration_after_the_command_wins(here: Path) -> None:
    result = CliRunner().invoke(app, ["--config", "one.toml", "notices", "--config", "two.toml"])
    assert "two.toml" in result.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('listen = "127.0.0.1:8750"\ndata_dir =\n', "fenghuo.toml:2"),
        ('\ncolour = "red"\n', "fenghuo.toml:2: colour: unknown key"),
        ('[crawl]\nworkers = "many"\n', "fenghuo.toml:2: crawl.workers"),
    ],
)
def test_a_mistake_in_the_configuration_is_one_line_with_its_place(here: Path, text: str, said: str) -> None:
    (here / "fenghuo.toml").write_text(text, "utf-8")
    for command in ("notices", "sources", "poll", "export"):
        result = CliRunner().invoke(app, [command])
        assert result.exit_code == 2
        assert said in result.stderr
        assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("args", [["fly"], ["show"], ["notices", "--colour"], ["notices", "--limit", "many"]])
def test_a_wrong_call_is_one_line_and_exit_2(here: Path, args: list[str]) -> None:
    result = CliRunner().invoke(app, args)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1


@pytest.fixture
def broken() -> typer.Typer:
    """A command line like ours whose one command has a bug."""
    made = typer.Typer(cls=OneLine, pretty_exceptions_enable=False)
    made.callback()(start)

    @made.command()
    def work() -> int:
        return 1 // 0

    return made


def test_too_little_memory_is_no_bug_of_ours(broken: typer.Typer) -> None:
    @broken.command()
    def grow() -> int:
        raise MemoryError

    result = CliRunner().invoke(broken, ["grow"])
    assert result.exit_code == 1
    assert result.stderr.startswith("fenghuo: not enough memory; ")


def test_a_bug_is_one_line_and_exit_1(broken: typer.Typer) -> None:
    result = CliRunner().invoke(broken, ["work"])
    assert result.exit_code == 1
    assert result.stderr.startswith("fenghuo: this is a bug: ZeroDivisionError")
    assert result.stderr.count("\n") == 1


def test_debug_shows_where_a_bug_is(broken: typer.Typer) -> None:
    assert isinstance(CliRunner().invoke(broken, ["--debug", "work"]).exception, ZeroDivisionError)


def test_help_and_a_start_load_nothing_heavy() -> None:
    code = "import cli, sys; print(*(m for m in sys.argv[1:] if m in sys.modules))"
    found = subprocess.run([sys.executable, "-c", code, *HEAVY], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""


def test_a_command_loads_no_other_commands_file() -> None:
    code = "import cli; from typer.testing import CliRunner; assert CliRunner().invoke(cli.app, ['sources', '--help'])"
    code += ".exit_code == 0; import sys; print(*sorted(m for m in sys.modules if m.startswith('commands.')))"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.split() == [f"commands.{m}" for m in ("options", "printing", "remote", "watching")]


def test_logs_come_without_the_extras_that_structlog_finds() -> None:
    code = "from crawler.lighten import import_logs; import_logs(); import sys, structlog, rich, twisted; "
    code += "print(structlog.dev.rich, structlog.twisted, rich.__name__, twisted.__name__)"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["None", "None", "rich", "twisted"]


def test_a_daemon_carries_nothing_that_few_ask_of_it() -> None:
    code = "import scheduler, sys; print(*(m for m in sys.argv[1:] if m in sys.modules))"
    found = subprocess.run([sys.executable, "-c", code, *RARE], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""


def lines(count: int) -> str:
    """An archive of long texts, each its own."""
    return "".join(
        f'{{"url": "https://a.example/{i}", "fetched_at": "2025-01-01T00:00:00Z", "text": "{"词语" * 900}{i}"}}\n'
        for i in range(count)
    )


def test_a_closed_pipe_is_quiet(here: Path) -> None:
    done = fenghuo("import", "-", cwd=here, input=lines(60))
    assert done.returncode == 0, done.stderr
    command = f"{sys.executable} {ROOT / 'cli.py'} export | head -c 100 >/dev/null"
    piped = subprocess.run(command, shell=True, cwd=here, capture_output=True, text=True, timeout=50, check=False)
    assert piped.stderr == ""


def remembered(database: Path) -> int:
    """How many notices a database holds; 0 while it is being made."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM notices").fetchone()[0])
    except sqlite3.Error:
        return 0


def test_ctrl_c_ends_quietly_with_130_and_keeps_what_was_whole(here: Path) -> None:
    command = [sys.executable, str(ROOT / "cli.py"), "import", "-"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=here, text=True, **pipes) as process:  # type: ignore[call-overload]
        process.stdin.write(lines(60))
        process.stdin.flush()
        deadline = time.monotonic() + 40
        while not remembered(here / "var/fenghuo.db") and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGINT)  # while it waits for more
        out, err = process.communicate(timeout=15)
    assert process.returncode == 130
    assert (out, err.strip()) == ("", "")
    assert remembered(here / "var/fenghuo.db") == 50  # the first transaction, and nothing of the second


def test_without_a_command_the_help_is_shown_as_it_is() -> None:
    said = CliRunner().invoke(app, [])
    assert said.exit_code == 0
    assert "\n  poll " in said.stdout
