"""A publisher rebuilds its site: nothing is missed, nothing is alerted twice, and the operator is told once."""

from __future__ import annotations

import pytest

from crawler.items import Outcome, State
from tests.publisher import Publisher
from tests.server import answer
from tests.test_rounds import WARNING, Wire, wire

__all__ = ["wire"]  # a fixture
MARKED = '[[column]]\nlinks = "ul.list a"\nurl ='


def selected(wire: Wire) -> None:
    """Name the links of the office's list by a selector."""
    file = wire.folder / "sources" / "office.toml"
    file.write_text(file.read_text("utf-8").replace("url =", MARKED), "utf-8")


def redesign(office: Publisher) -> None:
    """The same list in other markup; what is published later has it too."""

    def drawn() -> None:
        rows = "".join(
            f'<p><a href="{path}">{title}</a><span>{date[:10]}</span></p>'
            for path, (title, _, date) in reversed(office.articles.items())
        )
        office.server.answers["/tzgg/"] = office.page("通知公告", f'<div class="rows">{rows}</div>')

    office._list = drawn  # type: ignore[method-assign]
    drawn()


def test_a_column_whose_selector_matches_nothing_any_more_heals_itself_and_says_so(
    wire: Wire, office: Publisher
) -> None:
    selected(wire)
    wire.poll()
    redesign(office)
    office.publish(WARNING)
    assert [look.outcome for look in wire.poll().looks] == [Outcome.NEW]
    row = wire.column("office/main")
    assert row.state is State.DEGRADED
    assert row.why.startswith("selectors no longer match, inferred: links = 'ul.list a'")
    wire.poll()
    assert wire.column("office/main").state is State.DEGRADED  # until the selector is mended
    assert [(i.cause, i.announced) for i in wire.open_incidents] == [("odd", False)]
    assert len(wire.feed("health.atom").entries) == 1
    file = wire.folder / "sources" / "office.toml"
    file.write_text(file.read_text("utf-8").replace("ul.list a", "div.rows a"), "utf-8")
    wire.poll()
    assert wire.column("office/main").state is State.OK
    assert wire.open_incidents == []
    assert wire.events() == [("notice.new", WARNING)]


def test_a_site_that_moves_its_articles_tells_the_operator_and_alerts_only_what_is_new(
    wire: Wire, office: Publisher
) -> None:
    office.publish(WARNING)
    wire.poll()
    for path, article in list(office.articles.items()):
        del office.articles[path]
        office.server.answers.pop(path)
        office.articles[path.replace("/tzgg/", "/new/")] = article
    for path in office.articles:
        office._render(path)
    fresh = "警方提示：警惕柬埔寨西港虚假投资陷阱"
    advice = "近期，有不法分子冒充投资导师，诱导群众前往柬埔寨西港加入所谓跨境投资团队，实为电信网络诈骗。"
    office.publish(fresh, (advice, "警方提醒：请广大群众切勿轻信。如有家人被骗出境，请立即拨打110报警。"))
    assert wire.poll().new == 8
    row = wire.column("office/main")
    assert (row.state, row.why) == (
        State.DEGRADED,
        "7 links under new addresses bear known titles: issued anew or moved; known texts alert nobody again",
    )
    for _ in range(3):
        wire.poll()
    assert wire.column("office/main").state is State.OK
    assert wire.events() == [("notice.new", fresh)]
    assert len(wire.notices()) == 8
    assert {n.status for n in wire.notices()} == {"current"}


@pytest.mark.parametrize("status", [429, 503])
def test_a_request_to_wait_is_an_outage_and_no_challenge(wire: Wire, office: Publisher, status: int) -> None:
    wire.poll()
    good = office.server.answers["/tzgg/"]
    office.server.answers["/tzgg/"] = answer(b"busy", status)
    wire.poll()
    wire.poll()
    assert wire.column("office/main").state is State.BROKEN
    office.server.answers["/tzgg/"] = good
    wire.poll()
    assert wire.events() == [("source.broken", "office/main"), ("source.recovered", "office/main")]
