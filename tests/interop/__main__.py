"""`make interop`: other people's programs take what we publish; what is not installed is named as skipped.

Serves a small world on loopback; nothing leaves the machine.  Exits with 1 when a program complains.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.interop import alerts, push, readers, receivers
from tests.interop.finding import Finding
from tests.interop.world import served


def findings(tools: Path) -> Iterator[Finding | str]:
    """What each program that is there says; a text for one that is not."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (base, _):
        yield from readers.findings(base, tools)
    yield from receivers.findings(tools)
    yield from push.findings(tools)
    yield from alerts.findings(tools)


def main() -> int:
    """Print a line a finding; 1 when there was a complaint."""
    complaints = 0
    for finding in findings(Path(sys.argv[1]).absolute()):
        if isinstance(finding, str):
            print(f"skipped  {finding}", flush=True)
            continue
        program, what, complaint = finding
        complaints += bool(complaint)
        said = f"{program:24}{what}{': ' if complaint else ''}{complaint}"
        print(f"{'COMPLAINS' if complaint else 'ok':10}{said}", flush=True)
    return min(complaints, 1)


if __name__ == "__main__":
    sys.exit(main())
