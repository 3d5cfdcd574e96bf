"""中国政府网's CMS: lists as JSON that hold everything, and as web pages counted from 0."""

from __future__ import annotations

import json

from tests.platforms.conftest import Make, titles

SITE = "https://www.office.example"
URL = f"{SITE}/lianbo/bumen/index.htm"
FILE = "https://www.office.example/yaowen/liebiao/YAOWENLIEBIAO.json"


def test_a_json_list_holds_everything(site: Make) -> None:
    at = site("ucap", FILE)
    rows = [
        {"TITLE": t, "SUB_TITLE": "", "URL": f"{SITE}/yaowen/202602/content_{7_000_000 + n}.htm", "DOCRELPUBTIME": d}
        for n, (t, d) in enumerate(titles(8))
    ]
    page = at.data(json.dumps(rows, ensure_ascii=False))
    read = at.read(page)
    assert read[0] == (rows[0]["URL"], rows[0]["TITLE"], "2026-02-27")
    assert len(read) == 8
    assert at.next(page) is None


def test_the_second_web_page_is_called_one(site: Make) -> None:
    at = site("ucap", URL)
    rows = "".join(
        f'<li><h4><a href="../202602/content_{7_000_000 + n}.htm">{t}</a></h4><span class="date">{d}</span></li>'
        for n, (t, d) in enumerate(titles(8))
    )
    page = at.page(f'<div class="news_box"><ul>{rows}</ul></div>')
    assert at.read(page)[0][0] == "https://www.office.example/lianbo/202602/content_7000000.htm"
    assert at.next(page) == "https://www.office.example/lianbo/bumen/index_1.htm"
    assert at.next(at.page("", f"{SITE}/lianbo/home_1.htm")) == f"{SITE}/lianbo/home_2.htm"
