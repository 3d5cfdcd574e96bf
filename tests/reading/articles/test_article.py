import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Article, Column, PageClass, Published
from crawler.reading.articles.article import article_from_html, article_from_text, read_article
from crawler.reading.normalise import text_hash
from tests.reading.pages import BODY, PARAGRAPHS, SOURCE, TITLE, URL, due, html, page, paragraphs

COLUMN = SOURCE.column[0]
TAIL = '<p style="text-align:right">（来源：云州省公安厅网站）</p>'


def read(
    markup: str | bytes,
    column: Column = COLUMN,
    *,
    url: str = URL,
    asked: str = URL,
    listed: str = "",
    **answer: object,
) -> Article:
    return read_article(page(markup, url=url, **answer), SOURCE, column, due(asked, title=listed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "opening",
    [
        '<div class="TRS_Editor">',
        '<div class="view TRS_UEDITOR trs_paper_default">',
        '<div id="UCAP-CONTENT">',
        '<div id="zoom">',
        '<td id="Zoom">',
        '<div class="rm_txt_con cf">',
        '<div class="pages_content">',
        '<div class="article-content">',
        '<div id="detail">',
        '<div class="content">',
        '<section class="entirely-unknown">',
    ],
)
def test_title_date_body_and_origin_are_read_in_every_layout(opening: str) -> None:
    closing = "</" + opening[1:].split()[0] + ">"
    words = opening + paragraphs(*PARAGRAPHS, *PARAGRAPHS[:1]) + TAIL + closing
    article = read(html(f"<table>{words}</table>" if "td" in opening else words))
    assert article.page_class is PageClass.ARTICLE
    assert (article.title, article.body) == (TITLE, BODY + "\n" + PARAGRAPHS[0])
    assert article.published == Published("2026-01-20T09:05:00+08:00", "minute", "carrier")
    assert article.claimed == "云州省公安厅网站"
    assert (article.url, article.key, article.text_hash) == (URL, URL.removeprefix("http://"), text_hash(article.body))
    assert "（来源：云州省公安厅网站）" in [cut.line for cut in article.cuts]


def test_body_comments_of_the_governments_page_rules_are_followed() -> None:
    article = read(html(f"<div><p>导读</p><!--ContentStart-->{paragraphs()}<!--ContentEnd--><p>分享</p></div>"))
    assert article.body == BODY


def test_the_innermost_of_nested_editors_is_the_body() -> None:
    article = read(
        html(f'<div class="TRS_Editor"><style>.x{{}}</style><div class="TRS_Editor">{paragraphs()}</div></div>')
    )
    assert article.body == BODY


def test_a_mark_on_a_whole_column_does_not_make_its_links_the_body() -> None:
    teasers = "".join(f'<li><a href="/x{n}">另一条很长的新闻标题占满一整行文字第{n}号</a></li>' for n in range(60))
    words = f'<div id="article">{paragraphs(*PARAGRAPHS * 2)}</div>'
    article = read(html(f'<div class="article-content">{words}<ul>{teasers}</ul></div>'))
    assert article.body == f"{BODY}\n{BODY}"


def test_a_body_that_only_the_pages_data_holds_is_read_from_it() -> None:
    said = json.dumps({"@type": "NewsArticle", "headline": TITLE, "articleBody": BODY}, ensure_ascii=False)
    data = f'<script type="application/ld+json">{said}</script>'
    article = read(html('<div id="app"></div>', head=data, heading="", info="", title="海城市公安局"))
    assert (article.title, article.body) == (TITLE, BODY)


def test_teasers_inside_the_body_are_cut_and_shown() -> None:
    teasers = "".join(f'<li><a href="/x{n}.html">另有一条很长的旧闻标题第{n}号</a></li>' for n in range(5))
    article = read(
        html(f'<div id="zoom">{paragraphs(PARAGRAPHS[0])}<ul>{teasers}</ul>{paragraphs(PARAGRAPHS[1])}</div>')
    )
    assert article.body == "\n".join(PARAGRAPHS[:2])
    assert any("旧闻标题第3号" in cut.line and cut.rule == "markup: a list of links" for cut in article.cuts)


def test_a_picture_post_reads_the_words_in_its_script_without_their_markup() -> None:
    said = "第一段话说的是一桩骗局。\\n第二段话<a class=\\x22x\\x22>见图</a>提醒大家。"
    page_of = f"<html><body><script>item_show_type = '8';\ncontent_noencode: JsDecode('{said}'),</script><p>x</p>"
    article = read(page_of, url="https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv")
    assert article.body == "第一段话说的是一桩骗局。\n第二段话见图提醒大家。"


def test_the_sources_selectors_win() -> None:
    column = Column(url=COLUMN.url, body=".real", title=".headline", published=".when")
    markup = html(
        '<div id="zoom"><p>栏目说明</p></div><b class="headline">选出的标题</b><i class="when">2026-01-19 08:00</i>'
        f'<div class="real">{paragraphs()}</div>'
    )
    article = read(markup, column)
    assert (article.title, article.body) == ("选出的标题", BODY)
    assert article.published
    assert article.published.at == "2026-01-19T08:00:00+08:00"


@pytest.mark.parametrize("charset", ["gb18030", "utf-8"])
def test_a_page_is_read_in_either_charset_though_it_claims_gb2312(charset: str) -> None:
    markup = html(f'<div id="zoom">{paragraphs()}</div>').replace('charset="utf-8"', 'charset="gb2312"')
    article = read(markup.encode(charset))
    assert (article.title, article.body) == (TITLE, BODY)


def test_counters_and_related_news_do_not_change_the_text() -> None:
    def at(views: int, news: str) -> Article:
        related = (
            f'<div class="related-news"><a href="/1">{news}</a><a href="/2">{news}</a></div><p>阅读量：{views}</p>'
        )
        return read(html(f'<div id="zoom">{paragraphs()}{related}</div>', info=f"2026-01-20 浏览次数：{views}"))

    assert at(1, "甲").text_hash == at(99_812, "乙").text_hash


def test_the_list_dates_a_page_that_prints_no_date_before_the_address_does() -> None:
    markup = html(f'<div id="zoom">{paragraphs()}</div>', info="")
    visit = due(published="2026-01-18T00:00:00+08:00", published_precision="day")
    assert read_article(page(markup), SOURCE, COLUMN, visit).published == Published("2026-01-18T00:00:00+08:00", "day")
    assert read(markup).published == Published("2026-01-20T00:00:00+08:00", "day", "url")


def test_a_date_in_the_future_is_left_to_the_other_places() -> None:
    article = read(html(f'<div id="zoom">{paragraphs()}</div>', info="发布时间：2036-01-01 00:00"))
    assert article.published
    assert article.published.at[:4] == "2026"


def test_own_text_is_dated_by_its_origin() -> None:
    article = read(html(f'<div id="zoom">{paragraphs()}</div>'))
    assert article.claimed == "海城市公安局"
    assert article.published
    assert article.published.basis == "origin"


def test_the_issue_of_a_newspaper_dates_a_reprint_of_it() -> None:
    article = read(html(f'<div id="zoom"><p>《云州日报》（2026年01月17日 第 3 版）</p>{paragraphs()}</div>'))
    assert article.claimed == "云州日报"
    assert article.published == Published("2026-01-17T00:00:00+08:00", "day", "origin")


def test_a_notice_in_pictures_is_an_article_without_words() -> None:
    article = read(html('<div id="zoom"><p><img src="/a.jpg"></p></div>'))
    assert (article.page_class, article.title, article.body, article.text_hash) == (PageClass.ARTICLE, TITLE, "", "")
    assert article.why


def test_a_page_without_an_article_is_not_an_empty_one() -> None:
    article = read(html("", heading="", info="", title="海城市公安局"))
    assert article.page_class is not PageClass.ARTICLE
    assert article.why


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"markup": "<p>x</p>", "status": 404}, PageClass.DELETED),
        ({"markup": "<html><body>您访问的页面不存在</body></html>"}, PageClass.DELETED),
        ({"markup": "<script>document.cookie='a=1'</script>", "status": 521}, PageClass.CHALLENGE),
        ({"markup": html('<div id="zoom"><p>该内容已被删除</p></div>')}, PageClass.DELETED),
        ({"markup": html(paragraphs()), "url": "http://www.haicheng.example/"}, PageClass.MOVED),
        ({"markup": b"%PDF-1.4"}, PageClass.ERROR),
        ({"markup": "", "status": 204}, PageClass.ERROR),
    ],
)
def test_what_stands_in_an_articles_place_is_named_with_a_reason(
    answer: dict[str, object], expected: PageClass
) -> None:
    article = read(**answer)  # type: ignore[arg-type]
    assert (
        (article.page_class, article.body) == (expected, "")
        if expected is not PageClass.DELETED
        else article.page_class is expected
    )
    assert article.why


def test_a_redirect_leaves_the_key_that_was_asked_for_and_adds_an_alias() -> None:
    article = read(
        html(f'<div id="zoom">{paragraphs()}</div>'), url="http://www.haicheng.example/new/9.html", listed=TITLE
    )
    assert article.key == URL.removeprefix("http://")
    assert article.aliases == ("www.haicheng.example/new/9.html",)


def test_hostile_characters_never_reach_title_or_body() -> None:
    words = "谨防&#xD800;诈骗&#0;与\u200b转账\ufffe\x0b，" * 4
    article = read(html(f'<div id="zoom"><p>{words}</p></div>', heading=f"{TITLE}&#xFFFE;\x07", title=""))
    for text in (article.title, article.body):
        text.encode()
        assert not set(text) & set("\x00\x07\x0b\u200b\ufffe")


def test_templates_and_markup_in_words_stay_verbatim() -> None:
    words = "提醒：{{7*7}} ${jndi} %s @所有人 &lt;b&gt; 请勿转账。"
    assert read(html(f'<div id="zoom"><p>{words}</p></div>')).body == "提醒：{{7*7}} ${jndi} %s @所有人 <b> 请勿转账。"


def test_endlessly_nested_markup_is_survived() -> None:
    assert read(html("<div>" * 50_000 + paragraphs())).page_class in PageClass


def test_a_fragment_of_a_feed_is_an_article() -> None:
    article = article_from_html(
        paragraphs(),
        url=URL,
        title=f" {TITLE} ",
        source=SOURCE,
        published=Published("2026-01-20T00:00:00+08:00", "day"),
    )
    assert (article.page_class, article.title, article.body) == (PageClass.ARTICLE, TITLE, BODY)
    assert article.published == Published("2026-01-20T00:00:00+08:00", "day")
    assert article_from_html("<p> </p>", url=URL, title=TITLE, source=SOURCE).page_class is PageClass.SHELL


ARCHIVED = f"""# {TITLE}

![cover_image](https://p.example/0?wx_fmt=jpeg)

# {TITLE}

海城月刊

**扫码订阅《海城月刊》**

邮发代号 9-999

{PARAGRAPHS[0]}

{PARAGRAPHS[1]}

{PARAGRAPHS[2]}

（来源：云州省公安厅网站）

**欢迎关注《海城月刊》杂志官方抖音号**

预览时标签不可点

微信扫一扫
关注该公众号

：
，

赞
，轻点两下取消赞
"""


def test_an_archived_text_is_read_past_its_house_text() -> None:
    article = article_from_text(ARCHIVED, url=URL, title=TITLE, publisher="海城月刊")
    assert (article.title, article.body, article.claimed) == (TITLE, BODY, "云州省公安厅网站")


def test_an_archived_text_without_a_title_finds_its_own_and_its_date() -> None:
    lines = (
        "• 我的订阅",
        TITLE,
        "类别:社会 发布时间:2026-01-20 05:48:00 来源:人民资讯",
        "本文转自:云州日报",
        TITLE,
        *PARAGRAPHS,
    )
    article = article_from_text("\n\n".join(lines) + "\n\n以上内容为资讯信息快照\n\n另一桩骗局\n2026-01-31 10:00:00")
    assert (article.title, article.body, article.claimed) == (TITLE, BODY, "云州日报")
    assert article.published == Published("2026-01-20T05:48:00+08:00", "second", "carrier")
    assert article.key.startswith("text:")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("该内容已被发布者删除\n\n：\n，", PageClass.DELETED),
        ("## 环境异常\n\n完成验证后即可继续访问。\n\n去验证", PageClass.CHALLENGE),
        ("，\n赞\n在看", PageClass.SHELL),
    ],
)
def test_an_archived_error_page_is_no_article(words: str, expected: PageClass) -> None:
    article = article_from_text(f"# {TITLE}\n\n{words}", url=URL, title=TITLE)
    assert article.page_class is expected
    assert article.why


@given(st.text(alphabet=st.sampled_from("<>/\"'=& pdivaclsTRS_Edtor谨防。：来源2026-01\n"), max_size=300))
def test_no_markup_makes_reading_fail(markup: str) -> None:
    assert read(html(markup)).page_class in PageClass
