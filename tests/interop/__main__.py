"""`make interop`: other people's readers read our feeds, archives and OPML; what is not installed is named as skipped.

Serves a small world on loopback; nothing leaves the machine.  Exits with 1 when a reader complains.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import feedparser

from crawler.configuration import Configuration
from crawler.store import columns, open_store
from feeds.web.app import create_app
from feeds.web.server import make_server
from feeds.web.status import DaemonStatus
from tests.feeds.world import MINISTRY, PAPER, T0, World, make_notice

NUMBER = 150  # notices: a feed, and archives
FEEDS = ("all.atom", "all.rss", "alerts.atom", "source/bsa.rss", "revisions.atom", "health.rss", "kind/warning.atom")
Finding = tuple[str, str, str]  # reader, what it read, its complaint


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A world with notices of every state, served; its address."""
    (folder / "sources").mkdir()
    (folder / "sources" / "bsa.toml").write_text(MINISTRY, "utf-8")
    (folder / "sources" / "daily.toml").write_text(PAPER, "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        file = folder / "fenghuo.toml"
        file.write_text(f'sources = ["sources/*.toml"]\nlisten = "{address}"\n', "utf-8")
        configuration = Configuration(file)
        store = open_store(configuration.settings.database_url)
        with store.begin() as tx:
            columns.sync(tx, configuration.catalogue.enabled(), T0)
        happen(World(store, configuration, folder))
        server = make_server(create_app(configuration, store, DaemonStatus()))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield f"http://{address}"
        server.should_exit = True
        thread.join(10)
        store.close()


def happen(world: World) -> None:
    for n in range(1, NUMBER + 1):
        world.remember(make_notice(n, first_seen=T0 + n * 43200, title=f"第{n}号 <b>&amp;</b> ]]> “提示”"))
    world.publish()
    revised = make_notice(3, first_seen=T0 + 3 * 43200)
    world.reprint(revised, "https://daily.example/9?a=1&b=2", at=T0 + 9e6)
    world.revise(revised, at=T0 + 9.1e6, body="人数为763。")
    world.withdraw(make_notice(4, first_seen=T0 + 4 * 43200), at=T0 + 9.2e6)
    world.publish()


def python_feedparser(base: str) -> Iterator[Finding]:
    for path in FEEDS:
        parsed = feedparser.parse(f"{base}/feeds/{path}")
        yield "feedparser", path, str(parsed.bozo_exception) if parsed.bozo else ""
    for path in ("all.atom", "all.rss"):
        found, url = set(), f"{base}/feeds/{path}"
        while url:
            parsed = feedparser.parse(url)
            found |= {e.id for e in parsed.entries}
            url = next((ln.href for ln in parsed.feed.links if ln.rel == "prev-archive"), "")
        missing = NUMBER - len(found)
        yield "feedparser", f"{path} and its archive", f"{missing} notices missing" if missing else ""


def newsboat(base: str, folder: Path) -> Iterator[Finding]:
    opml, urls, cache = folder / "feeds.opml", folder / "urls", folder / "cache.db"
    opml.write_bytes(subprocess.run(["curl", "-s", f"{base}/feeds.opml"], check=True, capture_output=True).stdout)
    urls.touch()
    command = ["newsboat", "-u", str(urls), "-c", str(cache), "-C", "/dev/null"]
    environment = os.environ | {"HOME": str(folder)}
    subprocess.run([*command, "-i", str(opml)], check=True, capture_output=True, env=environment, timeout=60)
    imported = len(urls.read_text("utf-8").splitlines())
    listed = opml.read_text("utf-8").count("xmlUrl=")
    yield "newsboat", f"OPML of {listed} feeds", "" if imported == listed else f"{imported} imported"
    for path in FEEDS:
        urls.write_text(f"{base}/feeds/{path}\n", "utf-8")
        cache.unlink(missing_ok=True)
        said = subprocess.run([*command, "-x", "reload"], capture_output=True, text=True, env=environment, timeout=60)
        with sqlite3.connect(cache) as db:
            number = db.execute("select count(*) from rss_item").fetchone()[0]
        expected = len(feedparser.parse(f"{base}/feeds/{path}").entries)
        yield "newsboat", path, said.stderr.strip() or ("" if number == expected else f"{number} items of {expected}")


def npm(base: str, modules: Path) -> Iterator[Finding]:
    script = Path(__file__).parent / "readers.mjs"
    command = ["node", str(script), str(modules.absolute()), *(f"{base}/feeds/{path}" for path in FEEDS)]
    for line in subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout.splitlines():
        said = json.loads(line)
        expected = len(feedparser.parse(said["url"]).entries)
        count = "" if said["items"] == expected else f"{said['items']} items of {expected}"
        yield said["parser"], said["url"].partition("/feeds/")[2], said["error"] or count


LEMON = """
import sys, reader
with reader.make_reader(":memory:") as r:
    for url in sys.argv[1:]:
        r.add_feed(url)
        r.update_feed(url)
        print(r.get_entry_counts(feed=url).total)
"""


def lemon24(base: str, python: Path) -> Iterator[Finding]:
    urls = [f"{base}/feeds/{path}" for path in FEEDS]
    said = subprocess.run([python, "-c", LEMON, *urls], capture_output=True, text=True, timeout=60)
    counts = said.stdout.split()
    for path, url, count in zip(FEEDS, urls, counts, strict=False):
        expected = len(feedparser.parse(url).entries)
        yield "reader (PyPI)", path, "" if int(count) == expected else f"{count} entries of {expected}"
    if len(counts) < len(FEEDS):
        yield "reader (PyPI)", FEEDS[len(counts)], (said.stderr.strip().splitlines() or ["no answer"])[-1]


def findings(base: str, tools: Path) -> Iterator[Finding | str]:
    """What each reader that is there says of each feed; a text for one that is not."""
    yield from python_feedparser(base)
    with tempfile.TemporaryDirectory() as folder:
        yield from newsboat(base, Path(folder)) if shutil.which("newsboat") else ["newsboat: apt install newsboat"]
    modules, python = tools / "npm", tools / "venv" / "bin" / "python"
    there = shutil.which("node") and (modules / "node_modules").is_dir()
    yield from npm(base, modules) if there else ["rss-parser, feedparser (npm): node and npm are needed"]
    yield from lemon24(base, python) if python.exists() else ["reader (PyPI): could not be installed"]


def main() -> int:
    """Print a line a reading; 1 when there was a complaint."""
    complaints = 0
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as base:
        for finding in findings(base, Path(sys.argv[1])):
            if isinstance(finding, str):
                print(f"skipped  {finding}")
                continue
            reader, what, complaint = finding
            complaints += bool(complaint)
            print(f"{'COMPLAINS' if complaint else 'ok':9}{reader:20}{what}{': ' if complaint else ''}{complaint}")
    return min(complaints, 1)


if __name__ == "__main__":
    sys.exit(main())
