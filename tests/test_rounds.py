"""One datum walks all the way: from a publisher's list page to the store, the feeds and a signed webhook."""

from __future__ import annotations

import json
from pathlib import Path

import feedparser
import pytest
from standardwebhooks import Webhook

import rounds
from crawler.configuration import Configuration
from crawler.items import Notice, Outcome, State
from crawler.rendering.browser import find_browser
from crawler.store import open_store
from crawler.store.watch import columns, incidents
from crawler.store.wire import notices
from tests.publisher import ADVICE, Publisher, configure
from tests.server import Server, answer

WARNING = "警方提示：警惕缅甸妙瓦底高薪招聘陷阱"


class Wire:
    """A user with a configuration file who polls by hand."""

    def __init__(self, folder: Path, publishers: dict[str, Publisher], sink: Server) -> None:
        self.file = configure(folder, publishers, f"{sink.url}/hook")
        self.sink, self.folder = sink, folder

    def poll(self) -> rounds.PollResult:
        return rounds.poll(Configuration(self.file))

    def events(self) -> list[tuple[str, str]]:
        said = [json.loads(r.body) for r in self.sink.requests]
        return [(s["type"], s["data"].get("title", s["data"].get("column"))) for s in said]

    def notices(self) -> list[Notice]:
        store = open_store(Configuration(self.file).settings.database_url)
        with store.read() as tx:
            found = notices.search(tx, notices.Query())
        store.close()
        return found

    def column(self, key: str) -> columns.ColumnRow:
        store = open_store(Configuration(self.file).settings.database_url)
        with store.read() as tx:
            found = next(row for row in columns.rows(tx) if row.key == key)
            self.open_incidents = [i for i in incidents.recent(tx, 10) if i.closed is None]
        store.close()
        return found

    def feed(self, name: str) -> feedparser.FeedParserDict:
        return feedparser.parse((self.folder / "var" / "feeds" / name).read_bytes())


@pytest.fixture
def wire(tmp_path: Path, office: Publisher, sink: Server) -> Wire:
    return Wire(tmp_path, {"office": office}, sink)


def test_the_first_look_is_a_silent_baseline_that_reads_everything(wire: Wire, office: Publisher) -> None:
    office.publish(WARNING)
    result = wire.poll()
    assert [look.outcome for look in result.looks] == [Outcome.BASELINE]
    assert len(wire.notices()) == 7
    assert wire.events() == []
    found = next(n for n in wire.notices() if n.title == WARNING)
    assert found.alertable
    assert found.body.splitlines()[1:] == list(ADVICE)
    assert found.published is not None
    assert (found.published.at, found.published.precision) == ("2026-11-20T09:30:00+08:00", "minute")


def test_a_second_look_asks_for_the_list_and_nothing_else(wire: Wire, office: Publisher) -> None:
    wire.poll()
    before = {f: f.stat().st_mtime_ns for f in (wire.folder / "var" / "feeds").iterdir()}
    office.server.requests.clear()
    assert [look.outcome for look in wire.poll().looks] == [Outcome.UNCHANGED]
    assert office.server.paths() == ["/tzgg/"]
    assert {f: f.stat().st_mtime_ns for f in (wire.folder / "var" / "feeds").iterdir()} == before


def test_a_new_warning_is_alerted_once_signed_and_in_the_feeds(wire: Wire, office: Publisher) -> None:
    wire.poll()
    office.publish(WARNING)
    assert wire.poll().new == 1
    wire.poll()
    assert wire.events() == [("notice.new", WARNING)]
    request = wire.sink.requests[0]
    Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").verify(
        request.body, {k.lower(): v for k, v in request.headers.items()}
    )
    for name in ("alerts.atom", "alerts.rss", "official.atom", "source/office.atom"):
        feed = wire.feed(name)
        assert not feed.bozo
        assert feed.entries[0].title == WARNING


def test_what_matters_to_nobody_is_stored_and_not_alerted(wire: Wire, office: Publisher) -> None:
    wire.poll()
    office.publish(
        "关于举办第三届群众文化活动的通知公告", ("本届文化活动将于下月在市民广场举行，欢迎广大市民踊跃报名参加。" * 3,)
    )
    wire.poll()
    assert wire.events() == []
    assert len(wire.notices()) == 7


def test_thirty_reprints_make_one_alert(tmp_path: Path, office: Publisher, sink: Server) -> None:
    with Publisher(name="示例晚报", charset="gb18030") as paper:
        paper.seed()
        wire = Wire(tmp_path, {"office": office, "media": paper}, sink)
        wire.poll()
        path = office.publish(WARNING)
        wire.poll()
        title, body, date = office.articles[path]
        paper.articles[f"/tzgg/202611/t20261120_{2000}.html"] = (f"转载｜{title}", body, date)
        paper._render("/tzgg/202611/t20261120_2000.html")
        wire.poll()
        assert wire.events() == [("notice.new", WARNING)]
        notice = next(n for n in wire.notices() if n.title == WARNING)
        assert [(s.source, s.role) for s in notice.sightings] == [("office", "original"), ("media", "reprint")]
        assert notice.origin.source == "office"


def test_a_reprint_under_another_title_never_revises_the_notice(
    tmp_path: Path, office: Publisher, sink: Server
) -> None:
    with Publisher(name="示例晚报") as paper:
        paper.seed()
        wire = Wire(tmp_path, {"office": office, "media": paper}, sink)
        wire.poll()
        title, body, date = office.articles[office.publish(WARNING)]
        wire.poll()
        path = "/tzgg/202611/t20261120_2000.html"
        paper.articles[path] = (f"关注丨{title}，市民请注意", body, date)
        paper._render(path)
        wire.poll()
        paper.articles[path] = (f"转发：{title}（有修改）", body, date)
        paper._render(path)
        wire.poll()
        assert wire.events() == [("notice.new", WARNING)]
        assert [n.title for n in wire.notices() if n.alertable] == [WARNING]


def test_a_changed_list_title_brings_the_revision_behind_it(wire: Wire, office: Publisher) -> None:
    wire.poll()
    path = office.publish(WARNING)
    wire.poll()
    title, body, date = office.articles[path]
    office.articles[path] = (title + "（更新）", (*body, "截至目前，警方已劝返拟出境人员132名。"), date)
    office._render(path)
    wire.poll()
    assert [type for type, _ in wire.events()] == ["notice.new", "notice.revised"]
    notice = next(n for n in wire.notices() if n.title.startswith(WARNING))
    assert notice.status == "revised"
    assert "132" in notice.revisions[0].diff


def test_a_notice_is_withdrawn_by_the_second_look_that_finds_it_deleted(wire: Wire, office: Publisher) -> None:
    wire.poll()
    path = office.publish(WARNING)
    office.publish(
        "关于调整窗口办公时间的补充通知说明", ("窗口办公时间自下周一起调整为上午九时至下午五时，请相互转告。" * 3,)
    )
    wire.poll()
    office.delete(path)
    wire.poll()
    assert [n.status for n in wire.notices() if n.title == WARNING] == ["current"]
    wire.poll()
    assert [n.status for n in wire.notices() if n.title == WARNING] == ["withdrawn"]
    assert wire.events() == [("notice.new", WARNING), ("notice.withdrawn", WARNING)]


@pytest.mark.parametrize(
    ("page", "state", "said"),
    [
        (answer("<html><body><p>暂无内容</p></body></html>".encode()), State.DEGRADED, "held 7 links"),
        (answer(b"down", 500), State.DEGRADED, "500"),
        (answer(b"<html><script>document.cookie='__jsl_clearance_s=1';location.reload()</script></html>", 521),
         State.CHALLENGED, "challenge"),
        (b"", State.DEGRADED, "127.0.0.1"),
    ],
    ids=["emptied", "error", "challenge", "no-answer"],
)  # fmt: skip
def test_a_source_that_fails_says_so_loses_nothing_and_recovers(
    wire: Wire, office: Publisher, page: bytes, state: State, said: str
) -> None:
    wire.poll()
    office.publish(WARNING)
    wire.poll()
    good = office.server.answers["/tzgg/"]
    office.server.answers["/tzgg/"] = page
    assert not any(look.outcome.ok for look in wire.poll().looks)
    row = wire.column("office/main")
    assert row.state is state
    assert said in row.why
    assert "\n" not in row.why
    assert len(wire.open_incidents) == 1
    assert len(wire.feed("health.atom").entries) == 1
    wire.poll()
    office.server.answers["/tzgg/"] = good
    wire.poll()
    assert wire.column("office/main").state is State.OK
    assert wire.open_incidents == []
    assert len(wire.notices()) == 7
    assert {n.status for n in wire.notices()} == {"current"}
    assert wire.events() == [
        ("notice.new", WARNING),
        ("source.broken", "office/main"),
        ("source.recovered", "office/main"),
    ]


def test_an_article_that_fails_first_is_alerted_when_it_can_be_read(wire: Wire, office: Publisher) -> None:
    wire.poll()
    path = office.publish(WARNING)
    good, office.server.answers[path] = office.server.answers[path], answer(b"busy", 503)
    wire.poll()
    assert wire.events() == []
    office.server.answers[path] = good
    store = open_store(Configuration(wire.file).settings.database_url)
    with store.begin() as tx:  # its next try is due
        tx.exec_driver_sql("UPDATE links SET due = 0 WHERE state = 'pending'")
    store.close()
    wire.poll()
    assert wire.events() == [("notice.new", WARNING)]


def test_an_article_is_submitted_by_its_address(wire: Wire, office: Publisher) -> None:
    path = office.publish(WARNING)
    id = rounds.submit(Configuration(wire.file), office.server.url + path)
    assert [(n.id, n.title) for n in wire.notices()] == [(id, WARNING)]


SCRIPTED = """<html><body><div id="rows"></div><script>
fetch("/rows").then(r => r.text()).then(rows => { document.getElementById("rows").innerHTML = rows })
</script></body></html>"""


@pytest.mark.skipif(find_browser() is None, reason="no browser is installed")
@pytest.mark.timeout(180)
def test_a_list_that_scripts_make_is_read_as_a_browser_shows_it(wire: Wire, office: Publisher) -> None:
    source = wire.folder / "sources" / "office.toml"
    source.write_text(source.read_text("utf-8").replace("url =", "[[column]]\nrender = true\nurl ="), "utf-8")
    settings = wire.file.read_text("utf-8").replace('timeout = "3s"', 'timeout = "30s"')
    wire.file.write_text(settings, "utf-8")
    served = office.server.answers

    def by_script() -> None:
        served["/rows"], served["/tzgg/"] = served["/tzgg/"], answer(SCRIPTED.encode())

    by_script()
    assert [look.outcome for look in wire.poll().looks] == [Outcome.BASELINE]
    assert len(wire.notices()) == 6
    office.publish(WARNING)
    by_script()
    assert [look.outcome for look in wire.poll().looks] == [Outcome.NEW]
    assert wire.events() == [("notice.new", WARNING)]


def test_a_list_to_be_rendered_without_a_browser_is_degraded_and_breaks_nothing(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.rendering.browser.find_browser", lambda: None)
    source = wire.folder / "sources" / "office.toml"
    source.write_text(source.read_text("utf-8").replace("url =", "[[column]]\nrender = true\nurl ="), "utf-8")
    for _ in range(3):
        wire.poll()
    column = wire.column("office/main")
    assert (column.state, column.last_outcome) == (State.DEGRADED, Outcome.UNEQUIPPED)
    assert "apt install chromium" in column.why
    assert wire.events() == []
