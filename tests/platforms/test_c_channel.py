"""证监会's CMS: a channel's rows hold whole texts."""

from __future__ import annotations

import json

from crawler import platforms
from crawler.items import Due, Page, PageClass
from tests.platforms.conftest import NOW, Make, titles

URL = "https://www.office.example/csrc/c100028/common_xq_list.shtml"
ID = "a1a078ee0bc54721ab6b148884c784a8"
BODY = "<p>近期有人冒充监管工作人员，以“境外投资解冻”为名要求转账。</p><p>我会从不要求个人转账，请立即报警。</p>"


def rows() -> str:
    found = [
        {
            "title": t,
            "url": f"//www.office.example/csrc/c100028/c{7_500_000 + n}/content.shtml",
            "publishedTime": 1_772_150_400_000 - n * 86_400_000,
            "contentHtml": BODY,
            "resList": [{"filePath": "/files/1.pdf", "fileName": "附件.pdf"}],
        }
        for n, (t, _) in enumerate(titles(3))
    ]
    return json.dumps({"data": {"channelName": "要闻", "results": found}})


def test_the_page_of_a_channel_names_its_rows(site: Make) -> None:
    at = site("c_channel", URL)
    page = at.page(f'<meta name="channelid" content="{ID}"><ul id="list"></ul>')
    there = at.entrance(page)
    assert there is not None
    assert there.startswith(f"https://www.office.example/searchList/{ID}?_isAgg=true&_isJson=true")
    assert at.entrance(at.page("<ul></ul>")) is None
    answer = at.data(rows(), there)
    assert [(u, d) for u, _, d in at.read(answer)][:2] == [
        ("https://www.office.example/csrc/c100028/c7500000/content.shtml", "2026-02-27"),
        ("https://www.office.example/csrc/c100028/c7500001/content.shtml", "2026-02-26"),
    ]
    assert at.entrance(answer) is None
    assert at.next(answer) == there.replace("page=1", "page=2")


def test_a_row_is_its_article(site: Make) -> None:
    at = site("c_channel", URL)
    link = platforms.read_list(at.data(rows()), at.source, at.column).links[0]
    assert link.text == BODY
    due = Due("x/y", link.url, link.key, link.title, text=link.text)
    article = platforms.read_article(Page(link.url, 200, b"", fetched_at=NOW), at.source, at.column, due)
    assert article.page_class is PageClass.ARTICLE
    assert article.body.startswith("近期有人冒充监管工作人员")


def test_a_channel_that_is_a_web_page_is_read_as_one(site: Make) -> None:
    at = site("c_channel", URL)
    items = "".join(
        f'<li><a href="/csrc/c100028/202602/{n:032x}.shtml">{t}</a><span class="date">{d}</span></li>'
        for n, (t, d) in enumerate(titles(8))
    )
    assert len(at.read(at.page(f'<ul id="list">{items}</ul>'))) == 8
