"""Which kinds of scam a text names: the ministry's official categories and those that reach beyond the border."""

from __future__ import annotations

from crawler.judging.meaning.named import named
from crawler.judging.meaning.passage import Passage
from crawler.judging.tables import table


def scam_types(passage: Passage) -> list[tuple[str, int]]:
    """The slug of each scam type named, in order of mention, with the offset at which it is first named."""
    return named(passage, "scam_types")


def scam_type_names() -> dict[str, tuple[str, str]]:
    """The Chinese and English name of every scam type, by slug."""
    return {row["slug"]: (row["zh"], row["en"]) for row in table("scam_types") if row["slug"]}
