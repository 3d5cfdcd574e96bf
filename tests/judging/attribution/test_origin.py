from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.config.catalogue import Catalogue
from crawler.items import Article, Attribution, Authority, Claim, Origin, Source
from crawler.judging.attribution.official import office
from crawler.judging.attribution.origin import reasons, resolve
from tests.judging.readings import CATALOGUE, MINISTRY, OFFICE, PAPER, article

AT_PAPER = "https://paper.example/1"
AT_STRANGER = "https://blog.example/1"
KEPT = "urn:sha256:00"  # a text that somebody kept without its address


def attributed(claimed: str | None = None, *, at: str = AT_PAPER, **way: Any) -> Article:
    return article(at=at, claimed=claimed, attribution=Attribution(**way))


def test_a_publisher_is_its_own_origin() -> None:
    origin = resolve(article(), MINISTRY, CATALOGUE)
    assert (origin.name, origin.source, origin.official, origin.claimed_only) == ("安宁部", "minsec", True, False)
    assert origin.via == ()


@pytest.mark.parametrize(
    "claimed",
    ["安宁部网站", "安宁部", " “安宁部” ", "安宁部微信公众号", "@安宁部", "安宁部（官网）", "安宁部官方微博", "安寧部"],
)
def test_a_carrier_that_names_a_known_official_is_believed_on_its_word(claimed: str) -> None:
    origin = resolve(attributed(claimed), PAPER, CATALOGUE)
    assert (origin.source, origin.official, origin.claimed_only) == ("minsec", True, True)
    assert origin.via == ("江边日报",)


NAMES = [
    ("公安部刑侦局", Authority.MINISTRY),
    ("公安部刑偵局", Authority.MINISTRY),
    ("中国驻柬埔寨大使馆", Authority.EMBASSY),
    ("国家反诈中心", Authority.AGENCY),
    ("国家税务总局网站", Authority.AGENCY),
    ("滨江市公安局", Authority.POLICE),
    ("平安滨江", Authority.POLICE),
    ("金融监管总局", Authority.REGULATOR),
    ("FBI", Authority.POLICE),
]


@pytest.mark.parametrize(("claimed", "authority"), NAMES)
def test_an_official_body_that_no_source_lists_is_known_by_its_name(claimed: str, authority: Authority) -> None:
    origin = resolve(attributed(claimed), PAPER, CATALOGUE)
    assert (origin.name, origin.authority, origin.official, origin.claimed_only) == (claimed, authority, True, True)


# ---- whose word is believed -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("claimed", ["安宁部网站", *(name for name, _ in NAMES)])
def test_the_word_of_a_carrier_that_nobody_knows_is_noted_and_not_believed(claimed: str) -> None:
    origin = resolve(attributed(claimed, at=AT_STRANGER), None, CATALOGUE)
    assert (origin.name, origin.source, origin.authority) == (claimed, None, None)
    assert (origin.official, origin.claimed_only, origin.spoofed) == (False, True, False)
    assert origin.via == ("blog.example",)


@pytest.mark.parametrize(
    ("at", "carrier"),
    [
        ("https://www.linhai.gov.cn/1", ""),
        ("https://www.info.gov.hk/1", ""),
        (AT_STRANGER, "江畔安全"),
        ("https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv", "江畔安全"),
        (KEPT, ""),
        ("", ""),
    ],
)
def test_a_public_registry_or_whoever_kept_the_text_vouches_for_a_carrier(at: str, carrier: str) -> None:
    origin = resolve(attributed("公安部网站", at=at, carrier=carrier), None, CATALOGUE)
    assert (origin.authority, origin.official, origin.claimed_only) == (Authority.MINISTRY, True, True)


@pytest.mark.parametrize("name", ["平安滨江", "国家反诈中心"])
def test_an_account_that_bears_an_offices_name_is_not_official_for_that(name: str) -> None:
    at = "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv"
    origin = resolve(attributed(name, at=at, site=(name,)), None, CATALOGUE)
    assert (origin.official, origin.spoofed) == (False, False)


def test_an_office_on_its_own_domain_is_official_though_no_source_lists_it() -> None:
    origin = resolve(attributed(at="https://www.mps.gov.cn/n1/c2/content.html", site=("公安部",)), None, CATALOGUE)
    assert (origin.name, origin.official, origin.claimed_only) == ("公安部", True, False)


# ---- false and mixed claims -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "claimed",
    [
        "网络",
        "公安部新闻稿整理",
        "综合公安部、新华社",
        "公安部、新华社",
        "公安部、外交部综合",
        "全民反诈中心",
        "腾讯反诈中心",
        "人民公安报",
        "张三",
        "公安部提醒",
        "当地警方",
        "冒充公安局",
        "无名工作室",
    ],
)
def test_a_claim_that_names_no_one_office_leaves_the_carrier_the_origin(claimed: str) -> None:
    origin = resolve(attributed(claimed), PAPER, CATALOGUE)
    assert (origin.name, origin.source, origin.official, origin.claimed_only) == ("江边日报", "paper", False, False)


@pytest.mark.parametrize("claimed", ["公安部、外交部", "安宁部、国家反诈中心", "公安部刑侦局/国家反诈中心"])
def test_offices_that_speak_together_are_official(claimed: str) -> None:
    origin = resolve(attributed(claimed), PAPER, CATALOGUE)
    assert (origin.name, origin.official, origin.claimed_only) == (claimed, True, True)


def test_an_office_whose_message_the_lead_passes_on_comes_before_a_medium_that_is_noted() -> None:
    told = (Claim("新海社"), Claim("公安部", "记者从公安部获悉，三人落网。"))
    found = attributed("江畔晚报", claim=Claim("江畔晚报"), told=told)
    origin = resolve(found, PAPER, CATALOGUE)
    assert (origin.name, origin.official, origin.via) == ("公安部", True, ("江畔晚报", "江边日报"))
    assert [r.because for r in reasons(found, PAPER, origin)] == ["记者从公安部获悉，三人落网。"]


def test_the_whole_way_is_told() -> None:
    found = attributed("安宁部网站", via=("江畔晚报", "江边日报客户端"))
    assert resolve(found, PAPER, CATALOGUE).via == ("江畔晚报", "江边日报客户端")


# ---- official carriers ----------------------------------------------------------------------------------------------


def test_an_official_carrier_of_an_official_text_names_the_true_origin() -> None:
    origin = resolve(article(claimed="安宁部网站"), OFFICE, CATALOGUE)
    assert (origin.source, origin.official, origin.claimed_only) == ("minsec", True, True)


@pytest.mark.parametrize("claimed", ["江边日报", "无名工作室", "综合公安部、新华社"])
def test_an_official_carrier_speaks_for_itself_when_it_names_a_medium_or_a_stranger(claimed: str) -> None:
    origin = resolve(article(claimed=claimed), OFFICE, CATALOGUE)
    assert (origin.source, origin.official, origin.claimed_only) == ("portal", True, False)


def test_a_bureau_of_the_publisher_is_the_publisher() -> None:
    police = Source.model_validate(
        {"id": "lhga", "name": "临海省公安厅", "authority": "police", "url": "https://l.example/"}
    )
    origin = resolve(attributed("临海省公安厅刑侦总队"), police, Catalogue.of([police]))
    assert (origin.name, origin.source, origin.claimed_only) == ("临海省公安厅刑侦总队", "lhga", False)


def test_a_medium_that_names_a_stranger_is_itself_the_origin() -> None:
    origin = resolve(article(claimed="无名工作室"), PAPER, CATALOGUE)
    assert (origin.source, origin.official) == ("paper", False)


@pytest.mark.parametrize("claimed", [None, "本站原创", "本网"])
def test_a_page_of_no_known_source_that_names_nobody_else_is_named_after_its_host(claimed: str | None) -> None:
    assert resolve(attributed(claimed, at=AT_STRANGER), None, CATALOGUE).name == "blog.example"


# ---- pretenders -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", [PAPER, None])
@pytest.mark.parametrize("claimed", ["公安部", "安宁部网站", None])
@pytest.mark.parametrize(
    ("at", "site"),
    [
        ("https://www.mps-gov.cn/1", ()),
        ("https://mps.gov.cn.evil.example/1", ("公安部",)),
        ("https://gov-cn.example/1", ("烽火",)),
        ("https://www.mps.gоv.cn/1", ()),  # the о is Cyrillic
        ("http://203.0.113.7/1", ("中华人民共和国公安部",)),
        ("https://tips.example/1", ("国家反诈中心",)),
    ],
)
def test_a_page_that_pretends_to_be_an_office_is_marked_and_never_official(
    at: str, site: tuple[str, ...], claimed: str | None, source: Source | None
) -> None:
    found = attributed(claimed, at=at, site=site, carrier="公安部")
    origin = resolve(found, source, CATALOGUE)
    assert (origin.spoofed, origin.official, origin.claimed_only) == (True, False, False)
    assert office(origin.name) is None
    (reason,) = reasons(found, source, origin)
    assert (reason.field, reason.value) == ("origin", "spoofed")
    assert "imitates" in reason.because or "calls itself" in reason.because


def test_the_name_of_a_known_office_does_not_make_an_imitation_of_its_address_official() -> None:
    origin = resolve(attributed("安宁部", at="https://minsec-gov.cn/1"), MINISTRY, CATALOGUE)
    assert (origin.name, origin.source, origin.official, origin.spoofed) == ("minsec-gov.cn", None, False, True)


def test_a_known_office_at_home_may_call_itself_what_it_is() -> None:
    origin = resolve(attributed("安宁部", at="https://minsec.example/1", site=("公安部",)), MINISTRY, CATALOGUE)
    assert (origin.official, origin.spoofed) == (True, False)


# ---- laws -----------------------------------------------------------------------------------------------------------

TEXTS = st.text("公安部驻缅甸大使馆网站安宁综合、新华社平北京 a.", max_size=24)
PLACES = st.sampled_from(
    [AT_PAPER, AT_STRANGER, KEPT, "", "https://www.gov.cn/1", "http://[::1]/1", "https://gov-cn.cc/"]
)


@given(TEXTS, TEXTS, TEXTS, st.lists(TEXTS, max_size=3), PLACES, st.sampled_from([None, PAPER, MINISTRY, OFFICE]))
def test_official_implies_a_known_office_and_a_known_carrier(
    claimed: str, told: str, carrier: str, site: list[str], at: str, source: Source | None
) -> None:
    found = attributed(claimed or None, at=at, told=(Claim(told),), carrier=carrier, site=tuple(site))
    origin = resolve(found, source, CATALOGUE)
    assert isinstance(origin, Origin)
    if origin.official:
        assert origin.authority is not None
        assert origin.authority.official
        assert not origin.spoofed
    if source is None and at == AT_STRANGER and not carrier:
        assert not origin.official
    assert all(r.because for r in reasons(found, source, origin))
