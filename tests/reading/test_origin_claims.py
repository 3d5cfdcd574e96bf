import pytest

from crawler.reading.origin_claims import Claim, is_own, read_claim
from tests.reading.pages import PARAGRAPHS

OWN = frozenset({"海城日报", "海城网"})


def claimed(
    *lines: str, cuts: tuple[str, ...] = (), around: str = "", meta: str = "", official: bool = False
) -> str | None:
    found = read_claim(lines or PARAGRAPHS, cuts, around, meta, OWN, "Asia/Shanghai", official=official)
    return found.name if found else None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("（来源：云州省公安厅网站）", "云州省公安厅网站"),
        ("(来源:云州省公安厅)", "云州省公安厅"),
        ("本文转自:云州日报", "云州日报"),
        ("转载自：云州日报", "云州日报"),
        ("文章来源：云州日报", "云州日报"),
        ("信息来源：云州省公安厅", "云州省公安厅"),
        ("来　源：云州日报", "云州日报"),
        ("《 云州日报 》( 2026年01月20日 第 11 版)", "云州日报"),
        ("稿源：云州日报 编辑：周五", "云州日报"),
        ("來源：雲州日報", "雲州日報"),
    ],
)
def test_a_line_that_was_cut_names_the_origin(line: str, name: str) -> None:
    assert claimed(cuts=(line,)) == name


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("据云州省公安厅网站消息，近日破获一案。", "云州省公安厅"),
        ("本网讯 据云州省公安厅微信公众号消息，近日破获一案。", "云州省公安厅"),
        ("今天下午，@云州刑侦发布关于封停账户的通告。", "云州刑侦"),
        ("记者20日从云州省公安厅获悉，近日破获一案。", "云州省公安厅"),
        ("新华社云州1月20日电（记者周五）近日破获一案。", "新华社"),
        ("据微信公众号“云州刑侦”消息，近日破获一案。", "云州刑侦"),
    ],
)
def test_running_text_names_the_origin(sentence: str, name: str) -> None:
    assert claimed(sentence, *PARAGRAPHS) == name


@pytest.mark.parametrize(
    "sentence",
    ["据悉，案件仍在侦办。", "资金来源：境外账户。", "骗术来源于境外。", "据警方介绍，共有三人被捕。", "来源：未知"],
)
def test_ordinary_sentences_name_nobody(sentence: str) -> None:
    assert claimed(sentence, *PARAGRAPHS) is None


def test_the_origin_comes_before_platform_carrier_and_meta() -> None:
    cuts = ("类别：社会 发布时间：2026-01-20 来源：人民资讯", "本文转自：云州日报")
    assert claimed(cuts=cuts, meta="海城网") == "云州日报"
    assert claimed(cuts=("来源：海城网", "（来源：海城日报）"), around="来源：云州省公安厅") == "云州省公安厅"


def test_a_publisher_that_names_itself_is_named_when_nobody_else_is() -> None:
    assert claimed(around="来源：海城日报 作者：周五") == "海城日报"
    assert claimed(meta="本网") == "本网"


def test_an_official_publisher_quoting_others_is_not_reprinting_them() -> None:
    sentence = "据西海国警方通报，三人落网。"
    assert claimed(sentence, *PARAGRAPHS) == "西海国警方"
    assert claimed(sentence, *PARAGRAPHS, official=True) is None
    assert claimed("据云州省公安厅官网消息，三人落网。", *PARAGRAPHS, official=True) == "云州省公安厅"


def test_a_traditional_mirror_names_its_origin_in_simplified_characters() -> None:
    words = "今天下午,@雲州刑偵局發(fā)布關(guān)于封停電(diàn)信網(wǎng)絡(luò)詐騙團伙賬戶的通告。"
    assert claimed(words, "與銀行聯系，這時將會開通。") == "云州刑侦局"


def test_a_newspapers_issue_dates_the_origin() -> None:
    found = read_claim(PARAGRAPHS, ("《云州日报》（2026年01月20日 第 3 版）",), "", "", OWN, "Asia/Shanghai")
    assert isinstance(found, Claim)
    assert found.issued
    assert found.issued.at[:10] == "2026-01-20"


def test_a_publisher_is_itself_under_every_medium() -> None:
    assert is_own("海城日报客户端", OWN)
    assert is_own("海城日报（三）", OWN)
    assert not is_own("云州日报", OWN)
