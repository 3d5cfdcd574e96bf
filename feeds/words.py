"""What values are called, in Chinese and English; feeds show both, pages the reader's."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from crawler.judging.meaning.scam_types import scam_type_names
from crawler.judging.tables import table


class Word(NamedTuple):
    """One meaning in the two languages of the product."""

    zh: str
    en: str

    @property
    def both(self) -> str:
        """Chinese and English side by side, for readers whose language is not known."""
        return f"{self.zh} {self.en}"

    def of(self, language: str) -> str:
        """The word in ``language`` (``en``, else Chinese)."""
        return self.en if language == "en" else self.zh


KINDS = {
    "warning": Word("预警提示", "warning"),
    "enforcement": Word("打击行动", "enforcement"),
    "policy": Word("政策措施", "policy"),
    "wanted": Word("悬赏通缉", "wanted"),
    "case": Word("典型案例", "case"),
    "feature": Word("专题报道", "feature"),
    "other": Word("其他", "other"),
}
SCOPES = {
    "cross-border": Word("跨境", "cross-border"),
    "domestic": Word("境内", "domestic"),
    "none": Word("与诈骗无关", "not about fraud"),
}
AUTHORITIES = {
    "ministry": Word("部委", "ministry"),
    "agency": Word("政府机构", "agency"),
    "police": Word("公安", "police"),
    "court": Word("法院", "court"),
    "procuratorate": Word("检察院", "procuratorate"),
    "embassy": Word("使领馆", "embassy"),
    "regulator": Word("监管机构", "regulator"),
    "international": Word("国际组织", "international body"),
    "state-media": Word("官方媒体", "state media"),
    "media": Word("媒体", "media"),
    "aggregator": Word("聚合站点", "aggregator"),
    "account": Word("公众账号", "account"),
}
STATUSES = {
    "current": Word("现行", "current"),
    "revised": Word("已更正", "revised"),
    "withdrawn": Word("原文已撤下", "withdrawn"),
}
STATES = {
    "ok": Word("正常", "ok"),
    "quiet": Word("沉寂", "quiet"),
    "degraded": Word("不稳定", "degraded"),
    "challenged": Word("遇到验证", "challenged"),
    "broken": Word("故障", "broken"),
    "disabled": Word("已停用", "disabled"),
    "new": Word("尚未查看", "not looked at yet"),
}
CAUSES = {
    "challenged": Word("验证页拦截", "challenge page"),
    "empty": Word("列表变空", "list emptied"),
    "layout": Word("版面变化", "layout changed"),
    "failed": Word("无法访问", "cannot be fetched"),
    "refused": Word("不允许访问", "not allowed"),
    "unequipped": Word("本机没有浏览器", "no browser here"),
    "odd": Word("与往常不同", "not as usual"),
}
DELIVERY_STATES = {
    "queued": Word("等待发送", "queued"),
    "delivered": Word("已送达", "delivered"),
    "dead": Word("投递失败", "dead letter"),
}
EVENTS = {
    "notice.new": Word("新通报", "new notice"),
    "notice.revised": Word("更正", "revision"),
    "notice.withdrawn": Word("撤下", "withdrawal"),
    "source.broken": Word("来源故障", "source broken"),
    "source.recovered": Word("来源恢复", "source recovered"),
    "hook.failing": Word("接收端失灵", "hook failing"),
    "hook.disabled": Word("接收端停用", "hook disabled"),
    "hook.recovered": Word("接收端恢复", "hook recovered"),
    "test": Word("测试", "test"),
}
FIELDS = {
    "kind": Word("类别", "kind"),
    "scope": Word("范围", "scope"),
    "scam_types": Word("手法", "type of scam"),
    "places": Word("地点", "place"),
    "figures": Word("数字", "figure"),
    "contacts": Word("联系方式", "contact"),
    "victims": Word("提醒对象", "whom it concerns"),
    "levels": Word("提醒力度", "level"),
    "validity": Word("有效期", "validity"),
    "alertable": Word("可预警", "alertable"),
    "origin": Word("来源", "origin"),
}


def word(words: dict[str, Word], value: str) -> Word:
    """The word for ``value``; a value without one names itself."""
    return words.get(value) or Word(value, value)


@cache
def scams() -> dict[str, Word]:
    """The types of scam, by slug."""
    return {slug: Word(*names) for slug, names in scam_type_names().items()}


@cache
def places() -> dict[str, Word]:
    """The places that texts name, by code."""
    return {row["code"]: Word(row["name"], row["english"].partition("|")[0] or row["code"]) for row in table("places")}


@cache
def victims() -> dict[str, Word]:
    """The groups of people that texts warn, by slug."""
    return {row["slug"]: Word(row["zh"], row["en"]) for row in table("victims") if row["slug"]}
