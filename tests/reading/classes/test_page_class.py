import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import PageClass
from crawler.reading.articles.article import read_article
from crawler.reading.charset import decode
from crawler.reading.classes.page_class import (
    TAG_LIMIT,
    classify_article,
    classify_page,
    classify_words,
    led_away,
    led_home,
    oversized_tag,
)
from tests.reading.pages import FETCHED, SOURCE, URL, due, html, page, paragraphs
from tests.reading.stand_ins import CONTENTS, STAND_INS, WECHAT, Answer, bare, framed

Page = type(page(""))


def answered(answer: Answer) -> Page:
    return Page(answer.url, answer.status, answer.body, "text/html", answer.headers, FETCHED)


def classed(markup: str, **answer: object) -> PageClass:
    return classify_page(page(markup, **answer), markup)[0]  # type: ignore[arg-type]


@pytest.mark.parametrize("answer", STAND_INS, ids=lambda a: a.name)
def test_what_stands_in_the_place_of_content_is_classed_and_says_why(answer: Answer) -> None:
    found, why = classify_page(answered(answer), decode(answer.body, None))
    assert found is answer.expected, why
    assert why
    assert "\n" not in why


@pytest.mark.parametrize("answer", CONTENTS, ids=lambda a: a.name)
def test_content_that_speaks_of_such_things_is_content(answer: Answer) -> None:
    assert classify_page(answered(answer), decode(answer.body, None)) == (PageClass.UNKNOWN, "")


@pytest.mark.parametrize("answer", STAND_INS, ids=lambda a: a.name)
def test_what_stands_in_the_place_of_content_is_never_read_as_an_article(answer: Answer) -> None:
    article = read_article(answered(answer), SOURCE, SOURCE.column[0], due(answer.url))
    assert article.page_class is not PageClass.ARTICLE
    assert article.why


@pytest.mark.parametrize(
    "answer", [a for a in CONTENTS if "article" in a.name or "two lines" in a.name], ids=lambda a: a.name
)
def test_an_article_that_speaks_of_such_things_is_read(answer: Answer) -> None:
    article = read_article(answered(answer), SOURCE, SOURCE.column[0], due(answer.url))
    assert (article.page_class, article.why) == (PageClass.ARTICLE, "")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, PageClass.UNKNOWN),
        (203, PageClass.UNKNOWN),
        (404, PageClass.DELETED),
        (410, PageClass.DELETED),
        (403, PageClass.BLOCKED),
        (429, PageClass.BLOCKED),
        (401, PageClass.LOGIN),
        (412, PageClass.CHALLENGE),
        (521, PageClass.CHALLENGE),
        (500, PageClass.ERROR),
        (202, PageClass.ERROR),
        (206, PageClass.ERROR),
        (304, PageClass.ERROR),
        (302, PageClass.MOVED),
        (999, PageClass.ERROR),
    ],
)
def test_a_status_outranks_the_page_it_comes_with(status: int, expected: PageClass) -> None:
    assert classed(html(paragraphs()), status=status) is expected


@pytest.mark.parametrize("status", [200, 202, 404, 412, 503, 521])
def test_a_page_that_only_sets_a_cookie_is_a_challenge_under_most_statuses(status: int) -> None:
    script = (
        "<html><head><script>document.cookie='__jsl_clearance=1';location.reload();</script></head><body></body></html>"
    )
    assert classed(script, status=status) is PageClass.CHALLENGE


@pytest.mark.parametrize("body", [b"%PDF-1.7 x", b"PK\x03\x04..", b"\x89PNG....", b"", b"  \n"])
def test_what_is_no_markup_is_an_error(body: bytes) -> None:
    assert classify_page(page(body), body.decode("latin-1"))[0] is PageClass.ERROR


def test_a_content_type_of_bytes_is_an_error() -> None:
    assert classed(html(paragraphs()), content_type="application/octet-stream") is PageClass.ERROR


@pytest.mark.parametrize(
    "feed",
    [
        '<?xml version="1.0"?>\n<rss version="2.0"><channel/></rss>',
        '\ufeff<feed xmlns="http://www.w3.org/2005/Atom"/>',
        '{"version": "https://jsonfeed.org/version/1.1", "items": []}',
    ],
)
def test_a_feed_is_known_by_its_root(feed: str) -> None:
    assert classify_page(page(feed), feed) == (PageClass.FEED, "")


def test_json_is_left_to_its_reader_and_is_no_article() -> None:
    rows = '{"rows": [], "title": "一条"}'
    assert classed(rows, content_type="application/json") is PageClass.UNKNOWN
    assert classify_article(page(rows), rows, URL) == (PageClass.UNKNOWN, "JSON in place of a page")


def test_a_wechat_article_is_not_judged_by_the_words_of_its_scripts() -> None:
    markup = '<div id="js_content"><p>正文</p></div><script>t="已被发布者删除"</script>'
    assert classed(markup, url=WECHAT) is PageClass.UNKNOWN


def test_a_page_of_links_and_no_text_is_no_article() -> None:
    items = "".join(f'<li><a href="/t{n}.html">海城警方通报第{n}起冒充客服案件</a></li>' for n in range(20))
    markup = framed(f"<ul>{items}</ul>")
    assert classify_article(page(markup), markup, URL)[0] is PageClass.LIST
    assert classify_page(page(markup), markup) == (PageClass.UNKNOWN, "")


SIDE = "".join(f'<li><a href="/n/{n}.html">本市第{n}届群众文化艺术节今日开幕</a></li>' for n in range(12))
SHORT = "领馆提醒：近日有人冒充馆员致电侨胞索要汇款，请勿相信。如有疑问，请拨打领保热线核实。"


@pytest.mark.parametrize(
    "notice",
    [
        f"<h1>谨防冒充领馆人员的电话</h1><div>2026-01-20</div><p>{SHORT}</p>",
        f"<h1>谨防冒充领馆人员的电话</h1><div>2026-01-20</div><div class='TRS_Editor'><p>{SHORT}</p></div>",
        f"<div>谨防冒充领馆人员的电话</div><div>2026-01-20</div><div>{SHORT}</div>",
    ],
)
def test_a_short_notice_beside_a_column_of_links_is_an_article(notice: str) -> None:
    head = "<head><title>谨防冒充领馆人员的电话_总领馆</title></head>"
    markup = f"<html>{head}<body>{notice}<ul>{SIDE}</ul></body></html>"
    article = read_article(page(markup), SOURCE, SOURCE.column[0], due(URL))
    assert (article.page_class, article.body) == (PageClass.ARTICLE, SHORT)


def test_a_short_notice_in_pictures_with_many_links_beside_it_is_content() -> None:
    items = "".join(f'<li><a href="/t{n}.html">海城警方通报第{n}起冒充客服案件</a></li>' for n in range(20))
    markup = html(f'<div id="zoom"><img src="/long.jpg"></div><ul>{items}</ul>')
    assert classify_article(page(markup), markup, URL) == (PageClass.UNKNOWN, "")


@pytest.mark.parametrize(
    ("asked", "answered", "away"),
    [
        ("/tips/1.html", "/index.html", True),
        ("/tips/1.html", "/", True),
        ("/?p=12", "/", True),
        ("/tips/202601/t1.html", "/tips/", True),
        ("/tips/202601/t1.html", "/tips/index.shtml", True),
        ("/tips/1.html", "/tips/2.html", False),
        ("/tips/1", "/tips/1/", False),
        ("/tips/1/index.html", "/tips/1/", False),
        ("/", "/index.html", False),
        ("/tips/1.html", "/?id=1", False),
        ("/tips/1.html", "/#/detail/1", False),
    ],
)
def test_an_address_that_leads_to_the_home_page_or_the_list_has_moved(asked: str, answered: str, away: bool) -> None:
    assert bool(led_away(f"http://a.example{asked}", f"http://a.example{answered}")) is away


@pytest.mark.parametrize(
    ("answered", "href", "expected"),
    [
        ("http://b.example/s/3/?r=0.17", "../../tips/t2026_12.html", PageClass.MOVED),
        ("http://a.example/col/list.do?r=0.17", "t2026_12.html", PageClass.MOVED),
        ("http://a.example/col/list.do?r=0.17", "/tips/t2026_13.html", PageClass.UNKNOWN),
        ("http://a.example/m/t2026_12.html", "/tips/t2026_12.html", PageClass.UNKNOWN),  # under another address, itself
    ],
)
def test_an_address_that_leads_to_a_list_which_names_it_has_moved(
    answered: str, href: str, expected: PageClass
) -> None:
    text = f'<html><body><ul><li><a class="x" href="{href}">提示</a></li></ul><p>热点专题</p></body></html>'
    found, _ = classify_article(
        Page(answered, 200, text.encode(), "text/html"), text, "http://a.example/tips/t2026_12.html"
    )
    assert found is expected


def test_a_list_may_lead_to_another_list_but_not_home() -> None:
    assert not led_home("http://a.example/tips/new/index.html", "http://a.example/tips/")
    assert led_home("http://a.example/tips/", "http://www.a.example/")
    assert not led_home("http://a.example/?from=feed", "http://a.example/")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("该内容已被发布者删除", PageClass.DELETED),
        ("环境异常\n当前环境异常，完成验证后即可继续访问。\n去验证", PageClass.CHALLENGE),
        ("此内容因违规无法查看\n接相关投诉，此内容违反《网络安全法》，查看详细内容\n视频\n小程序", PageClass.VIOLATION),
        (
            "该公众号已迁移\n该公众号已迁移至新的账号，原账号已回收。若需访问原文章链接，请点击下方按钮。",
            PageClass.MOVED,
        ),
        (
            (
                "JavaScript is not available.\nWe have detected that JavaScript is disabled in this browser. "
                "Please enable JavaScript or switch to a supported browser."
            ),
            PageClass.SHELL,
        ),
    ],
)
def test_a_body_may_be_a_message(body: str, expected: PageClass) -> None:
    found = classify_words(body)
    assert found
    assert found[0] is expected


@pytest.mark.parametrize(
    "body",
    [
        "近日，骗子冒充客服，称订单页面不存在，诱导转账。",
        "凡要求您登录后查看、输入验证码的链接，都是诈骗。",
        "请勿点击“环境异常，去验证”之类的页面。",
        "我局网站已迁移至新域名，请更新收藏；旧网站三月关停，原有栏目和内容一并保留。",
        "因系统升级，12308热线一月二十日夜间停机，其间请拨打使馆电话，恢复时间另行告知。",
        "页面不存在怎么办？",
    ],
)
def test_a_short_notice_is_no_message(body: str) -> None:
    assert classify_words(body) is None


def test_a_tag_with_thousands_of_attributes_is_refused_before_it_is_parsed() -> None:
    markup = "<html><p " + " ".join(f"a{n}=1" for n in range(200_000)) + ">x</p></html>"
    assert classed(markup) is PageClass.ERROR  # parsing it would outlast the test's time limit


@given(before=st.integers(0, 200_000), spaces=st.integers(0, 70_000))
def test_a_tag_too_large_is_refused_wherever_it_stands_and_no_smaller_one(before: int, spaces: int) -> None:
    tag = "<p" + " a=1" * 3_000 + " " * spaces
    large = before % 4 + len(tag) > TAG_LIMIT
    assert oversized_tag("<br>" * (before // 4) + " " * (before % 4) + tag + ">x") == large


def test_a_picture_or_script_of_any_length_is_not_refused() -> None:
    assert not oversized_tag('<img src="data:image/png;base64,' + "iVBORw0KGgo/ " * 9_000 + '">')
    assert not oversized_tag("<script>var t = [" + "1, 2, 3, " * 20_000 + "]</script><p>x</p>")


@pytest.mark.parametrize(
    "unit",
    [
        "<script",
        "<!--",
        "<a href=",
        "<p>",
        "<svg>",
        "<title>",
        "<div",
        "{{",
        "\\",
        "<meta ",
        "alert('",
        "您",
        " ",
        "<noscript>",
    ],
)
def test_hostile_repetition_costs_no_more_than_its_length(unit: str) -> None:
    markup = unit * (400_000 // len(unit))
    assert classify_article(page(markup), markup, URL)[0] in PageClass  # the test's time limit is the assertion


@given(st.text(), st.sampled_from([200, 202, 403, 404, 412, 500, 521]))
def test_any_text_has_a_class_and_one_line_of_reason(text: str, status: int) -> None:
    found, why = classify_article(page(bare(text), status=status), bare(text), URL)
    assert found in PageClass
    assert "\n" not in why


@given(st.text(alphabet="您访问的页面不存在已被删除请登录验证环境异常，。“” \n", max_size=200))
def test_a_real_paragraph_beside_any_message_makes_it_content(words: str) -> None:
    prose = "警方查明，该团伙先后在三座城市设点，共有四十一人上当，涉案金额逾九百万元，另有十二人被遣返。"
    markup = html(f"<p>{words}</p>{paragraphs(prose)}")
    assert classify_page(page(markup), markup) == (PageClass.UNKNOWN, "")
