"""One daemon a data directory, and a lock that outlives nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.exceptions import AlreadyRunning, StoreError
from crawler.lock import holder, single_instance

HOLD = """
import sys, pathlib
from crawler.lock import single_instance
with single_instance(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def held_by_another(folder: Path) -> subprocess.Popen[str]:
    """A process that holds the lock until it ends."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_holder_is_refused_and_told_who_the_first_is(tmp_path: Path) -> None:
    with held_by_another(tmp_path) as other:
        with (
            pytest.raises(AlreadyRunning, match=rf"a daemon is already running here \(process {other.pid}\)"),
            single_instance(tmp_path),
        ):
            pass
        assert holder(tmp_path) == other.pid


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    with held_by_another(tmp_path) as other:
        other.kill()
        other.wait()
        with single_instance(tmp_path):
            assert holder(tmp_path) == os.getpid()


def test_a_holder_that_ends_frees_the_lock(tmp_path: Path) -> None:
    with single_instance(tmp_path / "new" / "folder"):
        pass
    assert holder(tmp_path / "new" / "folder") is None


def test_a_holder_that_fails_frees_the_lock(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), single_instance(tmp_path):
        1 / 0  # noqa: B018
    assert holder(tmp_path) is None


def test_two_data_directories_have_two_holders(tmp_path: Path) -> None:
    with single_instance(tmp_path / "a"), single_instance(tmp_path / "b"):
        assert holder(tmp_path / "a") == holder(tmp_path / "b") == os.getpid()


def test_a_data_directory_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"the data directory must be writable$"), single_instance(tmp_path / "file"):
        pass
