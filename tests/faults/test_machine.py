"""A machine that lacks what is usual: streams, memory, descriptors, folders; nothing is lost, what lacks is named."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from tests.counts import COUNTED
from tests.faults.house import House
from tests.faults.ward import LONGEST_LINE
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]  # seconds on a busy machine; a few on an idle one

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Machine:
    """What a process finds when it starts; ``code``: the exit code of a round there, None where it depends on more."""

    name: str
    code: int | None
    said: str = ""  # part of what it says of it
    streams: str = ""  # redirections, as the shell writes them
    env: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[tuple[int, int], ...] = ()

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command of ours there."""
        given = subprocess.list2cmdline([sys.executable, str(ROOT / "cli.py"), *command])
        return subprocess.run(
            ["/bin/sh", "-c", f"{given} {self.streams}"],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={"PATH": "/usr/bin:/bin", **self.env},
            preexec_fn=partial(_limit, self.limits),
        )


def _limit(limits: tuple[tuple[int, int], ...]) -> None:
    for kind, most in limits:
        resource.setrlimit(kind, (most, most))


MACHINES = (
    Machine("an empty environment", 0),
    Machine("no output", 0, streams=">&-"),
    Machine("no place for errors", 0, streams="2>&-"),
    Machine("no stream at all", 0, streams="<&- >&- 2>&-"),
    Machine("output to a full disk", 1, "standard output: No space left on device", streams=">/dev/full"),
    Machine("errors to a full disk", 0, streams="2>/dev/full"),
    Machine("no folder for temporary files", 0, env={"TMPDIR": "/nonexistent", "HOME": "/nonexistent"}),
    Machine("ASCII only", 0, env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    Machine("an unknown zone", 0, env={"TZ": "Nowhere/Land"}),
    Machine("a dead proxy", 0, env={"http_proxy": "http://127.0.0.1:9", "ALL_PROXY": "socks5://127.0.0.1:9"}),
    Machine("no assertions and docstrings", 0, env={"PYTHONOPTIMIZE": "2"}),
    Machine("hardly any descriptors", 1, "ulimit -n", limits=((resource.RLIMIT_NOFILE, 20),)),
    Machine("few descriptors", 0, limits=((resource.RLIMIT_NOFILE, 64),)),
    Machine("no file may grow", 1, limits=((resource.RLIMIT_FSIZE, 0),)),
    Machine("little memory", None, limits=((resource.RLIMIT_AS, 300 << 20),)),
)


def test_a_machine_that_lacks_something_loses_nothing_and_names_it(house: House) -> None:
    for machine in MACHINES:
        house.publish()
        done = machine.run("--config", str(house.file), "poll")
        said = done.stdout + done.stderr
        assert machine.code in (None, done.returncode), (machine.name, said)
        assert machine.said in said, (machine.name, said)
        assert "Traceback" not in said, (machine.name, said)
        assert "this is a bug" not in said, (machine.name, said)
        assert max(map(len, said.splitlines()), default=0) < LONGEST_LINE, machine.name
        COUNTED["injected errors"] += 1
    assert house.round() == 0
    house.assert_sound()


def test_a_daemon_whose_log_cannot_be_written_goes_on(house: House) -> None:
    source = house.folder / "sources" / "office.toml"
    source.write_text(source.read_text("utf-8").replace("url =", '[[column]]\nevery = "1s"\nurl ='), "utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        env = os.environ | {"FENGHUO_LISTEN": f"127.0.0.1:{free.getsockname()[1]}"}
    command = [sys.executable, str(ROOT / "cli.py"), "--config", str(house.file), "run"]
    with Path("/dev/full").open("wb") as full, subprocess.Popen(command, stdout=full, stderr=full, env=env) as daemon:
        try:
            house.publish()
            until(lambda: bool(house.told()))
        finally:
            daemon.terminate()
        assert daemon.wait(20) == 0
    house.assert_sound()
