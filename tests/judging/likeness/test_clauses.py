from hypothesis import given
from hypothesis import strategies as st

from crawler.judging.likeness.clauses import MOST_FINGERPRINTS, clauses, fingerprint, fingerprints, found_in, text_of

BODY = "滨江警方近日接到多起报案，受害人称在网上求职时被骗。\n据查：该团伙以每月3,500元起薪为饵；涉案1.2万元！"
LONG = "，".join(f"第{n}段说的是城郊第{n}号桥梁的检修安排" for n in range(400))


def test_a_clause_lies_between_two_marks_and_a_number_is_never_cut() -> None:
    keys = [c.key for c in clauses(BODY)]
    assert keys[0] == "滨江警方近日接到多起报案"
    assert "据查该团伙以每月3500元起薪为饵" in keys
    assert keys[-1] == "涉案1.2万元"


def test_an_address_is_compared_by_its_host() -> None:
    assert [c.key for c in clauses("见 https://www.police.example/a/b.html?x=1 所示")] == ["见policeexample所示"]
    assert [c.key for c in clauses("见[公告](https://police.example/a)所示")] == ["见公告所示"]


def test_layout_and_script_leave_the_fingerprints() -> None:
    assert fingerprints(BODY) == fingerprints(BODY.replace("，", ", ").replace("\n", "\r\n\r\n　　"))
    assert len(fingerprints(BODY)) == 3
    assert fingerprints("请拨打110。") == ()


def test_a_part_of_a_long_text_keeps_some_of_its_fingerprints() -> None:
    whole = fingerprints(LONG)
    part = fingerprints("，".join(LONG.split("，")[120:200]))
    assert len(whole) == MOST_FINGERPRINTS
    assert list(whole) == sorted(whole)
    assert len(set(whole) & set(part)) >= 5


def test_common_clauses_can_be_left_out() -> None:
    text = text_of("", BODY)
    assert [c.key for c in text.without({fingerprint(text.clauses[0])}).clauses] == [c.key for c in text.clauses[1:]]


def test_letters_are_found_wherever_marks_stand() -> None:
    text, other = text_of("", BODY), text_of("", BODY.replace("，", "").replace("。", "，"))
    assert found_in(text, other) == [len(c.key) for c in text.clauses]
    assert sum(found_in(text, text_of("", "完全是另一件事情"))) == 0


@given(st.text("甲乙丙，。", max_size=60), st.text("甲乙丙，。", max_size=60))
def test_what_is_found_is_every_letter_of_six_in_a_row_that_stand_in_the_other(a: str, b: str) -> None:
    text, other = text_of("", a), text_of("", b)
    begins = [i for i in range(len(text.letters) - 5) if text.letters[i : i + 6] in other.letters]
    assert sum(found_in(text, other)) == len({i + k for i in begins for k in range(6)})


def test_a_text_stays_prepared_while_others_are_compared_with_it() -> None:
    assert text_of("题", BODY) is text_of("题", BODY)


@given(st.text())
def test_any_text_has_clauses(body: str) -> None:
    assert all(c.key for c in clauses(body))
    assert all(-(2**63) <= f < 2**63 for f in fingerprints(body))
