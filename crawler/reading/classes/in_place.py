"""What stands in the place of content, told by a page's titles, words, scripts and address together.

Two errors cost the most: a message that is read as an article, and an article taken for the message it warns of.  So
words count where they are the title, the headline or a line of their own, and only while the page holds no text and no
list besides; what counts against them is the article's own line of facts (发布时间, 来源, meta tags).
"""

from __future__ import annotations

import html
import re
from functools import cache
from itertools import accumulate
from urllib.parse import urlsplit

from crawler.items import PageClass
from crawler.reading.address import join
from crawler.reading.classes.sight import RICH, Sight, look_at
from crawler.reading.classes.statements import Statement, failed, is_chrome, is_prose, stated, unfilled
from crawler.reading.terms import any_of, terms

Found = tuple[PageClass, str]

_BARE = 30  # characters of sentences below which a page may be a message and nothing else
_POOR = 150  # the same where the message comes first or is the headline
_MENU = 5  # links that no challenge has
_ALONE = 100  # characters that stand on a page of which a vendor's script is all there is
_WHOLE = 0.7  # share of a title or headline that the telling words must be
_MAINLY = 0.5
_PASSING = 0.2  # the same, below which a line mentions it in passing
_FIRST = 4  # blocks in which a message comes first
_HEAD = 6  # lines of a body in which it does
_SCRIPT_START = 60_000  # characters of markup in which redirects and alerts are looked for
_MESSAGE = 120  # characters of an alert
_UNFILLED = 3  # placeholders that make a template
_ASKING = frozenset({PageClass.LOGIN, PageClass.SHELL})
_ERRORS = frozenset({PageClass.CHALLENGE, PageClass.BLOCKED, PageClass.DELETED, PageClass.VIOLATION, PageClass.ERROR})
_GONE = frozenset({PageClass.DELETED, PageClass.VIOLATION})
_SEPARATORS = re.compile(r"\s[-–—]\s?|\s?[_|｜–—]\s?|(?<=[\u3400-\u9fff])-(?=[\u3400-\u9fff])|-(?=[^-]{2,20}$)")
_REFRESH = re.compile(r"<meta\s[^<>]{0,80}http-equiv=[\"']?refresh[^<>]{0,80}url\s*=\s*[\"']?([^\"'<>\s]{1,500})", re.I)
_JUMP = re.compile(
    r"(?:\blocation(?:\.href)?\s*=(?!=)\s*|\blocation\.(?:replace|assign)\(\s*)[\"']([^\"'\s]{1,500})[\"']", re.I
)
_ALERT = re.compile(r"(?:\balert|document\.write(?:ln)?|\.msg|\.confirm)\(\s*[\"']([^\"']{2,200})[\"']", re.I)
_ACTS = re.compile(r"\.cookie|\blocation\b|\beval\s*\(|\bFunction\s*\(|fromCharCode|\b_0x[0-9a-f]{2,}|atob\s*\(")
_HTML = re.compile(r"<(?:html|head|body|div|p|script|meta|table|center|frameset)\b", re.I)
_SCRIPT = re.compile(r"<script\b", re.I)
_MOUNT = re.compile(r"<div\s[^<>]{0,200}id=[\"']?(?:app|root|__next|__nuxt|q-app|main-app)\b", re.I)
_COOKIE = re.compile(r"\.cookie\s*=")
_MEDIA = re.compile(r"<a\s[^<>]{0,2000}?href|<img\s|<iframe\s|<video\s|<object\s|<embed\s", re.I)
_PASSWORD = re.compile(r"<input\b[^<>]{0,300}type\s*=\s*[\"']?password", re.I)
_WECHAT_ARTICLE = ('id="js_content"', "item_show_type =", "id='js_content'", "item_show_type:")
_ADDRESSES = (
    (PageClass.CHALLENGE, "challenge_address"),
    (PageClass.DELETED, "deleted_address"),
    (PageClass.LOGIN, "login_address"),
    (PageClass.ERROR, "error_address"),
)


def in_place(url: str, sight: Sight, text: str) -> Found | None:
    """What stands in the place of content on the page ``text`` at ``url``, and why in one line; None for content.

    ``sight`` is what is seen of ``text``.
    """
    if found := _titled(sight):
        return found
    if sight.list_like or sight.prose >= _POOR:
        return None
    if sight.dated:
        return _instead_of_body(sight)
    return _first_words(sight, text) if sight.prose >= _BARE else _only(url, sight, text)


def in_place_of_wechat(url: str, text: str) -> Found | None:
    """What a WeChat page without an article says of it, in a few words and under HTTP 200 (facts/wechat.md, 2).

    A page that gives no reason is taken for a challenge: it is asked for again, and never an empty article.
    """
    path = urlsplit(url).path.lower()
    if "captcha" in path:
        return PageClass.CHALLENGE, "WeChat asks for a captcha"
    if any(mark in text for mark in _WECHAT_ARTICLE):
        return None
    sight = look_at(text)
    lines = (sight.title, *(b.text for b in sight.blocks), *sight.spare, *_alerts(text))
    best = _best(lines, 0.0)
    return best.found if best else (PageClass.CHALLENGE, "WeChat shows neither an article nor a reason")


def body_says(lines: tuple[str, ...]) -> Found | None:
    """What ``lines``, read as an article's body, say in its place; None where a sentence stands beside the message."""
    if any(said >= _BARE for said in accumulate(len(line) for line in lines if is_prose(line))):
        return None
    found = _best(lines[:_HEAD], _MAINLY)
    return found.found if found else None


def challenge_mark(text: str) -> str | None:
    """The mark that a script challenge left in the markup."""
    mark = next((m for m in terms("page_class")["challenge_marks"] if m in text), None)
    ruishu = None if mark else _pattern("ruishu").search(text[:_SCRIPT_START])
    return f"a script challenge ({mark or 'Ruishu'})" if mark or ruishu else None


def _titled(sight: Sight) -> Found | None:
    """Even a page full of navigation is an error page when its title or headline says just that."""
    if sight.prose >= RICH or sight.dated:
        return None
    heads = [part for part in _SEPARATORS.split(sight.title[:200]) if part]
    heads += sight.headings if sight.prose < _POOR else ()
    found = _best(tuple(heads), _WHOLE)
    return found.found if found and found.page_class in (_GONE if sight.list_like else _ERRORS) else None


def _instead_of_body(sight: Sight) -> Found | None:
    """A page that keeps an article's title and date and says in place of its text that it is gone."""
    if sight.prose >= _BARE:
        return None
    found = _best(tuple(b.text for b in sight.own), _WHOLE)
    return found.found if found and found.page_class in _GONE else None


def _first_words(sight: Sight, text: str) -> Found | None:
    """A message with an explanation that might be a sentence of an article."""
    found = _best(tuple(b.text for b in sight.own)[:_FIRST], _MAINLY)
    if found and found.page_class not in (PageClass.LOGIN, PageClass.SHELL):
        return found.found
    return _failure(sight) or _template(sight, text)


def _only(url: str, sight: Sight, text: str) -> Found | None:
    """What a page is that holds neither sentences nor titles."""
    if mark := _mark(sight, text):
        return PageClass.CHALLENGE, mark
    lines = (sight.title, *(b.text for b in sight.blocks), *sight.spare, *_alerts(text))
    if (found := _best(lines, _PASSING)) and (found.page_class not in _ASKING or _asks_only(found, sight, text)):
        return found.found
    if (refresh := _REFRESH.search(text[:_SCRIPT_START])) and not sight.speaks:
        return _sent_on(join(url, html.unescape(refresh[1])) or "")
    return _by_address(url) or _failure(sight) or _template(sight, text) or _scripted(url, sight, text)


def _asks_only(found: Statement, sight: Sight, text: str) -> bool:
    """Whether a login or an app is all that is offered: many pages greet their readers with 请登录 or 打开APP."""
    if found.page_class is PageClass.LOGIN and _PASSWORD.search(text):
        return True
    said = sum(len(b.text) for b in sight.own if not is_chrome(b.text))
    return not sight.speaks and found.share >= _MAINLY and said < _ALONE


def _scripted(url: str, sight: Sight, text: str) -> Found | None:
    """A page of markup and scripts without words."""
    if sight.speaks:
        return None
    if _PASSWORD.search(text):
        return PageClass.LOGIN, "a password field and little else"
    if not _HTML.search(text[:_SCRIPT_START]) or len(sight.text) >= _ALONE or _MEDIA.search(text):
        return None
    jump = _JUMP.search(text[:_SCRIPT_START])
    if jump and not _COOKIE.search(text) and _elsewhere(url, jump[1]):
        return _sent_on(join(url, jump[1]) or "")
    if _SCRIPT.search(text) and _ACTS.search(text) and not _MOUNT.search(text):
        return PageClass.CHALLENGE, "only a script that sets a cookie or reloads"
    return (PageClass.SHELL, "markup without text") if len(sight.text) < _BARE else None


def _failure(sight: Sight) -> Found | None:
    words = next(filter(None, (failed(b.text) for b in sight.own)), "")
    return (PageClass.ERROR, f"a program failed: {words[:80]}") if words else None


def _template(sight: Sight, text: str) -> Found | None:
    if sum(1 for b in sight.blocks if unfilled(b.text)) >= _UNFILLED:
        if mark := challenge_mark(text):
            return PageClass.CHALLENGE, f"an application behind {mark}"
        return PageClass.SHELL, "a template that a script should have filled"
    return None


def _sent_on(target: str) -> Found:
    found = _by_address(target)
    return found or (PageClass.MOVED, f"the page sends its readers on to {target[:200]}")


def _by_address(url: str) -> Found | None:
    path = urlsplit(url).path.lower()
    for page_class, name in _ADDRESSES:
        if _pattern(name).search(path):
            return page_class, f"the address is that of a page for it: {path[:100]}"
    return None


def _elsewhere(url: str, target: str) -> bool:
    """Whether a script's target is another page; a challenge reloads its own."""
    return (there := join(url, target)) is not None and urlsplit(there)[:4] != urlsplit(url)[:4]


def _mark(sight: Sight, text: str) -> str | None:
    """The mark of a challenge on a page without a menu or a sentence: behind it, pages bear the same marks."""
    if sight.speaks or sum(1 for b in sight.blocks if b.linked) >= _MENU:
        return None
    if mark := challenge_mark(text):
        return mark
    vendor = next((m for m in terms("page_class")["vendor_marks"] if m in text), None)
    return f"a challenge and little else ({vendor})" if vendor and len(sight.text) <= _ALONE else None


def _alerts(text: str) -> tuple[str, ...]:
    found = (re.sub(r"<[^<>]{0,200}>|\\[rn]", " ", said) for said in _ALERT.findall(text[:_SCRIPT_START]))
    return tuple(said[:_MESSAGE] for said in found)


def _best(lines: tuple[str, ...], share: float) -> Statement | None:
    """The message that says the most of its own line, if it says ``share`` of it; the first of equals."""
    found = (s for line in lines if (s := stated(line)) and s.share >= share)
    return max(found, key=lambda s: (s.page_class is not PageClass.SHELL, s.share), default=None)


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return any_of(terms("page_class")[name])
