"""The facts of a text: figures with their nouns, and whom it tells people to call or write to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from crawler.judging.meaning.lexicon import Matcher
from crawler.judging.meaning.passage import Passage
from crawler.judging.tables import table

_HAN = "一二两三四五六七八九十百千"
# Possessive and bounded: on a body of nothing but 百 a backtracking one takes half a minute.
_NUMBER = rf"(?<![\d,{_HAN}])(?:\d[\d,]*(?:\.\d+)?|[{_HAN}]{{2,12}}+)(?:多|余)?[十百千万亿]{{0,4}}+(?:多|余)?"
_COUNTER = (
    "亿元|万元|美元|港元|港币|澳元|加元|欧元|英镑|日元|令吉|新元|泰铢|元|"
    "名|人次|人|起|件|个|部|张|条|家|处|座|架次|批|户|宗|吨|辆|台"
)
_NOUN = (
    "犯罪嫌疑人|嫌疑人|疑犯|嫌犯|被告人|涉诈人员|涉案人员|涉赌人员|在逃人员|逃犯|通缉犯|涉诈犯罪嫌疑人|诈骗分子|骨干成员|骨干|头目|金主|"
    "受害人|受害者|被害人|事主|被困人员|失联人员|同胞|中国公民|公民|人员|群众|市民|学生|留学生|"
    "诈骗窝点|电诈窝点|窝点|园区|据点|犯罪集团|犯罪团伙|诈骗集团|诈骗团伙|团伙|诈骗案件|案件|骗案|线索|"
    "银行卡|电话卡|手机卡|账户|账号|涉案资金|涉诈资金|涉案金额|诈骗金额|涉案价值|涉款|骗款|赃款|赎金|资金|损失|手机|电脑|设备|金主"
)
_WHOSE = "中国籍|外籍|台湾籍|涉案|涉诈|网上"
_QUANTITY = re.compile(rf"({_NUMBER})({_COUNTER})")
_ABOUT = "累计|共计|合计|总计|高达|达到|折合|超过|[约近逾超共达为]"
_BEFORE = re.compile(rf"(?:{_WHOSE})?(?:{_NOUN})(?:{_ABOUT})?(?:人民币)?$")
_AFTER = re.compile(rf"([^,.，。、;；:：\n\d]{{0,20}}?)((?:{_WHOSE})?(?:{_NOUN}))")
_AROUND = 40  # characters round a short number in which its sentence may speak of calling
_REACH = 16  # characters before a number in which the noun it counts may stand
_ENGLISH = re.compile(
    r"(?:(?:us|hk|s)?\$|£|€)\s?\d[\d,.]*\d?(?: (?:million|billion|thousand))?"
    r"|(?<![\d,.])\d[\d,]*(?:\.\d+)? (?:million |billion )?"
    r"(?:people|victims|suspects|nationals|cases|complaints|scammers|workers|dollars)"
)
_COUNTED = (
    "$",
    "£",
    "€",
    " people",
    "victims",
    "suspects",
    "nationals",
    "cases",
    "complaints",
    "scammers",
    "workers",
    "dollars",
)  # what figures of the English sort hold
_MOST = 20  # values kept of one text
_UNITS = frozenset("年月日名人万亿元%岁个起次位余多.")
_CALLED = re.compile(
    r"电话|热线|专线|拨打|致电|来电|求助|联系|咨询|报警|举报|邮箱|邮件|whatsapp|hotline|helpline|call|phone|tel\b|contact|dial|email|e-mail"
)
_PHONE = re.compile(
    r"(?<![\d\-.+])(?:"
    r"(?:\+|00)\d{1,3}[- ()]{0,2}(?:\(?\d{1,4}\)?[- ]?){1,4}\d{2,5}"  # +855 12 345 678
    r"|\(\d{3}\) ?\d{4,8}(?: ?\d{4})?"  # (852)1868, (0951)1234567
    r"|\(0\d{2,3}\) ?\d{7,8}|0\d{2,3}-\d{7,8}"  # 010-12345678
    r"|[48]00-?\d{3}-?\d{3}-?\d{1,4})(?!\d)"
)
_AFTER_NAME = re.compile(  # 报警电话:000
    r"(?:电话|热线|专线|hotline|helpline|call|dial)(?:号码)?[^\d\n+。,，;；]{0,8}(\d{3,8})(?![\d年月日时点名人万亿元%岁个起次位.\-])"
)
_EMAIL = re.compile(
    r"(?<![a-z0-9._%+-])[a-z0-9][a-z0-9._%+-]{0,40}@[a-z0-9-]{1,40}(?:\.[a-z0-9-]{1,30}){1,4}(?![a-z0-9])"
)


def figures(passage: Passage) -> list[tuple[str, int]]:
    """Numbers with what they count, and where: ``1079名犯罪嫌疑人``; what stands between the two is left out."""
    found: dict[str, int] = {}
    text = passage.folded
    for m in _QUANTITY.finditer(text):
        if before := _BEFORE.search(text, max(0, m.start() - _REACH), m.start()):
            found.setdefault(text[before.start() : m.end()], before.start())
        elif after := _AFTER.match(text, m.end()):
            found.setdefault(m[0] + after[2], m.start())
    if any(word in text for word in _COUNTED):
        for m in _ENGLISH.finditer(text):
            found.setdefault(m[0], m.start())
    return sorted(found.items(), key=lambda f: f[1])[:_MOST]


def contacts(passage: Passage) -> list[tuple[str, int]]:
    """Hotlines, telephone numbers and mail addresses that the text tells people to turn to, in text order."""
    found: dict[str, int] = {}
    matcher, numbers, ambiguous = _hotlines()
    for number, start, end in matcher.find(passage.folded):
        if not ambiguous[number] or _is_called(passage.folded, start, end):
            found.setdefault(numbers[number], start)
    for i, start in enumerate(passage.starts):
        stop = passage.starts[i + 1] if i + 1 < len(passage.starts) else len(passage.folded)
        if any(c in passage.folded[start:stop] for c in "0123456789@") and _CALLED.search(passage.folded, start, stop):
            for value, at in _lines_to(passage.folded, start, stop):
                found.setdefault(value, at)
    whole = [c for c in found if not any(other.endswith(c) for other in found if other != c)]
    return sorted(((c, found[c]) for c in whole), key=lambda c: c[1])[:_MOST]


def _lines_to(text: str, start: int, stop: int) -> Iterator[tuple[str, int]]:
    for m in _PHONE.finditer(text, start, stop):
        yield m[0].strip(), m.start()
    for m in _AFTER_NAME.finditer(text, start, stop):
        yield m[1], m.start(1)
    for m in _EMAIL.finditer(text, start, stop):
        yield m[0], m.start()


def _is_called(text: str, start: int, end: int) -> bool:
    """Whether a short number is one to call: words of calling stand near, and it counts nothing."""
    return text[end : end + 1] not in _UNITS and bool(_CALLED.search(text, max(0, start - _AROUND), end + _AROUND))


@cache
def _hotlines() -> tuple[Matcher, list[str], list[bool]]:
    """The numbers to call; short ones count only where the sentence speaks of calling."""
    rows = [r for r in table("lexicon") if r["group"] == "hotline" and r["simplified"][0].isdigit()]
    listed = [r["simplified"] for r in rows]
    return Matcher(listed), listed, [len(n) < 5 or n == "12345" for n in listed]
