from crawler.carriers import carrier, stranger
from crawler.config.catalogue import Catalogue
from crawler.items import Source


def source(id: str, url: str, homepage: str | None = None, name: str = "", aliases: tuple[str, ...] = ()) -> Source:
    about = {"id": id, "name": name or id, "authority": "ministry", "url": url, "aliases": aliases}
    return Source.model_validate(about | ({"homepage": homepage} if homepage else {}))


MPS = source("mps", "https://feeds.example/mps.xml", "https://www.mps.example/", "公安部", ("公安部网站",))
MFA = source("mfa", "https://mfa.example/list/")
ACCOUNT = source("account", "https://mp.weixin.qq.com/mp/homepage")
CATALOGUE = Catalogue.of([MPS, MFA, ACCOUNT])


def test_a_name_tells_the_carrier() -> None:
    assert carrier(CATALOGUE, "https://x.example/1", name="公安部网站") == MPS


def test_a_host_tells_the_carrier_with_and_without_www() -> None:
    assert carrier(CATALOGUE, "https://mps.example/a/1.html") == MPS
    assert carrier(CATALOGUE, "http://www.mfa.example/a/1.html") == MFA


def test_the_host_of_a_feed_is_not_its_publishers_home() -> None:
    assert carrier(CATALOGUE, "https://feeds.example/other") is None


def test_a_host_of_many_publishers_tells_nothing() -> None:
    assert carrier(CATALOGUE, "https://mp.weixin.qq.com/s/abc") is None
    both = Catalogue.of([source("a", "https://gov.example/a/"), source("b", "https://gov.example/b/")])
    assert carrier(both, "https://gov.example/c.html") is None


def test_a_look_alike_host_is_nobody() -> None:
    assert carrier(CATALOGUE, "https://www.mps.example.evil.example/") is None
    assert carrier(CATALOGUE, "urn:sha256:00") is None


def test_a_stranger_is_never_official() -> None:
    assert not stranger("https://x.example/1").authority.official
    assert stranger("https://x.example/1").name == "x.example"
    assert stranger("urn:sha256:00", "公安部").name == "公安部"


def test_a_medium_is_at_home_below_its_host_and_an_office_only_on_it() -> None:
    paper = Source.model_validate(
        {"id": "paper", "name": "江边日报", "authority": "media", "url": "https://paper.example/"}
    )
    catalogue = Catalogue.of([paper, MFA])
    assert carrier(catalogue, "https://society.paper.example/1") == paper
    assert carrier(catalogue, "https://x.mfa.example/1") is None


def test_a_guest_on_a_host_does_not_take_the_home_of_whoever_names_it() -> None:
    guest = source("mps-2", "https://www.mps.example/other/")
    assert carrier(Catalogue.of([MPS, guest]), "https://mps.example/a/1.html") == MPS
