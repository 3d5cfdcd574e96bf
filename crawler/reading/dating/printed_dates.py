"""Dates as a text prints them: after a label, in a line of facts, under a letter, beside the origin's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from crawler.items import Published
from crawler.reading.dating.dates import all_dates, local_day, parse_date
from crawler.reading.terms import terms

_AFTER_LABEL = 70  # characters after a label in which its date begins and ends
_FACTS = 250  # characters of the longest block that is still a line of facts
_FACT_LINE = 60  # the same for a line of the body
_LINE = 160  # characters of a line that is no paragraph
_HEAD = 8  # lines
_TAIL = 12  # lines in which a letter ends, its enclosures listed below it
_SIGNED = 45  # characters of a line with who signs and when
_SHORT = 30  # characters of a line in which the date need not come first
_NAME = 8  # letters of a name beside a day
_REPRINT = 40  # characters of a line that says no more than whose text it is, and of when
_SENTENCE = re.compile(r"[，,。；;：:！？]")
_WEEKDAY = re.compile(r"星期|周[一二三四五六日]|禮拜|農曆|农历")
_STOPS = ("。", "！", "？", "，", "；", ".", "!", "?")
_DATE_BEGINS = re.compile(r"\s*(?:\d{2,4}|[一二][〇○◯零ＯОOo0一二三四五六七八九]{3})\s?[年./-]")
_OPENING = re.compile(r"^[\s：:\[【(（|]+")


def labelled(text: str, zone: str, kind: str = "published", *, loose: bool = True) -> Published | None:
    """The date that follows 发布时间 or a label like it; one after 更新时间, 截止 and the like is another date.

    ``loose`` labels (时间, 日期) also stand before the time of an event.
    """
    for after in after_labels(text, kind, loose=loose):
        if found := next((f for place, f in all_dates(after, zone) if place == 0), None):
            return found
    return None


def after_labels(text: str, kind: str = "published", *, loose: bool = True) -> Iterator[str]:
    """What stands behind each label of the ``kind``, a list of dates.toml."""
    loose = loose and kind == "published" and not _says(text, "event")
    for label in terms("dates")[kind] + (terms("dates")["loose"] if loose else []):
        at = text.find(label)
        while at >= 0:
            whole = len(label) > 2 or at == 0 or not text[at - 1].isalnum()  # 日期 ends many a phrase
            if whole and (kind != "published" or not _says(text[max(0, at - 6) : at + len(label)], "other")):
                yield _OPENING.sub("", text[at + len(label) :][:_AFTER_LABEL])
            at = text.find(label, at + 1)


def of_facts(block: str, zone: str, title: str = "") -> Published | None:
    """The date of a short block that has one, updates and the ``title``'s aside; several are other articles'."""
    block = block.replace(title, " ") if title else block
    if len(block) > _FACTS or "。" in block or _is_clock(block):
        return None
    found = [f for at, f in all_dates(block, zone, loose=False) if not _says(block[max(0, at - 8) : at], "other")]
    return found[0] if len({f.at[:10] for f in found}) == 1 else None


def in_lines(lines: Sequence[str], zone: str) -> Published | None:
    """The date in the first lines of a text: labelled, or a line of facts that says little more."""
    return labelled_in_lines(lines, zone) or bare_in_lines(lines, zone)


def labelled_in_lines(lines: Sequence[str], zone: str) -> Published | None:
    """The first labelled date in the first lines of a text; 时间 is one of an event where 地点 stands below."""
    first, event = _first(lines)
    return next((f for line in first if (f := labelled(line, zone, loose=not event))), None)


def bare_in_lines(lines: Sequence[str], zone: str) -> Published | None:
    """The first date in the first lines that stands in a line of facts."""
    first, event = _first(lines)
    of_event = tuple(terms("dates")["loose"]) if event else ()
    return next((f for line in first if not line.startswith(of_event) and (f := _of_fact_line(line, zone))), None)


def at_end(lines: Sequence[str], zone: str) -> Published | None:
    """A notice written as a letter is dated below, under or beside the name of who signs it."""
    for above, line in reversed(list(pairwise(["", *lines[-_TAIL:]]))):
        found = parse_date(line, zone) if len(line) <= _SIGNED and not _SENTENCE.search(line) else None
        if found and found.precision == "day" and _is_signed(line, above):
            return found
    return None


def beside_name(lines: Iterable[str], name: str, zone: str) -> Published | None:
    """The day of a reprint's line that says no more than whose text it is, and of when (2023-11-20 公安部网站)."""
    for line in lines:
        if len(line) <= _REPRINT and name in line and (found := parse_date(line, zone)) and found.precision == "day":
            rest = re.sub(r"[\W\d年月日_]", "", line.replace(name, ""))
            if not re.sub("|".join(terms("dates")["reprinted"]), "", rest):
                return found
    return None


def is_labelled_source(line: str) -> bool:
    """Whether a line says 来源：, as the line of facts of the page itself does."""
    return bool(re.search(r"来\s?源|來\s?源", line))


def names_other_date(text: str) -> bool:
    """Whether a text says that its date is another one than that of publication: of a deadline, a visit, an event."""
    return _says(text, "other") and not _says(text, "updated")


def days_of(block: str, zone: str) -> set[str]:
    """Every day that a block names."""
    return {local_day(f, zone) for _, f in all_dates(block, zone)}


def _first(lines: Sequence[str]) -> tuple[list[str], bool]:
    """The first short lines, and whether they tell of an event."""
    first = [line for line in lines if len(line) < _LINE][:_HEAD]
    return first, any(line.startswith(tuple(terms("dates")["event"])) for line in first)


def _is_signed(line: str, above: str) -> bool:
    """Whether a dated line names an office, or stands below one, or below the last sentence; not below a headline."""
    name = _DATE_BEGINS.split(line, maxsplit=1)[0].strip(" \u3000(（")
    if name:
        return name.endswith(tuple(terms("dates")["signers"]))
    if len(above) <= _SIGNED and above.rstrip("）) ").endswith(tuple(terms("dates")["signers"])):
        return True
    return "月" in line and (not above or above.endswith(_STOPS))


def _of_fact_line(line: str, zone: str) -> Published | None:
    """The date of a line that says little more than it."""
    if len(line) > _FACT_LINE or line.endswith(_STOPS) or "版" in line or _says(line, "other") or _is_clock(line):
        return None
    found = sorted(all_dates(line, zone, loose=False), key=lambda f: f[0])
    if len(found) != 1 or (found[0][0] and len(line) >= _SHORT):
        return None
    rest = len(re.sub(r"[\W\d年月日_]", "", line))
    return found[0][1] if found[0][1].precision != "day" or rest <= _NAME or _says(line, "facts") else None


def _is_clock(block: str) -> bool:
    """Whether a block is today's date in the head of a page: it says so, or names the weekday and no fact."""
    return _says(block, "clocks") or (bool(_WEEKDAY.search(block)) and not _says(block, "facts"))


def _says(text: str, kind: str) -> bool:
    return any(word in text for word in terms("dates")[kind])
