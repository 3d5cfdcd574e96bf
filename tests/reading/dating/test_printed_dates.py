"""Dates as texts print them: labelled, in lines of facts, under letters, beside the origin's name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Published
from crawler.reading.dating.printed_dates import (
    at_end,
    bare_in_lines,
    beside_name,
    in_lines,
    labelled,
    names_other_date,
    of_facts,
)

ZONE = "Asia/Shanghai"


def day(found: Published | None) -> str | None:
    return found.at[:10] if found else None


@pytest.mark.parametrize(
    "text",
    [
        "发布时间：2026-01-20",
        "发布时间: 2026-01-20 09:05 来源：海城日报",
        "发布日期 : 2026年1月20日",
        "来源：海城日报 发布时间：2026-01-20 更新时间：2026-01-22",
        "更新时间：2026-01-22 发布时间：2026-01-20",
        "成文日期：2026-01-10 发布日期：2026-01-20",
        "生成日期：2026-01-20",
        "时间：2026-01-20 浏览：12",
        "日期：2026-01-20",
        "[发布日期：2026-01-20]",
        "發布日期：2026-01-20",
        "發佈於 2026年1月20日",
        "发布时间：二〇二六年一月二十日",
        "发布时间：20260120",
        "发布时间：26-01-20 09:05",
        "首次发布：2026-01-20，修订：2026-01-25",
        "Published: 20 January 2026",
        "Published 20 January 2026 Last updated 2 February 2026",
        "First published: January 20, 2026",
        "Release Date | Posted on Jan. 20, 2026",
        "类别:社会 发布时间:2026-01-20 05:48:00 来源:海城资讯",
    ],
)
def test_a_label_names_the_date_of_publication(text: str) -> None:
    assert day(labelled(text, ZONE)) == "2026-01-20"


@pytest.mark.parametrize(
    "text",
    [
        "更新时间：2026-01-20",
        "截止时间：2026-01-20",
        "活动时间：2026-01-20",
        "报名时间：2026-01-20",
        "会议时间：2026-01-20 地点：市政府",
        "时间：2026-01-20 地点：市政府一楼",
        "快照生成时间：2026-01-20 07:45:07",
        "成文日期：2026-01-20",
        "有效期：2026-01-20",
        "实施日期：2026-01-20",
        "案发时间：2026-01-20",
        "生效日期：2026-01-20",
        "出生日期：2001-01-20",
        "发布时间：",
        "发布时间：近日",
        "发布时间：海城市公安局 另见2026-01-20",
        "Last updated: 20 January 2026",
        "Updated: 2026-01-20",
    ],
)
def test_another_label_names_another_date(text: str) -> None:
    assert labelled(text, ZONE) is None


@pytest.mark.parametrize(
    "block",
    [
        "2026-01-20 09:05 来源：海城日报",
        "来源：海城日报 2026-01-20",
        "海城日报 | 2026年1月20日 | 阅读 318",
        "2026年01月20日 星期二 第11版",
        "2026-01-20 09:05 更新：2026-01-22 10:00",
        "By Jane Doe, January 20, 2026",
    ],
)
def test_a_line_of_facts_has_one_date(block: str) -> None:
    assert day(of_facts(block, ZONE)) == "2026-01-20"


@pytest.mark.parametrize(
    "block",
    [
        "现在是 2026-01-20 10:00:00",
        "今天是2026年1月20日",
        "2026年1月20日 星期二",
        "2026年1月20日 星期二 农历腊月初二",
        "欢迎访问海城市公安局 2026年1月20日",
        "消息一 2026-01-20 消息二 2026-01-19",
        "活动已于2026年1月20日结束。",
        "截止日期：2026-01-20",
        "海ICP备20260120号",
        "版权所有 2010-2026",
        "2026-01-20 " + "栏目" * 130,
    ],
)
def test_clocks_lists_and_sentences_are_no_line_of_facts(block: str) -> None:
    assert of_facts(block, ZONE) is None


def test_a_date_in_the_title_is_none_of_the_facts() -> None:
    assert of_facts("关于2026年5月1日起停止服务的公告", ZONE, "关于2026年5月1日起停止服务的公告") is None


@pytest.mark.parametrize(
    "line",
    [
        "2026年1月11日，二百四十四名嫌疑人被押解回国。",
        "自2025年10月14日起实施。",
        "2024年11月20日 云州警方移交首批涉案人员入境",
        "2026年1月20日 星期二",
        "《海城日报》2026年1月20日第3版",
        "截止日期 2026-01-20",
    ],
)
def test_dates_in_sentences_and_timelines_do_not_date_a_text(line: str) -> None:
    assert bare_in_lines([line], ZONE) is None


def test_the_first_lines_may_hold_the_facts() -> None:
    assert day(in_lines(["某某提醒", "2026-01-20 09:05 海城日报"], ZONE)) == "2026-01-20"
    assert day(in_lines(["（2026年1月20日）"], ZONE)) == "2026-01-20"
    assert day(in_lines(["2026-01-19 09:05", "发布时间：2026-01-20"], ZONE)) == "2026-01-20"
    assert in_lines(["时间：2026年1月20日", "地点：市会议中心"], ZONE) is None
    assert in_lines(["正文"] * 9 + ["发布时间：2026-01-20"], ZONE) is None


@pytest.mark.parametrize(
    "lines",
    [
        ["请广大市民注意。", "海城市公安局", "2026年1月20日"],
        ["请广大市民注意。", "海城市公安局", "二〇二六年一月二十日"],
        ["请广大市民注意。", "海城市公安局　2026年1月20日"],
        ["请广大市民注意。", "2026年1月20日"],
        ["请广大市民注意。", "中国驻某国大使馆", "2026-01-20"],
        [
            "特此公告。",
            "海城市打击治理工作领导小组办公室",
            "2026年1月20日",
            "附件：1. 名单",
            "2. 申报表",
            "3. 说明",
            "4. 样式",
            "5. 其他",
        ],
        ["請市民留意。", "海城警務處", "2026年1月20日"],
    ],
)
def test_a_letter_is_dated_at_its_end(lines: list[str]) -> None:
    assert day(at_end(lines, ZONE)) == "2026-01-20"


@pytest.mark.parametrize(
    "lines",
    [
        ["正文到此为止。", "相关阅读", "一个骗局的始末", "2026-01-20"],
        ["正文到此为止。", "另一条消息", "2026-01-20 05:48:00"],
        ["正文到此为止。", "警方于2026年1月20日将其抓获。"],
        ["正文到此为止。", "上一篇：2026年1月20日工作动态"],
        ["正文到此为止。", "版权所有 2010-2026"],
        [],
    ],
)
def test_a_teasers_date_is_not_that_of_a_letter(lines: list[str]) -> None:
    assert at_end(lines, ZONE) is None


@pytest.mark.parametrize(
    "line",
    [
        "2023-11-20 公安部网站",
        "公安部网站 2023年11月20日",
        "（公安部网站 2023-11-20）",
        "转自：公安部网站 2023.11.20",
        "来源：公安部网站 2023-11-20",
    ],
)
def test_a_line_of_name_and_day_is_a_reprints(line: str) -> None:
    assert day(beside_name([line], "公安部网站", ZONE)) == "2023-11-20"


@pytest.mark.parametrize(
    "line",
    [
        "2023-11-20 09:05 公安部网站",
        "公安部网站2023-11-20起改版",
        "2023-11-20 海城日报",
        "公安部网站",
        "2023-11-20 公安部网站 海城日报记者",
    ],
)
def test_a_line_that_says_more_is_not(line: str) -> None:
    assert beside_name([line], "公安部网站", ZONE) is None


def test_a_deadline_is_another_date_and_an_update_is_one_of_the_text() -> None:
    assert names_other_date("截止时间：2026-01-20")
    assert not names_other_date("更新时间：2026-01-20")


@given(st.lists(st.text(alphabet="发布时间：2026年1月20日-/. 来源局。0", max_size=60), max_size=20))
def test_any_text_survives(lines: list[str]) -> None:
    in_lines(lines, ZONE)
    at_end(lines, ZONE)
    beside_name(lines, "来源", ZONE)
    for line in lines:
        of_facts(line, ZONE, line[:3])
