"""Hanweb JCMS: records in a script of the page, or from dataproxy.jsp as XML."""

from __future__ import annotations

import pytest

from tests.platforms.conftest import Make, titles

URL = "https://www.office.example/col/col1229/index.html"
PROXY = "https://www.office.example/module/web/jpage/dataproxy.jsp"
SCRIPT = (
    "<script>$('#1234').jpage({url:'/module/web/jpage/dataproxy.jsp', data:{col:1, appid:1, webid:'3', path:'/',"
    " columnid:1229, sourceContentType:1, unitid:'5551234', webname:'示例省公安厅', permissiontype:0}});</script>"
)


def records(escaped: bool = False) -> str:
    rows = [
        f'<li><a href="/art/2026/2/{int(d[-2:])}/art_1229_{58_000 + n}.html" title="{t}">{t}</a><span>{d}</span></li>'
        for n, (t, d) in enumerate(titles(8))
    ]
    if escaped:
        wrapped = [row.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for row in rows]
    else:
        wrapped = [f"<![CDATA[{row}]]>" for row in rows]
    return "<recordset>" + "".join(f"<record>{row}</record>" for row in wrapped) + "</recordset>"


def datastore(page: int, escaped: bool = False) -> str:
    asked = f"page={page}&amp;webid=3&amp;columnid=1229&amp;unitid=5551234"
    more = f'<a href="/module/web/jpage/dataproxy.jsp?{asked}"></a>'
    return f"<datastore><nextgroup><![CDATA[{more}]]></nextgroup>{records(escaped)}</datastore>"


def test_records_in_the_page_are_its_list_and_name_what_is_behind_them(site: Make) -> None:
    at = site("jpage", URL)
    page = at.page(f'<div id="1234"><script type="text/xml">{datastore(2)}</script></div>{SCRIPT}')
    assert at.read(page)[0] == (
        "https://www.office.example/art/2026/2/27/art_1229_58000.html",
        "关于防范境外招工骗局的第1号提醒",
        "2026-02-27",
    )
    assert len(at.read(page)) == 8
    assert at.entrance(page) is None
    assert at.next(page) == f"{PROXY}?page=2&webid=3&columnid=1229&unitid=5551234"


@pytest.mark.parametrize("escaped", [False, True])
@pytest.mark.parametrize("start", ["", "\ufeff\n", '<?xml version="1.0" encoding="UTF-8"?>\n'])
def test_the_answer_for_the_records_behind_is_read_however_it_is_wrapped(site: Make, escaped: bool, start: str) -> None:
    at = site("jpage", URL)
    page = at.data(start + datastore(3, escaped), f"{PROXY}?page=2&webid=3&columnid=1229&unitid=5551234")
    assert [title for _, title, _ in at.read(page)] == [title for title, _ in titles(8)]
    assert at.next(page) == f"{PROXY}?page=3&webid=3&columnid=1229&unitid=5551234"


def test_an_answer_that_names_nothing_behind_it_is_followed_by_the_next_number(site: Make) -> None:
    at = site("jpage", URL)
    page = at.data(f"<datastore>{records()}</datastore>", f"{PROXY}?page=2&webid=3")
    assert at.next(page) == f"{PROXY}?page=3&webid=3"


def test_a_page_without_records_says_where_they_are(site: Make) -> None:
    at = site("jpage", URL)
    there = at.entrance(at.page(f'<div id="1234"></div>{SCRIPT}'))
    assert there is not None
    assert there.startswith(f"{PROXY}?page=1&")
    assert "webid=3" in there
    assert "columnid=1229" in there
    assert "unitid=5551234" in there


def test_a_script_that_does_not_say_what_to_ask_for_leads_nowhere(site: Make) -> None:
    at = site("jpage", URL)
    assert at.entrance(at.page("<script>load('/module/web/jpage/dataproxy.jsp')</script>")) is None
