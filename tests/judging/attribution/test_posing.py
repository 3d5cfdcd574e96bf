from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.config.catalogue import host_of, load_catalogue
from crawler.config.settings import PACKAGE, Settings
from crawler.judging.attribution.official import under
from crawler.judging.attribution.posing import imitates, posing
from crawler.judging.tables import table

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
        "www.mps.gov.com.cn",
        "mps-gov-cn.com",
        "www-mps-gov-cn.com",
        "mps.gōv.cn",
        "interpol.com",
        "www.interpol.com.cn",
        "interpol.int.example.com",
        "іnterpol.int",  # Cyrillic
        "china-court.org",
        "china-embassy.org.example.com",
        "chіna-embassy.org",  # Cyrillic
        "unodc.net",
        "12377.com",
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
        "www.interpol.int",
        "www.unodc.org",
        "sherloc.unodc.org",
        "www.chinaembassy.se",  # embassies had addresses of their own in every country
        "th.china-embassy.org",
        "chinacourt.org",
        "interpolation.example",
        "court.example",
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


def test_no_address_of_the_catalogue_is_taken_for_an_imitation() -> None:
    catalogue = load_catalogue(Settings(sources=(str(PACKAGE / "sources/*.toml"),)))
    urls = [u for s in catalogue.sources.values() for u in (s.homepage, *(c.url for c in s.column)) if u]
    hosts = {host_of(url) for url in urls} - {""}
    assert len(hosts) > 60
    assert [host for host in sorted(hosts) if posing(host, ())] == []


SIGNS = [(row["sign"], row["like"]) for row in table("lookalikes")]
OFFICES = ["www.mps.gov.cn", "cs.mfa.gov.cn", "www.interpol.int", "www.unodc.org", "www.12377.cn"]


@given(st.sampled_from(OFFICES), st.data())
def test_one_letter_of_another_script_in_an_offices_address_gives_it_away(office: str, data: st.DataObject) -> None:
    fitting = [(n, sign) for n, letter in enumerate(office) for sign, like in SIGNS if like == letter]
    at, sign = data.draw(st.sampled_from(fitting))
    host = office[:at] + sign + office[at + 1 :]
    if under(host, ("gov.cn", "interpol.int", "unodc.org", "12377.cn")):  # in a label that the office itself may give
        return
    assert imitates(host)


@given(st.sampled_from(OFFICES), st.sampled_from(["example", "com", "cn", "top", "xyz", "net.cn"]))
def test_an_offices_address_in_front_of_another_one_gives_it_away(office: str, rest: str) -> None:
    assert imitates(f"{office}.{rest}")
    assert imitates(f"www.{office}.info-center.{rest}")
