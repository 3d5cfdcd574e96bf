"""What an evaluation yields: metrics with their counts and their misses, and how texts are compared."""

from __future__ import annotations

import gzip
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from crawler.config.catalogue import Catalogue, load_source
from crawler.config.settings import PACKAGE


@dataclass
class Metric:
    """One line of the table: a share of cases, or the median of scores in 0..1; each miss with its file."""

    part: str
    name: str
    at_least: float | None = None  # of the value
    scores: list[float] = field(default_factory=list)
    misses: list[tuple[str, str]] = field(default_factory=list)  # file, what was wrong
    middle: bool = False  # the value is the median score, not the mean

    def add(self, file: str | Path, right: bool | float, said: object = "", *, miss_below: float = 1.0) -> None:
        """One case: right or wrong, or a score that is a miss below ``miss_below``."""
        self.scores.append(float(right))
        if right < miss_below:
            self.misses.append((str(file), f"{said}" if isinstance(right, bool) else f"{right:.3f} {said}"))

    @property
    def value(self) -> float | None:
        """The share or median; None without a case."""
        if not self.scores:
            return None
        return median(self.scores) if self.middle else sum(self.scores) / len(self.scores)

    @property
    def counts(self) -> str:
        """Right of all, for shares; the number and the lowest, for scores."""
        if self.middle:
            return f"{len(self.scores)}, lowest {min(self.scores, default=0):.3f}"
        return f"{sum(self.scores):g} of {len(self.scores)}"

    @property
    def met(self) -> bool | None:
        """Whether what is promised is kept; None where nothing is."""
        return None if self.at_least is None or self.value is None else self.value >= self.at_least


@dataclass
class Alerts:
    """Precision and recall of a yes-or-no judgement."""

    part: str
    name: str
    at_least: float | None = None
    _said: list[tuple[str, bool, bool, str]] = field(default_factory=list)

    def add(self, file: str | Path, wanted: bool, got: bool, said: object = "") -> None:
        """One judgement."""
        self._said.append((str(file), wanted, got, str(said)))

    def metrics(self) -> tuple[Metric, Metric]:
        """Of what was said to be, how much is; of what is, how much was said to be."""
        precision = Metric(self.part, f"{self.name}: precision", self.at_least)
        recall = Metric(self.part, f"{self.name}: recall", self.at_least)
        for file, wanted, got, said in self._said:
            if got:
                precision.add(file, wanted, f"should not have been: {said}")
            if wanted:
                recall.add(file, got, f"should have been: {said}")
        return precision, recall


def plain(text: str) -> str:
    """For comparing: NFKC, without any white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def f1(got: str, wanted: str, size: int = 4) -> float:
    """How alike two texts are: F1 of their character n-grams; spaces and punctuation, which truths lose, ignored."""
    a, b = _grams(_letters(got), size), _grams(_letters(wanted), size)
    both = sum((a & b).values())
    return 2 * both / (sum(a.values()) + sum(b.values())) if a or b else 1.0


def _letters(text: str) -> str:
    return "".join(c for c in plain(text) if c.isalnum())


def _grams(text: str, size: int) -> Counter[str]:
    return Counter(text[i : i + size] for i in range(len(text) - size + 1))


def raw(file: Path) -> bytes:
    """The recorded bytes, whether they were kept compressed or not."""
    return gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()


def shipped_catalogue() -> Catalogue:
    """The sources that come with the project, whatever is configured here."""
    return Catalogue.of(load_source(file) for file in sorted((PACKAGE / "sources").glob("*.toml")))
