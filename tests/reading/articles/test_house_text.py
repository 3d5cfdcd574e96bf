import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.articles.clean import tidy
from crawler.reading.articles.house_text import cut_house_text
from tests.reading.pages import PARAGRAPHS, TITLE


def kept(*lines: str, title: str = "", names: frozenset[str] = frozenset()) -> list[str]:
    return list(cut_house_text(list(lines), title=title, names=names).lines)


@pytest.mark.parametrize(
    "line",
    [
        "（来源：海城市公安局网站）",
        "来源：海城日报",
        "责任编辑：周五",
        "【责任编辑:周五】",
        "阅读量：3021",
        "浏览次数： 77 次",
        "分享到：微信 微博",
        "【打印】【关闭】",
        "字号：大 中 小",
        "扫一扫在手机打开当前页",
        "转载请注明来源",
        "，轻点两下取消赞",
    ],
)
def test_house_lines_are_cut_wherever_they_stand_and_named(line: str) -> None:
    cleaned = cut_house_text([*PARAGRAPHS[:2], line, PARAGRAPHS[2]])
    assert cleaned.lines == PARAGRAPHS
    assert [c.line for c in cleaned.cuts] == [line]


@pytest.mark.parametrize(
    "line",
    [
        "资金来源：境外账户，经多层转账后流入园区。",
        "请市民不要分享到不明群组，以免信息泄露。",
        "特别提示：凡要求交出护照的招聘一律是诈骗。",
        "时间：2026年1月20日上午九时，地点：市民广场。",
        "相关部门已冻结账户三十个。",
        "阅读材料后请签字确认。",
    ],
)
def test_sentences_that_look_like_house_text_stay(line: str) -> None:
    assert line in kept(*PARAGRAPHS, line, *PARAGRAPHS)


def test_breadcrumb_title_echo_date_and_byline_before_the_text_are_cut() -> None:
    head = (
        "您现在的位置：首页>要闻",
        TITLE,
        "发布时间：2026-01-20 09:05 来源：海城日报",
        "本报记者 郑六",
        "（原标题：另一题）",
    )
    assert kept(*head, *PARAGRAPHS, title=TITLE) == list(PARAGRAPHS)


def test_a_disclaimer_ends_the_article_with_all_teasers_behind_it() -> None:
    tail = ("特别声明：本网登载内容不代表本网观点。", "某地破获电信诈骗案三十起。", "2025-03-01 10:00:00")
    assert kept(*PARAGRAPHS, *tail) == list(PARAGRAPHS)


def test_advertisements_behind_the_source_line_are_cut() -> None:
    tail = ("（来源：海城市公安局）", "分享安全知识", "欢迎关注本刊视频号", "点击下图")
    assert kept(*PARAGRAPHS, *tail) == list(PARAGRAPHS)


def test_a_digest_goes_on_behind_the_links_of_its_first_item() -> None:
    item = "本周第一条消息讲的是一起冒充海关人员的骗局，受害人遍及多个省份，警方已经立案侦查并冻结了有关账户，"
    item += "后续进展将另行通报。"
    lines = [
        item,
        "相关链接：",
        item + "二。",
        "相关链接：",
        item + "三。",
        item + "四。",
        item + "五。",
        item + "六。",
    ]
    assert len(kept(*lines)) >= 6


def test_a_publishers_name_alone_on_a_line_is_no_text() -> None:
    assert kept("海城月刊", *PARAGRAPHS, names=frozenset({"海城月刊"})) == list(PARAGRAPHS)


def test_the_house_text_of_a_traditional_page_is_cut_and_its_words_are_kept_as_published() -> None:
    words = "警方發布通告，電(diàn)信網(wǎng)絡(luò)詐騙團(tuán)伙在緬北招募人員，請勿輕信來電。"
    assert kept(words, words + "二", "責(zé)任編輯:周五", "特別聲明:本網登載內容不代表觀點") == [words, words + "二"]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("编辑 周五 校对 吴六", "anywhere: editor"),
        ("一审｜周五", "anywhere: editor"),
        ("来源｜海城月刊", "anywhere: source_line"),
        ("大 中 小", "anywhere: widget"),
        ("【字体：大 中 小】 打印本页 关闭窗口", "anywhere: widget"),
        ("* 分享至", "anywhere: widget"),
        ("如若转载，请注明原文地址", "anywhere: rights"),
        ("图片来自网络，如有侵权，请联系删除。", "anywhere: rights"),
        ("长按识别二维码关注我们", "anywhere: follow"),
        ("－ END －", "end: ornament"),
        ("往期回顾", "tail: related"),
        ("下一篇：另一则消息", "tail: related"),
        ("发表评论（3）", "tail: comments"),
        ("主办单位：海城市公安局", "tail: footer"),
        ("海ICP备12345678号", "tail: footer"),
        ("投稿邮箱：tougao@haicheng.example", "tail: promotion"),
    ],
)
def test_each_cut_names_its_rule(line: str, rule: str) -> None:
    cleaned = cut_house_text([*PARAGRAPHS, line])
    assert cleaned.lines == PARAGRAPHS
    assert [(cut.line, cut.rule) for cut in cleaned.cuts] == [(line, rule)]


def test_menus_above_the_headline_of_a_kept_page_are_cut_with_it() -> None:
    menu = ("首页", "* 新闻", "* 专题", "登录", "搜索")
    cleaned = cut_house_text([*menu, TITLE, *PARAGRAPHS], title=TITLE)
    assert cleaned.lines == PARAGRAPHS
    assert {cut.rule for cut in cleaned.cuts} >= {"before the headline"}


def test_a_headline_that_comes_again_behind_sentences_cuts_only_itself() -> None:
    assert kept(*PARAGRAPHS, TITLE, *PARAGRAPHS, title=TITLE) == [*PARAGRAPHS, *PARAGRAPHS]


def test_the_signature_of_an_official_text_stays_with_its_date() -> None:
    signed = (*PARAGRAPHS, "海城市公安局", "2026年1月20日")
    assert kept(*signed, names=frozenset({"海城市公安局"})) == list(signed)


def test_a_short_notices_last_lines_are_not_taken_for_its_head() -> None:
    lines = ("各市民：", PARAGRAPHS[0], "1234567", "2026年1月20日")
    assert kept(*lines) == list(lines)


def test_a_footers_words_inside_a_notice_do_not_end_it() -> None:
    long = tuple(line * 3 for line in PARAGRAPHS)
    lines = (*PARAGRAPHS, *PARAGRAPHS, "主办单位：海城市公安局、海城市教育局", *long)
    assert kept(*lines) == list(lines)


@pytest.mark.parametrize(
    "line",
    [
        "外交部全球领事保护与服务应急热线（24小时）：12308",
        "中国驻云州使馆领事保护与协助电话：00000-000-000",
        "审核 通过",
        "最新消息：三名嫌疑人已被抓获",
        "图：赃款流向",
        "以上信息仅供参考，请以当地官方发布为准。",
        "扫描下方二维码下载国家反诈中心客户端",
        "联系我们",
    ],
)
def test_a_notices_own_contacts_captions_and_advice_stay(line: str) -> None:
    assert line in kept(*PARAGRAPHS, line)


@given(st.lists(st.text().map(tidy), max_size=30), st.text())
def test_every_line_is_either_kept_or_cut(lines: list[str], title: str) -> None:
    cleaned = cut_house_text(lines, title=title)
    assert sorted([*cleaned.lines, *(cut.line for cut in cleaned.cuts)]) == sorted(lines)


@pytest.mark.parametrize("piece", ["微信好友", "首页>", "编辑 周五 ", "阅读：", "本文", "未经许可", "[[", "a>b", "· "])
def test_hostile_lines_cost_no_time(piece: str) -> None:
    begun = time.process_time()
    cut_house_text([*PARAGRAPHS, piece * 100_000, *PARAGRAPHS])
    assert time.process_time() - begun < 1
