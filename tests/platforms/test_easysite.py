"""easysite: tables of items, a pager that a script opens."""

from __future__ import annotations

import pytest

from tests.platforms.conftest import Make, titles

URL = "http://www.bank.example/goutongjiaoliu/113456/113469/index.html"


def items() -> str:
    rows = "".join(
        f'<tr><td><font class="newslist_style">'
        f'<a href="/goutongjiaoliu/113456/113469/202602{27 - n:02}093000{n:05}/index.html" title="{t}">'
        f"{t}</a></font><span class='hui12'>{d}</span></td></tr>"
        for n, (t, d) in enumerate(titles(8))
    )
    return f"<table>{rows}</table>"


@pytest.mark.parametrize(
    "pager",
    [
        '<a class="pagingNormal" tagname="/goutongjiaoliu/113456/11040/index2.html" href="javascript:;">下一页</a>',
        '<a href="/goutongjiaoliu/113456/11040/index2.html">下一页</a>',
    ],
)
def test_the_table_is_read_and_the_pager_followed(site: Make, pager: str) -> None:
    at = site("easysite", URL)
    page = at.page(items() + pager)
    read = at.read(page)
    assert len(read) == 8
    assert read[0] == (
        "http://www.bank.example/goutongjiaoliu/113456/113469/2026022709300000000/index.html",
        "关于防范境外招工骗局的第1号提醒",
        "2026-02-27",
    )
    assert at.next(page) == "http://www.bank.example/goutongjiaoliu/113456/11040/index2.html"


def test_the_last_page_leads_nowhere(site: Make) -> None:
    at = site("easysite", URL)
    assert at.next(at.page(items())) is None
