from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.judging.attribution.posing import imitates, posing

CYRILLIC = "www.mps.gоv.cn"  # the о is Cyrillic


@pytest.mark.parametrize(
    "host",
    [
        "gov-cn.example",
        "mps-gov.cn",
        "www.mps-gov.cn",
        "mps.gov.cn.evil.example",
        "gov.cn.example",
        "mps.g0v.cn",
        "mpsgov.cn",
        "govcn.example",
        "www.mps.gov.top",
        "mps.gov-cn.example",
        "gov-mps.cn",
        CYRILLIC,
        CYRILLIC.encode("idna").decode(),
        "ｍps.gov-cn.example",
    ],
)
def test_an_address_that_imitates_a_governments_gives_the_page_away(host: str) -> None:
    assert imitates(host)
    assert "imitates" in posing(host, ())


@pytest.mark.parametrize(
    "host",
    [
        "www.mps.gov.cn",
        "society.people.com.cn",
        "e-gov.example",
        "govtech.example",
        "10jqka.com.cn",
        "163.com",
        "203.0.113.7",
        "mp.weixin.qq.com",
        "",
    ],
)
def test_an_ordinary_address_does_not(host: str) -> None:
    assert posing(host, ("云州日报",)) == ""


@pytest.mark.parametrize("name", ["公安部", "中华人民共和国公安部", "公安部刑侦局", "国家反诈中心", "中国驻缅甸大使馆"])
@pytest.mark.parametrize("host", ["203.0.113.7", "[2001:db8::7]", "tips.example", "people.com.cn"])
def test_a_site_that_calls_itself_an_office_is_belied_by_its_address(name: str, host: str) -> None:
    assert posing(host, ("首页", name)) == f"calls itself {name}, which is not at {host}"


@pytest.mark.parametrize("host", ["www.mps.gov.cn", "www.yn.gov.cn", "mm.china-embassy.gov.cn", ""])
def test_below_a_public_registry_or_without_an_address_nothing_is_belied(host: str) -> None:
    assert posing(host, ("公安部",)) == ""


def test_a_host_without_end_is_read_at_once() -> None:
    assert imitates("xn--" + "a" * 1_000_000 + ".gov-" * 100_000 + "cn")


@given(st.text(max_size=80), st.text(max_size=20))
def test_any_host_survives(host: str, name: str) -> None:
    assert posing(host, (name,)) is not None
