"""Dates where pages make it hard: without their machine-readable help, in kept texts, in texts that print none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from benchmarks.eval.corpus import Recorded, briefing, kept, recorded
from benchmarks.eval.score import Metric, raw
from crawler.archive import read
from crawler.carriers import stranger
from crawler.config.catalogue import Catalogue
from crawler.exceptions import Unreadable
from crawler.items import Due, Published
from crawler.reading.address import url_key
from crawler.reading.articles.article import read_article

_CHINA = timezone(timedelta(hours=8))
_SEEDS = {  # facts/attribution.md, section 2: the earliest day known of the chain, and whose it is
    "000": ("2025-01-17", "carrier"),
    "001": ("2024-11-23", "carrier"),
    "002": ("2024-05-08", "carrier"),
    "003": ("2023-06-28", "origin"),
    "004": (None, None),
}
_HELP = re.compile(r"<meta\b[^>]{0,2000}>|<script\b.{0,2000000}?</script>", re.I | re.S)
_CHARSET = re.compile(r"charset", re.I)
_PRINTED = re.compile(r"发布(?:时间|日期)\s?[:：]\s?(20\d\d-\d\d-\d\d)")
_LINE = re.compile(r"^content: ?\n.{1,60}\n20\d\d[/-]\d\d[/-]\d\d$", re.M)
_HEAD = 800  # characters of a kept text in which its date is printed


def measure(corpus: Path, catalogue: Catalogue) -> Iterator[Metric]:
    """Recall and precision of dates."""
    yield _of_seeds(corpus, catalogue)
    yield from _bare(corpus)
    yield _kept(corpus, catalogue)
    yield _undated(corpus, catalogue)


def _of_seeds(corpus: Path, catalogue: Catalogue) -> Metric:
    found = Metric("dates", "seeds: day and basis", 1.0)
    for number, wanted in _SEEDS.items():
        for file in sorted((corpus.parent / "seeds").glob(f"{number}_*")):
            date = kept(file, catalogue).article.published
            got = (date.at[:10], date.basis) if date else (None, None)
            found.add(file.name, got == wanted, f"{got}, not {wanted}")
    return found


def _bare(corpus: Path) -> Iterator[Metric]:
    """Recorded pages without meta tags, scripts and address: what is printed must do, and what is not may be missed."""
    days, wrong = Metric("dates", "day, from print alone"), Metric("dates", "days read that are right", 0.97)
    clocks = Metric("dates", "no clock where the page tells a day", 1.0)
    for page in recorded(corpus, "news"):
        if not page.date or not page.kind.startswith("article"):
            continue
        date = _read_bare(page)
        got = _day(date) if date else "none"
        days.add(page.file, got == page.date[:10], f"{got}, not {page.date}")
        if date:
            wrong.add(page.file, got == page.date[:10], f"{got}, not {page.date}")
            if len(page.date) == 10:
                clocks.add(page.file, date.precision == "day", f"{date.at}, not {page.date}")
    yield from (days, wrong, clocks)


def _read_bare(page: Recorded) -> Published | None:
    text = _HELP.sub(
        lambda m: m[0] if _CHARSET.search(m[0][:200]) else "", raw(page.path).decode(page.charset or "utf-8", "replace")
    )
    there = "http://recorded.example/page.html"
    answer = replace(
        page.page, url=there, body=text.encode("utf-8", "replace"), content_type="text/html; charset=utf-8"
    )
    publisher = stranger(there)
    return read_article(answer, publisher, publisher.column[0], Due("", there, url_key(there))).published


def _kept(corpus: Path, catalogue: Catalogue) -> Metric:
    """Kept texts that print a labelled date: the archive's own is that of its poll."""
    found = Metric("dates", "kept texts: the day they print", 0.97)
    for file in sorted((corpus / "archive" / "docs").glob("*")):
        head = file.read_text("utf-8", "replace").partition("\n---\n")[2][:_HEAD]
        if printed := _PRINTED.search(head):
            try:
                date = kept(file, catalogue).article.published
            except (Unreadable, ValueError):
                continue
            found.add(file.name, date is not None and _day(date) == printed[1], f"{date}, not {printed[1]}")
    return found


def _undated(corpus: Path, catalogue: Catalogue) -> Metric:
    """Briefings name many days, but as that of publication only one that is a line of its own below the title."""
    found = Metric("dates", "no date where none is printed", 1.0)
    for file in sorted((corpus / "briefings").glob("*.txt")):
        date = read(briefing(file), catalogue).article.published
        found.add(file.name, date is None or bool(_LINE.search(file.read_text("utf-8"))), f"{date}")
    return found


def _day(date: Published) -> str:
    return datetime.fromisoformat(date.at).astimezone(_CHINA).date().isoformat()
