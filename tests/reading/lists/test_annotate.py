from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Link, Published
from crawler.reading.address import url_key
from crawler.reading.lists.annotate import annotated
from crawler.reading.lists.links import parse_html

URL = "https://office.example/list/"


def link(url: str, title: str = "提醒", at: str | None = None) -> Link:
    return Link(url, url_key(url), title, Published(at, "day") if at else None)


def test_only_what_was_found_is_outlined_and_numbered() -> None:
    rows = '<li><a href="1.html">甲</a></li><li><a href="2.html">乙</a></li>'
    page = f'<html><body><a href="/">首页</a><ul>{rows}</ul></body></html>'
    html = annotated(page, URL, [link(f"{URL}1.html"), link(f"{URL}2.html", at="2026-03-01T00:00:00+08:00")])
    numbers = {a.get("href"): a.get("data-fenghuo") for a in parse_html(html).iter("a") if "://" not in a.get("href")}
    assert numbers == {"/": None, "1.html": "1", "2.html": "2"}
    assert f'<base href="{URL}">' in html
    assert "2026-03-01" in html


def test_nothing_on_it_can_act() -> None:
    page = """<html><head><script>alert(1)</script><meta http-equiv="refresh" content="0;url=//evil.example"></head>
    <body onload="alert(2)"><iframe src="//evil.example"></iframe><form action="//evil.example"><input></form>
    <a href=" JavaScript:alert(3)">x</a><a href="1.html" onclick="alert(4)">甲</a></body></html>"""
    html = annotated(page, URL, [link(f"{URL}1.html", title="<script>alert(5)</script>")])
    assert "alert" not in html.replace("&lt;script&gt;alert(5)&lt;/script&gt;", "")
    assert "evil.example" not in html
    assert "default-src 'none'" in html


def test_a_feed_becomes_the_list_of_its_items() -> None:
    html = annotated("<rss><channel><item><title>甲</title></item></channel></rss>", URL, [link(f"{URL}1.html", "甲")])
    assert "1 items read at" in html
    assert f"href='{URL}1.html'" in html


@given(st.text(max_size=300), st.text(max_size=50))
def test_any_page_and_title_is_survived(page: str, title: str) -> None:
    html = annotated(f"<a href='1.html'>{page}</a>", URL, [link(f"{URL}1.html", title)])
    assert "Content-Security-Policy" in html
