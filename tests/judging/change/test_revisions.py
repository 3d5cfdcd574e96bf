"""One page looked at again and again: its notice when the page changes, flaps, is cut short, goes and returns."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Article, Change, ChangeType, Known, Notice, Wording
from crawler.judging.judge import judge_gone
from tests.judging.readings import BODY, MINISTRY, NOW, PAPER, TITLE, alike, article, known, read, withdrawn

NEW, SAME, REVISED = ChangeType.NEW, ChangeType.UNCHANGED, ChangeType.REVISED
HERE = "https://minsec.example/1"
A, B, C = BODY, BODY.replace("92", "90"), BODY.replace("92", "763")
LONG = "\n".join(f"第{n}点：{BODY}" for n in range(3))
MOVED = "\n".join(reversed(BODY.splitlines()))


@dataclass
class Page:
    """What is remembered of one page, as the store would."""

    notice: Notice | None = None
    texts: tuple[Wording, ...] = ()
    doubted: str = ""
    doubts: int = 0

    def look(self, body: str, title: str = TITLE) -> Change:
        """The page is read with this text."""
        now = NOW + 600 * len(self.texts)
        change = read(article(title, body), known=self._known(), now=now)
        doubt = change.doubt
        self.doubted, self.doubts = (doubt.wording, doubt.looks) if doubt else ("", 0)
        self.notice = change.notice
        self.texts = tuple(dict.fromkeys((*self.texts, Wording(change.notice.title, change.notice.body))))
        return change

    def looks(self, *bodies: str) -> list[ChangeType]:
        return [self.look(body).type for body in bodies]

    def withdraw(self) -> None:
        assert self.notice is not None
        self.notice = judge_gone(self.notice, HERE, now=NOW).notice

    def _known(self) -> Known:
        if self.notice is None:
            return Known()
        current = Wording(self.notice.title, self.notice.body)
        return Known(
            here=self.notice,
            earlier=tuple(text for text in self.texts if text != current),
            doubted=self.doubted,
            doubts=self.doubts,
        )


@pytest.fixture
def page() -> Page:
    return Page()


# --------------------------------------------------------------------------------------------------------------------
# Flapping, and corrections taken back


def test_flapping_between_two_cached_versions_is_one_revision(page: Page) -> None:
    assert page.looks(A, B, A, B, A, B, B, A) == [NEW, REVISED, *[SAME] * 6]
    assert page.notice is not None
    assert page.notice.body == B
    assert len(page.notice.revisions) == 1


def test_a_correction_that_is_taken_back_and_stays_is_shown_in_the_end(page: Page) -> None:
    assert page.looks(A, B, A, A, A) == [NEW, REVISED, SAME, REVISED, SAME]
    assert page.notice is not None
    assert page.notice.body == A
    assert [r.summary for r in page.notice.revisions] == ["数字: 92名 → 90名", "数字: 90名 → 92名"]


def test_a_doubted_reading_says_why(page: Page) -> None:
    page.looks(A, B)
    doubt = page.look(A).doubt
    assert doubt is not None
    assert (doubt.looks, doubt.why) == (1, "an earlier wording again; look 1 of 2")


def test_a_wording_that_came_back_once_needs_one_more_look_the_next_time(page: Page) -> None:
    assert page.looks(A, B, A, A) == [NEW, REVISED, SAME, REVISED]
    assert page.looks(B, B, B) == [SAME, SAME, REVISED]
    assert page.looks(A, A, A, A) == [SAME, SAME, SAME, REVISED]


def test_a_third_wording_is_a_revision_at_once(page: Page) -> None:
    assert page.looks(A, B, A, C) == [NEW, REVISED, SAME, REVISED]


@given(st.lists(st.booleans(), max_size=40))
def test_caches_that_take_turns_at_random_tire(turns: list[bool]) -> None:
    page = Page()
    page.looks(A)
    revised = page.looks(*(B if turn else A for turn in turns)).count(REVISED)
    assert revised * (revised + 1) // 2 <= len(turns)


def test_titles_that_take_turns_are_one_revision_too(page: Page) -> None:
    titles = [TITLE, TITLE.replace("警惕", "严防"), TITLE, TITLE.replace("警惕", "严防")]
    assert [page.look(A, title).type for title in titles] == [NEW, REVISED, SAME, SAME]


def test_a_short_text_is_never_taken_for_another_short_one(page: Page) -> None:
    assert page.looks("电话九六一一〇", "电话一二三〇八", "电话一一〇") == [NEW, REVISED, REVISED]


# --------------------------------------------------------------------------------------------------------------------
# Texts cut short


@pytest.mark.parametrize("rest", [LONG[:60], "", "系统繁忙，请稍候再来。", "登录后查看全文。"])
def test_most_of_a_text_is_lost_only_at_the_second_look(page: Page, rest: str) -> None:
    page.looks(LONG)
    first = page.look(rest)
    assert first.type is SAME
    assert first.doubt is not None
    assert first.notice.body == LONG
    assert page.looks(rest) == [REVISED]


def test_a_text_that_is_whole_again_was_never_cut(page: Page) -> None:
    assert page.looks(LONG, LONG[:60], LONG, LONG[:60], LONG) == [NEW, *[SAME] * 4]


def test_two_different_pieces_do_not_bear_each_other_out(page: Page) -> None:
    assert page.looks(LONG, LONG[:60], LONG[:40], LONG[:50]) == [NEW, *[SAME] * 3]


def test_a_paragraph_less_is_a_revision_at_once(page: Page) -> None:
    assert page.looks(LONG, LONG[: len(LONG) // 2]) == [NEW, REVISED]


# --------------------------------------------------------------------------------------------------------------------
# Material and cosmetic


def test_a_material_revision_is_sent_and_a_cosmetic_one_recorded(page: Page) -> None:
    page.looks(A)
    cosmetic = page.look(A.replace("据查", "经查"))
    assert (cosmetic.type, cosmetic.event) == (REVISED, None)
    material = page.look(A.replace("据查", "经查").replace("谨慎前往", "暂勿前往"))
    assert (material.type, material.event) == (REVISED, "notice.revised")
    assert page.notice is not None
    assert [r.material for r in page.notice.revisions] == [False, True]


def test_paragraphs_in_another_order_are_recorded_and_not_sent(page: Page) -> None:
    page.looks(A)
    change = page.look(MOVED)
    assert (change.type, change.event) == (REVISED, None)
    assert change.revision is not None
    assert change.revision.summary.startswith("次序: ")


# --------------------------------------------------------------------------------------------------------------------
# Gone, and back


def test_a_notice_that_is_gone_is_withdrawn_once() -> None:
    change = judge_gone(known(), HERE, now=NOW)
    assert (change.type, change.notice.status, change.event) == (ChangeType.WITHDRAWN, "withdrawn", "notice.withdrawn")
    assert judge_gone(change.notice, HERE, now=NOW).type is SAME
    assert judge_gone(known(), HERE, now=NOW, baseline=True).event is None


def test_a_withdrawn_notice_that_reads_again_is_restored(page: Page) -> None:
    page.looks(A)
    page.withdraw()
    change = page.look(A)
    assert (change.type, change.notice.status, change.event) == (ChangeType.RESTORED, "current", "notice.revised")
    assert change.revision is not None
    assert (change.revision.material, change.revision.summary) == (True, "恢复 restored")


def test_a_withdrawn_notice_that_comes_back_changed_is_revised(page: Page) -> None:
    page.looks(A)
    page.withdraw()
    change = page.look(C)
    assert (change.type, change.notice.status, change.notice.body) == (ChangeType.RESTORED, "revised", C)
    assert change.revision is not None
    assert change.revision.summary == "恢复 restored; 数字: 92名 → 763名"


def test_another_text_where_a_withdrawn_one_stood_must_stay_to_be_believed(page: Page) -> None:
    page.looks(A)
    page.withdraw()
    other = "滨江市文化馆定于下周举办群众书画展览，欢迎广大市民前来参观，展览免费开放。"
    first = page.look(other, "文化馆书画展览公告")
    assert (first.type, first.notice.status) == (SAME, "withdrawn")
    second = page.look(other, "文化馆书画展览公告")
    assert (second.type, second.notice.status, second.notice.body) == (ChangeType.RESTORED, "revised", other)


def test_a_withdrawn_notice_is_restored_by_its_own_publisher_at_a_new_address_only() -> None:
    gone = withdrawn(known())
    moved = read(article(at="https://minsec.example/new/1"), MINISTRY, alike(gone), now=NOW)
    assert (moved.type, moved.notice.url) == (ChangeType.RESTORED, "https://minsec.example/new/1")
    assert moved.sighting is not None
    copied = read(article(at="https://paper.example/1"), PAPER, alike(gone), now=NOW)
    assert (copied.type, copied.notice.status) == (ChangeType.REPRINT, "withdrawn")


def test_what_a_copy_says_otherwise_never_revises_or_restores_the_notice() -> None:
    for here in (known(), withdrawn(known())):
        there: Article = article(body=C, at="https://paper.example/1")
        change = read(there, PAPER, Known(here=here, reprint=True), now=NOW)
        assert (change.type, change.notice) == (SAME, here)


def test_a_restored_notice_can_be_withdrawn_again(page: Page) -> None:
    page.looks(A)
    page.withdraw()
    page.look(A)
    assert page.notice is not None
    assert judge_gone(replace(page.notice), HERE, now=NOW).type is ChangeType.WITHDRAWN
