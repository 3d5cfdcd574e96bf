"""Numbers as a reader takes them: with their unit and direction, whatever way they are written.

``92名`` and ``92 人`` are one quantity, as are ``3.5万元`` and ``35000元``, ``三名`` and ``3名``, ``2025-01-05`` and
``2025年1月5日``, ``010-66001234`` and ``(010)66001234``.  ``92名`` and ``93名`` are not, nor ``30日前`` and ``30日后``.
All is read from text as `reading.normalise.evened` leaves it.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal, NamedTuple

from crawler.judging.tables import table

Sort = Literal["figure", "date", "contact"]

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_HAN = "".join({**_DIGITS, **_TENS, **_MYRIADS})
_LONGEST = 20  # characters of a number that is read as one; longer ones are compared as they stand
_CONTACT = 5  # digits from which a bare number is one to call


def _units() -> dict[str, str]:
    """Each unit and what it is the same as."""
    rows = (row for row in table("revision_words") if row["group"] == "unit")
    return {row["term"]: row["same"] or row["term"] for row in rows}


_UNITS = _units()
_UNIT = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
_BOUND = r"之前|以前|前(?![往来夕述去景后])|之后|以后|后(?![期续台来者])|起(?![来义诉草底])|止|以上|以下|以内|之内"
_DAY = (
    r"\d{2,4}年(?:\d{1,2}月)?(?:\d{1,2}[日号])?|\d{1,2}月(?:\d{1,2}[日号])?|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)"
    r"|(?:[〇零一二三四五六七八九十]{1,4}+[年月日号])++|(?:星期|周)[一二三四五六日天]|\d{1,2}:\d\d(?::\d\d)?"
)
_PHONE = r"\+\d+(?:[- ()]{1,2}\d+){0,6}|\(?0\d{2,3}\)?[- ]?\d{6,9}(?!\d)|\d{3,4}-\d{3,4}-?\d{0,4}(?!\d)"
_AMOUNT = (
    rf"\d+(?:\.\d+)?亿\d+(?:\.\d+)?万(?: ?(?:{_UNIT}))?"
    rf"|\d+(?:,\d+)*+(?:[.:/~–-]\d+)*+(?:[%‰]|(?:多|余)?[十百千万亿]*+(?:多|余)?(?: ?(?:{_UNIT}))?)"
    rf"|百分之[{_HAN}]{{1,6}}|[数几]?[{_HAN}]{{1,12}}+(?:多|余)?(?:{_UNIT})"
)
_FIRST = rf"(?=[\d+(星周数几{_HAN}])"  # what any of them begins with: of the rest of a text nothing more is tried
QUANTITY = rf"{_FIRST}(?:(?:{_DAY})|(?:{_PHONE})|(?:{_AMOUNT}))(?:{_BOUND})?"
_QUANTITY = re.compile(rf"{_FIRST}(?:(?P<date>{_DAY})|(?P<contact>{_PHONE})|(?P<figure>{_AMOUNT}))(?P<bound>{_BOUND})?")
_SUM = re.compile(r"([\d.]+)亿([\d.]+)万(\D*)")
_NUMBER = re.compile(rf"([\d,.]+|[{_HAN}]+)(?:多|余)?([十百千万亿]*)(?:多|余)?(\D*)")
_ARTICLES = frozenset({"人", "个", "次", "件", "家", "条", "张", "批", "起", "些", "种"})  # 一名男子 counts nothing


class Quantity(NamedTuple):
    """What a number says, and what sort of number it is."""

    value: str
    sort: Sort


def quantities(evened: str) -> list[Quantity]:
    """The quantities of a text, in its order."""
    read = (_read(m) for m in _QUANTITY.finditer(evened))
    return [quantity for quantity in read if quantity is not None]


def _read(found: re.Match[str]) -> Quantity | None:
    bound = (found["bound"] or "").lstrip("之以") or ""
    if found["date"]:
        return Quantity(_date(found["date"]) + bound, "date")
    if found["contact"]:
        return Quantity(re.sub(r"\D", "", found["contact"]) + bound, "contact")
    said = found["figure"]
    if said.isdigit() and len(said) >= _CONTACT:
        return Quantity(said + bound, "contact")
    amount = _amount(said)
    return Quantity(amount + bound, "figure") if amount else None


def _date(said: str) -> str:
    """A date in figures: 2025年1月5日 whatever its zeros, marks and numerals."""
    if ":" in said or said[0] in "星周":
        return said.replace("星期", "周").replace("周天", "周日")
    parts = re.split(r"[-/.年月日号]", said)
    units = re.findall(r"[年月日号]", said.replace("号", "日")) or ["年", "月", "日"]
    return "".join(f"{_whole(part)}{unit}" for part, unit in zip(parts, units, strict=False))


def _amount(said: str) -> str:
    """A number with its unit; "" for a 一 that is but an article."""
    if said.startswith("百分之"):
        return f"{_whole(said[3:])}%"
    if both := _SUM.fullmatch(said):
        value = Decimal(both[1]) * _MYRIADS["亿"] + Decimal(both[2]) * _MYRIADS["万"]
        return f"{value.normalize():f}{_UNITS.get(both[3].strip(), both[3])}"
    found = _NUMBER.fullmatch(said)
    plain = found[1].replace(",", "") if found else ""
    if found is None or not plain or len(plain) > _LONGEST or plain.count(".") > 1:
        return said.replace(",", "")
    unit = _UNITS.get(found[3].strip(), found[3])
    if plain == "一" and unit in _ARTICLES:
        return ""
    value = Decimal(plain) if plain[0].isdecimal() else Decimal(_whole(plain))
    return f"{(value * _whole(found[2] or '1')).normalize():f}{unit}"


def _whole(numeral: str) -> int:
    """The value of a numeral without a point, in figures or in Chinese: 1079, 一千零七十九, 二〇二五."""
    if numeral.isdecimal():
        return int(numeral[:_LONGEST])
    if all(c in _DIGITS for c in numeral):
        return int("".join(str(_DIGITS[c]) for c in numeral) or "0")
    total = section = digit = 0
    for c in numeral:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _TENS:
            section, digit = section + (digit or 1) * _TENS[c], 0
        elif c == "万":
            total, section, digit = total + (section + digit or 1) * _MYRIADS[c], 0, 0
        else:
            total, section, digit = (total + section + digit or 1) * _MYRIADS[c], 0, 0
    return total + section + digit
