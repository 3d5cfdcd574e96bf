from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from crawler.items import ChangeType, Known, Origin, Scope
from crawler.judging.judge import alertable, notice_id
from tests.judging.readings import BODY, MINISTRY, NOW, OFFICE, PAPER, TITLE, alike, article, known, read

LATER = NOW + 3600


def again(title: str = TITLE, body: str = BODY) -> ChangeType:
    """What a second reading of the page does."""
    return read(article(title, body), known=Known(here=known()), now=LATER).type


# --------------------------------------------------------------------------------------------------------------------
# First readings


def test_an_unknown_text_is_new_and_sent() -> None:
    change = read(article())
    assert (change.type, change.event) == (ChangeType.NEW, "notice.new")
    assert change.notice.alertable
    assert change.notice.sightings == (change.sighting,)
    assert change.notice.id == notice_id("https://minsec.example/1")


def test_a_baseline_is_remembered_and_never_sent() -> None:
    change = read(article(), baseline=True)
    assert (change.type, change.event) == (ChangeType.NEW, None)


def test_only_official_cross_border_notices_of_an_alertable_kind_alert() -> None:
    verdict, official = known().verdict, known().origin
    assert alertable(official, verdict)
    assert not alertable(Origin("江边日报", "paper", PAPER.authority, False), verdict)
    assert not alertable(official, replace(verdict, scope=Scope.DOMESTIC))


def test_a_claimed_origin_alerts_and_says_that_it_is_claimed() -> None:
    change = read(article(claimed="安宁部网站", at="https://paper.example/1"), PAPER)
    assert change.notice.alertable
    assert change.notice.origin.claimed_only
    assert change.notice.sightings[0].role == "reprint"


def test_an_id_is_a_function_of_the_key() -> None:
    assert notice_id("a") == notice_id("a") != notice_id("b")
    assert notice_id("a").startswith("ntc_")
    assert len(notice_id("a")) == 24


# --------------------------------------------------------------------------------------------------------------------
# The same page again


def test_the_same_article_twice_is_unchanged() -> None:
    assert again() is ChangeType.UNCHANGED


@pytest.mark.parametrize(
    "body",
    [
        BODY.replace("。", "。\n\n"),
        BODY.replace("，", ", ").replace("、", " 、"),
        BODY.replace("\n", "").replace("92", "９２"),
        OpenCC("s2t").convert(BODY),
        BODY + "\n浏览次数：1234次",
        "2025年6月1日 星期日 10:15:27\n" + BODY,
        BODY + "\n阅读 1.2万 点赞 86 在看 12",
    ],
    ids=["lines", "punctuation", "width", "script", "counter", "clock", "counters"],
)
def test_layout_punctuation_script_counters_and_clocks_are_no_revision(body: str) -> None:
    assert again(body=body) is ChangeType.UNCHANGED


@pytest.mark.parametrize(
    "title", [f"关注 | {TITLE}", f"【提醒】{TITLE}", f"转发丨{TITLE}", TITLE.replace("：", ": "), ""]
)
def test_a_heading_that_a_carrier_puts_before_a_title_is_no_revision(title: str) -> None:
    assert again(title=title) is ChangeType.UNCHANGED


def test_another_title_is_a_revision() -> None:
    assert again(title=TITLE.replace("警惕", "紧急提醒警惕")) is ChangeType.REVISED


def test_a_changed_level_is_a_material_revision() -> None:
    found = article(body=BODY.replace("谨慎前往", "暂勿前往"))
    change = read(found, known=Known(here=known()), now=LATER)
    assert (change.type, change.event, change.notice.status) == (ChangeType.REVISED, "notice.revised", "revised")
    assert change.revision is not None
    assert change.revision.summary == "级别: 谨慎前往 → 暂勿前往"
    assert change.notice.revisions == (change.revision,)
    assert change.notice.text_hash == found.text_hash


def test_a_cosmetic_revision_is_recorded_and_not_sent() -> None:
    change = read(article(body=BODY.replace("据查", "经查")), known=Known(here=known()), now=LATER)
    assert (change.type, change.event) == (ChangeType.REVISED, None)


def test_a_revision_found_by_a_baseline_is_not_sent() -> None:
    change = read(article(body=BODY.replace("92", "763")), known=Known(here=known()), now=LATER, baseline=True)
    assert (change.type, change.event) == (ChangeType.REVISED, None)


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_changed_number_is_always_a_material_revision(a: int, b: int) -> None:
    old, new = (article(body=BODY.replace("92", str(n))) for n in (a, b))
    change = read(new, known=Known(here=known(old)), now=LATER)
    assert (change.type is ChangeType.UNCHANGED) == (a == b)
    assert (change.event == "notice.revised") == (a != b)


def test_a_moved_decimal_point_is_a_revision_and_no_reprint() -> None:
    found = article(body=BODY.replace("3.5万", "35万"), at="https://paper.example/1")
    assert again(body=found.body) is ChangeType.REVISED
    assert read(found, PAPER, alike(known())).type is ChangeType.NEW


@given(st.lists(st.sampled_from([" ", "\n", "　", "\u200b", "，", "、", "”"]), min_size=1), st.data())
def test_spaces_and_punctuation_between_letters_never_make_a_revision(marks: list[str], data: st.DataObject) -> None:
    body = BODY
    for mark in marks:
        at = data.draw(st.integers(0, len(body)))
        at_number = any(c.isdigit() or c == "." for c in body[max(at - 1, 0) : at + 1])
        body = body if at_number and mark in "，、”" else body[:at] + mark + body[at:]
    assert again(body=body) is ChangeType.UNCHANGED


@given(st.text(), st.text())
def test_any_text_survives_and_is_unchanged_when_read_again(title: str, body: str) -> None:
    found = article(title, body)
    assert read(found, known=Known(here=known(found))).type is ChangeType.UNCHANGED


# --------------------------------------------------------------------------------------------------------------------
# The same text elsewhere


def test_known_text_at_another_address_is_a_reprint_and_not_sent() -> None:
    change = read(article(at="https://paper.example/1"), PAPER, alike(known()), now=LATER)
    assert (change.type, change.event) == (ChangeType.REPRINT, None)
    assert change.sighting is not None
    assert change.sighting.role == "reprint"
    assert [s.url for s in change.notice.sightings] == ["https://minsec.example/1", "https://paper.example/1"]
    assert change.notice.url == "https://minsec.example/1"


def test_the_original_takes_over_what_a_carrier_claimed_without_a_second_alert() -> None:
    claimed = known(article(claimed="安宁部网站", at="https://paper.example/1"), PAPER)
    change = read(article(), MINISTRY, alike(claimed), now=LATER)
    assert (change.type, change.event) == (ChangeType.REPRINT, None)
    assert change.notice.url == "https://minsec.example/1"
    assert not change.notice.origin.claimed_only
    assert change.notice.id == claimed.id


def test_the_original_of_a_reprint_that_alerted_nobody_is_news() -> None:
    unofficial = known(article(at="https://paper.example/1"), PAPER)
    assert not unofficial.alertable
    change = read(article(), MINISTRY, alike(unofficial), now=LATER)
    assert change.notice.alertable
    assert change.event == "notice.new"
    assert read(article(), MINISTRY, alike(unofficial), baseline=True).event is None


def test_a_second_official_copy_takes_nothing_over() -> None:
    change = read(article(at="https://portal.example/1"), OFFICE, alike(known()))
    assert change.notice.origin.source == "minsec"
    assert change.sighting is not None
    assert change.sighting.role == "reprint"
