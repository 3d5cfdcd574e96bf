"""List pages of our own in the structures that governments, newspapers and forums use, each with what it lists."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

LISTS = Path(__file__).parent / "kept_lists"
BASE = "https://www.haicheng.example.gov.cn/jwzx/tzgg/"
AGENCY = "https://www.harbour.example.gov/alerts"
NEWS = "https://news.haicheng.example/"
TITLES = (
    "海城市公安局关于防范冒充海关工作人员诈骗的提示",
    "警方提醒：所谓境外高薪船员多为陷阱",
    "我市召开打击跨境电信网络犯罪协作会议",
    "三名潜逃海外的嫌疑人回国投案",
    "请勿向陌生人出租银行卡和电话卡",
    "关于开展夏季反诈宣传进码头活动的通知",
    "一渔民接到自称大使馆来电险些转账十二万元",
    "市反诈中心通报上月高发案件的五种手法",
)
ENGLISH = (
    "Harbour police warn of job offers that lead to guarded compounds",
    "Callers pretending to be customs officers ask for clearance fees",
    "Joint statement on the return of nine victims of forced scamming",
    "What to do when a relative abroad asks for ransom in tokens",
    "New hotline for seafarers who receive unusual recruitment messages",
)
HOT = (
    "全市交通管制路段最新安排一览",
    "居住证办理流程有了这些新变化",
    "出入境大厅春节期间开放时间",
    "机动车号牌选号规则详细解读",
)


@dataclass(frozen=True)
class Item:
    """What a page lists: where it is, what it is called, the day printed beside it."""

    url: str
    title: str
    day: str | None


@dataclass(frozen=True)
class ListPage:
    """A page, and the same before its first item was published ("" where there is none)."""

    html: str
    items: tuple[Item, ...]
    base: str = BASE
    earlier: str = ""

    @property
    def found(self) -> list[tuple[str, str, str | None]]:
        """As tuples, in the page's order."""
        return [(i.url, i.title, i.day) for i in self.items]


def framed(frame: str, main: str) -> str:
    """``main`` inside the page of a publisher: its menus, hot list, friends and footer."""
    return (LISTS / f"{frame}.html").read_text("utf-8").replace("<!-- main -->", main) if frame else main


def filled(template: str, **values: str) -> str:
    """``template`` with its ``{names}`` replaced; braces around anything else stay."""
    return re.sub(r"\{(\w+)\}", lambda m: values.get(m[1], m[0]), template)


def rows(row: str, address: str, titles: tuple[str, ...], base: str = BASE) -> tuple[str, tuple[Item, ...]]:
    """``row`` for each of ``titles``, the n-th dated the n-th of February 2026 and addressed by ``address``."""
    addresses = [filled(address, n=str(n)) for n in range(1, len(titles) + 1)]
    made = [filled(row, t=t, u=u, n=str(n)) for n, (t, u) in enumerate(zip(titles, addresses, strict=True), 1)]
    day = "2026-02-{:02}" if "2026-02-0{n}" in row else None
    told = enumerate(zip(titles, addresses, strict=True), 1)
    return "".join(made), tuple(Item(urljoin(base, u), t, day and day.format(n)) for n, (t, u) in told)


def _of_layout(layout: dict[str, Any]) -> ListPage:
    """Eight items with falling dates, or as many as the layout says."""
    english, base = layout.get("frame") == "agency", layout.get("base", BASE)
    titles = (ENGLISH if english else TITLES)[: layout.get("items", 8)]
    items, made = [], []
    for k, title in enumerate(titles):
        day = f"2026-02-{27 - 2 * k:02}"
        values = {"n": str(9000 - 7 * k), "ym": day[:7].replace("-", ""), "ymd": day.replace("-", "")}
        u = filled(layout["address"], **values)
        values = {"t": title, "u": u, "d": day, "day": day[8:], "ym": day[:7], "n": str(k + 1)}
        made.append(filled(layout["row"], **values, short=title[:9], rest=title[9:]))
        items.append(Item(urljoin(base, u), title, day if layout.get("dated", True) else None))

    def page(some: list[str]) -> str:
        return framed(layout.get("frame", ""), layout.get("before", "") + "".join(some) + layout.get("after", ""))

    return ListPage(page(made), tuple(items), base, page(made[1:]))


PAGES = {
    name: _of_layout(layout) for name, layout in tomllib.loads((LISTS / "layouts.toml").read_text("utf-8")).items()
}

# --------------------------------------------------------------------------------------------------------------------
# Pages that no single pattern makes

_LI = '<li><a href="{u}">{t}</a></li>'
_DATED_LI = '<li><a href="{u}">{t}</a><span>[2026-02-0{n}]</span></li>'
_MAIN, _ITEMS = rows(_DATED_LI, "./202602/t2026020{n}_88{n}.html", TITLES)
_BESIDE, _ = rows(_DATED_LI, "../jtgl/202511/t20251120_77{n}.html", HOT)
PAGES["hot articles with dates and the same classes"] = ListPage(
    framed(
        "ministry",
        f"<div class=box><h3>通知公告</h3><ul>{_MAIN}</ul></div>"
        f"<div class=box><h3>热点排行</h3><ul>{_BESIDE}</ul></div>",
    ),
    _ITEMS,
)

_REST, _REST_ITEMS = rows(_DATED_LI, "./202602/t2026020{n}_99{n}.html", TITLES[1:])
PAGES["a headline above the list"] = ListPage(
    framed(
        "ministry",
        f"<div class=toutiao><h2><a href=./202602/t20260209_881.html>{TITLES[0]}</a></h2></div><ul>{_REST}</ul>",
    ),
    (Item(urljoin(BASE, "./202602/t20260209_881.html"), TITLES[0], None), *_REST_ITEMS),
)

_SISTERS, _SISTER_ITEMS = rows(_LI, "http://sub{n}.haicheng.example.gov.cn/n1/2026/0227/c1008-4080{n}.html", TITLES)
PAGES["articles on sister sites without dates"] = ListPage(framed("ministry", f"<ul>{_SISTERS}</ul>"), _SISTER_ITEMS)

_PICTURE = '<div class=pic><a href="{u}"><img src=a.jpg></a><p><a href="{u}">{t}</a></p></div>'
_FOCUS, _FOCUS_ITEMS = rows(_PICTURE, "/2026/02/27/c_10{n}.html", TITLES[:2], NEWS)
_LEFT, _LEFT_ITEMS = rows(_LI, "/2026/02/27/c_20{n}.html", TITLES[2:5], NEWS)
_RIGHT, _RIGHT_ITEMS = rows(_LI, "/2026/02/26/c_30{n}.html", TITLES[5:], NEWS)
_RANK, _ = rows(_LI, "/2025/12/01/c_40{n}.html", HOT)
PAGES["the front page of a news site"] = ListPage(
    f"<title>海城新闻网</title><div class=nav><a href=/yw/>要闻</a></div><div class=focus>{_FOCUS}</div>"
    f"<div class=yw><h2><a href=/yw/>要闻</a></h2><ul>{_LEFT}</ul></div><div class=sh><h2><a href=/sh/>社会</a></h2>"
    f"<ul>{_RIGHT}</ul></div><div class=rank><h2>点击排行</h2><ul>{_RANK}</ul></div>",
    _FOCUS_ITEMS + _LEFT_ITEMS + _RIGHT_ITEMS,
    NEWS,
)

_WEEKLY, _WEEKLY_ITEMS = rows(_DATED_LI, "./202602/t2026020{n}_66{n}.html", ("海城市反诈中心每周预警信息",) * 6)
PAGES["a bulletin that has the same title every week"] = ListPage(
    framed("ministry", f"<ul>{_WEEKLY}</ul>"), _WEEKLY_ITEMS
)

_DAYS = ("January 14, 2026", "January 28, 2026", "February 11, 2026", "February 25, 2026")
_MINUTES, _ = rows('<tr><td>{t}</td><td><a href="{u}">Minutes</a></td></tr>', "/files/board/minutes-{n}.pdf", _DAYS)
PAGES["a table of documents that are called Minutes"] = ListPage(
    framed("agency", f"<table>{_MINUTES}</table>"),
    tuple(
        Item(f"https://www.harbour.example.gov/files/board/minutes-{n}.pdf", f"{said} Minutes", day)
        for n, (said, day) in enumerate(
            zip(_DAYS, ("2026-01-14", "2026-01-28", "2026-02-11", "2026-02-25"), strict=True), 1
        )
    ),
    AGENCY,
)

EMPTY = {
    "a column with menus, hot list, friends and footer": framed("ministry", "<ul></ul>"),
    "a column that says so": framed("ministry", "<div>暂无数据</div>"),
    "a bureau's page of 2005": framed("bureau", "<TABLE></TABLE>"),
    "an agency's page with news in its menu and documents in its footer": framed(
        "agency", "<p>There are no alerts.</p>"
    ),
    "an application": "<div id='app'></div><script src='/static/app.js'></script>",
    "a login": "<form><input type=password></form><a href='/reset'>忘记密码</a><a href='/reg'>注册新用户</a>",
    "a state without articles": '<script>window.__STATE__ = {"menu":[{"title":"首页","url":"/"},'
    '{"title":"机构","url":"/a/"},{"title":"服务","url":"/b/"}]}</script><a href="/">首页</a>',
    "templates that a script fills": framed(
        "ministry",
        '<script type="text/template"><li><a href="/art/2026/{{id}}.html">{{title}} 关于某事项的公告</a></li></script>',
    ),
}
"""Pages without a list: what stands around one, an application, a form."""
