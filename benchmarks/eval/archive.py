"""The archive: labels, error captures, random and hard negatives, briefings, and which documents are one notice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.eval import clusters
from benchmarks.eval.corpus import briefing, kept, table
from benchmarks.eval.page_classes import of_bare_pages, of_states
from benchmarks.eval.score import Alerts, Metric
from crawler.archive import Read, read
from crawler.config.catalogue import Catalogue
from crawler.exceptions import Unreadable
from crawler.intake import understand
from crawler.items import Kind, Origin, PageClass, Verdict
from crawler.judging.judge import alertable

_WARNED = {"OWX", "OEX"}  # official and cross-border
_KINDS = {  # label -> the kinds a document so labelled may have; the labels are about more than the kind
    "OWX": {Kind.WARNING, Kind.ENFORCEMENT},
    "OEX": {Kind.ENFORCEMENT},
    "OWD": {Kind.WARNING},
    "OCD": {Kind.ENFORCEMENT, Kind.CASE},
    "OPL": {Kind.POLICY, Kind.FEATURE},
    "CMT": {Kind.FEATURE},
    "DIG": {Kind.FEATURE, Kind.OTHER},
    "FOR": {Kind.FEATURE, Kind.OTHER, Kind.ENFORCEMENT},
    "VWX": {Kind.WARNING, Kind.CASE, Kind.FEATURE},
    "NEG": {Kind.POLICY, Kind.FEATURE, Kind.OTHER},
    "OTH": {Kind.FEATURE, Kind.OTHER},
}


def measure(corpus: Path, catalogue: Catalogue) -> Iterator[Metric]:
    """Everything that the archive's tables and the briefings tell."""
    documents = {row["doc"]: row for row in table(corpus / "archive" / "labels.tsv")}
    known = {doc: _kept(corpus / "archive" / doc, catalogue) for doc in documents}
    yield from _captures(documents, known)
    yield of_states(documents, known)
    yield of_bare_pages(corpus, documents)
    yield from _labels(documents, known, catalogue)
    yield from _briefings(corpus, catalogue)
    yield from _pairs(documents, corpus, known, catalogue)


def _kept(file: Path, catalogue: Catalogue) -> Read | str:
    """The document as read, or why it could not be."""
    try:
        return kept(file, catalogue)
    except (Unreadable, ValueError, OSError) as e:
        return str(e)


def _article(found: Read | str) -> Read | None:
    return found if isinstance(found, Read) and found.article.page_class is PageClass.ARTICLE else None


def _captures(documents: dict[str, dict[str, str]], known: dict[str, Read | str]) -> Iterator[Metric]:
    """Error pages that were kept as articles must be classed, and articles must not be taken for errors."""
    refused, taken = Metric("archive", "error captures classed", 1.0), Metric("archive", "articles taken for articles")
    for doc, row in documents.items():
        is_error = "state:" in row["tags"]
        said = f"{row['tags']}: {row['title']} ({_class(known[doc])})"
        (refused if is_error else taken).add(doc, (_article(known[doc]) is None) == is_error, said)
    yield from (refused, taken)


def _class(found: Read | str) -> str:
    return found if isinstance(found, str) else f"{found.article.page_class} {found.article.why}".strip()


def _labels(
    documents: dict[str, dict[str, str]], known: dict[str, Read | str], catalogue: Catalogue
) -> Iterator[Metric]:
    alerts = Alerts("archive", "alertable, labelled documents", 0.95)
    kinds = Metric("archive", "kind, labelled documents", 0.93)
    calm = {
        tag: Metric("archive", f"no alert: {tag}", 1.0) for tag in ("neg_random", "neg_hard", "NEG", "en_scam", "dup")
    }
    for doc, row in documents.items():
        if (found := _article(known[doc])) is None:
            continue
        origin, verdict = understand(found.article, found.source, prior=None, catalogue=catalogue)
        got, said = alertable(origin, verdict), _said(origin, verdict, row["title"])
        if label := row["label"]:
            alerts.add(doc, label in _WARNED, got, f"{label} {said}")
            kinds.add(doc, verdict.kind in _KINDS[label], f"{label} {said}")
        for tag, metric in calm.items():
            if tag in (row["label"], *row["tags"].split(",")) and label not in _WARNED:
                metric.add(doc, not got, said)
    yield from (*alerts.metrics(), kinds, *calm.values())


def _said(origin: Origin, verdict: Verdict, title: str) -> str:
    return f"{verdict.kind} {verdict.scope}, {origin.name} official={origin.official}: {title}"


def _briefings(corpus: Path, catalogue: Catalogue) -> Iterator[Metric]:
    """The foreign ministry on everything but fraud."""
    calm = Metric("archive", "no alert: briefings", 1.0)
    for file in sorted((corpus / "briefings").glob("*.txt")):
        found = read(briefing(file), catalogue)
        origin, verdict = understand(found.article, found.source, prior=None, catalogue=catalogue)
        calm.add(file.name, not alertable(origin, verdict), _said(origin, verdict, found.article.title))
    yield calm


def _pairs(
    documents: dict[str, dict[str, str]], corpus: Path, known: dict[str, Read | str], catalogue: Catalogue
) -> Iterator[Metric]:
    """Take all documents in, in the order of their dates, and see which became one notice."""
    in_order = sorted(documents, key=lambda doc: (documents[doc]["date"], doc))
    articles = [(doc, found) for doc in in_order if (found := _article(known[doc]))]
    yield from clusters.measure(corpus, articles, catalogue)
