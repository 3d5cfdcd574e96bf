"""What is one notice in any disguise, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from crawler.judging.likeness.clauses import text_of
from crawler.judging.likeness.sameness import Decision, decide, headline

TITLE = "滨江警方：58名跨境电诈嫌疑人被押解回国"
LEAD = (
    "7月3日上午，滨江警方在松原国际机场将58名涉嫌跨境电信网络诈骗的犯罪嫌疑人从柬埔寨金边押解回国。",
    "据介绍，今年2月以来，滨江警方先后接到群众报案41起，涉案金额达3260万元。",
    "专案组辗转四省十二市开展侦查，逐步查明了一个以投资黄金期货为幌子的诈骗团伙。",
    "该团伙在境外租用写字楼，分设引流、话务、技术、洗钱四个小组，以高额回报诱骗被害人下载虚假投资软件。",
)
REST = (
    "经中柬两国警方密切协作，当地执法部门于6月18日对该窝点实施清查，当场查获手机326部、电脑97台。",
    "办案民警表示，该团伙成员多为受所谓高薪招工信息诱惑出境的年轻人，部分人员曾因偷越国境受到处罚。",
    "目前，案件正在进一步侦办之中，相关涉案资金已被依法冻结。",
    "公安机关提醒广大群众，任何要求先行转账的投资平台都要高度警惕，遇有可疑情况请立即拨打96110咨询。",
)
BODY = "\n".join((*LEAD, *REST))
SIBLING = (
    BODY.replace("7月3日", "9月12日")
    .replace("58名", "112名")
    .replace("柬埔寨金边", "老挝万象")
    .replace("中柬", "中老")
    .replace("41起", "67起")
    .replace("3260万元", "1.2亿元")
    .replace("6月18日", "8月25日")
    .replace("326部", "508部")
)
HOUSE = "\n扫描下方二维码关注本台客户端\n本台法律顾问由衡正律师事务所担任\n举报电话以页面底部公布的为准"


def of(
    body: str, title: str = TITLE, known: str = BODY, known_title: str = TITLE, *, one_desk: bool = False
) -> Decision:
    return decide(text_of(title, body), text_of(known_title, known), one_desk=one_desk)


def pinyin(text: str) -> str:
    """As some mirrors write: traditional characters, a reading in brackets after some of them."""
    return OpenCC("s2t").convert(text).replace("網", "網(wǎng)").replace("詐", "詐(zhà)").replace("資", "資(zī)")


# --------------------------------------------------------------------------------------------------------------------
# One notice


@pytest.mark.parametrize(
    "body",
    [
        pinyin(BODY),
        BODY.replace("，", ",").replace("。", "."),
        BODY.replace("\n", "").replace("，", "，，"),
        BODY.replace("诈骗", "诈*骗"),
        BODY + HOUSE,
        HOUSE + "\n" + BODY,
        BODY + "\n相关阅读：\n滨江警方破获一起网络赌博案，抓获19人\n松原机场新增三条国际航线",
        "\n".join(line[i : i + 17] for line in BODY.splitlines() for i in range(0, len(line), 17)),
        BODY.replace("据介绍", "据了解").replace("办案民警表示", "民警告诉记者"),
        BODY.replace("\n", "\n本文已被查看 4271 次\n", 1),
    ],
    ids=["pinyin", "width", "run-together", "masked", "house-text", "head", "related", "wrapped", "edited", "counter"],
)
def test_a_copy_in_disguise_is_the_same(body: str) -> None:
    assert of(body).relation == "same"


@pytest.mark.parametrize("title", [f"关注 | {TITLE}", f"【要闻】{TITLE}", "58名电诈嫌疑人从金边被押解回国"])
def test_a_carrier_s_own_title_is_no_difference(title: str) -> None:
    assert of(BODY + HOUSE, title).relation == "same"


def test_the_first_half_under_the_same_title_is_an_excerpt() -> None:
    found = of("\n".join(LEAD))
    assert found.relation == "excerpt"
    assert found.overlap > 0.9


def test_a_decision_says_why() -> None:
    assert of(BODY).reasons == ("the same words",)
    assert "7月3日 ≠ 9月12日" in of(SIBLING).reasons[-1] or "≠" in of(SIBLING).reasons[-1]
    assert "of it stands in the known text" in of(BODY + HOUSE).reasons[0]


# --------------------------------------------------------------------------------------------------------------------
# Two notices


def test_the_same_form_filled_in_for_another_event_is_another_notice() -> None:
    assert of(SIBLING, TITLE.replace("58", "112")).relation == "related"
    assert of(SIBLING).relation == "related"
    assert of(SIBLING, one_desk=True).relation == "related"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("58名", "59名"),
        ("3260万元", "3.26亿元"),
        ("6月18日", "6月19日"),
        ("柬埔寨金边", "泰国曼谷"),
        ("松原国际机场", "海城国际机场"),
        ("96110", "96119"),
        ("四省十二市", "四省十三市"),
    ],
)
def test_one_changed_fact_is_another_notice(old: str, new: str) -> None:
    assert old in BODY
    found = of(BODY.replace(old, new) + HOUSE)
    assert found.relation == "related"
    assert "≠" in found.reasons[-1]


@given(st.integers(2, 10**6))
@settings(max_examples=30)
def test_a_changed_number_never_merges(number: int) -> None:
    assert (of(BODY.replace("326部", f"{number}部")).relation == "same") == (number == 326)


def test_the_issues_of_a_bulletin_are_notices_even_with_one_body() -> None:
    known = "反诈周报2024年第37期（9月9日-9月15日）"
    assert of(BODY, "反诈周报2024年第38期（9月16日-9月22日）", known_title=known).relation == "related"
    assert of(BODY, known, known_title=known).relation == "same"


def test_a_text_that_breaks_off_contradicts_nothing() -> None:
    assert of(BODY[: BODY.index("326部") + 1]).relation in ("same", "excerpt")
    assert of(BODY, TITLE[:5]).relation == "same"


def test_a_number_said_twice_and_changed_once_is_a_change() -> None:
    twice = BODY + "\n当场查获手机326部，警方如是说。"
    assert of(BODY.replace("326部", "327部") + "\n当场查获手机326部，警方如是说。", known=twice).relation == "related"


def test_a_draft_is_not_the_law() -> None:
    known = "关于《反诈平台管理办法（征求意见稿）》公开征求意见的通知"
    assert of(BODY, "《反诈平台管理办法》发布", known_title=known).relation == "related"


def test_a_digest_does_not_take_the_notice_it_contains() -> None:
    other = "\n".join(
        f"第{n}条要闻说的是城郊的{n}号桥梁将于近期封闭检修，请过往车辆绕行附近的道路。" for n in range(2, 30)
    )
    digest = f"今日要闻速览\n{other}\n{BODY}"
    assert of(digest, "今日要闻速览：桥梁检修与警情通报").relation in ("related", "other")
    assert of(BODY, TITLE, known=digest, known_title="今日要闻速览：桥梁检修与警情通报").relation in (
        "related",
        "other",
    )


def test_what_two_pages_of_one_site_share_is_no_notice_unless_it_speaks_of_both_titles() -> None:
    page = text_of("两名嫌疑人落网", "本站使用小型文本文件以便改进服务，继续浏览即表示同意。" * 12)
    assert (
        decide(page, text_of("图书馆延长开放", "\n".join(c.said for c in page.clauses)), one_site=True).relation
        != "same"
    )
    again = text_of("58名电诈嫌疑人从金边被押解回国", BODY)
    assert decide(again, text_of(TITLE, BODY), one_site=True).relation == "same"


def test_a_title_of_which_the_text_does_not_speak_is_the_carrier_s_own() -> None:
    assert of(BODY + HOUSE, "最新消息，请大家扩散周知").relation == "same"


def test_a_short_text_must_agree_clause_for_clause() -> None:
    short = "近期有人冒充使馆工作人员致电中国公民，请提高警惕，切勿转账。"
    assert of(short, known=short).relation == "same"
    assert of(short + "请拨打当地报警电话核实情况并保存证据。", known=short).relation != "same"
    assert of(short, "提醒侨胞谨防诈骗", known=short, known_title="提醒留学生防范诈骗").relation != "same"


def test_an_office_s_own_text_with_news_in_it_is_news() -> None:
    more = BODY + "\n7月9日，又有6名在逃人员在境外落网。"
    assert of(more, one_desk=True).relation == "related"
    assert of(BODY, one_desk=True).relation == "same"


# --------------------------------------------------------------------------------------------------------------------
# Laws


@given(st.text(), st.text(), st.text(), st.text())
def test_any_two_texts_can_be_compared(a: str, b: str, c: str, d: str) -> None:
    assert 0 <= of(b, a, known=d, known_title=c).overlap <= 1


@given(st.lists(st.sampled_from([*LEAD, *REST, "甲", "，", "12"]), max_size=40), st.booleans())
def test_a_text_is_the_same_as_itself_whoever_writes(parts: list[str], one_desk: bool) -> None:
    body = "\n".join(parts)
    assert of(body, known=body, one_desk=one_desk).relation == "same"


def test_a_hostile_text_is_compared_in_time() -> None:
    for body in (
        "1，" * 50_000,
        "九百" * 40_000,
        "驻某公司，" * 20_000,
        "(" * 90_000,
        "a." * 50_000,
        "\n".join("甲乙丙丁") * 9_000,
    ):
        of(body, known=body + "2", known_title="另一个标题")


@pytest.mark.parametrize(
    ("title", "bare"),
    [("关注 | 缅北园区被铲除", "缅北园区被铲除"), ("【提醒】防骗", "防骗"), ("#反诈# 防骗", "防骗"), ("防骗", "防骗")],
)
def test_a_headline_has_no_prefix(title: str, bare: str) -> None:
    assert headline(title) == bare
