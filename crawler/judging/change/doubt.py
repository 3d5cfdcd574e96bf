"""What a second look must confirm before it changes a notice: an older wording, a text cut short, another text.

Cached versions take turns (old, new, old, new: one revision), half a page comes for a whole one, a stranger's text
stands where a withdrawn one stood.  All of this also happens in earnest, and then it stays.
"""

from __future__ import annotations

import hashlib

from crawler.items import Article, Doubt, Known, Notice, Wording
from crawler.judging.likeness.clauses import fingerprints
from crawler.judging.likeness.sameness import same
from crawler.reading.normalise import compared

_LOOKS = 2  # in a row that must read a doubtful wording
_WHOLE = 100  # letters from which a text can be cut short
_CUT = 0.3  # share of the known letters below which it was


def doubted(article: Article, known: Known) -> Doubt | None:
    """Why this reading of a known address is not believed yet; None once it is."""
    if known.here is None or (found := _reason(article, known.here, known.earlier)) is None:
        return None
    why, needed = found
    wording = _wording(article)
    looks = known.doubts + 1 if known.doubted == wording else 1
    return None if looks >= needed else Doubt(wording, looks, f"{why}; look {looks} of {needed}")


def _reason(article: Article, here: Notice, earlier: tuple[Wording, ...]) -> tuple[str, int] | None:
    """What makes a reading doubtful, and how many looks must confirm it.

    A wording that comes back needs one more look each time that one came back before: caches that take turns at random
    tire, a correction taken back stays.
    """
    if here.status == "withdrawn":
        return ("another text stands where the withdrawn one stood", _LOOKS) if _strange(article, here) else None
    known, read = len(compared(here.body)), len(compared(article.body))
    if known >= _WHOLE and read < _CUT * known:
        return f"only {read} of {known} letters", _LOOKS
    if any(same(w.title, w.body, article.title, article.body) for w in earlier):
        wordings = {(compared(w.title), compared(w.body)) for w in (*earlier, Wording(here.title, here.body))}
        return "an earlier wording again", _LOOKS + max(0, len(here.revisions) + 1 - len(wordings))
    return None


def _strange(article: Article, here: Notice) -> bool:
    """Whether two texts have neither their title nor a telling clause in common."""
    if compared(article.title) == compared(here.title) != "":
        return False
    return compared(article.body) != compared(here.body) and set(fingerprints(article.body)).isdisjoint(
        fingerprints(here.body)
    )


def _wording(article: Article) -> str:
    said = f"{compared(article.title)}\n{compared(article.body)}"
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
