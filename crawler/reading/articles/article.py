"""An article understood, whole: decode, class, locate, clean, title, date, claimed origin, text hash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from crawler.items import Article, Claim, Column, Cut, Due, Page, PageClass, Published, Source
from crawler.reading.address import canonical_url, url_key
from crawler.reading.articles.clean import html_lines, text_lines
from crawler.reading.articles.house_text import cut_house_text
from crawler.reading.articles.locate import parse
from crawler.reading.articles.parts import Parts
from crawler.reading.articles.title import Names, clean_title, of_text
from crawler.reading.attribution.origin_claims import read_attribution
from crawler.reading.attribution.origin_names import is_own
from crawler.reading.charset import decode
from crawler.reading.classes.broken_off import breaks_off
from crawler.reading.classes.page_class import classify_article, classify_words
from crawler.reading.dating.dates import not_future
from crawler.reading.dating.printed_dates import at_end, in_lines
from crawler.reading.dating.published import of_archive, settled
from crawler.reading.documents import document_key
from crawler.reading.normalise import compared, text_hash

_SHORTEST = 20  # compared characters of a body found by shape; fewer are no article


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of an article when its lines have been found."""

    url: str  # canonical
    key: str
    title: str
    zone: str
    language: str
    fetched_at: float
    own: frozenset[str]  # what the publisher calls itself
    official: bool = False
    published: Published | None = None
    facts: str = ""  # the lines around the body, where 来源 stands
    named: tuple[str, ...] = ()  # sources named without the word for it
    site: tuple[str, ...] = ()  # what the page calls its own site
    pictures: bool = False


def read_article(page: Page, source: Source, column: Column, due: Due) -> Article:
    """Read the article that ``due`` asked for and ``page`` answered.

    ``page_class`` is ARTICLE, or what stands in the article's place, and then ``why`` says so; a page that is not
    understood is never an empty article.  3 ms of CPU for a page with a mark of a known CMS, 60 ms without.
    """
    text = decode(page.body, page.declared_charset)
    unread = Article(
        PageClass.UNKNOWN,
        canonical_url(page.url),
        due.key or url_key(due.url),
        clean_title(due.title),
        language=source.language,
    )
    found, why = classify_article(page, text, due.url)
    if why:
        return replace(unread, page_class=found, why=why)
    if (root := parse(text)) is None:
        return replace(unread, page_class=PageClass.SHELL, why="there is not one element on the page")
    return _of_page(Parts(page, text, root, source, column, due), unread)


def article_from_html(
    html: str,
    *,
    url: str,
    title: str,
    source: Source,
    published: Published | None = None,
    key: str | None = None,
    fetched_at: float = 0.0,
) -> Article:
    """The article whose body is the fragment ``html``: a feed entry's content, a field of a JSON answer.

    ``fetched_at`` are POSIX seconds.  A fragment without words is of class SHELL.
    """
    known = _of_source(source, canonical_url(url), key or url_key(url), fetched_at)
    return _assemble(
        html_lines(html), replace(known, title=clean_title(title), published=published, pictures="<img" in html)
    )


def article_from_text(
    text: str,
    *,
    url: str = "",
    title: str = "",
    source: Source | None = None,
    publisher: str = "",
    published: Published | None = None,
    language: str = "zh-CN",
    timezone: str = "Asia/Shanghai",
    fetched_at: float = 0.0,
    key: str | None = None,
) -> Article:
    """The article in a plain text or Markdown document of an archive, read past navigation, house text and teasers.

    ``publisher`` names who carried it where no ``source`` is known; a ``title`` of "" is recovered from the text.
    Without ``url`` the key is one of the text.
    """
    key = key or (url_key(url) if url else f"text:{hashlib.sha256(compared(text).encode()).hexdigest()[:40]}")
    if source:
        known = _of_source(source, canonical_url(url), key, fetched_at)
    else:
        known = _Known(canonical_url(url), key, "", timezone, language, fetched_at, frozenset({publisher} - {""}))
    lines = text_lines(text)
    found = clean_title(title)
    if not found and len(lines) > 1:  # a single line is the text itself
        found = of_text(list(cut_house_text(lines, names=known.own).lines), Names.of(*known.own))
    dated = of_archive(lines, published, known.zone)
    return _assemble(lines, replace(known, title=found, published=dated, pictures="![" in text))


def _of_source(source: Source, url: str, key: str, fetched_at: float) -> _Known:
    own = frozenset({source.name, source.name_en, *source.aliases} - {""})
    return _Known(url, key, "", source.timezone, source.language, fetched_at, own, source.authority.official)


def _of_page(parts: Parts, unread: Article) -> Article:
    known = replace(
        _of_source(parts.source, unread.url, unread.key, parts.page.fetched_at),
        title=parts.title,
        own=parts.own,
        published=parts.published,
        facts=parts.facts,
        named=parts.named,
        site=parts.site,
        pictures=parts.pictures,
    )
    article = _assemble(parts.lines, known)
    if parts.by_shape and len(compared(article.body)) < _SHORTEST:
        return replace(unread, why="no article was found on the page")
    if article.page_class is PageClass.ARTICLE and (why := breaks_off(article.body, parts.lines)):
        article = replace(article, page_class=PageClass.TRUNCATED, why=why)
    teasers = tuple(Cut(words, "markup: a list of links") for words in parts.teasers)
    asked, answered = parts.due.url, parts.page.url
    others = (parts.wechat.key, url_key(answered) if answered != asked else None, document_key(asked))
    aliases = tuple(dict.fromkeys(k for k in others if k and k != unread.key))
    return replace(article, aliases=aliases, cuts=article.cuts + teasers)


def _assemble(lines: list[str], known: _Known) -> Article:
    """The article of ``lines``: house text cut, origin and date settled, class decided."""
    cleaned = cut_house_text(lines, title=known.title, names=known.own)
    way = read_attribution(
        cleaned.lines,
        tuple(c.line for c in cleaned.cuts),
        known.facts,
        known.own,
        known.zone,
        named=known.named,
        official=known.official,
    )
    published = known.published or in_lines(lines, known.zone) or at_end(cleaned.lines, known.zone)
    page_class, why = _verdict(cleaned.body, known)
    return Article(
        page_class=page_class,
        url=known.url,
        key=known.key,
        title=known.title,
        body=cleaned.body,
        language=known.language,
        published=_settled(not_future(published, known.fetched_at), way.claim, lines, known),
        claimed=way.claim.name if way.claim else None,
        attribution=replace(way, site=known.site),
        text_hash=text_hash(cleaned.body),
        cuts=cleaned.cuts,
        why=why,
    )


def _verdict(body: str, known: _Known) -> tuple[PageClass, str]:
    """Whether the words that were found are an article at all."""
    if body:
        return classify_words(body) or (PageClass.ARTICLE, "")
    if known.pictures and known.title:
        return PageClass.ARTICLE, "the text is in pictures"
    return PageClass.SHELL, "the place of the article holds no words"


def _settled(published: Published | None, claim: Claim | None, lines: list[str], known: _Known) -> Published | None:
    """``published`` with whose date it is: a text of the publisher's own is dated by it alone."""
    if not claim or is_own(claim.name, known.own):
        return published
    return settled(published, claim.issued, [*lines, *known.facts.splitlines()], claim.name, known.zone)
