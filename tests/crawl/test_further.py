"""After an outage a list has been overtaken: its further pages are read up to what was known, and no further."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crawler.items import Outcome
from crawler.judging.columns.further import MOST_PAGES
from crawler.store.watch import looks
from tests.crawl.conftest import Round
from tests.publisher import ADVICE, Publisher, configure
from tests.server import answer

DAY = 1_795_000_000.0  # 2026-11-18
ON_A_PAGE = 10
Make = Callable[[Path], Round]


class Paged(Publisher):
    """A publisher whose list shows ten items a page and names the page behind it as TRS does."""

    dated = True
    pinned = 0  # of the oldest articles, on top of the first page

    def _list(self) -> None:
        days = {p: f"<span>{d[:10]}</span>" if self.dated else "" for p, (_, _, d) in self.articles.items()}
        rows = [f'<li><a href="{p}">{t}</a>{days[p]}</li>' for p, (t, _, _) in self.articles.items()]
        rows.reverse()
        pinned = rows[len(rows) - self.pinned :]
        count = max(1, -(-len(rows) // ON_A_PAGE))
        for number in range(count):
            name = f"/tzgg/index_{number}.html" if number else "/tzgg/"
            shown = ([] if number else pinned) + rows[number * ON_A_PAGE : (number + 1) * ON_A_PAGE]
            script = f'<script>createPageHTML({count}, {number}, "index", "html");</script>'
            self.server.answers[name] = self.page("通知公告", f'<ul class="list">{"".join(shown)}</ul>{script}')

    def publish_many(self, first: int, count: int) -> list[str]:
        """Addresses of ``count`` new articles."""
        paths = [self.publish(f"关于第{first + n}号便民措施的公告") for n in range(count)]
        return [self.server.url + path for path in paths]


@pytest.fixture
def office() -> Iterator[Paged]:
    with Paged() as publisher:
        publisher.publish_many(100, 25)
        yield publisher


def test_an_outage_of_thirty_items_over_three_pages_loses_none(office: Paged, file: Path, rounds_of: Make) -> None:
    crawl = rounds_of(file)
    (first,) = crawl(clock=lambda: DAY)
    assert (first.outcome, first.items) == (Outcome.BASELINE, ON_A_PAGE)  # the past is not read
    assert len(crawl.links()) == ON_A_PAGE
    office.server.answers["/tzgg/"] = b"HANG"
    assert [look.outcome for look in crawl(clock=lambda: DAY + 3600)] == [Outcome.FAILED]
    missed = office.publish_many(200, 30)
    before = len(office.server.requests)
    (look,) = crawl(clock=lambda: DAY + 7200)
    assert (look.outcome, look.new, look.why) == (Outcome.NEW, 30, "")
    asked = office.server.paths()[before:]
    pages = ("/tzgg/", "/tzgg/index_1.html", "/tzgg/index_2.html", "/tzgg/index_3.html", "/tzgg/index_4.html")
    assert [asked.count(page) for page in pages] == [1, 1, 1, 1, 0]
    assert all(asked.count(url.removeprefix(office.server.url)) == 1 for url in missed)
    links = crawl.links()
    assert {url: links[url]["state"] for url in missed} == dict.fromkeys(missed, "read")
    assert len(links) == ON_A_PAGE + 30  # nothing of the time before the first look
    with crawl.store.read() as tx:
        assert len(looks.listed(tx, "office/main")) == ON_A_PAGE


def test_a_look_without_a_gap_reads_one_page(office: Paged, file: Path, rounds_of: Make) -> None:
    crawl = rounds_of(file)
    crawl(clock=lambda: DAY)
    office.publish_many(200, ON_A_PAGE - 1)
    before = len(office.server.requests)
    (look,) = crawl(clock=lambda: DAY + 3600)
    assert (look.outcome, look.new) == (Outcome.NEW, ON_A_PAGE - 1)
    assert [p for p in office.server.paths()[before:] if "index_" in p] == []


def test_an_old_item_that_comes_up_because_others_were_deleted_is_no_gap(
    office: Paged, file: Path, rounds_of: Make
) -> None:
    crawl = rounds_of(file)
    crawl(clock=lambda: DAY)
    for path in list(office.articles)[-4:-2]:
        office.delete(path)
    before = len(office.server.requests)
    crawl(clock=lambda: DAY + 3600)
    assert [p for p in office.server.paths()[before:] if "index_" in p] == []


def test_what_is_pinned_does_not_hide_a_gap(office: Paged, file: Path, rounds_of: Make) -> None:
    office.pinned = 2
    office.publish_many(150, 1)
    crawl = rounds_of(file)
    crawl(clock=lambda: DAY)
    missed = office.publish_many(200, 15)
    (look,) = crawl(clock=lambda: DAY + 3600)
    assert (look.outcome, look.new) == (Outcome.NEW, 15)
    assert set(missed) <= crawl.links().keys()


def test_the_pages_read_in_one_look_are_bounded_and_the_look_says_so(
    office: Paged, file: Path, rounds_of: Make
) -> None:
    crawl = rounds_of(file)
    crawl(clock=lambda: DAY)
    office.publish_many(200, (MOST_PAGES + 1) * ON_A_PAGE)
    before = len(office.server.requests)
    (look,) = crawl(clock=lambda: DAY + 3600)
    assert (look.outcome, look.new) == (Outcome.NEW, MOST_PAGES * ON_A_PAGE)
    assert "may be missed" in look.why
    assert sum("index_" in p for p in office.server.paths()[before:]) == MOST_PAGES - 1


def test_a_further_page_that_cannot_be_had_costs_no_item_and_is_asked_again(
    office: Paged, file: Path, rounds_of: Make
) -> None:
    crawl = rounds_of(file)
    crawl(clock=lambda: DAY)
    missed = office.publish_many(200, 25)
    second = office.server.answers["/tzgg/index_1.html"]
    office.server.answers["/tzgg/index_1.html"] = answer(b"overloaded", 503)
    (look,) = crawl(clock=lambda: DAY + 3600)
    assert look.outcome is Outcome.FAILED
    assert "a further page of the list cannot be read" in look.why
    assert set(missed[-ON_A_PAGE:]) <= crawl.links().keys()  # what the first page held is not kept waiting
    office.server.answers["/tzgg/index_1.html"] = second
    (look,) = crawl(clock=lambda: DAY + 7200)
    assert (look.outcome, look.new) == (Outcome.NEW, 15)
    assert set(missed) <= crawl.links().keys()


def test_a_page_that_stays_unreadable_is_given_up_so_that_the_list_recovers(
    office: Paged, file: Path, rounds_of: Make
) -> None:
    crawl = rounds_of(file)
    crawl(clock=lambda: DAY)
    office.publish_many(200, 25)
    office.server.answers["/tzgg/index_1.html"] = answer(b"overloaded", 503)
    outcomes = [crawl(clock=lambda: DAY + 3600 * n)[0].outcome for n in range(1, 8)]  # noqa: B023
    assert outcomes[:5] == [Outcome.FAILED] * 5
    assert outcomes[5].ok


def test_a_further_page_that_is_not_there_ends_the_list(office: Paged, file: Path, rounds_of: Make) -> None:
    crawl = rounds_of(file)
    crawl(clock=lambda: DAY)
    office.publish_many(200, 25)
    del office.server.answers["/tzgg/index_1.html"]
    (look,) = crawl(clock=lambda: DAY + 3600)
    assert (look.outcome, look.new, look.why) == (Outcome.NEW, ON_A_PAGE, "")


def test_items_dated_long_before_the_last_look_are_not_what_was_missed(
    office: Paged, file: Path, rounds_of: Make
) -> None:
    crawl = rounds_of(file)
    crawl(clock=lambda: DAY)
    office.articles.clear()
    for n in range(30):  # the list is another one now, and goes back for years
        path, date = f"/tzgg/202501/t20250110_{5000 + n}.html", f"2025-{1 + n // 3:02}-10 09:00"
        office.articles[path] = (f"关于第{300 + n}号历史文件的说明", ADVICE, date)
        office._render(path)
    (look,) = crawl(clock=lambda: DAY + 3600)
    assert look.new == ON_A_PAGE


def test_a_site_that_issues_its_past_anew_is_not_read_back_into_it(office: Paged, file: Path, rounds_of: Make) -> None:
    office.dated = False
    office._list()
    crawl = rounds_of(file)
    crawl(clock=lambda: DAY)
    office.articles = {path.replace("/t20261120_1", "/t20261120_9"): a for path, a in office.articles.items()}
    for path in list(office.articles):
        office._render(path)
    (look,) = crawl(clock=lambda: DAY + 3600)
    assert (look.outcome, look.new) == (Outcome.NEW, ON_A_PAGE)
    assert "issued anew" in look.why


@pytest.mark.parametrize("platform", ["html", "trs"])
def test_a_gap_is_closed_whether_the_platform_is_named_or_not(
    tmp_path: Path, office: Paged, rounds_of: Make, platform: str
) -> None:
    file = configure(tmp_path, {"office": office})
    source = tmp_path / "sources" / "office.toml"
    text = source.read_text("utf-8").replace("url = ", "[[column]]\nurl = ")
    source.write_text(text + f'platform = "{platform}"\n', "utf-8")
    crawl = rounds_of(file)
    crawl(clock=lambda: DAY)
    missed = office.publish_many(200, 22)
    crawl(clock=lambda: DAY + 3600)
    assert set(missed) <= crawl.links().keys()
