"""Whether an office's page was taken over: another template than all of its pages had, and advertisements for a text.

Neither is enough alone: an office may redo its site, and its warnings quote what swindlers advertise.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from crawler.judging.tables import table, words

PAGES = 3  # of an office that must have been read before one of its pages can be strange
_NAMES = re.compile(rb"""\s(?:class|id)\s*=\s*["']([^"'<>]{1,120})["']""", re.I)
_MOST = 2_000_000  # bytes that are searched for names
_FEWEST = 5  # names that a template must have to be told from another
_KNOWN = 0.2  # share of a page's names that its office used before, under which its template is another
_ADVERTS = 3  # kinds of phrases
_WARNS = re.compile("警方|公安|反诈|防骗|诈骗|骗局|切勿|请勿|谨防|提醒|打击|查处|通报|整治")


def template(body: bytes) -> frozenset[str]:
    """The names that a page gives to its parts (classes and ids), numbers left out: what its template is known by."""
    found = (name for value in _NAMES.findall(body[:_MOST]) for name in value.split())
    return frozenset(re.sub(r"\d+", "", name.decode("utf-8", "replace")) for name in found) - {""}


def defaced(names: frozenset[str], known: Collection[str], title: str, body: str) -> str:
    """Why an office's page was taken over, "" when it was not.

    ``names``: the page's `template`; ``known``: the names on pages that were read at that office before, at least
    `PAGES` of them.
    """
    if len(names) < _FEWEST or not known:
        return ""
    share = len(names & frozenset(known)) / len(names)
    said = adverts(f"{title}\n{body}")
    if share >= _KNOWN or len(said) < _ADVERTS:
        return ""
    return (
        f"another template than this office ever used ({share:.0%} of its names), and advertisements: {'、'.join(said)}"
    )


def adverts(text: str) -> tuple[str, ...]:
    """What a text advertises, a phrase of each kind; nothing where it warns."""
    if _WARNS.search(text):
        return ()
    found = (pattern.search(text) for pattern in _kinds())
    return tuple(f[0] for f in found if f)


@cache
def _kinds() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile("|".join(map(re.escape, words(row["phrases"]))), re.I) for row in table("adverts"))
