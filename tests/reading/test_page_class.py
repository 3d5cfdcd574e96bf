import pytest

from crawler.items import PageClass
from crawler.reading.page_class import classify_page, classify_words, oversized_tag, redirected_home
from tests.reading.pages import html, page, paragraphs

WECHAT = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"


def classed(markup: str, **answer: object) -> PageClass:
    return classify_page(page(markup, **answer), markup)[0]  # type: ignore[arg-type]


def test_nothing_stands_before_an_ordinary_page() -> None:
    assert classify_page(page(html(paragraphs())), html(paragraphs())) == (PageClass.UNKNOWN, "")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (404, PageClass.DELETED),
        (410, PageClass.DELETED),
        (403, PageClass.BLOCKED),
        (401, PageClass.LOGIN),
        (500, PageClass.ERROR),
        (206, PageClass.ERROR),
        (304, PageClass.ERROR),
        (302, PageClass.MOVED),
        (999, PageClass.ERROR),
    ],
)
def test_a_status_outranks_the_page_it_comes_with(status: int, expected: PageClass) -> None:
    assert classed(html(paragraphs()), status=status) is expected


@pytest.mark.parametrize("status", [200, 202, 412, 521])
def test_a_page_that_only_sets_a_cookie_is_a_challenge(status: int) -> None:
    script = "<html><head><script>var a=1;document.cookie='k='+a;location.reload();</script></head><body></body></html>"
    assert classed(script, status=status) is PageClass.CHALLENGE


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("检测到异常访问，请拖动滑块完成验证", PageClass.CHALLENGE),
        ("您访问的页面不存在或已被删除", PageClass.DELETED),
        ("该文章已被作者删除", PageClass.DELETED),
        ("您的访问被拦截，请联系管理员", PageClass.BLOCKED),
        ("Access Denied", PageClass.BLOCKED),
        ("请先登录后查看内容", PageClass.LOGIN),
        ("系统繁忙，请稍后再试", PageClass.ERROR),
        ("本站已迁移至新域名", PageClass.MOVED),
        ("You need to enable JavaScript to run this app.", PageClass.SHELL),
        ("", PageClass.SHELL),
    ],
)
def test_a_page_that_says_little_is_what_it_says(words: str, expected: PageClass) -> None:
    found, why = classify_page(page(markup := f"<html><body><div><p>{words}</p></div></body></html>"), markup)
    assert found is expected
    assert why


def test_a_warning_that_mentions_captchas_and_deletion_is_no_challenge() -> None:
    words = paragraphs("骗子要求受害人完成人机验证并输入验证码，事后聊天记录已被删除，页面不存在。" * 12)
    assert classed(html(words)) is PageClass.UNKNOWN


def test_an_error_page_is_known_by_its_title_among_full_navigation() -> None:
    assert classed(html("<p>-</p>", title="页面不存在_海城市公安局", heading="") + " " * 20_000) is PageClass.DELETED


def test_a_meta_refresh_in_place_of_content_has_moved() -> None:
    assert classed('<meta http-equiv="refresh" content="0; url=http://10.0.0.1/"><p>跳转中</p>') is PageClass.MOVED


@pytest.mark.parametrize("body", [b"%PDF-1.7 x", b"PK\x03\x04..", b"\x89PNG....", b"", b"  \n"])
def test_what_is_no_markup_is_an_error(body: bytes) -> None:
    assert classify_page(page(body), body.decode("latin-1"))[0] is PageClass.ERROR


def test_a_content_type_of_bytes_is_an_error() -> None:
    assert classed(html(paragraphs()), content_type="application/octet-stream") is PageClass.ERROR


def test_a_short_answer_that_is_no_markup_is_left_to_its_reader() -> None:
    assert classed('{"rows": []}', content_type="application/json") is PageClass.UNKNOWN


def test_a_feed_is_known_by_its_root() -> None:
    assert classed('<?xml version="1.0"?>\n<rss version="2.0"><channel/></rss>') is PageClass.FEED


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("该内容已被发布者删除", PageClass.DELETED),
        ("此内容因违规无法查看", PageClass.DELETED),
        ("该公众号已迁移", PageClass.MOVED),
        ("当前环境异常，完成验证后即可继续访问。", PageClass.CHALLENGE),
        ("", PageClass.CHALLENGE),
    ],
)
def test_a_wechat_page_without_an_article_says_why_under_status_200(words: str, expected: PageClass) -> None:
    filler = "<script>var x = 1;</script>" * 2000 + '<a href="#">1</a>' * 10
    assert classed(f"<html><body>{filler}<div>{words}</div></body></html>", url=WECHAT) is expected


def test_a_wechat_article_is_not_judged_by_the_words_of_its_scripts() -> None:
    assert (
        classed('<div id="js_content"><p>正文</p></div><script>t="已被发布者删除"</script>', url=WECHAT)
        is PageClass.UNKNOWN
    )


def test_a_tag_with_thousands_of_attributes_is_refused_before_it_is_parsed() -> None:
    markup = "<html><p " + " ".join(f"a{n}=1" for n in range(200_000)) + ">x</p></html>"
    assert classed(markup) is PageClass.ERROR  # parsing it would outlast the test's time limit


def test_a_picture_or_script_of_any_length_is_not_refused() -> None:
    assert not oversized_tag('<img src="data:image/png;base64,' + "iVBORw0KGgo/ " * 9_000 + '">')
    assert not oversized_tag("<script>var t = [" + "1, 2, 3, " * 20_000 + "]</script><p>x</p>")


def test_an_article_address_that_leads_to_the_home_page_is_recognised() -> None:
    assert redirected_home("http://a.example/tips/1.html", "http://a.example/index.html")
    assert not redirected_home("http://a.example/tips/1.html", "http://a.example/tips/2.html")
    assert not redirected_home("http://a.example/", "http://a.example/index.html")
    assert not redirected_home("http://a.example/tips/1.html", "http://a.example/?id=1")


def test_a_body_of_one_line_may_be_a_message_and_a_notice_is_none() -> None:
    found = classify_words("该内容已被发布者删除")
    assert found
    assert found[0] is PageClass.DELETED
    assert classify_words("近日，骗子冒充客服，称订单页面不存在，诱导转账。\n" * 12) is None
