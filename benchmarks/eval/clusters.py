"""Which archived documents become one notice: the labelled pairs, and the largest clusters for the eye."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.eval.corpus import table
from benchmarks.eval.score import Metric
from crawler.archive import Read
from crawler.config import Catalogue
from crawler.intake import take_in
from crawler.store import open_store

OUT = Path("eval-out") / "clusters.txt"
_ONE = {"reprint", "reprint_partial", "contained"}
_SHOWN = 20


def measure(corpus: Path, documents: Sequence[tuple[str, Read]], catalogue: Catalogue) -> Iterator[Metric]:
    """Take all ``documents`` (name, as read) in, in this order; the pairs that became one notice, the clusters."""
    notice, why = _taken_in(documents, catalogue)
    found = {"one": Metric("archive", "pairs made one: all that are labelled so", 0.97)}
    for row in table(corpus / "archive" / "dup_pairs.tsv"):
        a, b, truth = row["doc_a"], row["doc_b"], row["truth"]
        if a not in notice or b not in notice:
            continue
        one = truth in _ONE
        name = f"pairs made one: {truth}" if one else f"pairs kept apart: {truth}"
        metrics = [
            found.setdefault(name, Metric("archive", name, None if one else 1.0)),
            *([found["one"]] if one else []),
        ]
        for metric in metrics:
            metric.add(
                a, (notice[a] == notice[b]) == one, f"{b}: {row['title_a']} / {row['title_b']} {why[a] or why[b]}"
            )
    yield from found.values()
    yield _clusters(documents, notice, why)


def _taken_in(documents: Sequence[tuple[str, Read]], catalogue: Catalogue) -> tuple[dict[str, str], dict[str, str]]:
    """The notice that each document became or joined, and why it joined that or none."""
    notice, why = {}, {}
    with tempfile.TemporaryDirectory(prefix="fenghuo-eval-") as folder:
        store = open_store(f"sqlite:///{folder}/eval.db")
        with store.begin() as tx:
            for n, (doc, found) in enumerate(documents):
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
                why[doc] = change.sighting.because if change.sighting else ""
                why[doc] = why[doc] or "; ".join(r.because for r in change.notice.related)
        store.close()
    return notice, why


def _clusters(documents: Sequence[tuple[str, Read]], notice: Mapping[str, str], why: Mapping[str, str]) -> Metric:
    """How many documents joined a notice of another; the largest clusters are written to a file."""
    members = defaultdict(list)
    for doc, found in documents:
        members[notice[doc]].append((doc, found.article.title))
    largest = sorted(members.values(), key=len, reverse=True)
    blocks = ("\n".join(f"{doc}  {title}  {why[doc]}" for doc, title in c) for c in largest if len(c) > 1)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text("\n\n".join(blocks), "utf-8")
    sizes = Metric("archive", f"documents that joined another's notice (all in {OUT})")
    for doc, _ in documents:
        sizes.scores.append(float(members[notice[doc]][0][0] != doc))
    return sizes
