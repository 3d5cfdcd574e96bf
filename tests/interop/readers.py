"""Readers of feeds: feedparser, newsboat, two parsers of npm, and reader by lemon24."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import feedparser

from tests.interop.finding import Finding
from tests.interop.world import NUMBER

FEEDS = ("all.atom", "all.rss", "alerts.atom", "source/bsa.rss", "revisions.atom", "health.rss", "kind/warning.atom")


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
