"""The guard on facts: two passages that say the same of different numbers, days, places or levels are of two events.

No measure of likeness tells "92 handed over" from "763 handed over"; an office fills in the same form every month.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from crawler.judging.likeness.quantities import Quantity, quantities
from crawler.judging.meaning.lexicon import Matcher
from crawler.judging.tables import table, words
from crawler.reading.normalise import evened

_LOOSE = re.compile(r"(?<=\d)\s+(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])\s+(?=[\d\u3400-\u9fff])")
_NAMED = re.compile(  # 海城市, 江城公安局: the last two letters of a name, and what it names
    r"[\u4e00-\u9fff]{2}(?<![我该本全各此某境外内当地社小校省市县区国限份])"
    r"(?:国际)?(?:省(?![级略去力心])|市(?![场民值面级])|县(?!级)|区(?![别域块分间])|州|镇(?![静压定])|乡|村(?![民级])|港(?![口股币元澳])|岛(?!屿)"
    r"|口岸|机场|园区|酒店|大厦|公司|集团(?![军化])|银行(?!卡)|[大使总领]{1,2}馆|公安局|分局|派出所|检察院|法院)"
)
_SURNAMES = (  # the hundred commonest (公安部户政管理研究中心, 2020年全国姓名报告)
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆"
    "范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常"
)
_WHO = re.compile(rf"(?:[{_SURNAMES}]|欧阳|司马|上官)某(?:某|[甲乙丙丁])?")
_HOST = re.compile(r"(?<![a-z0-9.@-])(?:[a-z0-9-]{1,63}\.)++[a-z]{2,24}(?![a-z0-9.-])")
_CURRENCY = re.compile(r"元|美金|铢|镑|盾|比索|令吉|缅币|日元")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a passage is about: its quantities, and the words that name places, people and levels."""

    quantities: tuple[Quantity, ...]
    words: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.quantities or self.words)


@lru_cache(maxsize=4096)
def facts(said: str) -> Facts:
    """The facts of a passage in the publisher's words."""
    plain = _plain(said)
    return Facts(tuple(quantities(plain)), frozenset(_words(plain)))


@lru_cache(maxsize=64)  # texts, each compared with several
def counted(said: str) -> tuple[Quantity, ...]:
    """The quantities alone of what `facts` finds, for a third of the time."""
    return tuple(quantities(_plain(said)))


def conflict(a: str, b: str, *, told: Callable[[Quantity | str], bool] = lambda _: False) -> str | None:
    """What two passages that should say the same say differently, for people; None where they do not contradict.

    A fact that only one of them has is no contradiction: copies are cut and padded.  ``told`` says of a quantity or
    word that both texts have it somewhere; that is none either.
    """
    of_a, of_b = facts(a), facts(b)
    for x in sorted(_missing(of_a.quantities, of_b.quantities)):
        for y in sorted(_missing(of_b.quantities, of_a.quantities)):
            if (x.sort == y.sort or _unit(x) == _unit(y)) and not _two_currencies(x, y) and not (told(x) and told(y)):
                return f"{x.value} ≠ {y.value}"
    x_words, y_words = of_a.words - of_b.words, of_b.words - of_a.words
    x_words, y_words = _apart(x_words, b, told), _apart(y_words, a, told)
    return f"{min(x_words)} ≠ {min(y_words)}" if x_words and y_words else None


def warm_up() -> None:
    """Read the tables now (0.1 s of CPU), so that the first text that is compared need not wait for them."""
    _listed()


def stages(title: str) -> frozenset[str]:
    """How far the matter is of which a title speaks: a draft is not the law, a warning not its end."""
    plain = _plain(title)
    return frozenset(row["same"] or row["term"] for row in table("stages") if row["term"] in plain)


def _apart(words: frozenset[str], other: str, told: Callable[[Quantity | str], bool]) -> frozenset[str]:
    plain = _plain(other)
    return frozenset(w for w in words if w not in plain and not told(w))


def _plain(said: str) -> str:
    return _LOOSE.sub("", evened(said))


def _missing(of: Sequence[Quantity], other: Sequence[Quantity]) -> list[Quantity]:
    """Those of ``of`` to which none of ``other`` answers; each answers once, and first to what is just the same."""
    left = list((Counter(other) - Counter(of)).elements())
    missing = []
    for quantity in (Counter(of) - Counter(other)).elements():
        answer = next((q for q in left if _agree(quantity, q)), None)
        if answer is None:
            missing.append(quantity)
        else:
            left.remove(answer)
    return missing


def among(quantity: Quantity, of: Iterable[Quantity]) -> bool:
    """Whether a quantity is one of these, be it with its unit or year left out."""
    return any(_agree(quantity, q) for q in of)


def _agree(a: Quantity, b: Quantity) -> bool:
    """Whether two can be one: 92 and 92人, 8起 and 8种, 9月3日 and 2024年9月3日; but no sum in two currencies."""
    if a.value == b.value or a.sort != b.sort:
        return a.value == b.value
    if a.sort == "date":
        short, long = sorted((a.value, b.value), key=len)
        return long.endswith(short) and not long[-len(short) - 1].isdecimal()
    return _number(a) == _number(b) and not all(_CURRENCY.search(_unit(q)) for q in (a, b))


def _number(quantity: Quantity) -> str:
    found = re.match(r"[\d.]+", quantity.value)
    return found[0] if found else quantity.value


def _unit(quantity: Quantity) -> str:
    return quantity.value.removeprefix(_number(quantity))


def _two_currencies(a: Quantity, b: Quantity) -> bool:
    """Whether one sum may be the other, exchanged."""
    return _unit(a) != _unit(b) and all(_CURRENCY.search(_unit(q)) for q in (a, b))


def _words(plain: str) -> set[str]:
    matcher, terms = _listed()
    listed = {terms[n] for n, _, _ in matcher.find(plain)}
    return listed | set(_HOST.findall(plain)) | set(_NAMED.findall(plain)) | set(_WHO.findall(plain))


@cache
def _listed() -> tuple[Matcher, list[str]]:
    """Places abroad and at home, and the levels of an advice."""
    abroad = {evened(term): evened(term) for row in table("places") for term in (row["name"], *words(row["terms"]))}
    levels = {row["term"]: row["same"] or row["term"] for row in table("revision_words") if row["group"] == "level"}
    levels = {term: same for term, same in levels.items() if re.search("前往|撤离|离开|风险|[红橙黄蓝]色|级", term)}
    regions = {row["name"]: row["name"] for row in table("regions")}
    terms = {**abroad, **regions, **levels}
    return Matcher(list(terms)), list(terms.values())
