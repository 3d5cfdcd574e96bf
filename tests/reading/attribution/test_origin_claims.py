from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Attribution
from crawler.reading.attribution.origin_claims import read_attribution
from crawler.reading.attribution.origin_names import is_own
from tests.reading.pages import PARAGRAPHS

OWN = frozenset({"海城日报", "海城网"})
SHANGHAI = "Asia/Shanghai"


def read(
    *lines: str, cuts: tuple[str, ...] = (), around: str = "", named: tuple[str, ...] = (), official: bool = False
) -> Attribution:
    return read_attribution(lines or PARAGRAPHS, cuts, around, OWN, SHANGHAI, named=named, official=official)


def claimed(
    *lines: str, cuts: tuple[str, ...] = (), around: str = "", named: tuple[str, ...] = (), official: bool = False
) -> str | None:
    found = read(*lines, cuts=cuts, around=around, named=named, official=official).claim
    return found.name if found else None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("（来源：云州省公安厅网站）", "云州省公安厅网站"),
        ("(来源:云州省公安厅)", "云州省公安厅"),
        ("【来源：云州省公安厅】", "云州省公安厅"),
        ("*来源：云州省公安厅*", "云州省公安厅"),
        ("本文转自:云州日报", "云州日报"),
        ("转载自：云州日报", "云州日报"),
        ("转自丨云州日报", "云州日报"),
        ("文章来源：云州日报", "云州日报"),
        ("文章来源自：云州省公安厅", "云州省公安厅"),
        ("原文来源：云州日报", "云州日报"),
        ("本文来源：云州日报 责任编辑：周五_N5", "云州日报"),
        ("以下文章来源于云州刑侦 ，作者周五", "云州刑侦"),
        ("信息来源：云州省公安厅", "云州省公安厅"),
        ("来　源：云州日报", "云州日报"),
        ("来源丨云州刑侦", "云州刑侦"),
        ("▲来源 | 云州刑侦", "云州刑侦"),
        ("内容来源：云州刑侦微信公众号", "云州刑侦微信公众号"),
        ("供稿：云州省公安厅", "云州省公安厅"),
        ("发布机构：云州省公安厅 发文日期：2026-01-20", "云州省公安厅"),
        ("《 云州日报 》( 2026年01月20日 第 11 版)", "云州日报"),
        ("来源：《云州日报》", "云州日报"),
        ("稿源：云州日报 编辑：周五", "云州日报"),
        ("来源：云州日报，作者：周五 郑六", "云州日报"),
        ("来源：云州发布", "云州发布"),
        ("來源：雲州日報", "云州日报"),
        ("轉載自：雲州日報", "云州日报"),
        ("Source: Cloud County Police", "Cloud County Police"),
        ("Originally published by Cloud County Gazette", "Cloud County Gazette"),
        ("Republished with permission from Cloud County Gazette", "Cloud County Gazette"),
    ],
)
def test_a_line_that_was_cut_names_the_origin(line: str, name: str) -> None:
    assert claimed(cuts=(line,)) == name


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("据云州省公安厅网站消息，近日破获一案。", "云州省公安厅"),
        ("云州省公安厅网站1月20日消息，近日破获一案。", "云州省公安厅"),
        ("本网讯 据云州省公安厅微信公众号消息，近日破获一案。", "云州省公安厅"),
        ("今天下午，@云州刑侦发布关于封停账户的通告。", "云州刑侦"),
        ("记者20日从云州省公安厅获悉，近日破获一案。", "云州省公安厅"),
        ("记者从云州省公安厅今天召开的新闻发布会上获悉，近日破获一案。", "云州省公安厅"),
        ("据云州省公安厅1月20日消息，近日破获一案。", "云州省公安厅"),
        ("据云州警方通报，近日破获一案。", "云州警方"),
        ("新华社云州1月20日电（记者周五）近日破获一案。", "新华社"),
        ("据新华社云州1月20日电 近日破获一案。", "新华社"),
        ("中新网1月20日电 近日破获一案。", "中新网"),
        ("云州晚报讯（记者周五）近日破获一案。", "云州晚报"),
        ("据微信公众号“云州刑侦”消息，近日破获一案。", "云州刑侦"),
    ],
)
def test_running_text_names_the_origin(sentence: str, name: str) -> None:
    assert claimed(sentence, *PARAGRAPHS) == name


@pytest.mark.parametrize(
    "sentence",
    [
        "据悉，案件仍在侦办。",
        "据媒体报道，案件仍在侦办。",
        "资金来源：境外账户。",
        "图片来源：云州日报",
        "骗术来源于境外。",
        "转型之路",
        "转载请注明出处",
        "据警方介绍，共有三人被捕。",
        "来源：未知",
        "来源：网络",
        "来源：网络整理",
        "来源：",
        "来源：2026-01-20",
        "云州省公安厅提醒：谨防受骗。",
    ],
)
def test_ordinary_sentences_name_nobody(sentence: str) -> None:
    assert claimed(sentence, *PARAGRAPHS) is None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("来源：云州省公安厅、云州日报", "云州省公安厅、云州日报"),
        ("（来源：综合云州日报、海外网）", "综合云州日报、海外网"),
        ("来源：云州省公安厅新闻稿整理", "云州省公安厅新闻稿整理"),
    ],
)
def test_a_text_put_together_from_several_names_them_all(line: str, name: str) -> None:
    assert claimed(cuts=(line,)) == name


def test_the_origin_comes_before_platform_carrier_and_meta() -> None:
    cuts = ("类别：社会 发布时间：2026-01-20 来源：人民资讯", "本文转自：云州日报")
    assert claimed(cuts=cuts, named=("海城网",)) == "云州日报"
    assert claimed(cuts=("来源：海城网", "（来源：海城日报）"), around="来源：云州省公安厅") == "云州省公安厅"


def test_a_wires_own_line_comes_before_the_site_that_carried_it() -> None:
    way = read("新华社云州1月20日电（记者周五）近日破获一案。", *PARAGRAPHS, around="2026-01-20 来源：新华网")
    assert (way.claim and way.claim.name, way.via) == ("新华社", ("新华网",))


def test_the_whole_way_is_told_nearest_to_the_origin_first() -> None:
    cuts = (
        "类别:社会 发布时间:2026-01-20 05:48:00 来源:人民资讯",
        "本文转自:云州日报",
        "以上内容为资讯信息快照,由td.example爬虫进行采集并收录,快照生成时间:2026-01-20 07:45:07",
    )
    assert read(cuts=cuts).via == ("人民资讯", "td.example")


def test_who_noticed_a_notice_passed_it_on() -> None:
    way = read("今天下午，@云州刑侦发布关于封停账户的通告。", "云州知事注意到，上述通告自今日起施行。")
    assert (way.claim and way.claim.name, way.via) == ("云州刑侦", ("云州知事",))


def test_whose_message_the_lead_passes_on_is_told_beside_the_source_that_is_noted() -> None:
    way = read("记者20日从云州省公安厅获悉，近日破获一案。", *PARAGRAPHS, around="2026-01-20 来源：云州日报")
    assert way.claim
    assert (way.claim.name, [c.name for c in way.told]) == ("云州日报", ["云州省公安厅"])


def test_what_a_closing_line_states_running_text_does_not_unsay() -> None:
    way = read("据云州警方通报，近日破获一案。", *PARAGRAPHS, "（来源：云州日报）")
    assert (way.claim and way.claim.name, way.told) == ("云州日报", ())


def test_the_end_of_the_last_sentence_states_the_source_but_a_caption_does_not() -> None:
    assert claimed(*PARAGRAPHS, "请市民提高警惕。（来源：云州省公安厅）") == "云州省公安厅"
    assert claimed(*PARAGRAPHS, "图1 诈骗网页（来源：云州省公安厅）") is None


def test_a_digest_with_a_source_after_each_item_has_no_one_origin() -> None:
    assert claimed("一则消息。", "（来源：云州日报）", "又一则消息。", "（来源：江州日报）") is None


def test_a_meta_tag_that_holds_the_label_too_names_the_source() -> None:
    assert claimed(named=("来源：云州日报",)) == "云州日报"


def test_a_publisher_that_names_itself_is_named_when_nobody_else_is() -> None:
    assert claimed(around="来源：海城日报 作者：周五") == "海城日报"
    assert claimed(named=("本网",)) == "本网"


def test_an_official_publisher_quoting_others_is_not_reprinting_them() -> None:
    sentence = "据西海国警方通报，三人落网。"
    assert claimed(sentence, *PARAGRAPHS) == "西海国警方"
    assert claimed(sentence, *PARAGRAPHS, official=True) is None
    assert claimed("据云州省公安厅官网消息，三人落网。", *PARAGRAPHS, official=True) == "云州省公安厅"


def test_a_traditional_mirror_names_its_origin_in_simplified_characters() -> None:
    words = "今天下午,@雲州刑偵局發(fā)布關(guān)于封停電(diàn)信網(wǎng)絡(luò)詐騙團伙賬戶的通告。"
    assert claimed(words, "與銀行聯系，這時將會開通。") == "云州刑侦局"


def test_a_newspapers_issue_dates_the_origin() -> None:
    found = read(cuts=("《云州日报》（2026年01月20日 第 3 版）",)).claim
    assert found
    assert found.issued
    assert found.issued.at[:10] == "2026-01-20"


def test_the_words_that_name_the_origin_are_kept() -> None:
    found = read(cuts=("（来源：云州省公安厅网站）",)).claim
    assert found
    assert found.line == "（来源：云州省公安厅网站）"


def test_a_publisher_is_itself_under_every_medium() -> None:
    assert is_own("海城日报客户端", OWN)
    assert is_own("海城日报（三）", OWN)
    assert not is_own("云州日报", OWN)


WORDS = st.text("据从来源：:（）()《》@、，。 云州日报公安厅网站获悉消息电月日1234\n", max_size=200)


@given(st.lists(WORDS, max_size=6), st.lists(WORDS, max_size=4), WORDS, WORDS)
def test_any_text_survives_and_a_name_is_never_long(lines: list[str], cuts: list[str], around: str, named: str) -> None:
    way = read_attribution(lines, cuts, around, OWN, SHANGHAI, named=(named,))
    assert all(2 <= len(c.name) <= 40 for c in (*way.told, *([way.claim] if way.claim else [])))
    assert len(set(way.via)) == len(way.via)


@pytest.mark.parametrize("sign", ["来源：", "（", "据", "从", "@甲", "公众号“", " A", "来 ", "1月1日", "，作者"])
def test_a_line_that_repeats_a_sign_without_end_is_read_at_once(sign: str) -> None:
    line = sign * 100_000
    assert read(line, line, line, cuts=(line, line), around=line[:400], named=(line,)) is not None
