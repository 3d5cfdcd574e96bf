"""What a page is, decided before anything is read from it: a challenge is no empty list, a login form no article."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from crawler.items import Page, PageClass
from crawler.reading.classes.answers import by_bytes, by_status, foreign
from crawler.reading.classes.broken_off import cut_off
from crawler.reading.classes.in_place import body_says, in_place, in_place_of_wechat
from crawler.reading.classes.sight import Sight, holds_text, look_at
from crawler.reading.terms import terms
from crawler.reading.wechat import is_wechat

Found = tuple[PageClass, str]

TAG_LIMIT = 65_536  # characters between two ">" that may still be parsed
_ATTRIBUTE_LIMIT = 2_000  # 20,000 attributes on a tag cost 0.6 s of parsing, 200,000 cost 220 s
_ARTICLE = re.compile(r"(?=.*\d)[\w.-]{5,200}")  # the name of an article's file, which is like no other
_INDEX_LINKS = 12  # titles of other articles on a page without a sentence: a list or a home page
_INDEX_PROSE = 60  # characters of sentences that such a page may hold


def classify_page(page: Page, text: str) -> Found:
    """What ``page``, decoded to ``text``, is, and why in one line.

    UNKNOWN with "" says that nothing stands before the content: the caller finds out whether it is list or article.
    FEED is recognised by its root element.  Every other class stands in the place of content.
    """
    if found := _at_once(page, text):
        return found
    return _by_sight(page, text, None if is_wechat(page.url) else look_at(text)) or (PageClass.UNKNOWN, "")


def classify_article(page: Page, text: str, asked: str) -> Found:
    """What ``page`` is where an article at the address ``asked`` was expected: as `classify_page`, and

    MOVED when the address leads to a home page or the list above it, LIST when links stand there and no text, TRUNCATED
    when the document breaks off.
    """
    if found := _at_once(page, text):
        return found
    sight = None if is_wechat(page.url) or holds_text(text) else look_at(text)
    if found := _by_sight(page, text, sight):
        return found
    if why := led_away(asked, page.url) or _listed_there(asked, page.url, text):
        return PageClass.MOVED, why
    if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        return PageClass.UNKNOWN, "JSON in place of a page"
    if why := cut_off(text):
        return PageClass.TRUNCATED, why
    return (_an_index(sight) if sight else None) or (PageClass.UNKNOWN, "")


def classify_words(body: str) -> Found | None:
    """What a ``body`` of a few lines says it stands for ("该内容已被发布者删除"); None for an article."""
    return body_says(tuple(body.split("\n")))


def led_away(asked: str, answered: str) -> str:
    """Why the answer is not the article asked for, when its address led to a home page or the list above it; else "".

    It is the usual way of old sites to say that an article is gone.
    """
    a, b = urlsplit(asked), urlsplit(answered)
    above = _folder(b.path.lower())
    if above and not _inside(b) and a.path.lower().startswith(above) and _folder(a.path.lower()) != above:
        return led_home(asked, answered) or f"the address now leads to the list {answered[:300]}"
    return led_home(asked, answered)


def _listed_there(asked: str, answered: str, text: str) -> str:
    """Why the answer is not the article asked for, when it stands at another address and links to it; else "".

    So does a list whose address says nothing (``/col/?r=0.17``).  An article names itself by the address it has now.
    """
    name, now = (urlsplit(url).path.rpartition("/")[2] for url in (asked, answered))
    if name == now or not _ARTICLE.fullmatch(name):
        return ""
    linked = rf"<a\s[^<>]{{0,300}}?href\s{{0,3}}=\s{{0,3}}[\"']?(?:[^\"'<>\s]{{0,300}}/)?{re.escape(name)}[\"'\s>]"
    return f"the address now leads to a list that names it, {answered[:300]}" if re.search(linked, text, re.I) else ""


def led_home(asked: str, answered: str) -> str:
    """Why the answer is not the page asked for, when its address led to a home page; else ""."""
    a, b, home = urlsplit(asked), urlsplit(answered), terms("page_class")["home"]
    if b.path.lower() in home and not _inside(b) and (a.path.lower() not in home or re.search(r"\d", a.query)):
        return f"the address now leads to the home page {answered[:300]}"
    return ""


def oversized_tag(text: str) -> bool:
    """Whether parsing ``text`` would take minutes: a tag longer than 64 KB, no inline picture, no script.

    Attributes cost quadratic time in libxml2; a worker's deadline is the second line of defence.
    """
    start = 0
    for piece in text.split(">") if _long_stretch(text) else ():
        if len(piece) > TAG_LIMIT and not _in_script(text, start) and _attributes(piece) > _ATTRIBUTE_LIMIT:
            return True
        start += len(piece) + 1
    return False


def _long_stretch(text: str) -> bool:
    """Whether ">" is missing from half of `TAG_LIMIT` somewhere, as inside every longer tag; ``text`` stays in one."""
    half = TAG_LIMIT // 2
    return any(text.find(">", at, at + half) < 0 for at in range(0, len(text) - half + 1, half))


def _at_once(page: Page, text: str) -> Found | None:
    """What is plain before a page's words are looked at."""
    found = by_status(page, text) or by_bytes(page) or foreign(text)
    if not found and oversized_tag(text):
        why = f"a tag longer than {TAG_LIMIT // 1024} KB with thousands of attributes is not parsed"
        return PageClass.ERROR, why
    return found


def _by_sight(page: Page, text: str, sight: Sight | None) -> Found | None:
    """What the words of a page say it is; without ``sight`` nothing can stand in the place of its text."""
    if is_wechat(page.url):
        return in_place_of_wechat(page.url, text)
    return in_place(page.url, sight, text) if sight else None


def _an_index(sight: Sight) -> Found | None:
    """A page of links in place of the article: servers answer with their home page for what is gone."""
    if sight.titles >= _INDEX_LINKS and sight.prose <= _INDEX_PROSE and not sight.dated and not sight.headed:
        return PageClass.LIST, f"{sight.titles} links and no text: a list or home page stands in the article's place"
    return None


def _inside(address: SplitResult) -> bool:
    """Whether query or fragment name a page of a site whose pages all have the same path."""
    return bool(address.query) or address.fragment.startswith(("/", "!/"))


def _folder(path: str) -> str:
    """The folder whose index ``path`` is ("/a/b/", "/a/b/index.html" -> "/a/b/"); "" for a page of its own."""
    folder, _, name = path.rpartition("/")
    return f"{folder}/" if folder and re.fullmatch(r"(?:(?:index|default|list)(?:\.\w{2,5})?)?", name) else ""


def _in_script(text: str, at: int) -> bool:
    return any(text.rfind(f"<{tag}", 0, at) > text.rfind(f"</{tag}", 0, at) for tag in ("script", "style"))


def _attributes(tag: str) -> int:
    return len(re.findall(r"[\s/=]+", re.sub(r"src\s*=\s*[\"']data:image/[\w.+-]+;base64,[\w+/=\s]*[\"']", "", tag)))
