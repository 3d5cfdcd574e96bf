"""What a page is, decided before anything is read from it: a challenge is no empty list, a login form no article."""

from __future__ import annotations

import html
import re
from functools import cache
from urllib.parse import urlsplit

from crawler.items import Page, PageClass
from crawler.reading.terms import any_of, terms

TAG_LIMIT = 65_536  # characters between two ">" that may still be parsed
_ATTRIBUTE_LIMIT = 2_000  # 20,000 attributes on a tag cost 0.6 s of parsing, 200,000 cost 220 s
_LITTLE = 300  # characters of visible text below which a page may be something else than content
_ONE_LINE = 120  # characters of a body that may be a message rather than an article
_SMALL = 20_000  # characters of markup below which a page is always looked at closely
_CHALLENGE_STATUS = frozenset({202, 403, 405, 412, 503, 521})
_STATUS = {
    401: PageClass.LOGIN,
    403: PageClass.BLOCKED,
    404: PageClass.DELETED,
    407: PageClass.LOGIN,
    410: PageClass.DELETED,
    429: PageClass.BLOCKED,
    451: PageClass.BLOCKED,
    521: PageClass.CHALLENGE,
}
_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP or Office file"),
    (b"\xd0\xcf\x11\xe0", "an Office file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"Rar!", "an archive"),
    (b"\x1f\x8b", "still compressed"),
)
_BINARY_TYPE = re.compile(r"^(?:image|audio|video|font)/|octet-stream|msword|/pdf|/zip|ms-excel|officedocument", re.I)
_FEED = re.compile(r"^\s*(?:<\?xml[^>]*>|<!--[^>]*-->|<!DOCTYPE[^>]*>|\s)*<(?:rss|feed|rdf:RDF)[\s>]", re.I)
_TITLE = re.compile(r"<title[^>]*>([^<]{0,500})", re.I)
_REFRESH = re.compile(r"<meta[^>]{0,80}http-equiv=[\"']?refresh[^>]{0,80}url=\s*[\"']?([^\"'>\s]{1,500})", re.I)
_WECHAT_ARTICLE = ('id="js_content"', "item_show_type =", "id='js_content'")
_ORDER = (
    (PageClass.CHALLENGE, "challenge_words"),
    (PageClass.MOVED, "moved_words"),
    (PageClass.DELETED, "deleted_words"),
    (PageClass.BLOCKED, "blocked_words"),
    (PageClass.LOGIN, "login_words"),
    (PageClass.ERROR, "error_words"),
    (PageClass.SHELL, "shell_words"),
)


def classify_page(page: Page, text: str) -> tuple[PageClass, str]:
    """What ``page``, decoded to ``text``, is, and why in one line.

    UNKNOWN with "" says that nothing stands before the content: the caller finds out whether it is list or article.
    FEED is recognised by its root element.  Every other class stands in the place of content.
    """
    found = _by_status(page, text) or _by_bytes(page)
    if not found and _FEED.match(text[:2000]):
        found = (PageClass.FEED, "")
    return found or _by_tags(text) or _by_words(page, text) or (PageClass.UNKNOWN, "")


def classify_words(body: str) -> tuple[PageClass, str] | None:
    """What a body that is but a line or two says it stands for ("该内容已被发布者删除"); None for an article."""
    first = body.partition("\n")[0]
    return _said(body if len(body) < _ONE_LINE else first if len(first) < 20 and len(body) < 3 * _LITTLE else "")


def redirected_home(asked: str, answered: str) -> bool:
    """Whether an article's address led to a home page: the usual way of old sites to say that it is gone."""
    home = terms("page_class")["home"]
    a, b = urlsplit(asked), urlsplit(answered)
    return (
        b.path.lower() in home and not b.query and a.path.lower() not in home and not b.fragment.startswith(("/", "!/"))
    )


def visible_text(text: str) -> str:
    """What a reader sees of the markup ``text``, roughly and in linear time: no scripts, styles, comments, tags."""
    for opening, closing in (
        ("<!--", "-->"),
        ("<script", "</script"),
        ("<style", "</style"),
        ("<noscript", "</noscript"),
    ):
        text = _without(text, opening, closing)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^<>]{0,5000}>", " ", text))).strip()


def oversized_tag(text: str) -> bool:
    """Whether parsing ``text`` would take minutes: a tag longer than 64 KB, no inline picture, no script.

    Attributes cost quadratic time in libxml2; a worker's deadline is the second line of defence.
    """
    start = 0
    for piece in text.split(">") if len(text) > TAG_LIMIT else ():
        if len(piece) > TAG_LIMIT and not _in_script(text, start) and _attributes(piece) > _ATTRIBUTE_LIMIT:
            return True
        start += len(piece) + 1
    return False


def _in_script(text: str, at: int) -> bool:
    return any(text.rfind(f"<{tag}", 0, at) > text.rfind(f"</{tag}", 0, at) for tag in ("script", "style"))


def _attributes(tag: str) -> int:
    return len(re.findall(r"[\s/=]+", re.sub(r"src\s*=\s*[\"']data:image/[\w.+-]+;base64,[\w+/=\s]*[\"']", "", tag)))


def _without(text: str, opening: str, closing: str) -> str:
    lower, kept, at = text.lower(), [], 0
    while (start := lower.find(opening, at)) >= 0:
        kept.append(text[at:start])
        end = lower.find(closing, start)
        at = len(text) if end < 0 else end + len(closing)
    return "".join(kept) + text[at:] if kept or at else text


def _by_status(page: Page, text: str) -> tuple[PageClass, str] | None:
    if page.status == 200:
        return None
    if page.status in _CHALLENGE_STATUS and (mark := _challenge_mark(text) or _bare_script(text)):
        return PageClass.CHALLENGE, f"HTTP {page.status}: {mark}"
    if 300 <= page.status < 400:
        return (PageClass.ERROR if page.status == 304 else PageClass.MOVED), f"HTTP {page.status}"
    return _STATUS.get(page.status, PageClass.ERROR), f"HTTP {page.status}"


def _by_bytes(page: Page) -> tuple[PageClass, str] | None:
    if not page.body.strip(b" \t\r\n\0\xef\xbb\xbf"):
        return PageClass.ERROR, "the answer is empty"
    if what := next((what for magic, what in _MAGIC if page.body.startswith(magic)), None):
        return PageClass.ERROR, f"not a page but {what}"
    if _BINARY_TYPE.search(page.content_type):
        return PageClass.ERROR, f"not a page but {page.content_type[:60]}"
    return None


def _by_tags(text: str) -> tuple[PageClass, str] | None:
    if oversized_tag(text):
        return PageClass.ERROR, f"a tag longer than {TAG_LIMIT // 1024} KB with thousands of attributes is not parsed"
    return None


def _by_words(page: Page, text: str) -> tuple[PageClass, str] | None:
    """Judge pages that say little by what they say."""
    if "//mp.weixin.qq.com/" in page.url:
        return _wechat_state(page, text)
    if len(text) > _SMALL and text.count("<a ") + text.count("<A ") > 3:
        return _by_title(text)
    seen = visible_text(text)
    if len(seen) > _LITTLE:
        return _by_title(text)
    if refresh := _REFRESH.search(text):
        return PageClass.MOVED, f"the page sends its readers on to {refresh[1][:200]}"
    if mark := _challenge_mark(text):
        return PageClass.CHALLENGE, mark
    return _said(f"{_title(text)} {seen}") or _nothing(text, seen)


def _by_title(text: str) -> tuple[PageClass, str] | None:
    """Even a long page is an error page when its title says just that (navigation and footer fill such pages)."""
    title = _title(text)
    if not title or len(title) > 40:
        return None
    found = _said(re.split(r"[-_|–—]", title)[0])
    return (
        found
        if found
        and found[0] in (PageClass.CHALLENGE, PageClass.DELETED, PageClass.BLOCKED, PageClass.ERROR)
        and _whole_title(title)
        else None
    )


def _whole_title(title: str) -> bool:
    """Whether the words are the title rather than part of a headline such as "警惕…页面不存在诈骗"."""
    return len(re.split(r"[-_|–—]", title)[0].strip()) <= 14


def _wechat_state(page: Page, text: str) -> tuple[PageClass, str] | None:
    """A WeChat page without an article says in a few words what became of it (HTTP 200 all the same)."""
    if any(mark in text for mark in _WECHAT_ARTICLE):
        return None
    if "captcha" in urlsplit(page.url).path:
        return PageClass.CHALLENGE, "WeChat asks for a captcha"
    seen = f"{_title(text)} {visible_text(text)[-3000:]}"
    return _said(seen) or (PageClass.CHALLENGE, "WeChat shows neither an article nor a reason")


def _said(seen: str) -> tuple[PageClass, str] | None:
    for page_class, words in _ORDER:
        if found := _words(words).search(seen):
            return page_class, f"the page says: {seen[max(0, found.start() - 20) : found.end() + 30].strip()}"
    return None


def _nothing(text: str, seen: str) -> tuple[PageClass, str] | None:
    if mark := _bare_script(text):
        return PageClass.CHALLENGE, mark
    if 'type="password"' in text.lower():
        return PageClass.LOGIN, "a password field and little else"
    if (
        text.lstrip()[:1] == "<"
        and len(seen) < 30
        and not re.search(r"<a\s[^>]{0,2000}href|<img\s|<iframe\s", text, re.I)
    ):
        return PageClass.SHELL, "markup without text"
    return None


def _challenge_mark(text: str) -> str | None:
    mark = next((m for m in terms("page_class")["challenge_marks"] if m in text), None)
    return f"a script challenge ({mark})" if mark else None


def _bare_script(text: str) -> str | None:
    """The common shape of script challenges: a short page of script without a link or a sentence."""
    bare = len(text) < 10_000 and "<script" in text.lower() and not re.search(r"<a\s[^>]{0,2000}href", text, re.I)
    sets_cookie = "document.cookie" in text or ".cookie" in text or "location" in text
    return (
        "only a script that sets a cookie or reloads"
        if bare and sets_cookie and len(visible_text(text)) <= 100
        else None
    )


def _title(text: str) -> str:
    found = _TITLE.search(text[:50_000])
    return html.unescape(found[1]).strip() if found else ""


@cache
def _words(name: str) -> re.Pattern[str]:
    return any_of(terms("page_class")[name])
