"""Which archived documents become one notice: the labelled pairs, and the largest clusters for the eye."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.eval.corpus import table
from benchmarks.eval.score import Metric
from crawler.archive import Read
from crawler.config.catalogue import Catalogue
from crawler.intake import take_in
from crawler.store import open_store

OUT = Path("eval-out") / "clusters.txt"
_ONE = {"reprint", "reprint_partial", "contained"}


@dataclass(frozen=True, slots=True)
class _Taken:
    """The notice that a document became or joined, those it was linked to, and why."""

    notice: str
    related: frozenset[str]
    why: str


def measure(corpus: Path, documents: Sequence[tuple[str, Read]], catalogue: Catalogue) -> Iterator[Metric]:
    """Take all ``documents`` (name, as read) in, in this order; the pairs that became one notice, the clusters."""
    taken = _taken_in(documents, catalogue)
    found = {"one": Metric("archive", "pairs made one: all that are labelled so", 0.97)}
    linked = Metric("archive", "pairs labelled as one: made one, or linked as related")
    for row in table(corpus / "archive" / "dup_pairs.tsv"):
        a, b, truth = row["doc_a"], row["doc_b"], row["truth"]
        if a not in taken or b not in taken:
            continue
        x, y = taken[a], taken[b]
        one, said = truth in _ONE, f"{b}: {row['title_a']} / {row['title_b']} {x.why or y.why}"
        name = f"pairs made one: {truth}" if one else f"pairs kept apart: {truth}"
        metric = found.setdefault(name, Metric("archive", name, None if one else 1.0))
        metric.add(a, (x.notice == y.notice) == one, said)
        if one:
            found["one"].add(a, x.notice == y.notice, said)
            linked.add(a, x.notice == y.notice or x.notice in y.related or y.notice in x.related, said)
    yield from (*found.values(), linked)
    yield _clusters(documents, taken)


def _taken_in(documents: Sequence[tuple[str, Read]], catalogue: Catalogue) -> dict[str, _Taken]:
    """What each document came to."""
    taken = {}
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
                related = change.notice.related
                why = change.sighting.because if change.sighting else ""
                why = why or "; ".join(r.because for r in related)
                taken[doc] = _Taken(change.notice.id, frozenset(r.id for r in related), why)
        store.close()
    return taken


def _clusters(documents: Sequence[tuple[str, Read]], taken: Mapping[str, _Taken]) -> Metric:
    """How many documents joined a notice of another; the largest clusters are written to a file."""
    members = defaultdict(list)
    for doc, found in documents:
        members[taken[doc].notice].append((doc, found.article.title))
    largest = sorted(members.values(), key=len, reverse=True)
    blocks = ("\n".join(f"{doc}  {title}  {taken[doc].why}" for doc, title in c) for c in largest if len(c) > 1)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text("\n\n".join(blocks), "utf-8")
    sizes = Metric("archive", f"documents that joined another's notice (all in {OUT})")
    for doc, _ in documents:
        sizes.scores.append(float(members[taken[doc].notice][0][0] != doc))
    return sizes
