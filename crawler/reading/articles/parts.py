"""The parts of an article page, each found once, when it is asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from crawler.items import Column, Due, Page, Precision, Published, Source
from crawler.reading.address import url_key
from crawler.reading.articles.around import Around, around_body, around_heading
from crawler.reading.articles.clean import fragment_lines, html_lines, text_lines, tidy
from crawler.reading.articles.jsonld import article_data
from crawler.reading.articles.locate import (
    Element,
    Marks,
    Values,
    by_sentences,
    by_shape,
    find_marks,
    locate,
    select,
    text_of,
    values_on,
)
from crawler.reading.articles.prune import without_link_lists
from crawler.reading.articles.title import Names, clean_title, of_text, read_title
from crawler.reading.attribution.byline import byline, labelled_lines, marked
from crawler.reading.dating.dates import not_future, parse_date
from crawler.reading.dating.published import Said, publication
from crawler.reading.normalise import compared
from crawler.reading.wechat import WeChat, is_wechat, read_wechat

_META_SOURCE = ("contentsource", "source", "mediaid", "article:author")
_META_SITE = ("sitename", "og:site_name", "publisher", "dc.publisher", "application-name")
_SUFFIX = re.compile(r"[-_|–—｜丨]")
_SHORTEST = 20  # characters of a marked body below which a post's script is asked
_FIRST = 3  # lines of a body in which the title of a page without one is looked for
_SHORT = 80  # characters of a body told by its shape below which its sentences are asked
_MARKUP = re.compile(r"<(?:a|br|p|span|section|img)\b", re.I)
_SITE = 30  # characters of the longest name of a site at the end of a title
_FACTS = 400  # characters of the longest block above a body that is still a line of facts


@dataclass(frozen=True)
class Parts:
    """An article page, decoded to ``text`` and parsed to ``root``, that ``due`` asked for."""

    page: Page
    text: str
    root: Element
    source: Source
    column: Column
    due: Due

    @cached_property
    def meta(self) -> dict[str, str]:
        """The content of every meta tag by its name, property or itemprop, lower case; the first of a name counts."""
        found: dict[str, str] = {}
        for tag in self.root.iter("meta"):
            name = tag.get("name") or tag.get("property") or tag.get("itemprop")
            if name and (content := tidy(tag.get("content") or "")):
                found.setdefault(name.strip().lower(), content)
        return found

    @cached_property
    def wechat(self) -> WeChat:
        """What the scripts of a public-account page say; nothing on other pages."""
        return read_wechat(self.text, self.source.timezone) if is_wechat(self.page.url) else WeChat()

    @cached_property
    def values(self) -> Values:
        """What the page's elements are called."""
        return values_on(self.root)

    @cached_property
    def marks(self) -> Marks:
        """The elements that bear a mark of a known CMS."""
        return find_marks(self.root, self.values)

    @cached_property
    def node(self) -> Element | None:
        """The element that holds the body, by the source's selector or a mark."""
        return locate(self.root, self.marks, self.column.body)

    @cached_property
    def pictures(self) -> bool:
        """Whether the body holds pictures, which may be all it holds."""
        return self.node is not None and self.node.find(".//img") is not None

    @cached_property
    def marked_lines(self) -> list[str]:
        """The body's lines where it was marked or stood in a script."""
        lines = self._lines_of(self.node)
        return lines if sum(map(len, lines)) >= _SHORTEST else _script_lines(self.wechat.words) or lines

    @cached_property
    def by_shape(self) -> bool:
        """Whether the body has to be told by its shape alone."""
        return not self.marked_lines and not self.pictures

    @cached_property
    def lines(self) -> list[str]:
        """The body's lines, house text among them."""
        if not self.by_shape:
            return self.marked_lines
        lines = self._lines_of(by_shape(self.text))
        if sum(map(len, lines)) >= _SHORT:
            return lines
        others = (self._lines_of(by_sentences(self.root)), text_lines(self.data.get("articleBody", "")))
        return max(lines, *others, key=lambda found: sum(map(len, found)))

    @cached_property
    def data(self) -> dict[str, str]:
        """What the page says of its article in JSON-LD."""
        return article_data(self.root)

    @cached_property
    def teasers(self) -> list[str]:
        """The lists of links that stood in the body, once that has been read."""
        return []

    def _lines_of(self, node: Element | None) -> list[str]:
        if node is None:
            return []
        self.teasers.extend(without_link_lists(node))
        return fragment_lines(node)

    @cached_property
    def own(self) -> frozenset[str]:
        """What the publisher calls itself, in the configuration and on the page."""
        named = (
            self.source.name,
            self.source.name_en,
            *self.source.aliases,
            self.wechat.account,
            self.meta.get("sitename"),
        )
        return frozenset(n for n in named if n)

    @cached_property
    def title(self) -> str:
        """The source's selector, else the best place of the page, else the list's word for it."""
        chosen = select(self.root, self.column.title)
        if chosen is not None and (title := clean_title(text_of(chosen))):
            return title
        names = Names.of(*self.own, self.meta.get("og:site_name"), self.meta.get("columnname"))
        said = {"headline": self.data.get("headline", ""), **self.meta}
        found = read_title(self.root, self.marks, said, names, self.due.title, self.node)
        if found and self.led_elsewhere:  # the list's word for it was meant for another page
            own = read_title(self.root, self.marks, said, names, "", self.node)
            found = own if own and compared(found) not in compared(own) else found
        return found or clean_title(self.wechat.title) or of_text(self.lines[:_FIRST], names)

    @property
    def led_elsewhere(self) -> bool:
        """Whether the address that was asked for led to that of another page."""
        return url_key(self.page.url) != url_key(self.due.url)

    @cached_property
    def around(self) -> Around:
        """The texts above and below the body."""
        if self.node is not None and not self.by_shape:
            return around_body(self.node)
        return around_heading(self.root, self.title)

    @cached_property
    def facts(self) -> str:
        """The lines of facts above the body, where 来源 stands."""
        lines = [block for block in self.around.above if len(block) < _FACTS]
        labelled = any("来源" in line or "來源" in line for line in lines)
        elsewhere = not labelled and ("来源" in self.text or "來源" in self.text)
        return "\n".join([*lines, *labelled_lines(self.root)] if elsewhere else lines)

    @cached_property
    def named(self) -> tuple[str, ...]:
        """Who is named as the source without the word for it: in meta tags, beside the date, as a WeChat account."""
        metas = (self.meta[m] for m in _META_SOURCE if self.meta.get(m))
        beside = marked(self.root, self.values) or byline(self.around.above, self.title)
        return tuple(n for n in (*metas, beside, self.wechat.account) if n)

    @cached_property
    def site(self) -> tuple[str, ...]:
        """What the page calls its own site: in meta tags, at the end of its title, as a WeChat account."""
        if is_wechat(self.page.url):
            return (self.wechat.account,) if self.wechat.account else ()
        *_, last = _SUFFIX.split(tidy(self.root.findtext(".//title") or ""))
        last = last.strip() if len(last) <= _SITE and compared(last) not in compared(self.title) else ""
        said = (*(self.meta.get(m, "") for m in _META_SITE), last)
        return tuple(dict.fromkeys(n for n in said if n))

    @cached_property
    def published(self) -> Published | None:
        """The source's selector, else what WeChat's script says, else the best date of the page."""
        zone, now = self.source.timezone, self.page.fetched_at
        chosen = select(self.root, self.column.published)
        if chosen is not None and (found := not_future(parse_date(tidy(text_of(chosen)), zone), now)):
            return found
        url, by_list = self.page.url, listed(self.due)
        said = Said(zone, now, url, self.text, self.meta, self.around, self.lines, by_list, self.root, self.title)
        return not_future(self.wechat.published, now) or publication(said)


def listed(due: Due) -> Published | None:
    """What the list said of the date of ``due``.  Raises ValueError when it is not RFC 3339, which is a bug of ours."""
    if not due.published:
        return None
    datetime.fromisoformat(due.published)
    precisions: dict[str | None, Precision] = {"minute": "minute", "second": "second"}
    return Published(due.published, precisions.get(due.published_precision, "day"))


def _script_lines(words: str) -> list[str]:
    """The lines of a post that stands in a script, as text or as markup with line breaks."""
    return html_lines(words.replace("\n", "<br>")) if _MARKUP.search(words) else text_lines(words)
