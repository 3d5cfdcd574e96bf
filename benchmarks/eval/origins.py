"""Whose text it is: the seeds' whole way, what archived texts print of their origin, and honest pages taken as such."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from benchmarks.eval.corpus import kept, recorded, table
from benchmarks.eval.score import Alerts, Metric, plain
from crawler.archive import Read
from crawler.config.catalogue import Catalogue
from crawler.exceptions import Unreadable
from crawler.items import PageClass
from crawler.judging.attribution.origin import resolve

_WAYS = {  # seed -> origin, official, and who passed it on (attribution.md, section 2; the carrier of 004 is not named)
    "000": ("公安部网站", True, ("中国信息安全",)),
    "001": ("公安部网站", True, ("中国信息安全",)),
    "002": ("公安部网站", True, ("中国信息安全",)),
    "003": ("人民日报", False, ("人民资讯", "td.fyun.cc")),
    "004": ("公安部刑侦局", True, ("长安街知事",)),
}
_OFFICIAL = {"OWX": True, "OEX": True, "OWD": True, "OCD": True, "CMT": False, "VWX": False, "FOR": False}
_PRINTED = re.compile(  # written apart from the reader's own patterns, and stricter
    r"^\W*(?:来源|原文来源|文章来源自?|信息来源|本文来源|以下文章来源于)\s*[：:丨|]?\s*([^\s，、：:（）()《》*|]{2,20})[\W]*$",
    re.M,
)


def measure(corpus: Path, catalogue: Catalogue) -> Iterator[Metric]:
    """The seeds' ways, printed names, official origins of labelled documents, and pretenders among honest pages."""
    yield _seeds(corpus.parent / "seeds", catalogue)
    printed, official = (
        Metric("origins", "named as printed, archive", 0.95),
        Alerts("origins", "official, labelled documents"),
    )
    honest = Metric("origins", "honest pages taken for honest", 1.0)
    for row in table(corpus / "archive" / "labels.tsv"):
        if (found := _kept(corpus / "archive" / row["doc"], catalogue)) is None:
            continue
        origin = resolve(found.article, found.source, catalogue)
        said = f"{found.article.claimed} -> {origin.name} official={origin.official}: {row['title']}"
        honest.add(row["doc"], not origin.spoofed, said)
        names = {plain(n) for n in _PRINTED.findall(found.page.body.decode())} - {plain(row["source"])}
        if len(names) == 1:
            printed.add(row["doc"], plain(found.article.claimed or "") in names, f"{said}, not {names}")
        if row["label"] in _OFFICIAL:
            official.add(row["doc"], _OFFICIAL[row["label"]], origin.official, f"{row['label']} {said}")
    for page in recorded(corpus, "news", "wechat"):
        if page.kind.startswith("article"):
            origin = resolve(page.article(catalogue), page.publisher(catalogue), catalogue)
            honest.add(page.file, not origin.spoofed, origin.name)
    yield from (printed, *official.metrics(), honest)


def _seeds(folder: Path, catalogue: Catalogue) -> Metric:
    ways = Metric("origins", "the seeds' whole way", 1.0)
    for number, wanted in _WAYS.items():
        for file in sorted(folder.glob(f"{number}_*")):
            found = kept(file, catalogue)
            origin = resolve(found.article, found.source, catalogue)
            got = (origin.name, origin.official, origin.via)
            ways.add(file.name, got == wanted and origin.claimed_only, f"{got}, not {wanted}")
    return ways


def _kept(file: Path, catalogue: Catalogue) -> Read | None:
    try:
        found = kept(file, catalogue)
    except (Unreadable, ValueError, OSError):
        return None
    return found if found.article.page_class is PageClass.ARTICLE else None
