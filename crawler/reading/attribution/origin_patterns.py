"""The ways in which Chinese and English pages say whose text they carry, as patterns; each names it ``src``.

The numbers A1-A15 are those of the catalogue of attributions the patterns were written from.  Every repetition is
bounded: pages are hostile.
"""

from __future__ import annotations

import re

from crawler.reading.terms import terms


def _any(which: str) -> str:
    return "|".join(terms("origin_claims")[which])


_HAN = "[\u4e00-\u9fff]"
_LATIN = r"[A-Za-z][\w.&'’-]{0,30}(?: [A-Za-z&][\w.&'’-]{0,30}){0,7}"
_NAME = rf"(?P<src>{_LATIN}|[^\s|丨｜）)】\[。；！？]{{2,40}})"
PAPER = re.compile(
    r"^[(（]?(?:来源[：:]\s?)?《\s{0,3}(?P<src>[^》]{2,12}?)\s{0,3}》\s{0,3}[(（]\s{0,3}"
    r"(?P<day>20\d\d年\d{1,2}月\d{1,2}日)\s{0,3}[,，]?\s{0,3}第?\s{0,3}\d{0,3}\s{0,3}版?.{0,10}[)）]"
)  # A4
CLOSING = re.compile(
    r"[(（](?P<src>(?:本文)?(?:综合|整理自|编译自)[^()（）]{2,40}|据?(?:新华社|央视新闻|人民日报)电?)[)）]$"
)
_MEDIA = "网站|官网|官方网站|微信公众号|公众号|官方微信|官方微博|官方账号|官微|微博|客户端|视频号"
SAYS = re.compile(
    rf"(?:^|讯|電|电|[。！）)\s])(?:据|來自|来自)?(?P<src>[^，,。“”\s]{{2,20}}?)(?:{_MEDIA})"
    r"(?:\d{1,2}月)?(?:\d{1,2}日)?(?:的?消息|[^，,。]{0,4}(?:消息|通报)|发布|报道)[，,：:]"
)  # A5
ACCOUNT = re.compile(r"公众号[：:]?\s?[“\"「《【](?P<src>[^”\"」》】]{2,20})[”\"」》】]")  # A11
SAID = re.compile(
    r"(?:^|[。！）)\s])据(?P<src>[^，,。“”\s\d]{2,18}?)(?:\d{1,2}月)?(?:\d{1,2}日)?(?:的?消息|通报|发布|报道)[，,：:]"
)  # A5
LEARNT = re.compile(
    r"从(?P<src>[^，,。\d]{2,24}?)(?:(?:今天|今日|昨天|昨日|近日|日前|\d{1,2}月|\d{1,2}日){0,2}"
    r"(?:召开|举行|举办|发布|新闻发布会|例行|有关|了解|方面|处)[^，,。]{0,24})?(?:获悉|了解到|得知)"
)  # A5
MENTION = re.compile(r"[@＠](?P<src>[\w\u4e00-\u9fff]{2,20}?)(?=发布|消息|通报|发文|提醒|称|[，,：:。\s])")  # A6
ISSUED = re.compile(
    rf"^[【(（]?(?:据(?=[^，。]{{0,24}}日?电)|(?!据))(?P<src>本报|本网|(?:[A-Za-z]{{2,10}}|{_HAN}{{1,8}}?)(?:{_any('media')})"
    rf"(?:客户端)?)\s?(?:{_HAN}{{0,8}}?\d{{1,2}}月\d{{1,2}}日\s?(?:电|讯|消息|报道|[)）])"
    rf"|{_HAN}{{0,6}}?[讯电]\s?[(（：:]|消息[：:])"
)  # A7
NOTICED = re.compile(rf"(?:^|[。！？\s])(?P<src>{_HAN}{{3,10}}?)(?:记者)?注意到[，,]")
BARRED = re.compile(r"[|｜丨]\s{0,2}来源\s{1,3}(?P<src>[^\s|｜丨：:]{2,20})\s{0,2}(?:[|｜丨]|$)")
FACTUAL = re.compile(
    r"20\d\d\s?[-/.年]\s?\d{1,2}|^类别|^栏目|发布时间|^来\s?源\s?[：:]|(?:文章|稿件|信息|原文)来源[：:]"
)
GATHERED = re.compile(r"资讯信息快照[，,]由(?P<src>[\w.]{2,60})爬虫进行采集")  # A14

_LABEL = rf"(?:{_any('labels')})"
_INSIDE = rf"[(（【\[]\s?{_LABEL}\s?[：:|｜丨]\s{{0,2}}(?P<src>[^)）\]】]{{2,40}})[)）\]】]"
BRACKETED = re.compile(rf"^[*▲]?{_INSIDE}[*。]?$")  # A1
ENDED = re.compile(rf"[。！？!?”\"]\s?{_INSIDE}$")  # A1, behind the last sentence
ALONE = re.compile(rf"^[▲△●■◆\s*·-]{{0,3}}{_LABEL}\s{{0,2}}[：:|｜丨/]\s{{0,2}}{_NAME}$")
HEADER = re.compile(rf"(?<![（(A-Za-z\u4e00-\u9fff]){_LABEL}\s{{0,2}}[：:]\s{{0,2}}{_NAME}")  # A2, A15
REPRINT = re.compile(
    rf"^[(（【\[▲*]?(?:{_any('reprints')})\s{{0,2}}[：:|｜丨]?\s{{0,2}}(?P<src>{_LATIN}|[^，。,()（）\s]{{2,30}})"
    r"(?:[)）】\].]?$|\s?[，,(（]\s?作者|\s(?:责任编辑|作者))"
)  # A3
MEDIUM = (SAYS, ACCOUNT)
TOLD = (SAID, LEARNT, MENTION)
