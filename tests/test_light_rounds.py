"""A round that finds nothing has loaded nothing of what works on findings."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.publisher import Publisher, configure

ROOT = Path(__file__).parent.parent
FINDINGS = (
    *("scrapy", "twisted", "lxml", "bs4", "feedgen", "babel", "jinja2", "pebble", "warcio", "ahocorasick_rs"),
    *("alembic", "apprise", "aiosmtplib", "sqlalchemy.dialects.postgresql", "crawler.evidencing", "crawler.intake"),
    *("crawler.judging.judge", "crawler.store.wire", "feeds.publish", "feeds.formats", "feeds.alerts.deliver"),
)
POLL = "import cli, sys; from typer.testing import CliRunner; done = CliRunner().invoke(cli.app, ['poll', '--json']); "
POLL += "print(done.stdout); print(*(m for m in sys.argv[1:] if m in sys.modules), file=sys.stderr)"


def poll(folder: Path) -> tuple[str, set[str]]:
    """What a poll in a process of its own printed, and which of `FINDINGS` it loaded."""
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {POLL}", *FINDINGS]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=110)
    return done.stdout, set(done.stderr.splitlines()[-1].split())


@pytest.mark.timeout(240)  # two programs are started, one of them with Scrapy and all the rest
def test_only_a_round_that_finds_something_loads_what_works_on_findings(tmp_path: Path, office: Publisher) -> None:
    configure(tmp_path, {"office": office})
    said, loaded = poll(tmp_path)
    assert '"outcome": "baseline"' in said
    assert {"scrapy", "lxml", "feeds.publish"} <= loaded
    said, loaded = poll(tmp_path)
    assert '"outcome": "unchanged"' in said
    assert loaded == set()
