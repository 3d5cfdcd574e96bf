"""The corpus where it lies: its manifest, and recorded pages as the crawl would have got them."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.eval.score import raw
from crawler.archive import Bad, Document, Read, in_text, read
from crawler.carriers import carrier, stranger
from crawler.config.catalogue import Catalogue
from crawler.items import Article, Due, Page, Source
from crawler.platforms import read_article
from crawler.reading.address import url_key


@dataclass(frozen=True)
class Recorded:
    """A line of the manifest."""

    file: str
    path: Path
    kind: str
    site: str
    url: str
    charset: str
    title: str
    date: str
    source: str
    note: str

    @property
    def page(self) -> Page:
        """The page as it was answered; pages of unknown address get one on their site."""
        site = self.site if "." in self.site else f"{self.site or 'unknown'}.example"
        url = self.url or f"https://{site}/{self.path.name.partition('.')[0]}.html"
        kind = "application/xml" if ".xml" in self.path.name else "text/html"
        return Page(url, 200, raw(self.path), kind, {}, time.time())

    def publisher(self, catalogue: Catalogue) -> Source:
        """Who carried it: a source of the catalogue, or a stranger."""
        return carrier(catalogue, self.page.url) or stranger(self.page.url, self.site)

    def article(self, catalogue: Catalogue) -> Article:
        """The page read as an article."""
        page, publisher = self.page, self.publisher(catalogue)
        return read_article(page, publisher, publisher.column[0], Due("", page.url, key=url_key(page.url)))


def table(file: Path) -> list[dict[str, str]]:
    """A tab-separated file with a header; [] when it is not there."""
    if not file.is_file():
        return []
    with file.open(encoding="utf-8", newline="") as lines:
        return [{k: v or "" for k, v in row.items() if k} for row in csv.DictReader(lines, delimiter="\t")]


def recorded(corpus: Path, *folders: str) -> Iterator[Recorded]:
    """The pages below ``folders`` that the manifest lists."""
    for row in table(corpus / "manifest.tsv"):
        if row["file"].partition("/")[0] in folders and (corpus / row["file"]).is_file():
            yield Recorded(
                row["file"],
                corpus / row["file"],
                row["kind"],
                row["site"],
                row["url"],
                row["charset_bytes"],
                row["title"],
                row["date"],
                row["source"],
                row["note"],
            )


def kept(file: Path, catalogue: Catalogue) -> Read:
    """A text with front matter, read as `fenghuo import` reads it.  Raises Unreadable."""
    document = in_text(file.read_bytes(), str(file))
    if isinstance(document, Bad):
        raise ValueError(document.reason)
    return read(document, catalogue)


def briefing(file: Path) -> Document:
    """A briefing: lines ``name: value`` down to ``content:``, then the text; the foreign ministry speaks."""
    head, _, body = file.read_text("utf-8").partition("content:")
    said = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    url = said.get("url", "").strip()
    known = {"url": url} if url.startswith("http") else {}
    return Document(where=str(file), text=body, title=said.get("title", ""), publisher="外交部", **known)
