"""Which kinds of scam a text names: the ministry's official categories and those that reach beyond the border."""

from __future__ import annotations

from functools import cache

from crawler.judging.lexicon import Matcher
from crawler.judging.passage import Passage, fold
from crawler.judging.tables import table, words


def scam_types(passage: Passage) -> list[tuple[str, int]]:
    """The slug of each scam type named, in order of mention, with the offset at which it is first named."""
    matcher, slugs = _terms()
    first: dict[str, int] = {}
    for number, start, _ in matcher.find(passage.folded):
        for slug in slugs[number]:
            first.setdefault(slug, start)
    return list(first.items())


def scam_type_names() -> dict[str, tuple[str, str]]:
    """The Chinese and English name of every scam type, by slug."""
    return {row["slug"]: (row["zh"], row["en"]) for row in table("scam_types")}


@cache
def _terms() -> tuple[Matcher, list[list[str]]]:
    """A matcher, and the slugs that each of its patterns stands for (a term may belong to several types)."""
    by_term: dict[str, list[str]] = {}
    for row in table("scam_types"):
        for word in words(row["terms"]):
            by_term.setdefault(fold(word), []).append(row["slug"])
    return Matcher(by_term), list(by_term.values())
