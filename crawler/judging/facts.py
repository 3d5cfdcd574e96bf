"""The facts of a text that decide whether two texts tell the same: figures with their nouns, hotlines and numbers."""

from __future__ import annotations

import re
from functools import cache

from crawler.judging.lexicon import Matcher
from crawler.judging.passage import Passage
from crawler.judging.tables import table

_HAN = "一二两三四五六七八九十百千"
# Possessive and bounded: on a body of nothing but 百 a backtracking one takes half a minute.
_NUMBER = rf"(?<![\d,{_HAN}])(?:\d[\d,]*(?:\.\d+)?|[{_HAN}]{{2,12}}+)(?:多|余)?[十百千万亿]{{0,4}}+(?:多|余)?"
_COUNTER = "亿元|万元|美元|港元|港币|泰铢|元|名|人|起|件|个|部|张|条|家|处|座|架次|批|户|宗|吨|辆|台|万人|人次"
_NOUN = (
    "犯罪嫌疑人|嫌疑人|嫌犯|涉诈人员|涉案人员|涉赌人员|在逃人员|逃犯|通缉犯|涉诈犯罪嫌疑人|诈骗分子|骨干成员|骨干|头目|金主|"
    "受害人|受害者|被害人|事主|被困人员|失联人员|同胞|中国公民|公民|人员|群众|市民|学生|留学生|"
    "诈骗窝点|电诈窝点|窝点|园区|据点|犯罪集团|犯罪团伙|诈骗集团|诈骗团伙|团伙|诈骗案件|案件|骗案|线索|"
    "银行卡|电话卡|手机卡|账户|账号|资金|损失|涉案资金|涉案金额|手机|电脑|设备"
)
_WHOSE = "中国籍|外籍|涉案|涉诈|网上"
_BEFORE = re.compile(rf"((?:{_WHOSE})?(?:{_NOUN}))(?:约|近|逾|超|共|达|共计|累计)?({_NUMBER})({_COUNTER})")
_AFTER = re.compile(rf"({_NUMBER})({_COUNTER})([^,.，。、;；:：\n\d]{{0,20}}?)((?:{_WHOSE})?(?:{_NOUN}))")
_ENGLISH = re.compile(
    r"(?:(?:us|hk|s)?\$|£|€)\s?\d[\d,.]*\d?(?: (?:million|billion|thousand))?"
    r"|(?<![\d,.])\d[\d,]*(?:\.\d+)? (?:million |billion )?"
    r"(?:people|victims|suspects|nationals|cases|complaints|scammers|workers|dollars)"
)
_MOST = 20  # figures kept of one text
_CALLED = re.compile(r"电话|热线|专线|拨打|致电|来电|求助|联系|咨询|报警|举报|hotline|call|phone|tel\b|contact|dial")
_PHONE = re.compile(
    r"(?<![\d\-.])(?:"
    r"(?:\+|00)\d{1,3}[- ()]{0,2}(?:\(?\d{1,4}\)?[- ]?){1,4}\d{3,4}"  # +855 12 345 678
    r"|0\d{2,3}-\d{7,8}|\(0\d{2,3}\)\d{7,8}"  # 010-12345678
    r"|[48]00-?\d{3}-?\d{4})(?!\d)"
)


def figures(passage: Passage) -> tuple[str, ...]:
    """Numbers with what they count, without what stands between: ``1079名犯罪嫌疑人``, ``涉案资金7.48亿元``."""
    found: dict[str, int] = {}
    text = passage.folded
    for m in _BEFORE.finditer(text):
        found.setdefault(m[0], m.start())
    taken = [(m.start(), m.end()) for m in _BEFORE.finditer(text)]
    for m in _AFTER.finditer(text):
        if not any(start <= m.start() < end for start, end in taken):
            found.setdefault(m[1] + m[2] + m[4], m.start())
    for m in _ENGLISH.finditer(text):
        found.setdefault(m[0], m.start())
    return tuple(sorted(found, key=lambda f: found[f]))[:_MOST]


def contacts(passage: Passage) -> tuple[str, ...]:
    """Hotlines and telephone numbers that the text tells people to call, in text order."""
    found: dict[str, int] = {}
    matcher, numbers, ambiguous = _hotlines()
    for number, start, _ in matcher.find(passage.folded):
        line = passage.folded[passage.starts[passage.index(start)] :].partition("\n")[0]
        if not ambiguous[number] or _CALLED.search(line):
            found.setdefault(numbers[number], start)
    for i, start in enumerate(passage.starts):
        end = passage.starts[i + 1] if i + 1 < len(passage.starts) else len(passage.folded)
        if "0" in (line := passage.folded[start:end]) and _CALLED.search(line):
            for m in _PHONE.finditer(line):
                found.setdefault(m[0].strip(), start + m.start())
    whole = [c for c in found if not any(other.endswith(c) for other in found if other != c)]
    return tuple(sorted(whole, key=lambda c: found[c]))


@cache
def _hotlines() -> tuple[Matcher, list[str], list[bool]]:
    """The numbers to call; short ones count only where the sentence speaks of calling."""
    rows = [r for r in table("lexicon") if r["group"] == "hotline" and r["simplified"][0].isdigit()]
    named = [r["simplified"] for r in rows]
    return Matcher(named), named, [len(n) < 5 for n in named]
