"""What an article's page itself may hold: what would harm a reader, a worker or a log comes out harmless, or not."""

from __future__ import annotations

import re
from html import escape

import pytest

from tests.faults.hostile import http
from tests.faults.texts import article, warning
from tests.faults.ward import Case, Meet

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]  # seconds on a busy machine; a few on an idle one

VECTORS = (  # one a page, in the article's text; each would run, load or send something in a browser
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script href='data:,alert(1)'/></svg>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:alert(1)'>详情</a>",
    "<a href='java&#9;script:alert(1)'>详情</a>",
    "<a href=' &#1;javascript:alert(1)'>详情</a>",
    "<details open ontoggle=alert(1)>详情</details>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<form action=x><button formaction=javascript:alert(1)>确定</button></form>",
    "<object data='data:text/html,<script>alert(1)</script>'></object><embed src=javascript:alert(1)>",
    "<base href='javascript:/a/'><a href='#'>详情</a>",
    "<style>@import 'http://127.0.0.1/x.css';</style>",
    "<video><source onerror=alert(1)></video>",
    "<template><script>alert(1)</script></template>",
    "<input autofocus onfocus=alert(1)>",
    '"><script>alert(1)</script><p title="',
    "<a href='data:text/html,<script>alert(1)</script>'>详情</a>",
    "<img srcset='x,,x onerror=alert(1)' alt='`onerror=alert(1)'>",
    "<body background='javascript:alert(1)'>",
    "<p style=\"background:url('http://127.0.0.1/beacon')\">详情</p>",
    "<marquee onstart=alert(1)>详情</marquee><select onchange=alert(1)></select>",
)
ALL = "".join(VECTORS)
_MESSAGE = "<html><head><title>{}</title></head><body>{}</body></html>"
CAPTCHA = http(_MESSAGE.format("安全验证", "<div>请完成安全验证后继续访问</div><div id='captcha'></div>"))
SOFT_404 = http(_MESSAGE.format("页面不存在", "<h1>404</h1><p>您访问的页面不存在或已删除！</p>"))
DATES = {
    "future": "2036-01-01 00:00",
    "zero": "0000-00-00",
    "notz": "2026-11-20 08:00",
    "cn": "2026年11月20日 8时",
    "dotted": "2026.11.20",
    "short": "11-20",
    "rel": "3分钟前",
    "none": "",
    "garbage": "aaaa",
    "huge": "99999-99-99",
    "leap": "2025-02-29",
    "hour": "2026-11-20 25:61:61",
    "arabic": "٢٠٢٦-١١-٢٠",
    "year": "1900-01-01",
    "digits": "9" * 5000,
}


def page(name: str, **parts: str) -> Case:
    return Case(name, bad=(http(article(warning(name), **parts)),))


def raw(name: str, body: bytes, content_type: str = "text/html") -> Case:
    return Case(name, bad=(http(body, Content_Type=content_type),))


def test_nothing_in_an_article_acts_in_a_reader(meet: Meet) -> None:
    cases = [
        *(page(f"xss_body_{n:02}", last=vector) for n, vector in enumerate(VECTORS)),
        page("xss_source", source=ALL),
        page("xss_date", date=ALL),
        page("xss_title", title=escape(warning("xss_title").title) + escape("<script>alert(1)</script>")),
    ]
    found = meet(cases)
    assert found == dict.fromkeys(found, "published")


def test_text_that_would_break_what_carries_it_comes_out_sound(meet: Meet) -> None:
    title = {name: escape(warning(name).title) for name in ("title_1mb", "txt_crlf", "txt_ansi", "txt_logline")}
    odd = "{{7*7}} {0} %s ${HOME} {title.__class__} ../../etc/passwd ..\\..\\x CON NUL"
    markdown = "@all <at id=all></at> [点击](http://127.0.0.1/) **粗** <!channel> <@U0> `x` #x"
    surrogates = "&#xD800;&#0;&#xFFFE;&#x1F600;&#11;"
    cases = [
        page("txt_nul", last="<p>甲\0乙</p>"),
        page("txt_surrogate", last=f"<p>{surrogates}</p>"),
        page("txt_emoji", last="<p>😀𠮷👨‍👩‍👧</p>"),
        page("txt_cdata", last="<p>]]&gt;&lt;item&gt;</p>", source="]]&gt;"),
        page("txt_format", last=f"<p>{escape(odd)}</p>"),
        page("txt_markdown", last=f"<p>{escape(markdown)}</p>"),
        page("txt_crlf", title=title["txt_crlf"] + "&#13;&#10;Bcc: a@b.example"),
        page("txt_ansi", title=title["txt_ansi"] + "&#27;[31m\x1b]0;x\x07"),
        page("txt_logline", title=title["txt_logline"] + "&#10;2026-11-20 [error] forged&#x2028;x"),
        page("txt_path", last="<p>" + "../" * 50 + "</p>"),
        page("txt_bidi", last="<p>&#x202E;txt.exe&#x2066;</p>"),
        raw("txt_badutf8", article(warning("txt_badutf8")).encode().replace("版权".encode(), b"\xff\xfe\xc3\x28")),
    ]
    found = meet(cases)
    assert found == dict.fromkeys(found, "published")
    whole = "\n".join(text for name, text in meet.outputs.items() if name.startswith("message"))
    assert "{{7*7}} {0} %s ${HOME} {title.__class__}" in whole
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe]", "\n".join(meet.outputs.values()))
    assert "forged" not in "".join(line[:20] for line in meet.outputs["log"].splitlines())


def test_a_page_that_is_made_to_be_slow_costs_its_worker_at_most(meet: Meet) -> None:
    redos = "2026-" * 20_000 + "a@" * 20_000 + "<" * 20_000 + " " * 50_000 + "来源：" * 10_000 + "（" * 20_000
    many = " ".join(f"a{n}=''" for n in range(200_000))
    deep, tables = "<div>" * 200_000, "<table><tr><td>" * 20_000
    cases = [
        page("deep_html", last=deep),
        page("deep_table", last=tables),
        page("one_text", last="字" * 1_000_000),
        page("redos", last=f"<p>{escape(redos)}</p>"),
        page("title_1mb", title=escape(warning("title_1mb").title) + "长" * 340_000),
        page("attributes", last=f"<p {many}></p>"),
        page("entities", last="<p>" + "&amp;" * 20_000 + "</p>"),
    ]
    found = meet(cases)
    assert found == dict.fromkeys(found, "published") | {"attributes": "dropped"}
    assert max(map(len, re.findall(r'"title":"([^"]*)"', meet.outputs["message 0"]))) <= 500


def test_a_charset_that_lies_is_seen_through(meet: Meet) -> None:
    def cn(name: str) -> str:
        return article(warning(name)).replace('<meta charset="utf-8">', "")

    cases = [
        raw("cs_gbk_hdr", cn("cs_gbk_hdr").encode("gb18030"), "text/html; charset=gb2312"),
        raw("cs_gbk_none", cn("cs_gbk_none").encode("gbk")),
        raw("cs_utf8_lie", cn("cs_utf8_lie").encode(), "text/html; charset=gb2312"),
        raw("cs_gbk_lie", cn("cs_gbk_lie").encode("gbk"), "text/html; charset=utf-8"),
        raw(
            "cs_big5",
            cn("cs_big5").replace("高薪", "月薪").encode("big5", "xmlcharrefreplace"),
            "text/html; charset=big5",
        ),
        raw("cs_bogus", cn("cs_bogus").encode(), "text/html; charset=klingon"),
        raw("cs_python", cn("cs_python").encode(), "text/html; charset=rot13"),
        raw("cs_utf16", b"\xff\xfe" + cn("cs_utf16").encode("utf-16-le"), "text/html"),
        raw("hdr_bytes", article(warning("hdr_bytes")).encode()),
    ]
    header = http(article(warning("hdr_bytes"))).replace(
        b"Connection:", "X-A: 中文".encode("gbk") + b"\x01\r\nConnection:"
    )
    cases[-1] = Case("hdr_bytes", bad=(header,))
    found = meet(cases)
    assert found == dict.fromkeys(found, "published")
    assert "\ufffd" not in "\n".join(meet.outputs.values())


def test_no_date_stops_an_article_or_reorders_the_feed(meet: Meet) -> None:
    found = meet([page(f"date_{name}", date=date) for name, date in DATES.items()])
    assert found == dict.fromkeys(found, "published")
    assert not re.search("203[0-9]-|9999|1900-", "".join(t for n, t in meet.outputs.items() if n.endswith("all.atom")))


def test_what_stands_in_an_articles_place_is_none(meet: Meet) -> None:
    login = (
        '<form action="/login"><p>用户登录</p>用户名<input name=u>密码<input type=password><button>登录</button></form>'
    )
    cases = [
        Case("captcha_first", bad=(CAPTCHA,)),
        Case("soft404_first", bad=(SOFT_404,)),
        Case("login_page", bad=(http(f"<html><head><title>统一身份认证</title></head><body>{login}</body></html>"),)),
        Case("script_only", bad=(http("<html><script>document.cookie='a=1';location.reload()</script></html>"),)),
    ]
    found = meet(cases)
    assert found == dict.fromkeys(found, "dropped")


def test_what_changes_later_is_told_once_if_it_says_something_else(meet: Meet) -> None:
    names = "same_url_new_text only_space view_count soft404 deleted captcha flap cut_later e500_later zwsp homoglyph"
    first = {name: article(warning(name)) for name in names.split()}
    fixed = first["same_url_new_text"].replace("电诈园区", "赌场").replace("索要", "勒索").replace("诱饵", "幌子")
    spaced = first["only_space"].replace("，", "，&nbsp; \n").replace("<p>", "<p>\n ")
    counted = first["view_count"].replace("</h1>", "</h1><span>阅读量：{}</span>")
    related = '<div class="related"><h3>相关推荐</h3><ul><li><a href="/x.html">另一条新闻的标题在此</a></li></ul></div>'
    other = first["flap"].replace("12308", "12308或110")
    hidden = first["zwsp"].replace("警", "警\u200b").replace("诈", "诈\ufeff")
    cases = [
        Case("same_url_new_text", bad=tuple(map(http, (first["same_url_new_text"], fixed, fixed, fixed)))),
        Case("only_space", bad=tuple(map(http, (first["only_space"], spaced)))),
        Case("view_count", bad=tuple(map(http, (counted.format(7), counted.format(99).replace("</body>", related))))),
        Case("soft404", bad=(http(first["soft404"]), SOFT_404, http(first["soft404"]))),
        Case("deleted", bad=(http(first["deleted"]), http(b"", 404), http(first["deleted"]))),
        Case("captcha", bad=(http(first["captcha"]), CAPTCHA)),
        Case("flap", bad=tuple(map(http, (first["flap"], other, first["flap"], other)))),
        Case(
            "cut_later",
            bad=(
                http(first["cut_later"]),
                http(first["cut_later"][: len(first["cut_later"]) // 2]),
                http(first["cut_later"]),
            ),
        ),
        Case("e500_later", bad=(http(first["e500_later"]), http(b"", 500))),
        Case("zwsp", bad=tuple(map(http, (first["zwsp"], hidden)))),
        Case("homoglyph", bad=(http(first["homoglyph"].replace("12308", "１２３０８")), http(first["homoglyph"]))),
    ]
    found = meet(cases, polls=5)
    kept = dict.fromkeys(("soft404", "deleted", "captcha", "cut_later", "e500_later"), "kept")
    assert found == dict.fromkeys(found, "published") | kept | dict.fromkeys(("same_url_new_text", "flap"), "updated")
