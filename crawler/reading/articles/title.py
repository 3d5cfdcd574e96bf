"""What an article is called, from several places that may each be missing, cut short or the name of the site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from itertools import pairwise

from lxml import etree

from crawler.reading.articles.clean import tidy
from crawler.reading.articles.locate import Element, Marks, squeezed
from crawler.reading.normalise import compared
from crawler.reading.terms import any_of, terms

TITLE_LENGTH = 300
_SEPARATOR = re.compile(r"\s*(?:[_|｜–—>]|\s[-·]\s|-{1,2})\s*")
_SITE_LENGTH = 24  # characters of the longest name of a site that is told by its ending
_TELLING = 6  # compared characters from which on a list's link title can confirm or replace a page's
_EDITED = 0.8  # likeness from which a page's title is the list's after an edit: 谨慎前往 is now 暂勿前往
_WORDS = etree.XPath("//body//text()[not(parent::script or parent::style or parent::a)]", smart_strings=False)
_ELLIPSIS = re.compile(r"(?:…|\.{2,3}|。{3})\s*$")


@dataclass(frozen=True, slots=True)
class Names:
    """What the site and its publisher call themselves; none of them is a title."""

    all: frozenset[str]

    def __contains__(self, text: str) -> bool:
        return compared(text) in self.all

    @classmethod
    def of(cls, *names: str | None) -> Names:
        """The names that are given, in compared form."""
        return cls(frozenset(c for n in names if n and (c := compared(n))))


def read_title(
    root: Element, marks: Marks, meta: dict[str, str], names: Names, listed: str, body: Element | None
) -> str:
    """The title of the page ``root``: the best place that is usable and, where possible, agrees with ``listed``.

    ``listed`` is the text of the link that led here; it repairs a title that is missing or names the site.  It may be
    older than the page, where that is visited again between two looks at the list.
    """
    listed = clean_title(listed)
    telling = len(compared(listed)) >= _TELLING and _usable(listed, names)
    found = [title for title in _candidates(root, marks, meta, names, body) if _usable(title, names)]
    if not telling:
        best = next((t for t in found if not _is_site(t, names)), found[0] if found else "")
        return _repaired(best, root) if best else ""
    if agreed := next((t for t in found if _agree(t, listed)), ""):
        return _unpolluted(agreed, listed)
    if edited := next((t for t in found if _alike(t, listed)), ""):
        return edited
    first = found[0] if found else ""
    return first if _ELLIPSIS.search(listed) and len(first) > len(listed) else listed


def clean_title(text: str) -> str:
    """``text`` as one line of at most 300 characters, without layout and control characters."""
    return tidy(text)[:TITLE_LENGTH].strip()


def cut_site(title: str, names: Names) -> str:
    """``title`` of a <title> element without the names of site and folder around it."""
    for m in reversed(list(_SEPARATOR.finditer(title))):
        if len(compared(title[: m.start()])) < 4 or not _is_site(title[m.end() :].strip(), names):
            break
        title = title[: m.start()]
    while (first := _SEPARATOR.search(title)) and len(compared(title[first.end() :])) >= _TELLING:
        if not _is_own(title[: first.start()].strip(), names):
            break
        title = title[first.end() :]
    return title.strip()


def _is_own(part: str, names: Names) -> bool:
    return not part or part in names or part.lower() in terms("title")["never"]


def _is_site(part: str, names: Names) -> bool:
    return _is_own(part, names) or (len(part) <= _SITE_LENGTH and bool(_site().fullmatch(part)))


@cache
def _site() -> re.Pattern[str]:
    return any_of(terms("title")["site"])


def of_text(lines: list[str], names: Names) -> str:
    """The title of a text that comes without: a line that repeats (headline and caption), else the first likely one."""
    short = [line for line in lines if len(compared(line)) >= 6 and len(line) <= 60 and _usable(line, names)]
    repeated = [
        line for line in dict.fromkeys(short) if short.count(line) > 1 and not re.search("[，,。；;：:]$", line)
    ]
    if repeated:
        return clean_title(max(repeated[:10], key=short.count))
    return clean_title(next((line for line in short if not re.search("[。！？；]$", line)), ""))


def _candidates(root: Element, marks: Marks, meta: dict[str, str], names: Names, body: Element | None) -> Iterator[str]:
    """Titles in order of trust: the publisher's own meta tag, a CMS mark, og:title, headings, <title>."""
    first, *others = terms("title")["meta"]
    yield clean_title(meta.get(first, ""))
    yield from (clean_title(_text(marks[m][0])) for m in terms("title")["marks"] if m in marks)
    logos, headings = _headings(root)
    for title in (cut_site(clean_title(meta[name]), names) for name in others if name in meta):
        yield next((h for h in headings if h.startswith(title)), title)  # an unescaped quote cuts an attribute short
    yield from headings
    yield cut_site(clean_title(root.findtext(".//title") or ""), names)
    yield from logos
    if body is not None:
        yield from (clean_title(_text(n)) for n in body.itersiblings("h2", "h3", preceding=True))


def _headings(root: Element) -> tuple[list[str], list[str]]:
    """The main headings that are a link, to the site's home, and those that are not."""
    found: tuple[list[str], list[str]] = ([], [])
    for heading in root.iter("h1"):
        linked = heading.find(".//a[@href]") is not None or any(a.tag == "a" for a in heading.iterancestors())
        found[not linked].append(clean_title(_text(heading)))
    return found


def _repaired(title: str, root: Element) -> str:
    """``title`` as it stands alone somewhere on the page, where only the site's own name was put behind it."""
    ends = [m.start() for m in re.finditer(r"\s|[-_|｜–—]", title)]
    if not ends:
        return title
    said = _said(root)
    alone = set(said)
    broken = {first + second for first, second in pairwise(said)}  # a headline of two lines
    if squeezed(title) in alone | broken:
        return title
    shorter = (title[:end].rstrip(" -_|｜–—") for end in reversed(ends))
    return next((t for t in shorter if len(compared(t)) >= _TELLING and squeezed(t) in alone), title)


def _said(root: Element) -> list[str]:
    """What stands alone in an element of the page that is no link, in its order, without white space."""
    return [said for text in _WORDS(root) if 1 < len(said := squeezed(text)) <= TITLE_LENGTH]


def _usable(title: str, names: Names) -> bool:
    return len(compared(title)) >= 2 and "\ufffd" not in title and not _is_own(title.strip(), names)


def _agree(a: str, b: str) -> bool:
    """Whether two titles are one, cut or decorated differently."""
    x, y = compared(_ELLIPSIS.sub("", a)), compared(_ELLIPSIS.sub("", b))
    short, long = sorted((x, y), key=len)
    return bool(short) and (short in long if len(short) >= _TELLING else short == long)


def _alike(title: str, listed: str) -> bool:
    """Whether ``title`` differs from ``listed`` by no more than an edit."""
    return SequenceMatcher(None, compared(title), compared(listed), autojunk=False).ratio() >= _EDITED


def _unpolluted(title: str, listed: str) -> str:
    """``title``, or ``listed`` where ``title`` is just that with the site's name behind it, or is cut short."""
    rest = title.removeprefix(listed)
    if rest != title and re.match(r"\s*[-_|｜–—]", rest):
        return listed
    if _ELLIPSIS.search(title) and not _ELLIPSIS.search(listed) and len(listed) > len(title):
        return listed
    return title


def _text(node: Element) -> str:
    return " ".join(t for t in (s.strip() for s in node.itertext()) if t) if len(node) else (node.text or "")
