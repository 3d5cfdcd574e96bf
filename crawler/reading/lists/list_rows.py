"""What one item of a list says: its address, its title, the words beside it, and how far its row reaches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import islice
from typing import Any

from lxml import etree

from crawler.reading.terms import any_of, terms

MAX_URL = 2048  # characters; browsers and servers agree on no more
_CLIMB = 6  # levels from an anchor to the element of its item
_MAX_TITLE = 500  # characters
_LONG = 120  # columns of a link's text beyond which a summary stands in it
_LABEL, _TITLE = 8, 16  # columns: four Chinese characters are a label, eight are a title
_LATIN_LABEL, _LATIN_TITLE = 15, 45  # columns of texts in letters
_LONGEST_SCRIPT = 2_000  # characters of an onclick that are read
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")

_OPENED = re.compile(
    r"""["']((?:https?:)?//[^"'\s]{4,1500}|\.{0,2}/[^"'\s]{1,1500}"""
    r"""|[\w%.-]{1,100}(?:/[\w%.-]{1,100}){0,9}\.(?:s?html?|jsp|php|aspx?|do|pdf|docx?)(?:\?[^"'\s]{0,1000})?)["']""",
    re.I,
)
_PICTURE = re.compile(r"\.(?:gif|jpe?g|png|ico|svg|css|js)(?:\?|$)", re.I)
_DATA = ("data-href", "data-url", "data-link")
_CUT = re.compile(r"\s*(?:…|\.{2,}|·{3,})+$")
_DAY = r"(?:(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d\d[-/]\d\d)(?:\s{0,3}\d{1,2}:\d\d(?::\d\d)?)?"
_WHOLE_DAY = re.compile(
    rf"[\[(（【\s]{{0,3}}(?:[发更上]?[布表新传]?[时日][间期][:：]\s{{0,3}})?{_DAY}[\])）】\s]{{0,3}}|(?:19|20)\d\d[-/.年]\d{{1,2}}月?"
)
_DAY_OF_MONTH = re.compile(r"\d{1,2}日?")
_YEAR_DAY = r"(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}(?:\s{1,3}\d{1,2}:\d\d(?::\d\d)?)?"
_DATED_TITLE = re.compile(
    rf"^(?:[\[(（【]\s?{_DAY}\s?[\])）】]|{_YEAR_DAY}\s)\s?|\s?[\[(（【]\s?{_DAY}\s?[\])）】]$|\s{_YEAR_DAY}$"
)
_BEFORE_A_DAY, _BEHIND_A_DAY = "[(（【12", "])）】"  # as few titles begin or end
_BULLETS = "·•●▪■◆◇★☆▶►▸»›"
_OPENING = f"{_BULLETS}[【(（置"
_OLD_TIP = re.compile(r"(?:文章)?标\s{0,4}题\s{0,4}[:：]\s{0,4}([^\r\n]{1,500})")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+|[\u4e00-\u9fff]+")


def words_of(names: str) -> list[str]:
    """The words of classes and ids, lower case: ``newsList_top`` is ``news``, ``list``, ``top``."""
    return [w.lower() for w in _WORD.findall(names)]


def address(element: Any) -> str | None:
    """Where a link leads: its href, else the address that its script or its data attributes name; None for neither.

    Also None for what is longer than 2,048 characters, for mail and telephone.
    """
    href = str(element.get("href") or "").strip()
    if len(href) > MAX_URL:
        return None
    if not _is_script(href):
        return None if href[:7].lower() in ("mailto:", "data:") or href[:4].lower() == "tel:" else href
    if named := next((v for name in _DATA if (v := element.get(name)) and not _is_script(v.strip())), None):
        return str(named).strip()[:MAX_URL]
    script = (
        f"{href} {element.get('onclick') or ''}"[:_LONGEST_SCRIPT] if len(href) > 12 or element.get("onclick") else ""
    )
    return next((m[1] for m in _OPENED.finditer(script) if not _PICTURE.search(m[1])), None)


def _is_script(href: str) -> bool:
    """Whether an href, without spaces around it, leads nowhere by itself."""
    return not href or href[0] == "#" or href[:11].lower() == "javascript:"


@lru_cache(maxsize=2048)
def width(text: str) -> int:
    """Columns of a text, of its first 200 characters: two for a Chinese character."""
    return min(200, len(text)) if text.isascii() else sum(2 if c > "\u2e80" else 1 for c in text[:200])


def titled(text: str) -> float:
    """How much a text is a title, 0 to 1: by its columns, of which texts in letters need more."""
    columns = width(text)
    label, whole = (_LABEL, _TITLE) if columns > len(text[:200]) else (_LATIN_LABEL, _LATIN_TITLE)
    return min(1.0, max(0.0, (columns - label) / (whole - label)))


def title(link: Any) -> str:
    """What a link calls its target, at most 500 characters: its heading or text, the title attribute where that is cut.

    Dates, labels, counters and summaries inside the link are no part of it.
    """
    text = _tidy(_text(link)) if len(link) else _tidy(link.text or "")
    if tip := str(link.get("title") or ""):
        whole = " ".join((found[1] if (found := _OLD_TIP.match(tip)) else tip).split())[:_MAX_TITLE]
        if whole and (not text or (whole != text and _goes_on(text, whole))):
            return whole
    return text or next((" ".join(i.get("alt", "").split())[:_MAX_TITLE] for i in link.iter("img")), "")


def _goes_on(text: str, whole: str) -> bool:
    """Whether ``whole`` is what ``text`` is the beginning of."""
    stem = _CUT.sub("", text)
    return bool(stem) and whole.startswith(stem) and len(whole) > len(stem)


def is_title(text: str) -> bool:
    """Whether a link's text may be a title, which ``更多>>`` is not."""
    bare = text.strip(" \t»›>…[]【】|·")
    return bool(bare) and not (_not_titles().fullmatch(bare) or _WHOLE_DAY.fullmatch(bare))


def has_text(link: Any) -> bool:
    """Whether a link shows words; the tooltip of a picture is none."""
    return any(t.strip() for t in islice(link.itertext(), 20))


def title_rank(link: Any, text: str) -> tuple[bool, ...]:
    """How well a link's text suits as the title among several links to one place; greater is better."""
    columns = width(text)
    heading = any(_is_heading(e) for e in (link, *islice(link.iterancestors(), 2), *islice(link.iter(), 20)))
    return (columns > 8, heading and columns > 8, has_text(link), columns <= _LONG and not _CUT.search(text))


def rows(links: Sequence[Any], hrefs: dict[Any, str]) -> dict[Any, Any]:
    """For each link the largest element, up to six levels above, that holds none of the others.

    With fewer than three links nothing says where a row ends but its own tag.
    """
    holds: dict[Any, str | None] = {}
    for link in links:
        for element in _up(link):
            holds[element] = hrefs[link] if holds.get(element, hrefs[link]) == hrefs[link] else None
    found = {a: [e for e in _up(a) if holds[e] is not None or e is a][-1] for a in links}
    return {a: _own_row(a, row) for a, row in found.items()} if len(links) < 3 else found


def words_beside(row: Any) -> list[str]:
    """The pieces of text in a row and what follows up to the next link: dates stand after a ``dt`` or in siblings."""
    pieces = [*islice(row.itertext(), 60), row.tail or ""]
    for after in islice(row.itersiblings(), 3):
        if after.tag in ("a", "br") or after.find(".//a") is not None:
            break
        pieces += [*islice(after.itertext(), 5), after.tail or ""]
    return pieces


def row_heading(row: Any) -> str:
    """The heading that a row has beside its link ("read more"); "" without one."""
    heading = next((e for e in islice(row.iter(), 60) if _is_heading(e)), None)
    return _tidy("".join(islice(heading.itertext(), 60))) if heading is not None else ""


def row_text(row: Any) -> str:
    """All that a row says, in one line of at most 500 characters."""
    return " ".join(" ".join(islice(row.itertext(), 60)).split())[:_MAX_TITLE]


def _own_row(link: Any, row: Any) -> Any:
    tags = ("li", "tr", "article", "dl", "dd")
    return next((e for e in _up(link) if e is row or e.tag in tags), row)


def _up(element: Any) -> Iterator[Any]:
    yield element
    yield from islice((e for e in element.iterancestors() if e.tag not in ("body", "html")), _CLIMB)


def _text(link: Any) -> str:
    """The text of a link that holds elements: of its heading if it has one, without what is no title."""
    heading = next((e for e in islice(link.iter(), 40) if e is not link and _is_heading(e)), link)
    pieces = list(islice(_pieces(heading), 60))
    dated = any(_WHOLE_DAY.fullmatch(p.strip()) for p in pieces)
    kept = [p for p in pieces if not _is_other(p.strip(), dated)]
    text = "".join(kept or pieces)
    if link.tag != "a":
        return max(kept or [text], key=width)
    if width(text) < _LONG or len(kept) < 2:
        return text
    return next((p for p in kept if width(p.strip()) >= 12), text)


def _is_other(piece: str, dated: bool) -> bool:
    """Whether a piece of a link's text is a date, a label, or the day beside a month."""
    return bool(_WHOLE_DAY.fullmatch(piece) or _not_words().fullmatch(piece)) or (
        dated and _DAY_OF_MONTH.fullmatch(piece) is not None
    )


def _pieces(element: Any) -> Iterator[str]:
    """The texts in an element, without those of its parts that are marked as no title."""
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, e in walk:
        if event == "end":
            if e is not element and e.tail:
                yield e.tail
        elif e is not element and _is_other_part(e.get("class") or ""):
            walk.skip_subtree()
        elif isinstance(e.tag, str) and e.tag not in ("script", "style") and e.text:
            yield e.text


def _tidy(text: str) -> str:
    text = " ".join(text.split())[:_MAX_TITLE]
    if text and text[0] in _OPENING:
        text = _before().sub("", text) or text
    if text and (text[0] in _BEFORE_A_DAY or text[-1] in _BEHIND_A_DAY or text[-1].isdigit()):
        text = _DATED_TITLE.sub("", text) or text
    return text


def _is_heading(element: Any) -> bool:
    tag = element.tag
    return isinstance(tag, str) and (tag in _HEADINGS or _is_title_part(element.get("class") or ""))


@lru_cache(maxsize=2048)
def _is_title_part(classes: str) -> bool:
    return not _title_parts("title_parts").isdisjoint(words_of(classes[:200]))


@lru_cache(maxsize=2048)
def _is_other_part(classes: str) -> bool:
    words = words_of(classes[:200])
    return not _title_parts("not_title_parts").isdisjoint(words) and _title_parts("title_parts").isdisjoint(words)


@cache
def _title_parts(name: str) -> frozenset[str]:
    return frozenset(terms("lists")[name])


@cache
def _not_titles() -> re.Pattern[str]:
    return any_of(terms("lists")["not_titles"])


@cache
def _not_words() -> re.Pattern[str]:
    return any_of(terms("lists")["not_words"])


@cache
def _before() -> re.Pattern[str]:
    """Bullets and labels at the head of a title."""
    return re.compile(rf"^(?:[{_BULLETS}]|[\[【(（]置顶[\]】)）]|置顶(?=[\s:：|])|\s)+")
