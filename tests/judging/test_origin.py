from __future__ import annotations

import pytest

from crawler.items import Authority, Source
from crawler.judging.origin import official_name, resolve
from tests.judging.readings import CATALOGUE, MINISTRY, OFFICE, PAPER, article


def test_a_publisher_is_its_own_origin() -> None:
    origin = resolve(article(), MINISTRY, CATALOGUE)
    assert (origin.name, origin.source, origin.official, origin.claimed_only) == ("安宁部", "minsec", True, False)


@pytest.mark.parametrize("claimed", ["安宁部网站", "安宁部", " “安宁部” ", "安宁部微信公众号", "@安宁部"])
def test_a_carrier_that_names_a_known_official_is_believed_on_its_word(claimed: str) -> None:
    origin = resolve(article(claimed=claimed), PAPER, CATALOGUE)
    assert (origin.source, origin.official, origin.claimed_only) == ("minsec", True, True)


@pytest.mark.parametrize("carrier", [PAPER, None])
@pytest.mark.parametrize(
    ("claimed", "authority"),
    [
        ("公安部刑侦局", Authority.MINISTRY),
        ("公安部刑偵局", Authority.MINISTRY),
        ("中国驻柬埔寨大使馆", Authority.EMBASSY),
        ("国家反诈中心", Authority.AGENCY),
        ("国家税务总局网站", Authority.AGENCY),
        ("滨江市公安局", Authority.POLICE),
        ("平安滨江", Authority.POLICE),
        ("金融监管总局", Authority.REGULATOR),
        ("FBI", Authority.POLICE),
    ],
)
def test_an_official_body_that_no_source_lists_is_known_by_its_name(
    carrier: Source | None, claimed: str, authority: Authority
) -> None:
    origin = resolve(article(claimed=claimed), carrier, CATALOGUE)
    assert (origin.name, origin.authority, origin.official, origin.claimed_only) == (claimed, authority, True, True)


@pytest.mark.parametrize(
    "name",
    ["平安银行", "人民公安报", "新华社", "综合新华社、央视新闻", "某某驻缅甸记者", "公安部门口小店", "法院路小学"],
)
def test_a_name_that_only_resembles_one_is_not_official(name: str) -> None:
    assert official_name(name) is None


def test_an_official_carrier_of_an_official_text_names_the_true_origin() -> None:
    origin = resolve(article(claimed="安宁部网站"), OFFICE, CATALOGUE)
    assert (origin.source, origin.official, origin.claimed_only) == ("minsec", True, True)


@pytest.mark.parametrize("claimed", ["江边日报", "无名工作室"])
def test_an_official_carrier_speaks_for_itself_when_it_names_a_medium_or_a_stranger(claimed: str) -> None:
    origin = resolve(article(claimed=claimed), OFFICE, CATALOGUE)
    assert (origin.source, origin.official, origin.claimed_only) == ("portal", True, False)


def test_a_medium_that_names_a_stranger_is_itself_the_origin() -> None:
    origin = resolve(article(claimed="无名工作室"), PAPER, CATALOGUE)
    assert (origin.source, origin.official) == ("paper", False)


def test_a_page_of_no_known_source_is_named_after_its_host() -> None:
    assert resolve(article(at="https://blog.example/1"), None, CATALOGUE).name == "blog.example"
