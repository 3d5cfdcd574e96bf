import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Authority
from crawler.judging.attribution.newcomer import inferred_authority, inferred_id, pretence, slug


@pytest.mark.parametrize(
    ("url", "id"),
    [
        ("https://gat.gd.gov.cn/jfts/", "gat-gd"),
        ("https://www.mps.gov.cn/n1/", "mps"),
        ("https://www.scamwatch.gov.au/rss", "scamwatch"),
        ("https://www.bbc.co.uk/news", "bbc"),
        ("http://feeds.paper.example/rss.xml", "paper"),
        ("http://127.0.0.1:8100/s/1/", "127-0-0-1"),
        ("https://www.gov.uk/", "gov-uk"),
        ("https://news.cn/", "news-cn"),
    ],
)
def test_an_id_is_the_telling_part_of_the_host(url: str, id: str) -> None:
    assert inferred_id(url, ()) == id


def test_an_id_that_is_taken_gets_a_number() -> None:
    taken = ["mps", "mps-2", "other"]
    assert inferred_id("https://www.mps.gov.cn/", taken) == "mps-3"


def test_a_host_without_letters_of_ascii_is_called_by_its_name_or_just_a_source() -> None:
    assert inferred_id("https://公安.中国/", (), "Gongan") == "gongan"
    assert inferred_id("https://公安.中国/", (), "公安") == "source"


@pytest.mark.parametrize(
    ("url", "name", "authority"),
    [
        ("https://gat.example.gov.cn/", "江边省公安厅", Authority.POLICE),
        ("https://www.mfa.gov.cn/", "外交部", Authority.MINISTRY),
        ("https://www.example.gov.cn/", "江边门户", Authority.AGENCY),
        ("https://gat-example.com/", "江边省公安厅", Authority.MEDIA),
        ("https://gov.cn.example.com/", "公安部", Authority.MEDIA),
        ("https://mp.weixin.qq.com/s/x", "公安部", Authority.ACCOUNT),
        ("http://127.0.0.1/", "公安部", Authority.MEDIA),
    ],
)
def test_only_a_governments_domain_makes_official(url: str, name: str, authority: Authority) -> None:
    assert inferred_authority(url, [name]) is authority


def test_a_pretender_is_told_of() -> None:
    assert pretence("https://mps-gov.cn/", ["公安部"])
    assert pretence("https://tips.example/", ["公安部"])
    assert not pretence("https://www.mps.gov.cn/", ["公安部"])


@given(st.text(max_size=200), st.sets(st.text(max_size=20), max_size=5))
def test_an_id_is_always_valid_and_new(text: str, taken: set[str]) -> None:
    id = inferred_id(f"https://{text}/", taken, text)
    assert re.fullmatch(r"[a-z0-9-]{1,64}", id)
    assert id not in taken
    assert len(slug(text)) <= 48
