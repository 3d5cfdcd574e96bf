"""A small disk of its own (`unshare --mount`): what a round does when it is full, and once there is room again.

``python -m tests.faults.fulldisk FOLDER`` prints, as JSON, what was said and told.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from lxml import etree
from typer.testing import CliRunner

from cli import app
from tests.publisher import Publisher, configure
from tests.server import Server, answer

_ROOM = 16_384  # bytes left on the full disk
TITLE = "警方提示：警惕缅甸妙瓦底高薪招聘陷阱"


def _poll(file: Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["--config", str(file), "poll"])
    return done.exit_code, done.stderr


def _fill(disk: Path) -> Path:
    """Leave ``_ROOM`` bytes free."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            file.truncate(file.tell() - _ROOM)
    return ballast


def _whole(feeds: Path) -> bool:
    found = [*feeds.rglob("*.atom"), *feeds.rglob("*.rss")]
    for file in found:
        etree.parse(file)
    return bool(found)


def main(folder: Path) -> None:
    """Baseline, a full disk, room again."""
    disk = folder / "var"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(disk)], check=True)
    with Publisher() as office, Server({"/hook": answer(b"ok")}) as sink:
        office.seed()
        file = configure(folder, {"office": office}, f"{sink.url}/hook", data_dir='"var"')
        first = _poll(file)
        office.publish(TITLE)
        ballast = _fill(disk)
        full, whole = _poll(file), _whole(disk / "feeds")
        ballast.unlink()
        after = _poll(file)
        told = [json.loads(r.body)["data"].get("title") for r in sink.requests]
    print(json.dumps({"first": first, "full": full, "whole": whole, "after": after, "told": told}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
