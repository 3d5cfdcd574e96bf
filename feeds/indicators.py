"""Indicators: sites, numbers and apps that a notice names as the fraud's own.  Pure.

A wrong one blocks an innocent line or site, so a value needs an accusing word, and none that recommends it, between
the beginning of its sentence and itself (or the verdict right behind it).  What belongs to a publisher, an office or
an everyday service never is one, nor a number that is said to be shown by forgery: that is the victim's.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from crawler.items import Notice

_DATA = Path(__file__).parent / "data" / "indicators.toml"
_MOST = 50  # of one notice
_CLOSE = 10  # characters in which a word of pretending turns what follows it
_REACH = 60  # characters before a value in which its cue stands
_SENTENCE = re.compile(r"[^。！？；\n]+")  # not by marks that may stand in an address
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_SITE = re.compile(
    rf"(?<![a-z0-9@._/-])(?<!\]\()(https?://)?((?:{_LABEL}\.){{1,6}}[a-z]{{2,18}})(?![a-z0-9-]|\.[a-z0-9])(?::\d{{1,5}})?(/[\w/.?=&%#~+-]{{0,300}})?",
    re.I | re.A,
)
_CLAUSE = re.compile("[，,：:]")
_NUMBER = re.compile(
    r"(?<![\d.+\w-])(?:"
    r"(?:\+|00)[1-9]\d{0,2}[- ]?\d(?:[- ]?\d){5,11}"  # +855 12 345 678
    r"|1[3-9]\d{9}"  # a mobile number in China
    r"|0\d{2,3}-?\d{7,8}"  # a landline in China
    r"|400-?\d{3}-?\d{4}"
    r")(?![\d-])",
    re.A,
)
_NAMED = '[“"《「‘][^“”"《》「」‘’。，；\n]{2,20}[”"》」’]'
_SOFTWARE = "(?:APP|App|app|软件|平台|应用程序|应用|客户端)"
_FALSE = "(?:虚假|涉诈|诈骗|仿冒|假冒|山寨|非法)"
_NAMES = rf"((?:{_NAMED}[、和及与]?){{1,20}})"
_THEN_CALLED = re.compile(
    rf"{_NAMES}[等的]{{0,2}}(?:[多几一]个|[多几一]款)?{_FALSE}[^。，；“《「\"]{{0,10}}?{_SOFTWARE}"
)
_CALLED_THEN = re.compile(
    rf"{_FALSE}[^。，；“《「\"]{{0,12}}?{_SOFTWARE}(?:名为|名称为|叫做|叫|包括|包含|有|如|:|：){{0,2}}{_NAMES}"
)
_NAME = re.compile(_NAMED)
_COUNTRY_OFFICE = re.compile(r"(?:^|\.)(?:gov|gob|gouv|go|govt|mil|edu|ac)\.[a-z]{2}$")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One value, and the publisher's sentence that accuses it."""

    type: Literal["url", "domain", "phone", "app"]
    value: str
    because: str


def indicators(notice: Notice, own_hosts: frozenset[str] = frozenset()) -> tuple[Indicator, ...]:
    """What ``notice`` names as the fraud's, each once, in its order; ``own_hosts`` are publishers' and never are."""
    hosts = own_hosts | {_host(s.url) for s in notice.sightings} | {_host(notice.url)}
    lines = frozenset(_digits(c) for c in notice.verdict.contacts)
    found: dict[tuple[str, str], Indicator] = {}
    for sentence in _SENTENCE.findall(f"{notice.title}\n{notice.body}"):
        for one in (*_sites(sentence, hosts), *_numbers(sentence, lines), *_apps(sentence)):
            found.setdefault((one.type, one.value), one)
    return tuple(found.values())[:_MOST]


def _sites(sentence: str, own_hosts: Iterable[str]) -> Iterator[Indicator]:
    plain = sentence.replace("[.]", ".").replace("hxxp", "http")  # as security people write what must not be clicked
    for match in _SITE.finditer(plain):
        scheme, host, path = match[1], match[2].lower(), match[3]
        named = scheme or host.startswith("www.") or host.rpartition(".")[2] in _terms()["top_domains"]
        if not named or _is_exempt(host, own_hosts) or not _is_accused(plain, match.start(), match.end(), "site_nouns"):
            continue
        if path and len(path) > 1:
            yield Indicator("url", f"{scheme or 'http://'}{host}{path}", sentence.strip())
        else:
            yield Indicator("domain", host, sentence.strip())


def _is_exempt(host: str, own_hosts: Iterable[str]) -> bool:
    ours = (*own_hosts, *_terms()["everyday_hosts"], *_terms()["official_suffixes"])
    return bool(_COUNTRY_OFFICE.search(host)) or any(host == o or host.endswith(f".{o}") for o in ours if o)


def _numbers(sentence: str, contacts: frozenset[str]) -> Iterator[Indicator]:
    low = sentence.lower()
    if any(term in low for term in _terms()["forged_display"]):
        return
    for match in _NUMBER.finditer(sentence):
        digits = _digits(match[0])
        a_line = any(digits.endswith(line) for line in _terms()["hotlines"] if len(line) > 4)
        known = any(digits.endswith(c) or c.endswith(digits) for c in contacts if len(c) > 6)
        if not a_line and not known and _is_accused(sentence, match.start(), match.end(), "line_nouns"):
            yield Indicator("phone", ("+" if match[0].startswith(("+", "00")) else "") + digits, sentence.strip())


def _apps(sentence: str) -> Iterator[Indicator]:
    for match in (*_THEN_CALLED.finditer(sentence), *_CALLED_THEN.finditer(sentence)):
        for name in _NAME.findall(match[1]):
            bare = name[1:-1].strip()
            stem = re.sub(rf"\s*{_SOFTWARE}$", "", bare)
            if len(stem) > 1 and stem not in _terms()["everyday_apps"]:
                yield Indicator("app", stem, sentence.strip())


def _is_accused(sentence: str, start: int, end: int, nouns: str) -> bool:
    """Whether the words behind a value accuse it, or the last cue before it, which one of ``nouns`` leads from to it.

    Without the noun ("网站", "号码") an address after an accusing word may be where one reads more of it.
    """
    before, behind = sentence[max(start - _REACH, 0) : start].lower(), sentence[end : end + 24].lower()
    if re.match(r"[^,，]{0,8}?(?:是|为|系|属| is | are )", behind) and any(v in behind for v in _terms()["verdicts"]):
        return True
    accusing = max((before.rfind(term) for term in _terms()["accused"]), default=-1)
    if accusing < 0 or not any(noun in before[accusing:] for noun in _terms()[nouns]):
        return False
    return accusing > max((_last(before, term) for term in _terms()["recommended"]), default=-1)


def _last(text: str, term: str) -> int:
    """Where ``term`` stands last in ``text`` and is meant: not as what somebody pretends to be; -1 for nowhere."""
    at = text.rfind(term)
    while at >= 0 and any(p in _CLAUSE.split(text[max(at - _CLOSE, 0) : at])[-1] for p in _terms()["pretending"]):
        at = text.rfind(term, 0, at)
    return at


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text, flags=re.A).removeprefix("00")


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


@cache
def _terms() -> dict[str, tuple[str, ...]]:
    return {name: tuple(terms) for name, terms in tomllib.loads(_DATA.read_text("utf-8")).items()}
