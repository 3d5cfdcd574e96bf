"""``python -m tests.fuzz SECONDS [TARGET…]``: fuzz each target, by atheris where it is installed, else by chance alone.

What breaks a law is kept in build/fuzz/ and named; exit 1 then.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
import time
import traceback
from importlib.util import find_spec
from pathlib import Path

from tests.fuzz.mutate import mutated, write_corpus
from tests.fuzz.targets import TARGETS, run

KEPT = Path("build") / "fuzz"
_SLOW = 20  # seconds for one input
_DONE = re.compile(r"Done (\d+) |#(\d+)\s+DONE")


def main(seconds: float, names: list[str]) -> int:
    """Fuzz the targets one after the other, ``seconds`` in all."""
    KEPT.mkdir(parents=True, exist_ok=True)
    guided = find_spec("atheris") is not None
    if not guided:
        print("fuzz: atheris is not installed; mutating without its guidance")
    tried: list[tuple[int, bool]] = []
    for name in names:
        number, broken = (_guided if guided else _blind)(name, seconds / len(names))
        print(f"{name:16} {number:8} inputs  {'BROKEN, see ' + str(KEPT) if broken else 'sound'}", flush=True)
        tried.append((number, broken))
    print(f"{sum(number for number, _ in tried)} inputs")
    return int(any(broken for _, broken in tried))


def _blind(name: str, seconds: float) -> tuple[int, bool]:
    """How many inputs were tried, and whether one broke a law."""
    number, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        body = mutated(name, random.Random(random.getrandbits(64)))
        try:
            run(name, body)
        except Exception:
            traceback.print_exc()
            (KEPT / f"{name.replace(' ', '-')}-{number}").write_bytes(body)
            return number, True
        number += 1
    return number, False


def _guided(name: str, seconds: float) -> tuple[int, bool]:
    """The same in a process of its own, guided by what the code reaches."""
    prefix = KEPT / f"{name.replace(' ', '-')}-"
    command = [sys.executable, "-m", "tests.fuzz.guided", name, str(write_corpus(KEPT / "corpus", name))]
    limits = [f"-max_total_time={max(1, round(seconds))}", f"-timeout={_SLOW}", "-rss_limit_mb=3000", "-max_len=200000"]
    done = subprocess.run(
        [*command, *limits, f"-artifact_prefix={prefix}"], capture_output=True, text=True, errors="replace", check=False
    )
    counted = [int(a or b) for a, b in _DONE.findall(done.stderr)]
    if done.returncode:
        print(done.stdout[-2000:], done.stderr[-4000:], sep="\n")
    return max(counted, default=0), done.returncode != 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2:] or list(TARGETS)))
