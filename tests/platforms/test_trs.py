"""TRS WCM: relative addresses, pages counted from 0."""

from __future__ import annotations

import pytest

from tests.platforms.conftest import Make, titles

URL = "https://www.office.example/aqtx/"


def items() -> str:
    rows = "".join(
        f'<li><a href="./202602/t{d.replace("-", "")}_{11_500_000 + n}.html">{t}</a><span>[{d}]</span></li>'
        for n, (t, d) in enumerate(titles(8))
    )
    return f'<ul class="news-list">{rows}</ul>'


@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
@pytest.mark.parametrize("url", [URL, URL[:-1], f"{URL}index.html"])
def test_addresses_are_relative_to_the_folder_of_the_list(site: Make, url: str, charset: str) -> None:
    at = site("trs", url)
    read = at.read(at.page(items(), charset=charset))
    assert read[0] == (f"{URL}202602/t20260227_11500000.html", "关于防范境外招工骗局的第1号提醒", "2026-02-27")
    assert len(read) == 8


@pytest.mark.parametrize(
    ("url", "script", "there"),
    [
        (URL, 'createPageHTML(7, 0, "index", "html");', f"{URL}index_1.html"),
        (URL[:-1], 'createPageHTML(7, 0, "index", "html");', f"{URL}index_1.html"),
        (f"{URL}index_1.html", 'createPageHTML(7, 1, "index", "html");', f"{URL}index_2.html"),
        (f"{URL}index_6.html", 'createPageHTML(7, 6, "index", "html");', None),
        (URL, "var currentPage = 0;//from 0\nvar countPage = 7;", f"{URL}index_1.html"),
        (f"{URL}index_1.shtml", "var countPage = 7\nvar currentPage = 1;", f"{URL}index_2.shtml"),
        (URL, "var currentPage = 0;var countPage = 1", None),
        (URL, "", None),
    ],
)
def test_the_second_page_is_called_one(site: Make, url: str, script: str, there: str | None) -> None:
    at = site("trs", url)
    assert at.next(at.page(f"{items()}<script>{script}</script>")) == there
