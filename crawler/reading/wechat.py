"""What a WeChat article page says in its scripts: identity, time, account, and posts without markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crawler.items import Published
from crawler.reading.address import wechat_key
from crawler.reading.dating.dates import from_epoch, parse_date

_HOST = "//mp.weixin.qq.com/"
_ESCAPE = re.compile(r"\\x([0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\(.)", re.S)
_NEWLINES = {"n": "\n", "r": "\n", "t": " "}

# What stands before a value, newest templates last, and the value itself.  Pages are 3 MB of script, so that a literal
# is looked for and only what follows it is matched.
_EPOCHS = ('var ct = "', "ori_create_time: '", "create_timestamp: '", "window.ct = '")
_EPOCH = re.compile(r"\d{10}(?!\d)")
_MINUTES = ("createTime = '", "create_time: JsDecode('")
_MINUTE = re.compile(r"20\d\d-\d\d-\d\d(?: \d\d:\d\d)?")
_ACCOUNTS = ('id="js_name">', 'var nickname = htmlDecode("', 'var nickname = "', "nick_name: JsDecode('")
_ACCOUNT = re.compile(r"\s*([^<\"']{1,60}?)\s*[<\"']")
_TITLES = ("var msg_title = '", "window.msg_title = '")
_WORDS = ("content_noencode: JsDecode('",)
_LITERAL = re.compile(r"((?:[^'\\]|\\.)*)'", re.S)
_IDENTITY = (
    ("biz", re.compile(r"[A-Za-z0-9+/]{10,20}={0,2}")),
    ("mid", re.compile(r"\d{5,12}")),
    ("idx", re.compile(r"\d{1,2}")),
)
_ASSIGNED = re.compile(r"\s*=?\s*([^;\n]{1,300})")


@dataclass(frozen=True, slots=True)
class WeChat:
    """One page's facts; what the page does not say is None or ""."""

    key: str | None = None
    published: Published | None = None
    account: str = ""
    title: str = ""
    words: str = ""  # the text of a short or picture post, whose page carries it in a script only


def is_wechat(url: str) -> bool:
    """Whether ``url`` is one of a public-account article."""
    return _HOST in url


def read_wechat(text: str, zone: str) -> WeChat:
    """The facts in the scripts of a public-account page ``text``."""
    return WeChat(
        key=_key(text),
        published=_published(text, zone),
        account=next(_values(text, _ACCOUNTS, _ACCOUNT), ""),
        title=unescape(next(_values(text, _TITLES, _LITERAL), "")),
        words=unescape(next(_values(text, _WORDS, _LITERAL), "")),
    )


def unescape(text: str) -> str:
    r"""The content of a JavaScript string literal as text (``\x0a``, ``\u4e2d``, ``\'``)."""
    return _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else _NEWLINES.get(m[3], m[3]), text)


def _key(text: str) -> str | None:
    biz, mid, idx = (_variable(text, name, form) for name, form in _IDENTITY)
    return wechat_key(biz, mid, idx) if biz and mid and idx else None


def _variable(text: str, name: str, form: re.Pattern[str]) -> str:
    """The last literal of the form looked for in ``var name = "" || "…"``; newer pages write ``name: '…'``."""
    for said in _values(text, (f"var {name} ", f"window.{name} ", f" {name}: "), _ASSIGNED):
        literals: list[str] = [
            s for pair in re.findall(r"\"([^\"]*)\"|'([^']*)'", said) for s in pair if form.fullmatch(s)
        ]
        if literals:
            return literals[-1]
    return ""


def _published(text: str, zone: str) -> Published | None:
    exact = (from_epoch(float(v), zone) for v in _values(text, _EPOCHS, _EPOCH))
    rough = (parse_date(v, zone) for v in _values(text, _MINUTES, _MINUTE))
    return next((p for p in exact if p), None) or next((p for p in rough if p), None)


def _values(text: str, openings: tuple[str, ...], value: re.Pattern[str]) -> Iterator[str]:
    """Every value that is not empty behind one of ``openings``, in their order."""
    for opening in openings:
        at = text.find(opening)
        while at >= 0:
            found = value.match(text, at + len(opening))
            if found and (said := found[found.re.groups].strip()):
                yield said
            at = text.find(opening, at + len(opening))
