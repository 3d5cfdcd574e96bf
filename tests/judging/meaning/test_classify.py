from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import ALERTABLE_KINDS, Authority, Kind, Scope, Verdict
from crawler.judging.meaning.classify import classify

with (Path(__file__).parent / "documents.tsv").open(encoding="utf-8", newline="") as lines:
    DOCUMENTS = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def judged(document: dict[str, str]) -> Verdict:
    """The verdict on a row of documents.tsv: short texts in the structures of real notices; ¶ ends a paragraph."""
    return classify(document["title"], document["body"].replace("¶", "\n"), authority=Authority(document["authority"]))


CROSS, HOME, NONE = Scope.CROSS_BORDER, Scope.DOMESTIC, Scope.NONE

TEXTS = [
    (
        Authority.EMBASSY,
        "关于谨防冒充使馆来电的再次提醒",
        "近日有留学生接到自称大使馆的电话，被要求转账。使馆提醒，凡此类来电均为诈骗。",
        Kind.WARNING,
        CROSS,
    ),
    (
        Authority.EMBASSY,
        "切勿轻信赴柬高薪工作",
        "不少同胞来到这里后护照被收走。使馆提醒大家通过正规渠道务工。",
        Kind.WARNING,
        CROSS,
    ),
    (
        Authority.EMBASSY,
        "提醒在尼泊尔徒步的中国公民注意安全",
        "近日多名游客登山失联、被困，请勿前往未开放路线。",
        Kind.OTHER,
        NONE,
    ),
    (
        Authority.MINISTRY,
        "关注 | 57名缅北电诈嫌犯被移交我方",
        "今天上午，这批人员在口岸移交，警方提醒群众切勿轻信招工广告。",
        Kind.ENFORCEMENT,
        CROSS,
    ),
    (
        Authority.MINISTRY,
        "公开悬赏通缉缅北电诈集团头目",
        "现发布悬赏通告，对组织跨境电信网络诈骗的三人予以通缉。",
        Kind.WANTED,
        CROSS,
    ),
    (
        Authority.POLICE,
        "关于敦促滞留境外涉诈人员投案自首的通告",
        "滞留柬埔寨的涉诈人员应当在六月底前投案。",
        Kind.WANTED,
        CROSS,
    ),
    (
        Authority.COURT,
        "依法惩治跨境电信网络诈骗犯罪典型案例",
        "基本案情：被告人在老挝参与诈骗。",
        Kind.CASE,
        CROSS,
    ),
    (
        Authority.AGENCY,
        "关于封停涉缅北诈骗账户的通告",
        "决定自下月一日起，对缅北电信网络诈骗严重区域的支付账户采取封停措施。",
        Kind.POLICY,
        CROSS,
    ),
    (
        Authority.STATE_MEDIA,
        "全链条治理，遏制跨境电诈上升态势",
        "本报记者 林某\n预警、提醒、劝阻，境外诈骗窝点的生意越来越难做。",
        Kind.FEATURE,
        CROSS,
    ),
    (
        Authority.POLICE,
        "滨江警方打掉一个刷单诈骗团伙",
        "民警抓获嫌疑人二十三名，涉案金额120万元。",
        Kind.ENFORCEMENT,
        HOME,
    ),
    (
        Authority.REGULATOR,
        "警惕虚假征信诈骗",
        "有人冒充客服，以影响征信为由行骗，请拨打96110咨询。",
        Kind.WARNING,
        HOME,
    ),
    (
        Authority.POLICE,
        "警方呼籲市民慎防求職騙案",
        "有市民被騙徒以高薪誘騙到東南亞電騙園區，被強迫從事詐騙。",
        Kind.WARNING,
        CROSS,
    ),
    (
        Authority.POLICE,
        "Bureau warns of scam compounds recruiting abroad",
        "Criminals lure job seekers to scam compounds in Cambodia and Myanmar with fake job offers.",
        Kind.WARNING,
        CROSS,
    ),
    (
        Authority.MINISTRY,
        "Thailand travel advice",
        "Updated advice on flooding and elections.",
        Kind.OTHER,
        NONE,
    ),
    (
        Authority.AGENCY,
        "规范数据跨境流动的规定公布",
        "规定对数据出境安全评估、个人信息出境标准合同作出优化，防范泄露风险。",
        Kind.OTHER,
        NONE,
    ),
    (
        Authority.MINISTRY,
        "跨境电商试验区扩围",
        "支持海外仓建设，与东南亚国家签署合作协议，警惕合同纠纷。",
        Kind.OTHER,
        NONE,
    ),
    (
        Authority.AGENCY,
        "便利人才跨境往来的新举措",
        "粤港澳三地人员出入境更便捷，口岸通关时间缩短。",
        Kind.OTHER,
        NONE,
    ),
]


@pytest.mark.parametrize(("authority", "title", "body", "kind", "scope"), TEXTS, ids=[t[1] for t in TEXTS])
def test_kind_and_scope(authority: Authority, title: str, body: str, kind: Kind, scope: Scope) -> None:
    verdict = classify(title, body, authority=authority)
    assert (verdict.kind, verdict.scope) == (kind, scope)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d["title"])
def test_kind_and_scope_of_a_document(document: dict[str, str]) -> None:
    verdict = judged(document)
    assert verdict.scope in document["scope"].split("|")
    assert verdict.scope is NONE or verdict.kind in document["kind"].split("|")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d["title"])
def test_places_of_a_document(document: dict[str, str]) -> None:
    named = {p.code for p in judged(document).places}
    assert named <= set(document["places"].split(","))
    assert judged(document).scope is NONE or named == set(filter(None, document["places"].split(",")))


def test_what_does_not_warn_alerts_nobody() -> None:
    calm = [d for d in DOCUMENTS if not ALERTABLE_KINDS & set(d["kind"].split("|")) or "cross-border" not in d["scope"]]
    alerts = [d["title"] for d in calm if (v := judged(d)).scope is CROSS and v.kind in ALERTABLE_KINDS]
    assert len(calm) >= 60
    assert alerts == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d["title"])
def test_every_value_cites_a_sentence_of_the_publishers(document: dict[str, str]) -> None:
    verdict = judged(document)
    values = [(r.field, r.value) for r in verdict.reasons]
    wanted = [("kind", verdict.kind), ("scope", verdict.scope), *((("places"), p.code) for p in verdict.places)]
    for field in ("scam_types", "figures", "contacts", "victims", "levels", "validity"):
        wanted += [(field, value) for value in getattr(verdict, field)]
    assert sorted(values) == (sorted(wanted) if verdict.scope is not NONE else [])
    text = f"{document['title']}\n{document['body']}"
    assert all(r.because and r.because in text for r in verdict.reasons)


def test_a_remark_on_callers_abroad_leaves_advice_domestic() -> None:
    advice = "骗子冒充客服，谎称会员到期，诱导市民共享屏幕转账，已有市民被骗。" * 12
    verdict = classify("小心“取消会员”骗局", advice + "骗子多使用境外号码行骗。", authority=Authority.POLICE)
    assert verdict.scope is HOME


def test_a_long_report_that_mentions_fraud_once_is_none_of_ours() -> None:
    report = "全年粮食产量再创新高，各项事业稳步推进。" * 60 + "严厉打击跨境电信网络诈骗。" + "外贸保持稳定。" * 60
    assert classify("关于年度工作情况的报告", report, authority=Authority.AGENCY).scope is NONE


def test_the_column_weighs_where_title_and_lead_say_nothing() -> None:
    title, body = "有人把电话打到了仰光", "电信网络诈骗团伙在仰光活动，居民已向使馆反映。"
    assert classify(title, body, prior=Kind.WARNING).kind is Kind.WARNING
    assert classify(title, body, prior=Kind.CASE).kind is Kind.CASE


def test_the_title_beats_the_column() -> None:
    verdict = classify("缅北诈骗园区被铲除", "警方提醒群众提高警惕。", prior=Kind.WARNING)
    assert verdict.kind is Kind.ENFORCEMENT


def test_the_words_after_a_column_name_decide_before_the_name() -> None:
    assert classify("起底电诈丨当心境外招聘骗局", "骗子以高薪为饵。").kind is Kind.WARNING
    assert classify("评论丨跨境电诈的温床在哪里", "境外诈骗屡禁不止。").kind is Kind.FEATURE


def test_a_digest_never_alerts() -> None:
    verdict = classify("晨间早报 | 警惕缅北诈骗；芯片新品发布", "缅北电诈嫌犯落网。", authority=Authority.AGENCY)
    assert verdict.kind is Kind.FEATURE


def test_a_title_that_quotes_a_warning_does_not_warn() -> None:
    assert classify("“警惕境外高薪陷阱”主题宣传走上街头", "民警向市民讲解跨境电诈手法。").kind is Kind.FEATURE


def test_a_framed_title_that_ends_as_a_notice_is_one() -> None:
    assert classify("关于警惕“短剧首映”境外投资骗局的提示", "骗子在境外设局诈骗。").kind is Kind.WARNING


def test_those_who_were_wanted_and_are_caught_are_a_result() -> None:
    assert classify("悬赏通缉的缅北电诈头目落网", "头目在缅北被抓获。").kind is Kind.ENFORCEMENT
    assert classify("公开悬赏通缉缅北电诈头目", "头目在逃。").kind is Kind.WANTED


def test_a_banner_below_a_text_does_not_make_it_one_about_fraud() -> None:
    body = "使馆将于春节期间放假，领事大厅暂停对外办公，请申请人合理安排时间。\n温馨提示：谨防电信诈骗。"
    assert classify("放假通知", body, authority=Authority.EMBASSY).scope is NONE


def test_scam_types_are_named_by_slug_in_order_of_mention() -> None:
    body = "骗子先以高薪招聘为饵，再逼人假扮恋人搞杀猪盘，还有人冒充公检法。地点在缅甸，被困者遭非法拘禁，从事诈骗。"
    verdict = classify("警惕境外诈骗", body)
    assert verdict.scam_types == (
        "job-lure",
        "romance",
        "pig-butchering",
        "impersonating-authorities",
        "compound-trafficking",
    )


def test_a_place_is_kept_in_the_publishers_letters_and_before_its_bare_country() -> None:
    verdict = classify("緬甸詐騙警示", "緬甸警方稱，妙瓦底的電騙園區仍在運作，老撾亦有據點。")
    assert [(p.code, p.name, p.text) for p in verdict.places] == [("MM", "缅甸", "妙瓦底"), ("LA", "老挝", "老撾")]


def test_figures_keep_their_nouns() -> None:
    body = (
        "警方在缅甸抓获1079名实施电信网络诈骗的犯罪嫌疑人，其中中国籍嫌疑人763名，"
        "累计抓获5.3万余名涉诈人员，冻结资金7.48亿余元，会议为第29次。"
    )
    assert classify("跨境电诈战果", body).figures == (
        "1079名犯罪嫌疑人",
        "中国籍嫌疑人763名",
        "5.3万余名涉诈人员",
        "资金7.48亿余元",
    )


def test_figures_count_money_taken_and_people_by_their_nationality() -> None:
    body = "警方在缅甸抓获诈骗嫌疑人，其中中国籍犯罪嫌疑人763名，涉案金额高达3亿元，損失約3,400萬港元，2019年10月14日。"
    assert classify("跨境电诈战果", body).figures == ("中国籍犯罪嫌疑人763名", "涉案金额高达3亿元", "损失约3,400万港元")


def test_contacts_are_numbers_to_call() -> None:
    body = "境外诈骗多发。请拨打96110或12308，使馆领保电话：+855-12-345678；2025年110人被骗，编号20250118222。"
    assert classify("防诈骗提醒", body).contacts == ("96110", "12308", "+855-12-345678")


def test_contacts_are_local_lines_and_mail_addresses_too() -> None:
    body = "境外诈骗多发。报警电话：000；在外港人可致電(852)1868；驻馆邮箱：lb@csm.example.cn；联系电话010-65612308。"
    assert classify("防诈骗提醒", body).contacts == ("000", "(852)1868", "lb@csm.example.cn", "010-65612308")


def test_a_warning_names_whom_it_concerns_how_strongly_and_how_long() -> None:
    body = "近期有留学生和求职者被骗至缅甸诈骗窝点，使馆提醒暂勿前往，已在当地人员尽快撤离。有效期至2026年3月31日。"
    verdict = classify("关于缅甸电诈的安全提醒", body)
    assert verdict.victims == ("students", "job-seekers")
    assert verdict.levels == ("暂勿前往", "尽快撤离")
    assert verdict.validity == ("有效期至2026年3月31日",)


def test_a_measure_says_from_when_it_holds() -> None:
    body = "决定自2019年10月14日起，对缅北电信网络诈骗账户采取封停措施。"
    assert classify("关于封停缅北诈骗账户的通告", body).validity == ("自2019年10月14日起",)


def test_a_dateline_and_a_papers_name_are_no_places() -> None:
    body = "中新社金边6月6日电　据《曼谷邮报》报道，妙瓦底的诈骗园区仍在运作。"
    assert [p.code for p in classify("警惕境外诈骗园区", body).places] == ["MM"]


def test_countries_named_by_one_letter_each_are_all_named() -> None:
    verdict = classify("中缅泰联合打击电诈", "三方打击跨境电信网络诈骗。")
    assert [p.code for p in verdict.places] == ["MM", "TH"]


def test_a_sentence_without_end_is_cited_in_part() -> None:
    verdict = classify("通报", "某" * 5000 + "缅北电信网络诈骗" + "某" * 5000)
    assert all(len(r.because) <= 300 for r in verdict.reasons)


@given(st.text(), st.text(), st.sampled_from([None, *Kind]), st.sampled_from([None, *Authority]))
def test_any_text_survives(title: str, body: str, prior: Kind | None, authority: Authority | None) -> None:
    verdict = classify(title, body, prior=prior, authority=authority)
    assert (verdict.scope is NONE) == (not verdict.reasons)


CHARACTERS = st.sampled_from("缅甸诈骗境外高薪警惕抓获。\n，“”1名 a電詐騙(wǎng)")


@given(st.text(CHARACTERS), st.text(CHARACTERS))
def test_any_text_about_fraud_survives(title: str, body: str) -> None:
    verdict = classify(title, body)
    assert all(r.because for r in verdict.reasons)
