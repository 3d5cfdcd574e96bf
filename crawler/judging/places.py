"""Which countries a text names."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from crawler.items import Place
from crawler.judging.lexicon import Hit
from crawler.judging.passage import Passage, fold
from crawler.judging.tables import table

_SHORTENED = frozenset("赴涉驻旅在中")  # 赴柬, 中缅: a country in one letter


def places(passage: Passage, hits: Iterable[Hit]) -> list[tuple[Place, int]]:
    """Each country once, in order of mention, with the offset of the words kept of it.

    Kept are those of title and lead before those of the body, a place (妙瓦底) before the bare country (缅甸) before a
    shortened one (赴缅), and of equals the first.
    """
    named: dict[str, list[Hit]] = {}
    for h in hits:
        if h.term.code:
            named.setdefault(h.term.code, []).append(h)
    best = {
        code: max(of, key=lambda h: (h.start < passage.lead_end, _detail(h), -h.start)) for code, of in named.items()
    }
    return [(Place(code, _names()[code], passage.original(h.start, h.end)), h.start) for code, h in best.items()]


def _detail(hit: Hit) -> int:
    text = hit.term.text
    if len(text) == 2 and text[0] in _SHORTENED:
        return 0
    return 1 if text in _countries() else 2


@cache
def _names() -> dict[str, str]:
    return {row["code"]: row["name"] for row in table("places")}


@cache
def _countries() -> frozenset[str]:
    """The bare names of countries, Chinese and English."""
    return frozenset(fold(n) for row in table("places") for n in (row["name"], row["english"]))
