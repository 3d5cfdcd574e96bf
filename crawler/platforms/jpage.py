"""大汉 Hanweb JCMS (provinces and cities): ``/col/col7/index.html``, articles ``/art/2026/1/5/art_7_12345.html``.

A list's records stand in a script of its page (`reading.lists.list_scripts` reads them there) or come from
``dataproxy.jsp`` as XML, whose ``nextgroup`` names the records behind them.  Only GET is used, though the site's own
script posts a form.
"""

from __future__ import annotations

import html as entities
import re
from urllib.parse import urlencode

from crawler.items import Column, Listing, Page, Source
from crawler.platforms import html
from crawler.platforms.either import of_markup, text_of
from crawler.reading.address import join
from crawler.reading.lists.list_further import counted_page

Options = html.Options
read_article = html.read_article

_XML = ("<?xml", "<datastore", "<recordset")
_PROXY = re.compile(r"/(?:[\w-]{1,40}/){0,6}(?:more)?(?:column)?dataproxy\.jsp")
_PARAMETER = re.compile(
    r"\b(?P<name>col|appid|webid|path|columnid|sourceContentType|unitid|webname|permissiontype)[\"']?\s{0,3}[:=]"
    r"\s{0,3}[\"']?(?P<value>[^\"'&,;{}()<>\s]{1,100})"
)
_NEEDED = {"webid", "columnid", "unitid"}
_HREF = re.compile(r"href\s{0,3}=\s{0,3}[\"']([^\"'<>\s]{1,2000})")


def read_list(page: Page, source: Source, column: Column) -> Listing:
    """The items of a list page, or of the records that came in its place."""
    text = text_of(page)
    if text.lstrip("\ufeff \t\r\n").startswith(_XML) and "<record" in text:
        page = of_markup(page, "".join(_record(r) for r in text.split("<record>")[1:]))
    return html.read_list(page, source, column)


def entrance(page: Page) -> str | None:
    """The address of the first records, for a page that holds none; its script says what to ask for."""
    text = text_of(page)
    proxy = _PROXY.search(text)
    asked: dict[str, str] = {}
    for found in _PARAMETER.finditer(text):
        asked.setdefault(found["name"], found["value"])
    if not proxy or "<record" in text or not asked.keys() >= _NEEDED:
        return None
    return join(page.url, f"{proxy[0]}?{urlencode({'page': '1'} | asked)}")


def next_page(page: Page) -> str | None:
    """The records behind those of ``page``: what ``nextgroup`` names, else the next number."""
    group = text_of(page).partition("<nextgroup>")[2].partition("</nextgroup>")[0]
    href = _HREF.search(entities.unescape(group))
    return join(page.url, href[1]) if href else counted_page(page.url)


def _record(text: str) -> str:
    """The markup of a record; some sites escape it instead of wrapping it."""
    inside = text.partition("</record>")[0].replace("<![CDATA[", "").replace("]]>", "")
    return inside if "<" in inside else entities.unescape(inside)
