"""Two texts side by side: each side is its text, and what differs is marked."""

from hypothesis import given
from hypothesis import strategies as st

from feeds.web.screens.beside import beside

_LINES = st.lists(
    st.sampled_from(["请谨慎前往。", "请暂勿前往。", "共23名。", "共41名。", "电话：12308。", "请保重。"]), max_size=6
)


@given(_LINES, _LINES)
def test_each_side_is_its_text_where_nothing_is_folded(old: list[str], new: list[str]) -> None:
    lines = beside("\n".join(old), "\n".join(new))
    if not any(line.folded for line in lines):
        assert "".join(t for line in lines for _, t in line.old).replace("\n", "") == "".join(old)
        assert "".join(t for line in lines for _, t in line.new).replace("\n", "") == "".join(new)


def test_only_what_differs_is_marked_line_by_line() -> None:
    first, second, third = beside("标题\n请谨慎前往。\n电话：12308。", "标题\n请暂勿前往。\n电话：12308。")
    assert not first.changed
    assert ("-", "谨慎前往") in second.old
    assert ("+", "暂勿前往") in second.new
    assert not third.changed


def test_lines_far_from_a_change_are_folded() -> None:
    same = "\n".join(f"第{n}段没有变化。" for n in range(10))
    lines = beside(f"{same}\n共23名。", f"{same}\n共41名。")
    assert [line.folded for line in lines] == [9, 0, 0]
