"""What a first page costs beyond others is paid before there is one: modules, tables and patterns of the whole way.

A daemon's crawl does this before it forks the processes that read, so that these have it all, and in shared memory.
"""

from __future__ import annotations

from crawler import intake, platforms
from crawler.carriers import carrier
from crawler.config.catalogue import Catalogue
from crawler.items import Article, Authority, Column, Due, Page, Source
from crawler.judging.likeness import guard
from crawler.judging.likeness.clauses import text_of
from crawler.judging.likeness.sameness import decide

_AT = "http://example.invalid/"
_COLUMN = Column(url=_AT)
_SOURCE = Source(id="example", name="某市公安局", authority=Authority.POLICE, column=(_COLUMN,))
_ROW = '<li><a href="/2025/0105/c1-{n}.html">关于防范电信网络诈骗的第{n}次提醒</a><span>2025-01-{n:02}</span></li>'
_LIST = f"<html><body><ul>{''.join(_ROW.format(n=n) for n in range(1, 9))}</ul></body></html>"
_TITLE = "警惕赴境外高薪务工诈骗"
_BODY = (
    "近期，我局发现有不法分子以“高薪”“包机票”为诱饵，诱骗群众赴缅甸、柬埔寨等地从事电信网络诈骗，已抓获犯罪嫌疑人12名，涉案资金350万元。",
    "提醒广大群众自2025年1月5日起暂勿前往上述地区，切勿轻信来历不明的链接（或App）。如遇可疑情况，请拨打96110咨询，邮箱help@example.org。",
    "Do not transfer money to strangers; 3 people lost $20,000 in this scam.",
)
_PAGE = (
    f"<html><head><title>{_TITLE}_某市公安局</title></head><body><h1>{_TITLE}</h1>"
    f"<div>发布时间：2025-01-05 10:00　来源：江城市教育局</div>"
    f"<div class='content'>{''.join(f'<p>{line}</p>' for line in _BODY)}</div></body></html>"
)


def warm_up(catalogue: Catalogue) -> None:
    """Read and judge what nobody published (1 s of CPU), and import what it would be crawled by."""
    import scrapy.crawler  # noqa: F401

    import crawler.spiders.wire  # noqa: F401

    platforms.warm_up()
    guard.warm_up()
    platforms.read_list(_page(_LIST, _AT), _SOURCE, _COLUMN)
    article = _article()
    carrier(catalogue, _AT)
    intake.understand(article, _SOURCE, prior=None, catalogue=catalogue)
    decide(text_of(_TITLE, article.body), text_of(_TITLE, "\n".join(_BODY[:2]).replace("12名", "13名")))


def _article() -> Article:
    url = f"{_AT}2025/0105/c1-5.html"
    due = Due(_SOURCE.key(_COLUMN), url, key=url, title=_TITLE)
    return platforms.read_article(_page(_PAGE, url), _SOURCE, _COLUMN, due)


def _page(html: str, url: str) -> Page:
    return Page(url, 200, html.encode(), "text/html; charset=utf-8", fetched_at=1_736_000_000.0)
