"""The ways of writing a date, as patterns, and what a match of one says: no year, clock or offset is ever added."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from crawler.items import Basis, Precision, Published
from crawler.reading.terms import terms

Parts = dict[str, str | None]
"""The named groups of a match: y (roc, cy), m (cm, month), d (cd), h, mi, s and what stands around a clock."""

_OLDEST, _LATEST = 1995, 2100
_PLAIN = str.maketrans("０１２３４５６７８９：／－．＋‐‑−\u200b\ufeff", "0123456789:/-.+---  ")
_HAND = "〇○◯零ОＯOo0一二三四五六七八九"  # the digits of 二〇二五, seven ways to write a nought among them
_DIGITS = str.maketrans(_HAND, "000000000123456789")
_SMALL = r"[一二三]?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|[一二三四五六七八九]"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?P<month>(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?))\.?"
)
_NIGHT = ("晚上", "晚间", "晚間", "晚", "夜间", "深夜")
_AFTERNOON = ("下午", "午后", "午後", "傍晚", *_NIGHT)
_HALF = "|".join(("凌晨", "清晨", "早晨", "早上", "早", "上午", "中午", "正午", *_AFTERNOON, "AM", "PM"))
CLOCK = (
    r"(?:\s?[(（\[]?(?:星期|周|週|礼拜|禮拜)[一二三四五六日天][)）\]]?)?(?:(?P<t>T)|[\s,，·|-]{0,3})(?:at\s)?"
    r"(?:(?:(?P<zp>北京时间|北京時間|格林尼治(?:标准)?时间|GMT|UTC)\s?:?\s?)?"
    rf"(?P<half>{_HALF})?\s?(?P<h>\d{{1,2}})\s?[:时時点點]\s?(?P<mi>\d{{2}}(?!\d)|\d(?=\s?分))"
    r"(?:\s?[:分]\s?(?P<s>\d{2})(?![\d:]))?(?:\.\d{1,9})?\s?(?P<ap>[AaPp]\.?[Mm]\b\.?)?"
    r"\s?(?P<z>Z\b|(?:UTC|GMT)\s?[+-]\d{1,2}(?::?\d{2})?(?!\d)|[+-]\d{2}:?\d{2}(?!\d)|\+\d{2}(?!\d)|[A-Z]{2,5}\b)?)?"
)
_DAY = r"(?P<d>\d{1,2}(?!\d)|\d{2}(?=\d{2}:\d{2}))"
_NTH = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<y>(?:19|20)\d\d)"
_COMPACT = r"(?<![\dA-Za-z备第号])(?P<y>20\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])"
SURE = tuple(  # forms whose year cannot be mistaken for anything else
    re.compile(form)
    for form in (
        rf"(?<!\d)(?<!\d[.-]){_YEAR}\s?[-/.年]\s?(?P<m>\d{{1,2}}|元)\s?[-/.月]\s?{_DAY}\s?[日号號]?{CLOCK}",
        rf"(?<!\d){_YEAR}\s(?P<m>\d{{1,2}})\s?[-/月]\s?{_DAY}\s?日?{CLOCK}",  # a span for each part (news.cn)
        rf"(?P<cy>[一二][{_HAND}]{{3}})\s?年\s?(?P<cm>元|{_SMALL})\s?月\s?(?P<cd>{_SMALL})\s?[日号號]{CLOCK}",
        rf"(?:中華民國|中华民国|民國|民国)\s?(?P<roc>\d{{2,3}})\s?年\s?(?P<m>\d{{1,2}})\s?月\s?{_DAY}\s?日?{CLOCK}",
        rf"(?<!\w){_NTH}(?:\sof)?(?:\s|-){MONTH},?(?:\s|-)(?P<y>(?:19|20)\d\d(?!\d)|\d\d(?=\s\d\d:\d\d)){CLOCK}",
        rf"(?<!\w){MONTH}\s{_NTH},?\s{_YEAR}(?!\d){CLOCK}",
        rf"(?<!\w){MONTH}\s{_NTH}\s(?P<h>\d\d):(?P<mi>\d\d):(?P<s>\d\d)\s(?:(?P<z>[A-Z]{{2,5}})\s)?{_YEAR}(?!\d)",
    )
)
LOOSE = tuple(  # forms that other numbers may have; they count where a date is expected
    re.compile(form)
    for form in (
        rf"{_COMPACT}(?=\s){CLOCK}",
        rf"{_COMPACT}(?:T?(?P<h>[01]\d|2[0-3])(?P<mi>[0-5]\d)(?P<s>[0-5]\d)?(?P<z>Z\b)?)?(?!\s?\d{1, 2}:|[\d号:])",
        rf"(?<![\d/.-])(?P<y>\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?![\d-]){CLOCK}",
        rf"(?<![\d/.-])(?P<y>\d\d)年(?P<m>\d{{1,2}})月(?P<d>\d{{1,2}})日{CLOCK}",
        rf"(?<![\d/.-])(?P<a>\d{{1,2}})[/.-](?P<b>\d{{1,2}})[/.-]{_YEAR}(?!\d){CLOCK}",
        rf"(?<![\d/.-])(?P<roc3>1\d\d)[-/.年](?P<m>\d{{1,2}})[-/.月](?P<d>\d{{1,2}})(?!\d)日?{CLOCK}",
    )
)


def plain(text: str) -> str:
    """``text`` with full-width digits and signs as ASCII ones, character for character."""
    return text.translate(_PLAIN)


def moment(parts: Parts, zone: str, basis: Basis = "origin") -> Published | None:
    """What a match says, in ``zone`` unless it names an offset; None for an impossible day and for one before 1995.

    A clock that cannot be is left out; then, as for an hour without minutes, the precision is "day".
    """
    day, clock = _day(parts, zone), _clock(parts)
    if day is None or not _OLDEST <= day.year < _LATEST:
        return None
    precision: Precision = "day" if clock is None else "second" if parts.get("s") else "minute"
    offset = _offset(parts) if clock else None
    return Published(datetime.combine(day, clock or time(), offset or ZoneInfo(zone)).isoformat(), precision, basis)


def _day(parts: Parts, zone: str) -> date | None:
    year, month, day = _year(parts, zone), _month(parts), _number(parts.get("d") or parts.get("cd"))
    if parts.get("a"):
        month, day = _ordered(_number(parts["a"]), _number(parts["b"]), zone)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(parts: Parts, zone: str) -> int:
    """The year of our era; that of the Republic of China (民國) counts from 1912, and stands bare on its own sites."""
    if republic := parts.get("roc") or (parts.get("roc3") if zone == "Asia/Taipei" else None):
        return 1911 + int(republic)
    if by_hand := parts.get("cy"):
        return int(by_hand.translate(_DIGITS))
    written = parts.get("y") or "0000"
    return int(written) + (0 if len(written) > 2 else 1900 if int(written) >= 95 else 2000)


def _month(parts: Parts) -> int:
    if name := parts.get("month"):
        return _MONTHS.index(name[:3].lower()) + 1
    written = parts.get("m") or parts.get("cm")
    return 1 if written == "元" else _number(written)


def _number(written: str | None) -> int:
    """``17`` or ``十七``; 0 for nothing."""
    if not written or written.isdecimal():
        return int(written or 0)
    if written[0] == "廿":
        return 20 + _number(written[1:])
    tens, ten, ones = written.rpartition("十")
    return 10 * _number(tens or "1".translate(_DIGITS)) + _number(ones) if ten else int(written.translate(_DIGITS))


def _ordered(a: int, b: int, zone: str) -> tuple[int, int]:
    """Month and day of ``a/b/2025``: the month first in America; unknown where the year comes first."""
    if a > 12 or b > 12 or a == b:
        return (b, a) if a > 12 else (a, b)
    if zone.startswith("America/"):
        return a, b
    return (0, 0) if zone in terms("dates")["year_first"] else (b, a)


def _clock(parts: Parts) -> time | None:
    """The time of day; None where none is told, or one that cannot be."""
    if not parts.get("mi"):
        return None
    try:
        hour = _hour(int(parts["h"] or 0), (parts.get("half") or parts.get("ap") or "").replace(".", "").upper())
        return time(hour, int(parts["mi"] or 0), int(parts.get("s") or 0))
    except ValueError:
        return None


def _hour(hour: int, half: str) -> int:
    """The hour of 24.  Raises ValueError for 晚12点, which is the end of a day or its beginning."""
    if hour > 12 or not half:
        return hour
    if hour == 12:
        if half in _NIGHT:
            raise ValueError(half)
        return 0 if half in ("凌晨", "AM") else 12
    later = half in _AFTERNOON or half == "PM" or (half in ("中午", "正午") and hour < 11)
    return hour + 12 if later else hour


def _offset(parts: Parts) -> tzinfo | None:
    """The offset that stands beside a clock; None without one, and for 09:30-10:30, which is a stretch of time."""
    text = parts.get("z") or parts.get("zp") or ""
    if text in _zones():
        return _zones()[text]
    number = re.search(r"([+-])(\d{1,2}):?(\d{2})?$", text)
    if not number or (number[1] == "-" and ":" in text and not parts.get("s") and not parts.get("t")):
        return None
    ahead = timedelta(hours=int(number[2]), minutes=int(number[3] or 0))
    return timezone(-ahead if number[1] == "-" else ahead) if ahead < timedelta(hours=15) else None


@cache
def _zones() -> dict[str, tzinfo]:
    """The zones that are told by name.  CST is none: it is that of China to some and of Chicago to others."""
    found: dict[str, tzinfo] = {"Z": UTC}
    for line in terms("dates")["zones"]:
        name, hours = line.rsplit(" ", 1)
        found[name] = timezone(timedelta(hours=float(hours)))
    return found
