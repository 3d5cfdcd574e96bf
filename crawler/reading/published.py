"""Which of a page's many dates is that of publication: never a teaser's, nor the day of the fetch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from crawler.items import Published
from crawler.reading.around import Around
from crawler.reading.dates import all_dates, date_in_url, from_epoch, not_future, parse_date
from crawler.reading.terms import terms

_AFTER_LABEL = 70  # characters after a label in which its date begins and ends
_FACTS = 250  # characters of the longest block that is still a line of facts
_FACT_LINE = 60  # the same for a line of the body
_HEAD = 8  # lines


@dataclass(frozen=True, slots=True)
class Said:
    """All that a page and those who led to it say of its date."""

    zone: str
    fetched_at: float
    url: str
    markup: str
    meta: dict[str, str]
    around: Around
    lines: Sequence[str]
    listed: Published | None


def publication(said: Said) -> Published | None:
    """The date of publication: printed above the text, in a meta tag, in a script, in the list, in the address.

    Printed comes first since a migrated site dates addresses and meta tags anew; of two words on one day the finer is
    taken.  htmldate is asked only about pages that say nothing plainly.
    """
    zone, now = said.zone, said.fetched_at
    printed = not_future(_printed(said.around, zone) or in_lines(said.lines, zone), now)
    tagged = not_future(_in_meta(said.meta, zone), now)
    if printed or tagged:
        return _finer(printed, tagged)
    found = not_future(_in_script(said.markup, zone), now) or not_future(said.listed, now)
    found = found or not_future(date_in_url(said.url, zone), now) or not_future(_updated(said, zone), now)
    return found or not_future(_searched(said.markup, zone, now), now)


def in_lines(lines: Iterable[str], zone: str) -> Published | None:
    """The date in the first lines of a text: labelled, or a line of facts that begins with it."""
    first = [line for line in lines if len(line) < 160][:_HEAD]
    return next((f for line in first if (f := labelled(line, zone) or _of_fact_line(line, zone))), None)


def at_end(lines: Sequence[str], zone: str) -> Published | None:
    """A notice written as a letter is dated below: the last line that is nothing but a date."""
    last = [line for line in lines[-4:] if len(line) <= 16]
    return next((f for line in reversed(last) if (f := parse_date(line, zone))), None)


def labelled(text: str, zone: str, kind: str = "published") -> Published | None:
    """The date that follows 发布时间 or a label like it; one after 更新时间, 截止 and the like is another date."""
    for label in terms("dates")[kind]:
        at = text.find(label)
        while at >= 0:
            after = re.sub(r"^[\s：:\[【(（|]+", "", text[at + len(label) :][:_AFTER_LABEL])
            found = next((f for place, f in all_dates(after, zone) if place == 0), None)
            whole = len(label) > 2 or at == 0 or not text[at - 1].isalnum()  # 日期 ends many a phrase
            if found and whole and (kind != "published" or not _other(text[max(0, at - 6) : at + len(label)])):
                return found
            at = text.find(label, at + 1)
    return None


def _printed(around: Around, zone: str) -> Published | None:
    """The labelled date nearest above the body, else the only one in a line of facts, else a labelled one below."""
    above = next((f for block in around.above if (f := labelled(block, zone))), None)
    above = above or next((f for block in around.above if (f := _of_facts(block, zone))), None)
    return above or next((f for block in around.below if len(block) < _FACTS and (f := labelled(block, zone))), None)


def _updated(said: Said, zone: str) -> Published | None:
    """The date of the last change, which many sites print alone."""
    return next(
        (f for line in (*said.around.above, *said.lines[:_HEAD]) if (f := labelled(line, zone, "updated"))), None
    )


def _of_facts(block: str, zone: str) -> Published | None:
    """The date of a short block that has one, updates aside; several of them are a list of other articles."""
    if len(block) > _FACTS or "。" in block or _other(block, "clocks"):
        return None
    dated = [(at, p) for at, p in all_dates(block, zone) if not _other(block[max(0, at - 8) : at])]
    return min(dated, key=lambda d: d[0])[1] if len({p.at[:10] for _, p in dated}) == 1 else None


def _of_fact_line(line: str, zone: str) -> Published | None:
    """The date of a line that begins with it or is little more than it."""
    if len(line) > _FACT_LINE or line.endswith(("。", "！", "？", "，", "；")) or "版" in line or _other(line):
        return None
    found = sorted(all_dates(line, zone), key=lambda f: f[0])
    return found[0][1] if len(found) == 1 and (found[0][0] == 0 or len(line) < 30) else None


def _other(text: str, kind: str = "other") -> bool:
    return any(word in text for word in terms("dates")[kind])


def _in_meta(meta: dict[str, str], zone: str) -> Published | None:
    found = (parse_date(meta[name], zone) for name in terms("dates")["meta"] if name in meta)
    return _of_database(next((f for f in found if f), None))


def _in_script(markup: str, zone: str) -> Published | None:
    """The date that JSON-LD or a page's own script gives."""
    for key in terms("dates")["script"]:
        at = markup.find(f'"{key}"')
        value = re.match(r"\s*:\s*\"?([^\",}]{4,40})", markup[at + len(key) + 2 :][:60]) if at >= 0 else None
        if value:
            word = value[1].strip()
            found = from_epoch(float(word), zone) if re.fullmatch(r"\d{10}|\d{13}", word) else parse_date(word, zone)
            if found:
                return _of_database(found)
    return None


def _of_database(found: Published | None) -> Published | None:
    """Midnight sharp in a machine's field is how a CMS stores a day."""
    return replace(found, precision="day") if found and found.at[11:19] == "00:00:00" else found


def _searched(markup: str, zone: str, fetched_at: float) -> Published | None:
    """What htmldate makes of the page (48 of 49 pages): a day."""
    from htmldate import find_date  # 0.2 s of import

    latest = datetime.fromtimestamp(fetched_at, UTC).strftime("%Y-%m-%d") if fetched_at else None
    try:
        day = find_date(markup, original_date=True, extensive_search=False, max_date=latest)
    except (ValueError, TypeError, AttributeError, OverflowError, AssertionError):
        return None  # htmldate has no error of its own for hostile markup
    return parse_date(day, zone) if day else None


def _finer(a: Published | None, b: Published | None) -> Published | None:
    """``a``, or ``b`` where it tells the time of the same day that ``a`` only names."""
    if a and b and a.precision == "day" and b.precision != "day" and a.at[:10] == b.at[:10]:
        return b
    return a or b
