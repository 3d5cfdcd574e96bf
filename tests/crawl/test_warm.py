"""Warming up: the first page of a daemon's life finds all that reading and judging it takes."""

from __future__ import annotations

import subprocess
import sys

_READS_A_PAGE = """
import sys
from crawler import intake, platforms
from crawler.config.catalogue import Catalogue
from crawler.items import Authority, Column, Due, Page, Source
from crawler.reading.terms import rules, terms
from crawler.warm import warm_up
from tests.publisher import ADVICE
from tests.reading.list_pages import PAGES

column = Column(url="http://127.0.0.1/")
source = Source(id="office", name="海城市公安局", authority=Authority.POLICE, column=(column,))
catalogue = Catalogue.of([source])
warm_up(catalogue)

def known():
    return {name for name in sys.modules if name.startswith(("crawler", "scrapy", "opencc", "ahocorasick"))}

before, misses = known(), [f.cache_info().misses for f in (terms, rules)]
url = "http://127.0.0.1/1.html"
said = "".join(f"<p>{line}</p>" for line in ("来源：海城市教育局 2025-01-05", *ADVICE))
page = Page(url, 200, f"<html><h1>安全提醒</h1>{said}</html>".encode())
article = platforms.read_article(page, source, column, Due("office/main", url, url, "安全提醒"))
listed = next(iter(PAGES.values())).html
listing = platforms.read_list(Page(column.url, 200, listed.encode()), source, column)
intake.understand(article, source, prior=None, catalogue=catalogue)
assert article.body and listing.links, (article, listing)
assert known() == before, known() - before
assert misses == [f.cache_info().misses for f in (terms, rules)]
"""


def test_the_first_page_imports_nothing_and_reads_no_table() -> None:
    done = subprocess.run([sys.executable, "-c", _READS_A_PAGE], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
