"""What is made of short texts in the structures of real notices, labelled by hand, and the places of the seeds.

The texts are the tests' own (`tests/judging/meaning/documents.tsv`), so these figures say that the rules hold together;
how far they carry is seen on the archive.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.eval.corpus import kept, table
from benchmarks.eval.score import Alerts, Metric
from crawler.config.catalogue import Catalogue
from crawler.intake import understand
from crawler.items import ALERTABLE_KINDS, Authority, Scope, Verdict
from crawler.judging.meaning.classify import classify

_DOCUMENTS = Path(__file__).parents[2] / "tests" / "judging" / "meaning" / "documents.tsv"
_SEEDS = {"000": "MM", "001": "MM", "002": "MM", "003": "", "004": "KH LA MM PH"}  # the countries each names


def measure(corpus: Path, catalogue: Catalogue) -> Iterator[Metric]:
    """Alertable (every text taken for official), kind, scope, places."""
    alerts, spots = Alerts("verdicts", "alertable", 0.95), Alerts("verdicts", "place")
    kinds, scopes = Metric("verdicts", "kind", 0.93), Metric("verdicts", "scope", 0.95)
    for row in table(_DOCUMENTS):
        verdict = classify(row["title"], row["body"].replace("¶", "\n"), authority=Authority(row["authority"]))
        told = ALERTABLE_KINDS & set(row["kind"].split("|"))
        said = f"{verdict.kind} {verdict.scope}"
        alerts.add(row["title"], bool(told) and row["scope"] == Scope.CROSS_BORDER, _alerts(verdict), said)
        scopes.add(row["title"], verdict.scope in row["scope"].split("|"), said)
        if verdict.scope is not Scope.NONE:
            kinds.add(row["title"], verdict.kind in row["kind"].split("|"), said)
            _places(row["title"], set(filter(None, row["places"].split(","))), verdict, spots)
    for number, codes in _SEEDS.items():
        for file in sorted((corpus.parent / "seeds").glob(f"{number}_*")):
            read = kept(file, catalogue)
            _, verdict = understand(read.article, read.source, prior=None, catalogue=catalogue)
            _places(file.name, set(codes.split()), verdict, spots)
    yield from (*alerts.metrics(), kinds, scopes, *spots.metrics())


def _alerts(verdict: Verdict) -> bool:
    return verdict.scope is Scope.CROSS_BORDER and verdict.kind in ALERTABLE_KINDS


def _places(name: str, wanted: set[str], verdict: Verdict, spots: Alerts) -> None:
    named = {place.code for place in verdict.places}
    for code in sorted(wanted | named):
        spots.add(name, code in wanted, code in named, code)
