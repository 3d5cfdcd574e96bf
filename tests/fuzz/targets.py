"""The parsers of foreign bytes, each as a function of bytes that raises unless a law holds for what it made of them."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from crawler import archive
from crawler.config.catalogue import load_source
from crawler.exceptions import ConfigError, FetchError, Unreadable
from crawler.fetch.encoding import decoded
from crawler.fetch.robots import RobotsFile, allowed_by
from crawler.items import Article, Authority, Column, Due, Listing, Page, Source
from crawler.opml import read_opml
from crawler.platforms import next_page, read_article, read_list
from crawler.reading.articles.title import TITLE_LENGTH
from crawler.reading.charset import decode, refused
from crawler.reading.dating.dates import parse_date
from crawler.reading.dating.list_dates import written_date
from tests.counts import COUNTED

PAGES = Path(__file__).parent.parent / "pages"
URL = "https://office.example/tzgg/index.html"
_NOW = 1.8e9
_MOST = 300_000  # bytes; longer inputs test patience
_JSON = {"items": "rows || @", "url": "url", "title": "title", "published": "date", "text": "body"}

Target = Callable[[bytes], None]


def _source(platform: str) -> Source:
    column = Column(url=URL, platform=platform, **({"json": _JSON} if platform == "json" else {}))
    return Source(id="office", name="示例公安厅", authority=Authority.POLICE, column=(column,))


_SOURCES = {platform: _source(platform) for platform in ("html", "feed", "json", "wechat")}


def _page(body: bytes) -> Page:
    """A page of ``body`` whose first byte chooses what its header says of it."""
    charset = (None, "utf-8", "gb2312", "big5", "klingon")[body[:1][0] % 5 if body else 0]
    return Page(URL, 200, body, f"text/html; charset={charset}" if charset else "text/html", fetched_at=_NOW)


def _list(platform: str) -> Target:
    def read(body: bytes) -> None:
        source, page = _SOURCES[platform], _page(body)
        _check_list(read_list(page, source, source.column[0]))
        further = next_page(page, source.column[0])
        assert further is None or further.startswith(("http://", "https://"))

    return read


def _check_list(listing: Listing) -> None:
    assert len(listing.links) <= 500
    assert len({link.key for link in listing.links}) == len(listing.links)
    for link in listing.links:
        assert link.url.startswith(("http://", "https://")), link.url
        assert len(link.title) <= 500
        f"{link.title}{link.url}{link.key}{link.text or ''}".encode()


def _article(platform: str) -> Target:
    def read(body: bytes) -> None:
        source = _SOURCES[platform]
        _check_article(
            read_article(_page(body), source, source.column[0], Due("office/main", URL, key="k", title="标题"))
        )

    return read


def _check_article(article: Article) -> None:
    assert len(article.title) <= TITLE_LENGTH
    assert not {c for c in article.title if c < " " or c == "\x7f" or "\ud800" <= c <= "\udfff"}
    assert "\0" not in article.body
    f"{article.title}{article.body}{article.claimed or ''}{article.why}".encode()


def _entry(body: bytes) -> None:
    """An article that its list carried."""
    source = _SOURCES["feed"]
    due = Due("office/main", URL, key="k", title="标题", text=body.decode("utf-8", "replace"))
    _check_article(read_article(_page(b""), source, source.column[0], due))


def _charset(body: bytes) -> None:
    page = _page(body)
    decode(body, page.declared_charset).encode("utf-8", "surrogatepass")
    refused(body, page.declared_charset)


def _dates(body: bytes) -> None:
    text = body.decode("utf-8", "replace")[:2000]
    for found in (parse_date(text, "Asia/Shanghai"), written_date(text, "Asia/Shanghai", _NOW)):
        assert found is None or found.at


def _import(body: bytes) -> None:
    for found in archive.in_stream(io.BytesIO(body), "x"):
        assert isinstance(found, archive.Document | archive.Bad)


def _opml(body: bytes) -> None:
    with suppress(Unreadable):
        list(read_opml(body))


def _source_file(body: bytes) -> None:
    file = Path("/dev/shm" if Path("/dev/shm").is_dir() else "/tmp") / "fenghuo-fuzz.toml"
    file.write_bytes(body)
    with suppress(ConfigError):
        load_source(file)


def _robots(body: bytes) -> None:
    allowed_by(RobotsFile("https://office.example", _NOW, 200, body))(URL)


def _encoding(body: bytes) -> None:
    for name in ("gzip", "deflate"):
        try:
            assert len(decoded(body, name, 1_000_000)) <= 1_000_000
        except FetchError:
            continue


TARGETS: Mapping[str, Target] = {
    "html list": _list("html"),
    "html article": _article("html"),
    "wechat article": _article("wechat"),
    "feed": _list("feed"),
    "entry": _entry,
    "json": _list("json"),
    "charset": _charset,
    "dates": _dates,
    "import": _import,
    "opml": _opml,
    "source file": _source_file,
    "robots.txt": _robots,
    "encoding": _encoding,
}


def run(name: str, body: bytes) -> None:
    """Give ``body`` to a target.  Raises whatever it must not raise."""
    COUNTED["inputs fuzzed"] += 1
    TARGETS[name](body[:_MOST])
