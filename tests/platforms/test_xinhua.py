"""新华社's CMS: columns that a script fills from JSON."""

from __future__ import annotations

import json

from tests.platforms.conftest import Make, titles

URL = "https://www.paper.example/legal/index.html"
ID = "a6d618872de143bdafa2556915a7ae12"


def test_the_column_of_a_page_is_the_file_beside_it(site: Make) -> None:
    at = site("xinhua", URL)
    page = at.page(f'<ul class="wz-list" data="datasource:{ID}"></ul>')
    assert at.entrance(page) == f"https://www.paper.example/legal/ds_{ID}.json"
    assert at.entrance(at.page("<ul></ul>")) is None


def test_rows_whose_titles_are_markup_are_read(site: Make) -> None:
    at = site("xinhua", URL)
    rows = [
        {"title": f"<a href='x'>{t}</a>", "publishUrl": f"../legal/20260227/{n:032x}/c.html", "publishTime": d}
        for n, (t, d) in enumerate(titles(5))
    ]
    page = at.data(json.dumps({"datasource": rows}), f"https://www.paper.example/legal/ds_{ID}.json")
    assert at.read(page)[0] == (
        f"https://www.paper.example/legal/20260227/{0:032x}/c.html",
        "关于防范境外招工骗局的第1号提醒",
        "2026-02-27",
    )
    assert at.entrance(page) is None
    assert at.next(page) is None


def test_a_channel_is_asked_for_page_by_page(site: Make) -> None:
    at = site("xinhua", "https://www.office.example/wxzw/wxfb/A093702index_1.htm")
    page = at.page("<script>var channelCode = 'A093702'; $.post('/cms/JsonList', {channelCode: channelCode})</script>")
    there = at.entrance(page)
    assert there is not None
    assert there.startswith("https://www.office.example/cms/JsonList?channelCode=A093702&perPage=20&pageno=1&")
    rows = [
        {"topic": f"<b>{t}</b>", "infourl": f"//www.office.example/2026-02/27/c_177215040{n}.htm", "pubtime": d}
        for n, (t, d) in enumerate(titles(5))
    ]
    answer = at.data(json.dumps({"list": rows, "totalRec": 400}), there)
    url, title, _ = at.read(answer)[0]
    assert (url, title) == ("https://www.office.example/2026-02/27/c_1772150400.htm", titles(1)[0][0])
    assert at.next(answer) == there.replace("pageno=1", "pageno=2")
