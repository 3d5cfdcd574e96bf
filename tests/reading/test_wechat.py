from crawler.items import PageClass
from crawler.reading.articles.article import read_article
from crawler.reading.wechat import read_wechat, unescape
from tests.reading.pages import BODY, PARAGRAPHS, SOURCE, TITLE, due, page, paragraphs

SHORT = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"
SCRIPT = f"""<script>
var biz = null; var biz = "" || "MzAwMDAwMDAwMQ==";
var mid = "" || "" || "2650000010"; var idx = "" || "3"; var ct = "1768871100";
var nickname = htmlDecode("海城反诈"); var msg_title = '{TITLE}'.html(false);
</script>"""
PAGE = f"""<html><head><meta property="og:title" content="{TITLE}"><meta property="og:site_name" content="微信公众平台">
</head><body><h1 id="activity-name">{TITLE}</h1><a id="js_name"> 海城反诈 </a><em id="publish_time">昨天</em>
<div id="js_content" style="visibility: hidden;"><section>{paragraphs()}</section><p>（来源：云州省公安厅）</p></div>
{SCRIPT}</body></html>"""


def test_the_scripts_tell_identity_moment_and_account() -> None:
    facts = read_wechat(PAGE, "Asia/Shanghai")
    assert facts.key == "wx:3000000001:2650000010:3"
    assert facts.published
    assert (facts.published.at, facts.published.precision) == ("2026-01-20T09:05:00+08:00", "second")
    assert (facts.account, facts.title) == ("海城反诈", TITLE)


def test_an_article_is_read_whole_and_known_by_both_its_keys() -> None:
    article = read_article(page(PAGE, url=SHORT), SOURCE, SOURCE.column[0], due(SHORT))
    assert article.page_class is PageClass.ARTICLE
    assert (article.title, article.body) == (TITLE, BODY)
    assert (article.key, article.aliases) == ("wxs:AbCdEfGhIjKlMnOpQrStUv", ("wx:3000000001:2650000010:3",))
    assert article.claimed == "云州省公安厅"
    assert article.published
    assert article.published.basis == "carrier"


def test_a_post_without_markup_is_read_from_its_script() -> None:
    words = "\\x0a".join(PARAGRAPHS)
    markup = f"""<html><body><div id="js_content">,</div><script>
        window.biz = '' || 'MzAwMDAwMDAwMQ=='; window.mid = '' || '2650000010'; window.idx = '' || '1';
        nick_name: JsDecode('海城反诈'), content_noencode: JsDecode('{words}'), ori_create_time: '1768871100' * 1;
        var msg_title = '{TITLE}';</script></body></html>"""
    article = read_article(page(markup, url=SHORT), SOURCE, SOURCE.column[0], due(SHORT))
    assert (article.title, article.body, article.claimed) == (TITLE, BODY, "海城反诈")
    assert article.aliases == ("wx:3000000001:2650000010:1",)


def test_a_page_that_says_nothing_yields_nothing() -> None:
    facts = read_wechat("<html></html>", "Asia/Shanghai")
    assert (facts.key, facts.published, facts.account) == (None, None, "")


def test_script_escapes_are_undone() -> None:
    assert unescape(r"a\x0ab\u8bc8\'c\n") == "a\nb诈'c\n"
