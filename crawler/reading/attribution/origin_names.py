"""Names as attributions print them: tidied, and told from things, platforms and the site itself."""

from __future__ import annotations

import re
from functools import cache

from crawler.reading.terms import any_of, terms

_TRIM = " \t　:：;；,，。.、“”\"'‘’《》<>-—|丨｜▲△●·*#[]【】"
_BOOK = re.compile(r"^《?(?P<name>[^《》]{2,30})》")
_AFTER = re.compile(
    r"(?:作者|时间|日期|发布(?:时间|日期)|责任编辑|责编|编辑|字号|字体|记者|通讯员|打印|原标题|(?:浏览|点击|阅读|访问)(?:量|次数|数)?)"
    r"\s?[：:【\[].*$"
    r"|(?:责任编辑|我要纠错|小字号|大字号|浏览次数|点击数|[,，]\s?(?:作者|记者|编辑).{1,30}|\s20\d\d.{0,20})$"
    r"|[(（][^)）]*$|\[[^\]]{1,6}\]$"
)
_LIST = re.compile("[、，,/；;]|综合|整理|编译|改编|摘编")
_NUMBER = re.compile(r"[\d\W_]+")
_LOOKED_AT = 120  # characters of what may be a name
_LONGEST = 40
_PART = 20  # characters of the longest name in a list of names


def tidied(name: str) -> str:
    """``name`` without quotes, brackets and the label that follows it on the line; of a list, the list."""
    name = name[:_LOOKED_AT].strip(_TRIM)
    if book := _BOOK.match(name):
        name = book["name"]
    name = _AFTER.sub("", name).strip(_TRIM)
    first, *rest = re.split("[，,]", name)
    return first.strip(_TRIM) if any(len(part) > _PART for part in rest) else name


def is_name(name: str) -> bool:
    """Whether ``name`` may be a publisher's: no thing, no number, nobody in particular."""
    return (
        2 <= len(name) <= _LONGEST
        and name not in _set("nobody")
        and not _things().match(name)
        and not _NUMBER.fullmatch(name)
    )


def is_list(name: str) -> bool:
    """Whether ``name`` is several, or says that the text was put together from several (A12)."""
    return bool(_LIST.search(name))


def is_platform(name: str) -> bool:
    """Whether ``name`` is a place where anybody publishes."""
    return name in _set("platforms")


def is_own(name: str, own: frozenset[str]) -> bool:
    """Whether ``name`` is the site itself or one of its ``own`` names, whatever medium or bracket either carries."""
    return name in _set("self") or bare(name) in {bare(o) for o in own}


def is_byline(word: str) -> bool:
    """Whether ``word`` may be a name when it stands beside a date without a label."""
    return 2 <= len(word) <= _PART and is_name(word) and not _furniture().match(word)


def bare(name: str) -> str:
    """``name`` for comparing: without a bracket at its end and the medium it published in."""
    name = re.sub(r"[(（][^()（）]{0,40}[)）]$", "", name).strip().casefold()
    medium = next((m for m in terms("origin_claims")["medium"] if name.endswith(m) and len(name) > len(m)), "")
    return name.removesuffix(medium)


@cache
def _set(which: str) -> frozenset[str]:
    return frozenset(terms("origin_claims")[which])


@cache
def _things() -> re.Pattern[str]:
    begin = "|".join(map(re.escape, terms("origin_claims")["things"]))
    inside = "|".join(map(re.escape, terms("origin_claims")["not_in_a_name"]))
    return any_of([begin, f".{{0,{_LONGEST}}}?(?:{inside})"])


@cache
def _furniture() -> re.Pattern[str]:
    whole, begins = ("|".join(map(re.escape, terms("origin_claims")[k])) for k in ("not_a_byline", "byline_begins"))
    return any_of([rf"(?:{whole})(?:[\d(（:：]|$)", begins, f".{{0,{_PART}}}?[：:，,。！？!?（(]"])
