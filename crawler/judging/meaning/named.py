"""Which entries of a table of slugs a text names: types of scam, groups of victims."""

from __future__ import annotations

from functools import cache

from crawler.judging.meaning.lexicon import Matcher
from crawler.judging.meaning.passage import Passage, fold
from crawler.judging.tables import table, words


def named(passage: Passage, table_name: str) -> list[tuple[str, int]]:
    """The slug of each entry named, in order of mention, with the offset at which it is first named.

    ``data/<table_name>.tsv`` has the columns ``slug`` and ``terms`` (``|`` between terms); a term may belong to
    several slugs, and a slug that is empty uses up words that mean something else.
    """
    matcher, slugs = _terms(table_name)
    first: dict[str, int] = {}
    for number, start, _ in matcher.find(passage.folded):
        for slug in slugs[number]:
            first.setdefault(slug, start)
    return list(first.items())


@cache
def _terms(table_name: str) -> tuple[Matcher, list[list[str]]]:
    """A matcher, and the slugs that each of its patterns stands for."""
    by_term: dict[str, list[str]] = {}
    for row in table(table_name):
        for word in words(row["terms"]):
            slugs = by_term.setdefault(fold(word), [])
            slugs += [row["slug"]] if row["slug"] else []
    return Matcher(by_term), list(by_term.values())
