"""What makes two readings the same text: its words and numbers, not its layout, script, furniture or heading prefix."""

from __future__ import annotations

import re
import unicodedata

from crawler.reading.normalise import simplified

_NOT_TEXT = re.compile(r"[\W_](?:(?<![.:/~%‰-])|(?<!\d.)|(?<=[.:/~-])(?!\d))")  # all but marks within a number
_SPACE = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]+")  # also the invisible ones
_COLUMN = re.compile(r"^\s*(?:【[^】\n]{1,12}】|#[^#\n]{1,12}#|[^|｜丨\n]{1,8}\s*[|｜丨])\s*")  # 关注 | …
_READERS = "阅读|浏览|点击|访问|查看|播放|评论|点赞|转发|收藏|分享|在看|人气"
_COUNTER = rf"(?:已有|共|累计)?(?:{_READERS})(?:次数|人数|量|数)?"
_COUNT = re.compile(rf"[(（\[]?{_COUNTER}\s*[:：]\s*[\d,.]+\s*[万wk+]*\s*[次人条]?[)）\]]?", re.I)
_COUNTERS = re.compile(rf"(?:\s*{_COUNTER}\s*[:：]?\s*[\d,.]+\s*[万wk+]*\s*[次人条]?\s*)+", re.I)
_CLOCK = re.compile(
    r"\s*(?:(?:今天是|今日|当前时间|现在时间|现在是|北京时间|系统时间|打印时间|生成时间|访问时间|页面更新)\s*[:：]?\s*[\d年月日/.:时分秒\s-]+(?:星期|周)?[一二三四五六日天]?[\d:\s]*"
    r"|(?:[\d年月日/.-]+\s*)?(?:星期[一二三四五六日天]\s*)?\d{1,2}:\d{2}:\d{2})\s*"
)
_FURNITURE = re.compile(rf"{_READERS}|\d:\d\d|时间|今[天日]是?|现在是|页面更新")
_LONGEST_FURNITURE = 80  # characters of a line that can be a counter or a clock


def essence(text: str) -> str:
    """One string for all copies of a text: simplified, NFKC, without spaces and punctuation, every number kept whole.

    Unlike `reading.normalise.compared` it tells 3.5万 from 35万 and 1/3 from 13; lines that only count readers or tell
    the time are left out, as are such counts at the end of a short line.
    """
    kept = simplified(text)
    if _FURNITURE.search(kept):
        kept = "\n".join(_without_counts(line) for line in kept.splitlines())
    folded = _SPACE.sub("", unicodedata.normalize("NFKC", kept)).casefold()
    return _NOT_TEXT.sub("", folded)


def headline(title: str) -> str:
    """A title without the name of the column that a carrier puts before it (关注 | …, 【提醒】…)."""
    return _COLUMN.sub("", title) or title


def same(title_a: str, body_a: str, title_b: str, body_b: str) -> bool:
    """Whether two readings of one page say the same; a title that one of them lacks is no difference."""
    if essence(body_a) != essence(body_b):
        return False
    a, b = essence(headline(title_a)), essence(headline(title_b))
    return a == b or not a or not b


def _without_counts(line: str) -> str:
    if len(line) > _LONGEST_FURNITURE:
        return line
    if _COUNTERS.fullmatch(line) or _CLOCK.fullmatch(line):
        return ""
    return _COUNT.sub("", line)
