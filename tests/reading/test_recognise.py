import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.platforms import PLATFORMS
from crawler.reading.recognise import account_name, family, is_bridge, named_feeds, signboard

URL = "https://office.example/list/"


@pytest.mark.parametrize(
    ("name", "markup"),
    [
        ("number", '<div id="comp_1234"><dl><dd><a href="/n7/n8/c99/content.html">甲</a></dd></dl></div>'),
        ("trs", '<a href="./202603/t20260301_12.html">甲</a><script>createPageHTML(3, 0, "index", "html")</script>'),
        ("jpage", '<script type="text/xml"><datastore><recordset><record>甲</record></recordset></datastore></script>'),
        ("jpaas", "<script parseType=\"buildstatic\" querydata=\"{'webId':'a'}\"></script>"),
        ("gkmlpt", '<a href="/jfts/content/post_12345.html">甲</a>'),
        ("ucap", '<script src="./YAOWENLIEBIAO.json"></script>'),
        ("c_channel", '<a href="/csrc/c100028/common_list.shtml">更多</a>'),
        ("nfra", '<a href="/cn/view/pages/ItemDetail.html?docId=12">甲</a>'),
        ("xinhua", '<div data="datasource:0123456789abcdef"></div>'),
        ("easysite", '<div class="easysite-news-title">甲</div>'),
        ("", "<ul><li><a href='/a/1.html'>甲</a></li></ul>"),
    ],
)
def test_a_family_is_told_by_its_marks(name: str, markup: str) -> None:
    assert family(URL, f"<html><body>{markup}</body></html>") == name
    assert not name or name in PLATFORMS


def test_an_address_tells_before_the_page_does() -> None:
    assert family("https://gd.example/gkmlpt/index", '<div id="comp_12"></div>') == "gkmlpt"
    assert is_bridge("http://bridge.example/feeds/MP_WXS_12345.atom")
    assert is_bridge("https://mp.weixin.qq.com/mp/appmsgalbum?album_id=1")
    assert not is_bridge("https://office.example/mp.weixin.qq.com/rss.xml")


def test_feeds_are_named_in_the_head_without_those_of_comments() -> None:
    head = """<link rel="alternate" type="application/rss+xml" title="通知" href="rss.xml">
    <link rel='alternate nofollow' type='application/atom+xml; charset=utf-8' href='//office.example/atom'>
    <link rel="alternate" type="application/rss+xml" title="评论" href="/c.xml">
    <link rel="alternate" type="application/rss+xml" href="/comments/feed/">
    <link rel="alternate" hreflang="en" href="/en/"><link rel="alternate" type="application/rss+xml" href="mailto:a@b">
    <link rel="alternate" type="application/rss+xml" href="./rss.xml">"""
    found = named_feeds(f"<html><head>{head}</head><body></body></html>", URL)
    assert [(f.title, f.url) for f in found] == [
        ("通知", "https://office.example/list/rss.xml"),
        ("", "https://office.example/atom"),
    ]


@pytest.mark.parametrize(
    ("head", "site", "column"),
    [
        (
            '<meta name="SiteName" content="江边警讯"><meta name="ColumnName" content="警示"><title>x</title>',
            "江边警讯",
            "警示",
        ),
        ("<title>警示信息_江边市公安局</title>", "江边市公安局", "警示信息"),
        ("<title>Alerts - River Bank Police</title>", "River Bank Police", "Alerts"),
        ("<title>江边市公安局</title>", "江边市公安局", ""),
        ('<meta property="og:site_name" content="微信公众平台"><title>首页</title>', "", ""),
        ("", "", ""),
    ],
)
def test_a_page_says_what_its_site_and_column_are_called(head: str, site: str, column: str) -> None:
    found = signboard(f"<html><head>{head}</head><body></body></html>")
    assert (found.site, found.column) == (site, column)


@pytest.mark.parametrize("title", ["平安江边", "平安江边 | WeWe RSS", "平安江边 - 微信公众号", "Wechat2RSS | 平安江边"])
def test_an_account_is_called_without_the_bridge(title: str) -> None:
    assert account_name(title) == "平安江边"


@given(st.text(max_size=400), st.text(max_size=100))
def test_any_text_is_survived(text: str, url: str) -> None:
    assert isinstance(family(url, text), str)
    assert isinstance(account_name(text), str)
    assert all(f.url.startswith("http") for f in named_feeds(f"<link rel=alternate href='{text}'>", URL))
    assert len(signboard(f"<title>{text}</title>").site) <= 60
