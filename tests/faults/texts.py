"""Texts of our own words, no two alike: what a hostile server publishes beside its fault."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from html import escape

_CHARACTERS = (
    "山水风云松竹梅兰春夏秋冬江河湖海金石木火土天地日月星光明清远高平安康宁和顺达通源泉林森原野田园南北东西中城乡"
)
_PLACES = ("缅甸妙瓦底", "柬埔寨西哈努克港", "老挝金三角", "菲律宾马尼拉", "缅甸老街", "柬埔寨波贝")
_JOBS = ("客服", "打字员", "翻译", "主播", "司机", "厨师", "文员", "程序员")


@dataclass(frozen=True)
class Text:
    """A warning that ``name`` alone decides: its title and its paragraphs."""

    title: str
    body: tuple[str, ...]


def warning(name: str) -> Text:
    """A warning of cross-border fraud, the same for the same ``name``, unlike every other."""
    chance = random.Random(name)
    place, job, firm = chance.choice(_PLACES), chance.choice(_JOBS), _word(chance, 4)
    people, money, day = chance.randint(11, 989), chance.randint(11, 989), chance.randint(1, 28)
    return Text(
        f"警方提示：警惕{place}“{firm}”公司高薪{job}招聘骗局",
        (
            f"近期，一家自称“{firm}”的公司以高薪招聘{job}为诱饵，诱骗群众前往{place}的电诈园区从事跨境电信网络诈骗。",
            f"10月{day}日，{_word(chance, 3)}等{people}人被骗，{_word(chance, 6)}一带的窝点向家属索要{money}万元。",
            f"警方提醒：凡是自称{_word(chance, 5)}且出境即可高薪入职的都是诈骗，请拨打12308或向公安机关报案。",
        ),
    )


def _word(chance: random.Random, length: int) -> str:
    return "".join(chance.choices(_CHARACTERS, k=length))


def article(
    text: Text,
    *,
    title: str | None = None,
    date: str = "2026-11-20 09:30",
    source: str = "示例公安厅",
    head: str = "",
    first: str = "",
    last: str = "",
) -> str:
    """The page of an article; ``head``, ``first`` and ``last`` (markup) stand in its head, before and after its text.

    ``title``, ``date`` and ``source`` are markup too.
    """
    shown = escape(text.title) if title is None else title
    paragraphs = "".join(f"<p>　　{escape(p)}</p>" for p in text.body)
    return (
        f'<html><head><meta charset="utf-8"><title>{shown}_示例公安厅</title>{head}</head><body>'
        '<div class="nav"><a href="/">首页</a><a href="/zwgk/">政务公开</a></div>'
        f"<h1>{shown}</h1><div>发布时间：{date}　来源：{source}</div>"
        f'<div class="TRS_Editor">{first}{paragraphs}{last}</div>'
        '<div class="footer">版权所有 示例公安厅 <a href="/map.html">网站地图</a></div></body></html>'
    )


def _printed(href: str) -> str:
    """The date that a list prints beside an address whose name holds it."""
    day = found[1] if (found := re.search(r"/t(\d{8})_", href)) else "20261120"
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"


def listing(rows: list[tuple[str, str]], more: str = "") -> str:
    """A list page of ``rows`` (address, title); ``more`` (markup) stands behind them."""
    items = "".join(
        f'<li><a href="{href}">{escape(title)}</a><span>{_printed(href)}</span></li>' for href, title in rows
    )
    return (
        '<html><head><meta charset="utf-8"><title>通知公告_示例公安厅</title></head><body>'
        '<div class="nav"><a href="/">首页</a><a href="/zwgk/">政务公开</a></div>'
        f'<ul class="list">{items}{more}</ul><div class="footer">版权所有 示例公安厅</div></body></html>'
    )
