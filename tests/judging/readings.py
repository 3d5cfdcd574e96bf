"""Articles, sources and what follows from reading them, for the tests of judging."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from crawler.config.catalogue import Catalogue
from crawler.items import Alike, Article, Authority, Change, Known, Notice, PageClass, Source, Wording
from crawler.judging.attribution.origin import resolve
from crawler.judging.judge import judge
from crawler.judging.meaning.classify import classify
from crawler.reading.normalise import text_hash

NOW = 1_750_000_000.0
TITLE = "边防处提醒：警惕境外高薪招工"
BODY = (
    "近日，滨江警方会同缅甸执法部门抓获92名实施跨境电信网络诈骗的犯罪嫌疑人，其中31名为中国籍。\n"
    "据查，该团伙以月薪两万、免费食宿为饵，把求职者骗往妙瓦底一处园区，涉案资金3.5万元。\n"
    "请中国公民谨慎前往当地，如需帮助请拨打12308热线。"
)


def source(id: str, name: str, authority: Authority, *aliases: str) -> Source:
    return Source.model_validate(
        {"id": id, "name": name, "authority": authority, "aliases": aliases, "url": f"https://{id}.example/list/"}
    )


MINISTRY = source("minsec", "安宁部", Authority.MINISTRY, "安宁部网站")
OFFICE = source("portal", "政务门户", Authority.AGENCY)
PAPER = source("paper", "江边日报", Authority.MEDIA)
CATALOGUE = Catalogue.of((MINISTRY, OFFICE, PAPER))


def article(title: str = TITLE, body: str = BODY, *, at: str = "https://minsec.example/1", **more: Any) -> Article:
    return Article(PageClass.ARTICLE, at, at, title, body, text_hash=text_hash(body), **more)


def read(
    found: Article,
    by: Source | None = MINISTRY,
    known: Known | None = None,
    *,
    now: float = NOW,
    baseline: bool = False,
) -> Change:
    """Resolve, classify and judge, as intake does."""
    origin = resolve(found, by, CATALOGUE)
    verdict = classify(found.title, found.body, authority=origin.authority)
    by_id = by.id if by else None
    return judge(found, verdict, origin, known or Known(), now=now, column=None, source=by_id, baseline=baseline)


def known(found: Article | None = None, by: Source | None = MINISTRY) -> Notice:
    """The notice that a first reading makes."""
    return read(found or article(), by).notice


def withdrawn(notice: Notice) -> Notice:
    return replace(notice, status="withdrawn")


def alike(*notices: Notice) -> Known:
    """What the judge is told at an address that is new: these notices may be the same."""
    return Known(alike=tuple(Alike(n, (Wording(n.title, n.body),)) for n in notices))
