"""Who says it: official is what an official body says, whoever carries it to us.

A carrier's word for it is marked ``claimed_only``: the text names the body, we have not seen it there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from urllib.parse import urlsplit

from crawler.config import Catalogue
from crawler.items import Article, Authority, Origin, Source
from crawler.judging.tables import table
from crawler.reading.normalise import simplified

_MEDIUM = re.compile(
    r"(?:微信公众号|官方微信|官方微博|官方账号|官方网站|公众号|新闻办公室|新闻办|新闻中心|新闻传媒中心|客户端|视频号|微博|微信|官网|官微|网站|网)$"
)
_OUTSIDE = " \t@＠“”\"'「」『』《》<>（）()【】[]·、，,。.:："


def resolve(article: Article, source: Source | None, catalogue: Catalogue) -> Origin:
    """The origin of an article that ``source`` carries (None: a page of no known source).

    A publisher is its own origin unless the text claims another known one.  An official carrier that names a medium
    or a stranger still speaks for itself: its page is the official word.
    """
    claimed = _claimed(article.claimed or "", catalogue)
    own = _own(article, source)
    if claimed is None or (source is not None and claimed.source == source.id):
        return own
    return own if own.official and not claimed.official else claimed


def _own(article: Article, source: Source | None) -> Origin:
    if source is not None:
        return Origin(source.name, source.id, source.authority, source.authority.official)
    return Origin((article.claimed or "").strip() or urlsplit(article.url).hostname or article.url, None, None, False)


def _claimed(name: str, catalogue: Catalogue) -> Origin | None:
    """The known body that a claim names: a source of the catalogue, else one whose name says what it is."""
    for called in _spellings(name):
        if known := catalogue.names.get(called):
            source = catalogue.sources[known]
            return Origin(name.strip(), source.id, source.authority, source.authority.official, claimed_only=True)
    for called in _spellings(name):
        if authority := official_name(called):
            return Origin(name.strip(), None, authority, official=True, claimed_only=True)
    return None


def _spellings(name: str) -> Iterator[str]:
    """The name as it stands, in simplified characters, and without the medium it was said through."""
    seen = dict.fromkeys((name.strip(), name.strip(_OUTSIDE), simplified(name).strip(_OUTSIDE)))
    for spelling in filter(None, seen):
        yield spelling
        if (bare := _MEDIUM.sub("", spelling)) not in ("", spelling):
            yield bare


def official_name(name: str) -> Authority | None:
    """What kind of official body bears this name, going by the patterns of `data/official_names.tsv`; None: no such."""
    return next((authority for pattern, authority in _patterns() if pattern.fullmatch(name)), None)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Authority], ...]:
    return tuple((re.compile(r["pattern"], re.IGNORECASE), Authority(r["authority"])) for r in table("official_names"))
