import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.address import canonical_url, join, url_key

BIZ = "MzAwMDAwMDAwMQ=="  # Base64 of 3000000001
KEY = "www.haicheng.example/tips/12.html"


@pytest.mark.parametrize(
    "url",
    [
        "http://www.haicheng.example/tips/12.html",
        "https://www.haicheng.example/tips/12.html",
        "http://WWW.Haicheng.example:80/tips/12.html",
        "https://www.haicheng.example:443/tips/12.html",
        "http://www.haicheng.example/tips/./12.html",
        "http://www.haicheng.example/tips/a/../12.html",
        "http://www.haicheng.example//tips/12.html",
        "http://www.haicheng.example/tips/12.html#top",
        "http://www.haicheng.example/tips/12.html?utm_source=x&utm_medium=y",
        "http://www.haicheng.example/tips/12.html?spm=a.b&JSESSIONID=1",
        "http://www.haicheng.example/tips/12.html;jsessionid=A9",
        "http://www.haicheng.example/%74ips/12.html",
        " http://www.haicheng.example/tips/\n12.html ",
    ],
)
def test_spellings_of_one_address_are_one_key(url: str) -> None:
    assert url_key(url) == KEY


def test_folder_slash_and_index_file_are_one_key() -> None:
    keys = {url_key(f"http://a.example/x{end}") for end in ("", "/", "/index.html", "/INDEX.HTM", "/index.shtml")}
    assert keys == {"a.example/x"}


def test_parameters_that_choose_a_page_stay_and_their_order_does_not_count() -> None:
    assert (
        url_key("http://a.example/v?id=7&type=2")
        == url_key("http://a.example/v?type=2&id=7")
        == "a.example/v?id=7&type=2"
    )
    assert url_key("http://a.example/v?id=7") != url_key("http://a.example/v?id=8")
    assert url_key("http://a.example/v?sid=7") != url_key("http://a.example/v?sid=8")


def test_chinese_in_an_address_is_one_key_quoted_or_not() -> None:
    assert url_key("http://a.example/提示/1.html") == url_key("http://a.example/%e6%8f%90%e7%a4%ba/1.html")


def test_an_escaped_slash_is_no_slash() -> None:
    assert url_key("http://a.example/x%2Fy") != url_key("http://a.example/x/y")


def test_a_route_of_a_script_page_is_part_of_the_key() -> None:
    assert url_key("http://a.example/#/detail/1") != url_key("http://a.example/#/detail/2")


def test_one_document_under_several_number_paths_is_one_key() -> None:
    assert url_key("http://p.example/n10/n12/c345/content.html") == url_key(
        "http://p.example/n10/n99/c345/content.html"
    )


def test_hosts_ports_and_letter_case_of_paths_stay_apart() -> None:
    urls = ("http://a.example/X", "http://a.example/x", "http://a.example:8080/x", "http://b.example/x")
    assert len({url_key(u) for u in urls}) == 4


def test_a_key_fits_its_column_and_long_addresses_stay_apart() -> None:
    one, two = (url_key("http://a.example/" + "x" * 900 + end) for end in "12")
    assert len(one) == len(two) == 300
    assert one != two


@pytest.mark.parametrize(
    "url",
    [
        f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid=2650000010&idx=3&sn=abc&chksm=1&scene=58#rd",
        f"http://mp.weixin.qq.com/s?__biz={BIZ}&amp;mid=2650000010&amp;idx=3&amp;sn=abc#wechat_redirect",
        "https://mp.weixin.qq.com/s?__biz=MzAwMDAwMDAwMQ%3D%3D&mid=2650000010&idx=3&sn=other",
        "https://mp.weixin.qq.com/s?idx=3&mid=2650000010&__biz=MzAwMDAwMDAwMQ",
        f"https://mp.weixin.qq.com/s?__biz={BIZ}&appmsgid=2650000010&itemidx=3&sign=abc",
    ],
)
def test_a_wechat_article_is_known_by_account_push_and_position(url: str) -> None:
    assert url_key(url) == "wx:3000000001:2650000010:3"


def test_a_short_wechat_link_has_a_key_of_its_own() -> None:
    assert url_key("https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv?scene=1#rd") == "wxs:AbCdEfGhIjKlMnOpQrStUv"


def test_the_canonical_wechat_address_keeps_what_lasts() -> None:
    url = canonical_url("http://mp.weixin.qq.com/s?scene=58&sn=abc&idx=3&mid=2650000010&__biz=MzAwMDAwMDAwMQ%3D%3D#rd")
    assert url == f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid=2650000010&idx=3&sn=abc"


def test_the_canonical_address_keeps_scheme_slash_and_order() -> None:
    assert canonical_url("HTTPS://A.example/x/?b=2&a=1&utm_source=z#f") == "https://a.example/x/?b=2&a=1"


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("./202601/t1.html", "http://a.example/col/202601/t1.html"),
        ("../x y.html", "http://a.example/x%20y.html"),
        ("//b.example/1", "http://b.example/1"),
        ("\\news\\1.html", "http://a.example/news/1.html"),
        ("?id=1&amp;p=2", "http://a.example/col/?id=1&p=2"),
        ("java\tscript:alert(1)", None),
        ("mailto:a@b.example", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("http://user@b.example/", None),
        ("http://[::1", None),
        ("http://a.example:99999/", None),
    ],
)
def test_a_link_becomes_an_address_that_can_be_fetched_or_none(href: str, expected: str | None) -> None:
    assert join("http://a.example/col/", href) == expected


@given(st.text(max_size=80))
def test_the_key_of_a_canonical_address_is_the_key_of_the_address(tail: str) -> None:
    url = "http://a.example/" + tail
    assert url_key(canonical_url(url)) == url_key(url)
    assert len(url_key(url)) <= 300
