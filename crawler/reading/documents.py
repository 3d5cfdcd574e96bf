"""Documents of a CMS: the number that names one in its address, however many columns and paths it is shown under."""

from __future__ import annotations

import re

from crawler.reading.address import KEY_LENGTH, url_key
from crawler.reading.normalise import compared

_FEWEST = 5  # digits; a smaller number may count the texts of one of several sites that share a host
_NUMBER = rf"(\d{{{_FEWEST},30}})"
_HEX = r"([0-9a-f]{32})"
# The path of an article in each family (facts/cms-families.md, drawn from the routes of RSSHub 7572f800), lower case.
# Its groups name the document within the host; a number behind another one (t20260101_12345_2.html) is its second page.
_PATHS = (
    ("trs", rf"/t(?:19|20)\d{{6}}_{_NUMBER}\.s?html?$"),
    ("jpage", rf"/art/(\d{{4}}/\d{{1,2}}/\d{{1,2}})/art_\d{{1,12}}_{_NUMBER}\.html$"),  # column, then document
    ("jpaas", rf"/art/\d{{4}}/art_{_HEX}\.html$"),
    ("gkmlpt", rf"/content/(?:\d{{1,12}}/){{0,3}}post_{_NUMBER}\.html$"),
    ("ucap", r"/\d{6}/content_(\d{7,12})\.html?$"),
    ("c_channel", rf"/c\d{{4,12}}/c{_NUMBER}/content\.shtml$"),  # column, then document
    ("c_channel", rf"/c\d{{4,12}}/\d{{6}}/{_HEX}\.shtml$"),
    ("xinhua", rf"/\d{{8}}/{_HEX}/c\.html$"),
    ("xinhua", r"/\d{4}-\d\d/\d\d/c_(\d{7,20})\.html?$"),
    ("easysite", r"/(\d{17,30})/?$"),  # `url_key` leaves out index.html
    ("nfra", r"/itemdetail\.html\?(?:[^#]*&)?docid=(\d{1,20})(?:&|$)"),  # for people
    ("nfra", r"/selectbydocid/data_docid=(\d{1,20})\.json$"),  # for machines
)
_PATTERNS = tuple((family, re.compile(path)) for family, path in _PATHS)
_CUT_SHORT = re.compile(r"(?:…|\.{2,6}|。{2,6})\s*$")
_TELLING = 8  # letters of a title that was cut short


def document_key(url: str) -> str | None:
    """``doc:<host>/<family>/<number>`` for the address of a document that a known CMS numbers, else None.

    It is a second key beside `url_key`, which stays the first: two addresses of one document share it.
    """
    host, slash, rest = url_key(url).partition("/")
    path = f"/{rest.lower()}"
    found = ((family, pattern.search(path)) for family, pattern in _PATTERNS if slash)
    names = next(("/".join((family, *m.groups())) for family, m in found if m), None)
    return f"doc:{host}/{names}"[:KEY_LENGTH] if names else None


def is_document_key(key: str) -> bool:
    """Whether a key of a link is the number of a document rather than an address."""
    return key.startswith("doc:")


def same_title(one: str, other: str) -> bool:
    """Whether two titles may be one document's: the same letters, or the beginning of the other where cut short.

    A number may be given twice by two systems behind one host; then what stands there is called differently.
    """
    a, b = compared(_CUT_SHORT.sub("", one)), compared(_CUT_SHORT.sub("", other))
    short, long = sorted((a, b), key=len)
    cut = any(map(_CUT_SHORT.search, (one, other))) and len(short) >= _TELLING
    return bool(short) and (short == long or (cut and long.startswith(short)))
