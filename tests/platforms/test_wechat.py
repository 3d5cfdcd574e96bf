"""Public accounts through a bridge's feed: identity, whose article it is, and what stands in an article's place."""

from __future__ import annotations

from typing import Any

import pytest

from crawler import platforms
from crawler.carriers import account
from crawler.config.catalogue import Catalogue
from crawler.items import Article, Column, Due, Listing, Page, PageClass, Source
from crawler.reading.address import url_key
from tests.platforms.conftest import NOW

BIZ, OTHER = "MzAwMDAwMDAwMQ==", "MzAwMDAwMDAwMg=="
FEED = "https://bridge.example/feeds/MP_WXS_1.rss"
SHORT = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"
LONG = f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid=100001&idx=2&sn=0a1b"
TEXT = "近日，有群众接到自称使馆工作人员的电话，对方要求转账。凡是要求向安全账户转账的都是诈骗，请立即挂断电话。"


def source(authority: str = "account", **more: Any) -> Source:
    about = {"id": "pajb", "name": "平安江边", "authority": authority, "column": [{"url": FEED, "platform": "wechat"}]}
    return Source.model_validate(about | more)


def feed(*links: str, text: str = "") -> bytes:
    items = "".join(
        f"<item><title>提醒{n}</title><link>{link.replace('&', '&amp;')}</link>"
        f"<description><![CDATA[{text}]]></description></item>"
        for n, link in enumerate(links)
    )
    return f"<rss version='2.0'><channel><title>平安江边</title>{items}</channel></rss>".encode()


def listed(of: Source, *links: str, text: str = "", **options: Any) -> Listing:
    column = Column(url=FEED, platform="wechat", options=options)
    platforms.check(of, column)
    return platforms.read_list(Page(FEED, 200, feed(*links, text=text), fetched_at=NOW), of, column)


def page(biz: str = BIZ, name: str = "平安江边", body: str = TEXT) -> bytes:
    return (
        f'<html><head><meta property="og:title" content="警惕冒充使馆的来电"></head><body>'
        f'<h1 id="activity-name">警惕冒充使馆的来电</h1><a id="js_name">{name}</a>'
        f'<div id="js_content" style="visibility:hidden"><p>{body}</p></div>'
        f'<script>var biz = "" || "{biz}"; var mid = "" || "100001"; var idx = "" || "2";'
        'var ct = "1772323200";</script>'
        "</body></html>"
    ).encode()


def read(of: Source, body: bytes, url: str = SHORT) -> Article:
    due = Due("pajb/main", url, key=url_key(url))
    return platforms.read_article(Page(url, 200, body, "text/html", fetched_at=NOW), of, of.column[0], due)


def test_an_article_has_one_key_whatever_its_address_carries() -> None:
    first = listed(source(), LONG + "&chksm=cc&scene=27#wechat_redirect", SHORT + "?from=timeline&isappinstalled=0")
    second = listed(source(), "http://mp.weixin.qq.com/s?sn=0a1b&idx=2&mid=100001&__biz=MzAwMDAwMDAwMQ%3D%3D", SHORT)
    assert (
        [x.key for x in first.links]
        == [x.key for x in second.links]
        == ["wx:3000000001:100001:2", f"wxs:{SHORT[-22:]}"]
    )
    assert [x.url for x in first.links] == [LONG, SHORT]


def test_the_short_and_the_long_address_are_one_article_once_it_was_read() -> None:
    article = read(source(), page())
    assert article.page_class is PageClass.ARTICLE
    assert {article.key, *article.aliases} == {url_key(SHORT), url_key(LONG)}
    assert article.published is not None
    assert article.published.at == "2026-03-01T08:00:00+08:00"


def test_what_is_no_lasting_article_is_left_out_and_said() -> None:
    temporary = "https://mp.weixin.qq.com/s?src=11&timestamp=1772323200&ver=1&signature=x"
    found = listed(source(), SHORT, temporary, "https://advert.example/1.html")
    assert [x.url for x in found.links] == [SHORT]
    assert "1 of 3 entries have only a temporary address" in found.why
    assert "1 of 3 entries are no articles of WeChat" in found.why


def test_other_accounts_articles_are_not_the_sources() -> None:
    own = source(accounts={"平安江边": BIZ})
    assert [x.url for x in listed(own, LONG, LONG.replace(BIZ, OTHER)).links] == [LONG]
    assert read(own, page()).page_class is PageClass.ARTICLE
    foreign = read(own, page(OTHER, "江边美食"))
    assert foreign.page_class is PageClass.MOVED
    assert "江边美食" in foreign.why


def test_a_bridge_alone_makes_nothing_official() -> None:
    office = source("police")
    assert read(office, page()).page_class is PageClass.ARTICLE
    assert read(office, page(name="江边美食")).page_class is PageClass.MOVED
    assert listed(office, SHORT, text=TEXT * 5, article="entry").links[0].text is None
    assert listed(source(), SHORT, text=TEXT * 5, article="entry").links[0].text


@pytest.mark.parametrize(
    ("body", "page_class"),
    [
        ('<div class="weui-msg"><h2 class="weui-msg__title">该内容已被发布者删除</h2></div>', PageClass.DELETED),
        ('<div class="weui-msg"><h2 class="weui-msg__title">此内容因违规无法查看</h2></div>', PageClass.VIOLATION),
        (
            '<div class="weui-msg"><h2 class="weui-msg__title">该公众号已迁移</h2><p>去新账号查看</p></div>',
            PageClass.MOVED,
        ),
        (
            '<div class="weui-msg"><h2>环境异常</h2><p>当前环境异常，完成验证后即可继续访问。</p><a>去验证</a></div>',
            PageClass.CHALLENGE,
        ),
    ],
)
def test_what_stands_in_an_articles_place_is_called_by_its_name(body: str, page_class: PageClass) -> None:
    found = read(source(), f"<html><body>{body}</body></html>".encode())
    assert found.page_class is page_class, found.why
    assert found.body == ""


def test_a_forwarded_article_is_its_accounts_by_number_and_never_by_a_borrowed_name() -> None:
    catalogue = Catalogue.of([source("police", accounts={"平安江边": BIZ})])
    known, borrowed = read(source(), page(name="改了名的号")), read(source(), page(OTHER, "平安江边"))
    assert account(catalogue, known) == catalogue.sources["pajb"]
    assert account(catalogue, borrowed) is None


def test_what_is_no_feed_is_no_list() -> None:
    column = Column(url=FEED, platform="wechat")
    listing = platforms.read_list(Page(FEED, 200, b"<html><body>bridge is down</body></html>"), source(), column)
    assert listing.links == ()
    assert listing.page_class not in (PageClass.LIST, PageClass.FEED)
