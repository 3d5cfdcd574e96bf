"""Whose text a page says it carries: the name after 来源：, 转自 and the like, the origin before the carrier."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from crawler.items import Published
from crawler.reading.dates import parse_date
from crawler.reading.normalise import folded
from crawler.reading.terms import terms

# The numbers A1-A15 are those of the catalogue of attributions the patterns were written from.
_BRACKETED = re.compile(
    r"^[(（【\[]\s*(?:信息|稿件|文章)?\s?(?:来源|來源|資料來源)\s*[：:]\s*(?P<src>[^)）\]】]{2,40})[)）\]】]$"
)  # A1
_REPRINT = re.compile(
    r"^[(（]?(?:本文)?(?:转自|转载自|轉自|轉載自|文章来源|稿件来源|原文来源)\s*[：:]?\s*(?P<src>[^，。,()（）]{2,30})[)）]?$"
)  # A3
_PAPER = re.compile(
    r"^[(（]?《\s*(?P<src>[^》]{2,12}?)\s*》\s*[(（]\s*(?P<day>20\d\d年\d{1,2}月\d{1,2}日)\s*[,，]?\s*第?\s*\d{0,3}\s*版?.{0,10}[)）]"
)  # A4
_ACCOUNT = re.compile(r"微信公众号[“\"「《](?P<src>[^”\"」》]{2,20})[”\"」》]")  # A11
_HEADER = re.compile(
    r"(?<![（(\w])(?:信息|稿件|文章)?(?:来\s{0,4}源|來\s{0,4}源|稿源)\s*[：:]\s*(?P<src>[^\s|丨｜）)【\[]{2,30})"
)  # A2, A15
_REPORTED = re.compile(
    r"(?:^|讯|電|电|[。！）)\s])据(?P<src>[^，,。“”\s]{2,20}?)(?:网站|官网|官方网站|微信公众号|公众号|官方微信|官方微博|官微|客户端)(?:[^，,。]{0,4}消息|通报|发布|报道)?[，,]"
)  # A5
_SAID = re.compile(
    r"(?:^|[。！）)\s])(?:据(?P<src>[^，,。“”\s]{2,16}?)\d{0,2}(?:消息|通报|发布)[，,]|记者(?:\d{1,2}日)?从(?P<src2>[^，,。]{2,20}?)(?:获悉|了解到))"
)  # A5
_MENTION = re.compile(
    r"[@＠](?P<src>[\u4e00-\u9fffA-Za-z0-9_]{2,20}?)(?=发布|消息|通报|发文|提醒|称|[，,：:。\s])"
)  # A6
_WIRE = re.compile(
    r"^[(（]?(?P<src>新华社|中新社|中新网|中国新闻网|人民网|央视网|央广网|法治日报|光明网)(?:客户端)?[\u4e00-\u9fff]{0,8}\d{1,2}月\d{1,2}日(?:电|讯|消息|[）)])"
)  # A7
_SEVERAL = re.compile(r"综合|[、，,/]")  # A12
_HEAD = 12
_LEAD = 3  # paragraphs in which running text may attribute
_TAIL = 0.15  # share of the lines that count as the end
_TRIM = " \t　:：;；,，。.、“”\"'《》<>-—|"


@dataclass(frozen=True, slots=True)
class Claim:
    """The origin a page names, and the date it gives for it (a newspaper's issue)."""

    name: str
    issued: Published | None = None


def read_claim(
    lines: Sequence[str],
    cuts: Sequence[str],
    around: str,
    meta_source: str,
    own: frozenset[str],
    zone: str,
    *,
    official: bool = False,
) -> Claim | None:
    """Whom a page names as the origin of its text; None when it names nobody.

    ``lines`` are the body's, ``cuts`` what was cut from around it, ``around`` the line of facts above it, ``own`` the
    publisher's names.  An origin other than the publisher and other than a mere platform comes first, then a name of
    the publisher.  In running text an official publisher quotes others' news more often than it reprints them, so
    "据…消息" without a named medium is not taken from it.
    """
    ends = max(3, int(len(lines) * _TAIL))
    *read, around, meta_source = folded([*lines, *cuts, around, meta_source])
    body, outside = read[: len(lines)], read[len(lines) :]
    head, tail = [*outside, *body[:_HEAD]], [*outside, *body[-ends:]]
    found = [c for c in _claims(head, tail, body[:_LEAD], around, meta_source, zone, official) if _is_name(c.name)]
    origins = [c for c in found if not _is_self(c.name, own) and c.name not in terms("origin_claims")["platforms"]]
    best = next(iter(origins or found), None)
    issue = next((c.issued for c in found if best and c.name == best.name and c.issued), None)
    return replace(best, issued=issue) if best else None


def is_own(name: str, own: frozenset[str]) -> bool:
    """Whether ``name`` is one of the publisher's ``own``, whatever medium or bracket either carries."""
    return _is_self(name, own)


def _claims(
    head: list[str], tail: list[str], lead: list[str], around: str, meta: str, zone: str, official: bool
) -> Iterator[Claim]:
    """Every claim, those nearest to the origin first."""
    yield from _each(_BRACKETED, reversed(tail))
    yield from _each(_REPRINT, head)
    yield from (Claim(_tidied(m["src"]), parse_date(m["day"], zone)) for line in head if (m := _PAPER.search(line)))
    yield from _each(_REPORTED, lead)
    yield from _each(_ACCOUNT, [*head[:_HEAD], *lead])
    yield from _each(_HEADER, [around, *head])
    if meta.strip():
        yield Claim(_tidied(meta))
    yield from _each(_WIRE, lead)
    if not official:
        yield from _each(_SAID, lead)
        yield from _each(_MENTION, lead)


def _each(pattern: re.Pattern[str], lines: Iterable[str]) -> Iterator[Claim]:
    for line in lines:
        for m in pattern.finditer(line):
            yield Claim(_tidied(next(g for g in m.groups() if g)))


def _tidied(name: str) -> str:
    name = re.sub(r"(?:作者|时间|日期|发布|责任编辑|责编|编辑|字号|浏览|点击|阅读|分享).*$", "", name.strip(_TRIM))
    name = name.strip(_TRIM)
    first = re.split(r"[、，,/\s]", name)[0] if _SEVERAL.search(name) and not name.startswith("综合") else name
    return first.strip(_TRIM)


def _is_name(name: str) -> bool:
    return (
        2 <= len(name) <= 30
        and not any(word in name for word in terms("origin_claims")["not_a_name"])
        and not re.fullmatch(r"[\d\W]+", name)
    )


def _is_self(name: str, own: frozenset[str]) -> bool:
    return name in terms("origin_claims")["self"] or _bare(name) in {_bare(o) for o in own}


def _bare(name: str) -> str:
    name = re.sub(r"[(（][^)）]*[)）]$", "", name).strip().casefold()
    medium = next((m for m in terms("origin_claims")["medium"] if name.endswith(m) and len(name) > len(m)), "")
    return name.removesuffix(medium)
