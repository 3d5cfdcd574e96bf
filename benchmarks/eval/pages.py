"""Recorded article pages of media and public accounts: what is read of each, against what it says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

from lxml import html

from benchmarks.eval.corpus import Recorded, recorded
from benchmarks.eval.page_classes import of_cuts, of_lists
from benchmarks.eval.score import Metric, f1, plain
from crawler.config.catalogue import Catalogue
from crawler.items import Article, PageClass

_CLASSES = {  # the manifest's word -> what the page may be taken for
    "article": {PageClass.ARTICLE},
    "article_share": {PageClass.ARTICLE},
    "article_text": {PageClass.ARTICLE},
    "article_image": {PageClass.ARTICLE, PageClass.SHELL},
    "state_deleted": {PageClass.DELETED},
    "state_violation": {PageClass.VIOLATION},
    "state_unavailable": {PageClass.ERROR},
    "about_account": set(PageClass) - {PageClass.ARTICLE},
    "challenge": set(PageClass) - {PageClass.ARTICLE, PageClass.LIST, PageClass.FEED},
}
_CHINA = timezone(timedelta(hours=8))


def measure(corpus: Path, catalogue: Catalogue) -> Iterator[Metric]:
    """Page class, title, date, time, named origin, body."""
    classes = Metric("pages", "page class", 1.0)
    titles, days = Metric("pages", "title", 0.97), Metric("pages", "date", 0.97)
    times, names = Metric("pages", "time, where one is printed"), Metric("pages", "named origin")
    bodies = Metric("pages", "body F1, punctuation ignored (median)", 0.96, middle=True)
    weak = Metric("pages", "body F1 against another extractor (median)", middle=True)
    others = _others(corpus / "news" / "gne_result.txt")
    for page in recorded(corpus, "news", "wechat", "challenges"):
        if page.kind not in _CLASSES:
            continue
        article = page.article(catalogue)
        classes.add(page.file, article.page_class in _CLASSES[page.kind], f"{article.page_class}: {article.why}")
        if page.kind.startswith("article") and article.page_class is PageClass.ARTICLE:
            _fields(page, article, titles, days, times, names)
            if wanted := _body(page.path):
                bodies.add(page.file, f1(article.body, wanted), _differs(article.body, wanted), miss_below=0.96)
            if other := others.get(page.path.name.partition(".")[0]):
                weak.add(page.file, f1(article.body, other), _differs(article.body, other), miss_below=0.8)
    articles = (p for p in recorded(corpus, "news", "wechat") if p.kind == "article")
    yield from (classes, of_lists(corpus), of_cuts(articles, catalogue), titles, days, times, names, bodies, weak)


def _fields(page: Recorded, article: Article, titles: Metric, days: Metric, times: Metric, names: Metric) -> None:
    if page.title:
        titles.add(page.file, plain(article.title) == plain(page.title), f"{article.title!r}, not {page.title!r}")
    if page.source and "weixin" not in page.site:
        names.add(
            page.file, plain(article.claimed or "") == plain(page.source), f"{article.claimed}, not {page.source}"
        )
    if page.date:
        wanted, got = _when(page.date), article.published.at if article.published else ""
        at = datetime.fromisoformat(got).astimezone(_CHINA) if got else None
        days.add(page.file, at is not None and at.date() == wanted.date(), f"{got or 'none'}, not {page.date}")
        if len(page.date) > 10:
            minute = at.replace(second=0, tzinfo=None) if at else None
            times.add(page.file, minute == wanted.replace(second=0, tzinfo=None), f"{got or 'none'}, not {page.date}")


def _when(date: str) -> datetime:
    """The manifest's date in China's time, in which pages print it."""
    if date.endswith(" GMT"):
        return datetime.fromisoformat(date.removesuffix(" GMT") + "+00:00").astimezone(_CHINA)
    at = datetime.fromisoformat(date)
    return at if at.tzinfo else at.replace(tzinfo=_CHINA)


def _body(path: Path) -> str:
    """The true body, where a file beside the page holds it."""
    stem = path.name.partition(".")[0]
    expected, text = path.with_name(f"{stem}.expected.html"), path.with_name(f"{stem}.txt")
    if expected.is_file():
        return str(html.fromstring(expected.read_text("utf-8")).text_content())
    return text.read_text("utf-8") if text.is_file() else ""


def _others(file: Path) -> dict[str, str]:
    """Bodies that a published extractor read from the same pages: a second opinion, not the truth."""
    if not file.is_file():
        return {}
    found = {}
    for path, said in re.findall(r">{5,}(\S+?)>{5,}\s*(\{.*?\n\})", file.read_text("utf-8"), re.S):
        folder, _, name = path.removeprefix("tests/").partition("/")
        found[f"gne_{folder}_{name.partition('.')[0]}"] = json.loads(said, strict=False).get("content", "")
    return found


def _differs(got: str, wanted: str) -> str:
    """Where two bodies begin, for the list of misses."""
    return f"{len(plain(got))} characters, not {len(plain(wanted))}: {got[:40]!r} … {got[-40:]!r}"
