"""Dates that lean on another one: without a year (10-08 12:00, 新华社北京1月17日电), or told from now (昨天 09:30).

None of them is completed from the time of the fetch alone; that is only a bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from crawler.items import Published
from crawler.reading.dating.date_forms import CLOCK, MONTH, Parts, moment, plain
from crawler.reading.dating.dates import local_day
from crawler.reading.terms import terms

_YEARS_BACK = 8  # within which every day of a year, 29 February too, has been
_LEAD = 200  # characters of a paragraph in which a wire's dateline stands
_MONTH_DAY = tuple(
    re.compile(form)
    for form in (
        rf"(?P<m>\d{{2}})\s?[-/.]\s?(?P<d>\d{{2}})(?![\d./-]){CLOCK}",
        rf"(?P<m>\d{{1,2}})[-/](?P<d>\d{{1,2}})(?=\s\d{{1,2}}:){CLOCK}",
        rf"(?P<m>\d{{1,2}})\s?月\s?(?P<d>\d{{1,2}})\s?[日号號]{CLOCK}",
        rf"{MONTH}\s(?P<d>\d{{1,2}})(?![\d:]){CLOCK}",
        rf"(?P<d>\d{{1,2}})\s{MONTH}(?!\w){CLOCK}",
    )
)
_AGO = re.compile(
    r"(?P<n>\d{1,3})\s?(?:(?P<minutes>分钟|分鐘|minutes?)|(?P<hours>小时|小時|个小时|hours?)|(?P<days>天|days?))\s?(?:前|以前|ago)"
)
_DAYS = {"前天": -2, "昨天": -1, "昨日": -1, "昨晚": -1, "今天": 0, "今日": 0, "今晨": 0, "刚刚": 0, "剛剛": 0}
_DAY_WORD = re.compile(rf"(?P<word>{'|'.join(_DAYS)}){CLOCK}")


def month_and_day(text: str) -> Parts | None:
    """The month, day and clock with which ``text`` begins, the year missing."""
    text = plain(text)
    return next((m.groupdict() for form in _MONTH_DAY if (m := form.match(text))), None)


def wholly_month_and_day(text: str) -> Parts | None:
    """The same where that, in brackets or not, is all of ``text``."""
    text = plain(text).strip(" [](（）)【】\t\n\u3000\xa0")
    return next((m.groupdict() for form in _MONTH_DAY if (m := form.fullmatch(text))), None)


def dateline(lines: Iterable[str]) -> Parts | None:
    """The day of a wire's dateline (新华社北京1月17日电) in the first of ``lines``; it never tells the year."""
    form = _dateline()
    return next((m.groupdict() for line in lines if (m := form.search(plain(line[:_LEAD])))), None)


def nearest(parts: Parts, known: date, zone: str) -> Published | None:
    """``parts`` in the year in which they lie nearest to ``known``."""
    found = [f for year in (-1, 0, 1) if (f := moment(parts | {"y": str(known.year + year)}, zone))]
    return min(found, key=lambda f: abs(date.fromisoformat(f.at[:10]) - known), default=None)


def latest(parts: Parts, bound: date, zone: str) -> Published | None:
    """``parts`` in the last year in which they do not lie after ``bound``."""
    found = (moment(parts | {"y": str(bound.year - back)}, zone) for back in range(_YEARS_BACK))
    return next((f for f in found if f and f.at[:10] <= bound.isoformat()), None)


def told_from(text: str, now: Published, zone: str) -> Published | None:
    """What 昨天 09:30 or 3小时前 at the beginning of ``text`` means when it is read at ``now``, the carrier's own word.

    Never the clock of the fetch.  How long ago is rounded, so that it gives a day; only 昨天 09:30 tells a time.
    """
    text = plain(text)
    if m := _DAY_WORD.match(text):
        day = date.fromisoformat(local_day(now, zone)) + timedelta(days=_DAYS[m["word"]])
        return moment(m.groupdict() | {"y": str(day.year), "m": str(day.month), "d": str(day.day)}, zone)
    if not (m := _AGO.match(text)) or (now.precision == "day" and not m["days"]):
        return None
    ago = timedelta(**{unit: int(m["n"]) for unit in ("minutes", "hours", "days") if m[unit]})
    at = datetime.fromisoformat(now.at).astimezone(ZoneInfo(zone)) - ago
    return replace(now, at=at.replace(hour=0, minute=0, second=0).isoformat(), precision="day")


@cache
def _dateline() -> re.Pattern[str]:
    wires = "|".join(terms("dates")["wires"])
    return re.compile(
        rf"(?:{wires})(?:讯|訊)?[\u4e00-\u9fff、/ ]{{0,16}}?(?P<m>\d{{1,2}})月(?P<d>\d{{1,2}})日"
        r"\s?(?:专?电|專?電|讯|訊|消息|[（(]|$)"
    )
