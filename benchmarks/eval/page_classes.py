"""Page classes: what stands in the place of content, what only looks like it, and pages that were cut on their way."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from benchmarks.eval.corpus import Recorded, recorded
from benchmarks.eval.score import Metric
from crawler.archive import Read
from crawler.config.catalogue import Catalogue
from crawler.items import Due, Page, PageClass
from crawler.platforms import read_article
from crawler.reading.address import url_key
from crawler.reading.charset import decode
from crawler.reading.classes.page_class import classify_page

STATES = {  # the archive's tag of an error capture -> its class
    "state:该内容已被发布者删除": PageClass.DELETED,
    "state:此内容因违规无法查看": PageClass.VIOLATION,
    "state:环境异常": PageClass.CHALLENGE,
    "state:该公众号已迁移": PageClass.MOVED,
    "state:empty_shell": PageClass.SHELL,
    "state:js_required": PageClass.SHELL,
    "state:请在微信客户端打开": PageClass.SHELL,
}
_CONTENT = frozenset({PageClass.UNKNOWN, PageClass.FEED})
_CUTS = (0.25, 0.5, 0.75)  # shares of a page after which it is cut
_LOST = 0.98  # share of the body below which a cut page was read as if it were whole
_ADDRESS = "https://www.haicheng.example/tips/202601/t20260120_1.html"
_SCRIPT = (
    "<script r='m'>$_ts=window['$_ts']</script><script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>"
)


def of_lists(corpus: Path) -> Metric:
    """Lists and feeds are content: nothing stands before them."""
    content = Metric("pages", "lists and feeds taken for content", 1.0)
    for page in recorded(corpus, "lists", "feeds"):
        if page.kind in ("list", "feed", "article"):
            found, why = _class(page.page)
            content.add(page.file, found in _CONTENT, f"{found}: {why}")
    return content


def of_cuts(pages: Iterable[Recorded], catalogue: Catalogue) -> Metric:
    """Articles cut short of their text must not be read as articles."""
    noticed = Metric("pages", "cut articles noticed", 0.98)
    for recording in pages:
        whole = recording.article(catalogue)
        if whole.page_class is not PageClass.ARTICLE:
            continue
        publisher, page = recording.publisher(catalogue), recording.page
        for share in _CUTS:
            cut = replace(page, body=page.body[: int(share * len(page.body))])
            due = Due("", page.url, key=url_key(page.url))
            got = read_article(cut, publisher, publisher.column[0], due)
            if got.page_class is not PageClass.ARTICLE or len(got.body) < _LOST * len(whole.body):
                said = f"at {share:.0%}: {len(got.body)} of {len(whole.body)} characters"
                noticed.add(recording.file, got.page_class is not PageClass.ARTICLE, said)
    return noticed


def of_states(documents: Mapping[str, Mapping[str, str]], known: Mapping[str, Read | str]) -> Metric:
    """Error captures kept as articles, each by the class it has rather than merely refused."""
    right = Metric("archive", "error captures of the right class", 1.0)
    for doc, row in documents.items():
        tag = next((t for t in row["tags"].split(",") if t in STATES), "")
        found = known[doc]
        if tag and isinstance(found, Read):
            right.add(doc, found.article.page_class is STATES[tag], f"{tag}: {found.article.page_class}")
    return right


def of_bare_pages(corpus: Path, documents: Mapping[str, Mapping[str, str]]) -> Metric:
    """Archived texts, whole and two sentences of each, as pages without any frame, behind a vendor's script."""
    content = Metric("archive", "texts as bare pages taken for content", 0.999)
    for doc, row in documents.items():
        if "state:" in row["tags"]:
            continue
        for markup in _bare(row["title"], (corpus / "archive" / doc).read_text("utf-8")):
            found, why = classify_page(Page(_ADDRESS, 200, markup.encode(), "text/html"), markup)
            content.add(doc, found is PageClass.UNKNOWN, f"{found}: {why}")
    return content


def _bare(title: str, text: str) -> Iterator[str]:
    body = text.split("---", 2)[2] if text.startswith("---") else text
    lines = [line.strip() for line in re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", body).splitlines() if line.strip()]
    sentences = [line for line in lines if len(line) > 15 and line[-1] in "。！"]
    for some in (lines, sentences[:2], sentences[2:4]):
        if some:
            paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in some)
            head = f"<title>{html.escape(title)}</title>{_SCRIPT}"
            yield f"<html><head>{head}</head><body><h2>{html.escape(title)}</h2>{paragraphs}</body></html>"


def _class(page: Page) -> tuple[PageClass, str]:
    return classify_page(page, decode(page.body, page.declared_charset))
