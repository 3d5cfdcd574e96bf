"""The sentences of the pages, in Chinese and English."""

from __future__ import annotations

from feeds.words import Word

LANGUAGES = ("zh", "en")
_UNITS = ((86400, "天", "d"), (3600, "小时", "h"), (60, "分钟", "min"), (1, "秒", "s"))

TEXTS = {
    "name": Word("烽火", "Fenghuo"),
    "tagline": Word("跨境诈骗官方通报守望", "Watch over official warnings of cross-border fraud"),
    "overview": Word("概览", "Overview"),
    "sources": Word("来源", "Sources"),
    "deliveries": Word("投递", "Deliveries"),
    "feeds": Word("订阅", "Feeds"),
    "skip": Word("跳到正文", "Skip to content"),
    "other_language": Word("English", "中文"),
    "working": Word("一切正常，正在守望", "All is well, on watch"),
    "partly_blind": Word(
        "正在守望，但有 {blind} 个栏目读不到：其间的沉默不等于没有发布",
        "On watch, but not everywhere ({blind} unreadable): silence there does not mean that nothing was published",
    ),
    "not_working": Word("需要处理", "Needs attention"),
    "config_error": Word(
        "配置有误，仍按上一份有效配置运行：", "Bad edit; the last good configuration stays in force: "
    ),
    "columns_ok": Word("个栏目可读", "columns readable"),
    "notices_known": Word("条通报", "notices"),
    "alertable": Word("条可预警", "alertable"),
    "last_new": Word("最近新增", "last new"),
    "last_look": Word("上次查看", "last look"),
    "next_look": Word("下次查看", "next look"),
    "due_now": Word("现在", "now"),
    "watched": Word("近30天按约守望", "kept watch, 30 days"),
    "waiting": Word("条待投递", "deliveries waiting"),
    "dead": Word("条投递失败", "dead letters"),
    "latest": Word("最新通报", "Latest notices"),
    "no_notices": Word("还没有通报", "No notices yet"),
    "no_notices_hint": Word(
        "守护进程按来源的间隔查看；第一次查看只作记录、不发预警。立即查看一次：",
        "The daemon looks at each source at its interval; the first look only records and sends nothing. To look now:",
    ),
    "no_sources": Word("还没有来源", "No sources yet"),
    "no_sources_hint": Word(
        "在 sources 所指的文件夹中放一个文件，例如：", "Put a file where `sources` looks for them, for example:"
    ),
    "no_deliveries": Word("还没有投递", "No deliveries yet"),
    "no_deliveries_hint": Word(
        "新预警出现时，会发往配置中的每个 [[hook]]。例如，在 fenghuo.toml 中：",
        "A new alert goes to every [[hook]] of the configuration. For example, in fenghuo.toml:",
    ),
    "hooks_idle": Word("已配置的接收端：", "Configured receivers: "),
    "official": Word("官方", "official"),
    "unofficial": Word("非官方", "not official"),
    "claimed": Word("转载称，未见原文", "as named by a carrier; original not seen"),
    "published": Word("发布", "published"),
    "first_seen": Word("首见", "first seen"),
    "reprints": Word("处转载", "reprints"),
    "origin": Word("来源", "Origin"),
    "original": Word("查看原文", "Read the original"),
    "withdrawn_note": Word(
        "原文已从发布页撤下；以下为撤下前的内容。", "The publisher has taken this page down; below is what it said."
    ),
    "sightings": Word("出现之处", "Where it was seen"),
    "revisions": Word("更正记录", "Revisions"),
    "reasons": Word("判断依据", "Why it was judged so"),
    "contacts": Word("联系方式", "Contacts"),
    "role_original": Word("原文", "original"),
    "role_reprint": Word("转载", "reprint"),
    "role_excerpt": Word("摘录", "excerpt"),
    "material": Word("实质更正", "material"),
    "editorial": Word("文字修订", "editorial"),
    "column": Word("栏目", "Column"),
    "state": Word("状态", "State"),
    "why": Word("说明", "Why"),
    "since": Word("自", "since"),
    "never": Word("从未", "never"),
    "unknown": Word("未知", "unknown"),
    "all_sources": Word("查看全部来源", "All sources"),
    "all_deliveries": Word("查看全部投递", "All deliveries"),
    "event": Word("事件", "Event"),
    "receiver": Word("接收端", "Receiver"),
    "tries": Word("尝试", "Tries"),
    "last_answer": Word("最近应答", "Last answer"),
    "next_try": Word("下次尝试", "next try"),
    "when": Word("时间", "When"),
    "replay_hint": Word("重新投递：", "To send again:"),
    "feed_all": Word("全部", "All"),
    "feed_alerts": Word("预警", "Alerts"),
    "feed_official": Word("官方", "Official"),
    "feed_revisions": Word("更正", "Revisions"),
    "feed_health": Word("来源状况", "Source health"),
    "opml": Word("全部订阅源（OPML）", "All feeds (OPML)"),
    "refresh_on": Word("自动刷新", "Refresh automatically"),
    "refresh_off": Word("停止自动刷新", "Stop refreshing"),
    "not_found": Word("没有这个页面", "There is no such page"),
    "not_found_hint": Word(
        "地址可能有误，或这条通报不在本库中。", "The address may be wrong, or this notice is not known here."
    ),
    "failed": Word("页面暂时无法显示", "The page cannot be shown just now"),
    "failed_hint": Word("守望和投递不受影响；详情见日志。", "Watching and delivering go on; the log has the details."),
    "home": Word("回到概览", "Back to the overview"),
}


def ago(then: float, now: float) -> Word:
    """How long ago ``then`` was, or how long until it comes, in one unit."""
    seconds = now - then
    amount = abs(seconds)
    if amount < 5:
        return Word("刚刚", "just now")
    length, zh, en = next(unit for unit in _UNITS if amount >= unit[0])
    n = int(amount // length)
    return Word(f"{n} {zh}前", f"{n} {en} ago") if seconds > 0 else Word(f"{n} {zh}后", f"in {n} {en}")
