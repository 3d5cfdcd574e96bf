"""Which notice a text joins, and what that does to the notice."""

from __future__ import annotations

from dataclasses import replace

from crawler.items import ChangeType, Published
from tests.judging.likeness.test_sameness import BODY, HOUSE, LEAD, SIBLING, TITLE
from tests.judging.readings import MINISTRY, NOW, OFFICE, PAPER, alike, article, known, read

LATER = NOW + 3600
THERE = "https://paper.example/1"


def test_a_near_copy_is_a_reprint_that_says_why() -> None:
    change = read(article(TITLE, BODY + HOUSE, at=THERE), PAPER, alike(known(article(TITLE, BODY))), now=LATER)
    assert (change.type, change.event) == (ChangeType.REPRINT, None)
    assert change.sighting is not None
    assert (change.sighting.role, change.sighting.overlap) == ("reprint", 1.0)
    assert "one title" in change.sighting.because
    assert change.notice.body == BODY


def test_a_part_is_an_excerpt() -> None:
    change = read(article(TITLE, "\n".join(LEAD), at=THERE), PAPER, alike(known(article(TITLE, BODY))))
    assert change.sighting is not None
    assert (change.type, change.sighting.role) == (ChangeType.REPRINT, "excerpt")


def test_the_next_event_on_the_same_form_is_new_and_linked() -> None:
    before = known(article(TITLE, BODY))
    change = read(article(TITLE.replace("58", "112"), SIBLING, at="https://minsec.example/2"), known=alike(before))
    assert (change.type, change.event) == (ChangeType.NEW, "notice.new")
    assert [r.id for r in change.notice.related] == [before.id]
    assert "≠" in change.notice.related[0].because


def test_the_nearest_of_several_notices_is_joined() -> None:
    first, second = known(article(TITLE, BODY)), known(article(TITLE, SIBLING, at="https://minsec.example/2"))
    change = read(article(TITLE, SIBLING + HOUSE, at=THERE), PAPER, alike(first, second))
    assert change.notice.id == second.id


def test_the_original_takes_over_from_a_padded_reprint() -> None:
    paper = known(article(TITLE, BODY + HOUSE, at=THERE), PAPER)
    change = read(article(TITLE, BODY), MINISTRY, alike(paper), now=LATER)
    assert (change.type, change.notice.id, change.notice.body) == (ChangeType.REPRINT, paper.id, BODY)
    assert change.notice.origin.source == "minsec"
    assert change.notice.text_hash == article(TITLE, BODY).text_hash


def test_the_original_of_a_longer_story_is_a_notice_of_its_own() -> None:
    story = BODY + "\n" + "\n".join(f"记者走访第{n}个社区时看到，志愿者正在向居民讲解防范知识。" for n in range(40))
    change = read(article(TITLE, BODY), MINISTRY, alike(known(article(TITLE, story, at=THERE), PAPER)))
    assert (change.type, change.event) == (ChangeType.NEW, "notice.new")
    assert len(change.notice.related) == 1


def test_two_offices_that_speak_for_themselves_are_two_notices() -> None:
    there = article(TITLE, BODY + "\n另据本地通报，7月9日又有6名人员落网。", at="https://portal.example/1")
    change = read(there, OFFICE, alike(known(article(TITLE, BODY))))
    assert change.type is ChangeType.NEW


def test_a_known_text_put_up_again_is_no_news_and_keeps_its_date() -> None:
    old, new = (Published(f"{year}-05-06T00:00:00+08:00", "day") for year in (2021, 2025))
    before = replace(known(article(TITLE, BODY)), published=old)
    moved = article(TITLE, BODY, at="https://minsec.example/new/c2/1", published=new)
    change = read(moved, MINISTRY, alike(before), now=LATER)
    assert (change.type, change.event, change.notice.published) == (ChangeType.REPRINT, None, old)
    claimed = replace(known(article(TITLE, BODY, claimed="安宁部网站", at=THERE), PAPER), published=old)
    assert read(moved, MINISTRY, alike(claimed), now=LATER).notice.published == old
