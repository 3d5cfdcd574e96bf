"""国家金融监督管理总局: pages of scripts (``ItemList.html?itemId=925``) over JSON files of lists and of documents."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from crawler.items import Article, Column, Due, Listing, Page, Source
from crawler.platforms import either, html, json
from crawler.reading.address import join
from crawler.reading.lists.list_further import counted_page

Options = html.Options

_ROWS = json.Options(
    items="data.rows[?isTitleLink != `1` && isTitleLink != '1']",  # a row with it only points to another site
    url="/cn/view/pages/ItemDetail.html?docId={docId}",
    fetch_url="/cn/static/data/DocInfo/SelectByDocId/data_docId={docId}.json",
    title="docTitle || docSubtitle",
    published="publishDate",
)
_DOCUMENT = json.ArticleFields(body="data.docClob", title="data.docTitle", published="data.publishDate")
_FILE = "/cn/static/data/DocInfo/SelectDocByItemIdAndChild/data_itemId={item},pageIndex=1,pageSize=18.json"
_LAST_FILE = re.compile(r"/data_itemId=(\d{1,12}),pageIndex=3,pageSize=(\d{1,4})\.json$")
_BEHIND = "/cbircweb/DocInfo/SelectDocByItemIdAndChild?itemId={item}&pageSize={size}&pageIndex=4"


def read_list(page: Page, source: Source, column: Column) -> Listing:
    """The documents of a list."""
    return either.read_list(page, source, column, _ROWS)


def read_article(page: Page, source: Source, column: Column, due: Due) -> Article:
    """The document of a JSON answer; its address is the one for people."""
    if either.is_json(page):
        return json.read_document(page, source, due, _DOCUMENT)
    return html.read_article(page, source, column, due)


def entrance(page: Page) -> str | None:
    """The file with the list's first page, for the page that people open."""
    item = parse_qs(urlsplit(page.url).query).get("itemId", [""])[0]
    return join(page.url, _FILE.format(item=item)) if item.isdigit() and not either.is_json(page) else None


def next_page(page: Page) -> str | None:
    """The next file; only the first three pages are files."""
    if found := _LAST_FILE.search(page.url):
        return join(page.url, _BEHIND.format(item=found[1], size=found[2]))
    return counted_page(page.url)
