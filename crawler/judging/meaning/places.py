"""Which countries a text names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from crawler.items import Place
from crawler.judging.meaning.lexicon import Hit
from crawler.judging.meaning.passage import Passage, fold
from crawler.judging.tables import table

_SHORTENED = frozenset("赴涉驻旅在中")  # 赴柬, 中缅: a country in one letter
_DATELINE = re.compile(  # 新华社金边6月6日电; BANGKOK, June 6 (Xinhua)
    r"^[^\u4e00-\u9fff\n]{0,8}[\u4e00-\u9fff]{1,6}[社网报闻]\s?[\u4e00-\u9fff]{2,10}?(?:\d{1,2}月)?\d{1,2}日(?:专)?[电讯]"
    r"|^[a-z .]{3,30},? ?[a-z]{0,9}\.? ?\d{0,2} ?\((?:xinhua|reuters|ap|afp|cns)\)",
    re.M,
)
_NO_PLACE = re.compile(  # after a place: a paper is named after it, or a passport
    r"《|籍|媒体|[\u4e00-\u9fff]{0,2}(?:时报|邮报|日报|晚报|早报|广播公司|电视台|电视网|通讯社|新闻网)"
)
_HOMEWARD = frozenset("返回抵")  # 接返香港: where the people of a Hong Kong notice belong
_OF_HOME = re.compile(r"人(?!民)|居民|市民|同胞|警|特区|特别行政区|政府|入境")


def told(passage: Passage, hits: Iterable[Hit]) -> list[Hit]:
    """The hits but for places that say where a text was written or who printed it, and nothing of what it tells."""
    lines = [m.span() for m in _DATELINE.finditer(passage.folded)]
    return [h for h in hits if not (h.term.place and _aside(passage.folded, h, lines))]


def _aside(text: str, hit: Hit, lines: list[tuple[int, int]]) -> bool:
    if _NO_PLACE.match(text, hit.end) or any(start <= hit.start < end for start, end in lines):
        return True
    return not hit.term.abroad and (text[hit.start - 1 : hit.start] in _HOMEWARD or bool(_OF_HOME.match(text, hit.end)))


def places(passage: Passage, hits: Iterable[Hit]) -> list[tuple[Place, int]]:
    """Each country once, in order of mention, with the offset of the words kept of it.

    Kept are those of title and lead before those of the body, a place (妙瓦底) before the bare country (缅甸) before a
    shortened one (赴缅), and of equals the first.
    """
    named: dict[str, list[Hit]] = {}
    for h in hits:
        for code in h.term.codes:
            named.setdefault(code, []).append(h)
    best = {
        code: max(of, key=lambda h: (h.start < passage.lead_end, _detail(h), -h.start)) for code, of in named.items()
    }
    return [(Place(code, _names()[code], passage.original(h.start, h.end)), h.start) for code, h in best.items()]


def _detail(hit: Hit) -> int:
    text = hit.term.text
    if text in _countries():
        return 1
    return 0 if text[0] in _SHORTENED or len(hit.term.codes) > 1 else 2


@cache
def _names() -> dict[str, str]:
    return {row["code"]: row["name"] for row in table("places")}


@cache
def _countries() -> frozenset[str]:
    """The bare names of countries, Chinese and English."""
    return frozenset(fold(n) for row in table("places") for n in (row["name"], row["english"]))
