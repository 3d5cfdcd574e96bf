"""What happens on the replay site, step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from demo import ledger
from demo.site import Site
from demo.texts import Text, read_texts

WARNING, DOMESTIC, FINANCE, OLD = 1190, 558, 74, 1174  # article numbers in demo/pages
REPRINT_OF = "示范外事部网站"  # what newspapers write after 来源：


@dataclass(frozen=True)
class Step:
    """One event of the story, told in two languages.

    It happens ``wait`` seconds after the step before, and not before ``after`` has arrived: on a busy machine the story
    slows down instead of getting out of order.
    """

    wait: float
    does: Callable[[Site], None]
    en: str
    zh: str
    after: tuple[str, str] | None = None  # as in ledger.EXPECTED


STORY = (
    Step(
        0.0,
        lambda site: site.publishers["ministry"].publish(_text("ministry", WARNING)),
        "The ministry publishes a new warning of job scams abroad. Expect one alert.",
        "外事部发布一则境外招聘诈骗提醒，应有一次告警。",
    ),
    Step(
        4.0,
        lambda site: _reprint(site, "newspaper", 9101),
        "A newspaper reprints it word for word. The same notice, one more sighting, no alert.",
        "报纸全文转载：同一则通告多一个出处，不再告警。",
        after=("notice.new", ledger.WARNING),
    ),
    Step(
        3.0,
        lambda site: _reprint(site, "aggregator", 77201),
        "A portal reprints it too.",
        "资讯网也转载了。",
    ),
    Step(
        3.0,
        lambda site: site.publishers["police"].publish(_text("police", DOMESTIC)),
        "The police (a GBK site) warn of a domestic fraud. Remembered and in the feeds, but no alert.",
        "公安局（GBK 网站）提示一种境内诈骗：收录并进入订阅源，但不告警。",
    ),
    Step(
        3.0,
        lambda site: site.publishers["regulator"].publish(_text("regulator", FINANCE)),
        "The regulator (a JSON site) warns of a cross-border investment fraud. Expect an alert.",
        "金融监管局（JSON 网站）发布跨境理财诈骗风险提示，应有告警。",
    ),
    Step(
        3.0,
        lambda site: site.publishers["consular"].publish(read_texts("consular-318-revised")[0]),
        'The consular service (RSS) revises a notice: "travel with caution" is now "do not travel", 23 people are 41.',
        "领事服务网（RSS）修订旧提醒：“谨慎前往”改为“暂勿前往”，23 人改为 41 人，应有修订告警。",
    ),
    Step(
        3.0,
        lambda site: site.publishers["ministry"].withdraw(OLD),
        "The ministry takes an older warning off its site. It is withdrawn once a second look finds it gone as well.",
        "外事部撤下一则旧提醒：第二次查看仍不存在，才判为撤回。",
    ),
    Step(
        3.0,
        lambda site: _challenge(site, True),
        "The police's site hides behind a challenge (HTTP 521). Nothing is lost; the source is reported broken.",
        "公安局网站被验证页挡住（521）：不丢失、不误判撤回，并报告来源故障。",
    ),
    Step(
        8.0,
        lambda site: _challenge(site, False),
        "The police's site answers again: the source has recovered.",
        "公安局网站恢复正常：应报告来源恢复。",
        after=("source.broken", "police/jq"),
    ),
)


def _text(publisher: str, number: int) -> Text:
    return next(t for t in read_texts(publisher) if t.number == number)


def _reprint(site: Site, carrier: str, number: int) -> None:
    original = _text("ministry", WARNING)
    site.publishers[carrier].publish(
        Text(number, 0, f"外事部提醒：{original.title}", original.paragraphs), claimed=REPRINT_OF
    )


def _challenge(site: Site, on: bool) -> None:
    site.publishers["police"].challenged = on
