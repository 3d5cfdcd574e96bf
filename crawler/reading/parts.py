"""The parts of an article page, each found once, when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from crawler.items import Column, Due, Page, Precision, Published, Source
from crawler.reading.around import Around, around_body, around_heading
from crawler.reading.clean import fragment_lines, text_lines, tidy
from crawler.reading.dates import not_future, parse_date
from crawler.reading.locate import Element, Marks, by_shape, find_marks, locate, select, text_of
from crawler.reading.published import Said, publication
from crawler.reading.title import Names, clean_title, read_title
from crawler.reading.wechat import WeChat, is_wechat, read_wechat

_META_SOURCE = ("contentsource", "source")
_SHORTEST = 20  # characters of a marked body below which a post's script is asked
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
    def marks(self) -> Marks:
        """The elements that bear a mark of a known CMS."""
        return find_marks(self.root)

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
        lines = fragment_lines(self.node) if self.node is not None else []
        return lines if sum(map(len, lines)) >= _SHORTEST else text_lines(self.wechat.words) or lines

    @cached_property
    def by_shape(self) -> bool:
        """Whether the body has to be told by its shape alone."""
        return not self.marked_lines and not self.pictures

    @cached_property
    def lines(self) -> list[str]:
        """The body's lines, house text among them."""
        shaped = by_shape(self.text) if self.by_shape else None
        return fragment_lines(shaped) if shaped is not None else self.marked_lines

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
        return read_title(self.root, self.marks, self.meta, names, self.due.title, self.node) or clean_title(
            self.wechat.title
        )

    @cached_property
    def around(self) -> Around:
        """The texts above and below the body."""
        if self.node is not None and not self.by_shape:
            return around_body(self.node)
        return around_heading(self.root, self.title)

    @cached_property
    def facts(self) -> str:
        """The lines of facts above the body, where 来源 stands."""
        return "\n".join(block for block in self.around.above if len(block) < _FACTS)

    @cached_property
    def meta_source(self) -> str:
        """The source that a meta tag names, or the account of a WeChat article."""
        return next((self.meta[m] for m in _META_SOURCE if self.meta.get(m)), self.wechat.account)

    @cached_property
    def published(self) -> Published | None:
        """The source's selector, else what WeChat's script says, else the best date of the page."""
        zone, now = self.source.timezone, self.page.fetched_at
        chosen = select(self.root, self.column.published)
        if chosen is not None and (found := not_future(parse_date(tidy(text_of(chosen)), zone), now)):
            return found
        said = Said(zone, now, self.page.url, self.text, self.meta, self.around, self.lines, listed(self.due))
        return not_future(self.wechat.published, now) or publication(said)


def listed(due: Due) -> Published | None:
    """What the list said of the date of ``due``.  Raises ValueError when it is not RFC 3339, which is a bug of ours."""
    if not due.published:
        return None
    datetime.fromisoformat(due.published)
    precisions: dict[str | None, Precision] = {"minute": "minute", "second": "second"}
    return Published(due.published, precisions.get(due.published_precision, "day"))
