"""The archive: labels, error captures, random and hard negatives, briefings, and which documents are one notice."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.eval.corpus import briefing, kept, table
from benchmarks.eval.score import Alerts, Metric
from crawler.archive import Read, read
from crawler.config import Catalogue
from crawler.exceptions import Unreadable
from crawler.intake import take_in, understand
from crawler.items import Kind, Origin, PageClass, Verdict
from crawler.judging.judge import alertable
from crawler.store import open_store

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
_ONE = {"reprint", "reprint_partial", "contained"}


def measure(corpus: Path, catalogue: Catalogue) -> Iterator[Metric]:
    """Everything that the archive's tables and the briefings tell."""
    documents = {row["doc"]: row for row in table(corpus / "archive" / "labels.tsv")}
    known = {doc: _kept(corpus / "archive" / doc, catalogue) for doc in documents}
    yield from _captures(documents, known)
    yield from _labels(documents, known, catalogue)
    yield from _briefings(corpus, catalogue)
    yield from _pairs(corpus, known, catalogue)


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


def _pairs(corpus: Path, known: dict[str, Read | str], catalogue: Catalogue) -> Iterator[Metric]:
    """Take all documents in, in the order of their names, and see which pairs became one notice."""
    notice = _taken_in(known, catalogue)
    found: dict[str, Metric] = {}
    for row in table(corpus / "archive" / "dup_pairs.tsv"):
        truth = row["truth"]
        one, pair = truth in _ONE, (notice.get(row["doc_a"]), notice.get(row["doc_b"]))
        if None not in pair:
            name = f"pairs made one: {truth}" if one else f"pairs kept apart: {truth}"
            metric = found.setdefault(name, Metric("archive", name, None if one else 1.0))
            metric.add(
                row["doc_a"], (pair[0] == pair[1]) == one, f"{row['doc_b']}: {row['title_a']} / {row['title_b']}"
            )
    yield from found.values()


def _taken_in(known: dict[str, Read | str], catalogue: Catalogue) -> dict[str, str]:
    """The notice that each document became or joined."""
    notice: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="fenghuo-eval-") as folder:
        store = open_store(f"sqlite:///{folder}/eval.db")
        with store.begin() as tx:
            for n, (doc, document) in enumerate(sorted(known.items())):
                if found := _article(document):
                    change = take_in(
                        tx,
                        found.article,
                        page=None,
                        catalogue=catalogue,
                        source=found.source,
                        column=None,
                        key=found.article.key,
                        now=1.0 + n,
                        baseline=True,
                    )
                    notice[doc] = change.notice.id
        store.close()
    return notice
