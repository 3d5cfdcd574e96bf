from dataclasses import replace

import pytest

from crawler.archive import Document, in_lines, read
from crawler.config import Catalogue
from crawler.exceptions import Unreadable
from crawler.intake import take_away, take_in, take_unchanged
from crawler.items import Article, Change, ChangeType, Page, PageClass, Source, Verdict
from crawler.store import Store, captures, links, notices, outbox

TEXT = (
    "公安机关提醒，近期有不法分子以境外高薪招工为名，诱骗群众前往缅甸从事电信网络诈骗活动，已有32名群众被解救回国。"
    "请广大群众切勿轻信招工广告，不要偷越国境。"
)
MINISTRY = Source.model_validate(
    {
        "id": "mps",
        "name": "公安部",
        "authority": "ministry",
        "column": [{"id": "tips", "url": "https://police.example/list.html", "kind": "warning"}],
    }
)
CATALOGUE = Catalogue.of([MINISTRY])
URL = "https://police.example/1.html"


def article(text: str = TEXT, url: str = URL, **changed: object) -> Article:
    line = f'{{"url": "{url}", "title": "警惕赴境外高薪招工骗局", "source": "mps", "text": "{text}"}}'
    (document,) = in_lines([line.encode()], "x")
    assert isinstance(document, Document)
    return replace(read(document, CATALOGUE).article, **changed)  # type: ignore[arg-type]


def take(store: Store, found: Article, *, now: float = 1000.0, baseline: bool = False, body: bytes = b"x") -> Change:
    with store.begin() as tx:
        return take_in(
            tx,
            found,
            page=Page(found.url, 200, body, headers={"ETag": '"1"'}, fetched_at=now),
            catalogue=CATALOGUE,
            source=MINISTRY,
            column="mps/tips",
            key=found.key,
            now=now,
            baseline=baseline,
            revisit=(10.0, 20.0),
        )


def test_a_new_article_is_remembered_with_event_sighting_and_evidence(store: Store) -> None:
    change = take(store, article())
    assert change.type is ChangeType.NEW
    with store.read() as tx:
        notice = notices.get(tx, change.notice.id)
        assert notice.alertable
        assert [(s.url, s.source, s.column, s.role) for s in notice.sightings] == [(URL, "mps", "mps/tips", "original")]
        assert captures.load(tx, captures.of_link(tx, article().key)[0]).body == b"x"
        assert outbox.pending(tx) == 1


def test_a_baseline_article_is_remembered_and_not_announced(store: Store) -> None:
    change = take(store, article(), baseline=True)
    assert change.event is None
    with store.read() as tx:
        assert outbox.pending(tx) == 0
        assert notices.count(tx) == 1


def test_an_unchanged_article_adds_nothing_but_a_visit(store: Store) -> None:
    take(store, article())
    assert take(store, article(), now=2000.0).type is ChangeType.UNCHANGED
    with store.read() as tx:
        assert len(captures.of_link(tx, article().key)) == 1
        assert links.visits(tx, article().key)[0] == 2


def test_a_changed_number_is_a_revision_with_its_own_evidence(store: Store) -> None:
    take(store, article())
    change = take(store, article(TEXT.replace("32", "45")), now=2000.0)
    assert change.type is ChangeType.REVISED
    assert change.event == "notice.revised"
    with store.read() as tx:
        assert len(captures.of_link(tx, article().key)) == 2


def test_a_reading_older_than_what_is_known_changes_nothing(store: Store) -> None:
    take(store, article(), now=2000.0)
    assert take(store, article(TEXT.replace("32", "45")), now=1000.0).type is ChangeType.UNCHANGED
    with store.read() as tx:
        assert "32" in notices.get(tx, take(store, article(), now=2001.0).notice.id).body


def test_another_key_of_the_same_page_becomes_an_alias(store: Store) -> None:
    take(store, article())
    change = take(store, article(key="wxs:other", aliases=(article().key,)), now=2000.0)
    assert change.type is ChangeType.UNCHANGED
    with store.read() as tx:
        assert links.known(tx, ["wxs:other"]) == {"wxs:other"}
        assert notices.count(tx) == 1


def test_visits_follow_the_plan_and_then_end(store: Store) -> None:
    def due(now: float) -> bool:
        with store.begin() as tx:
            found = links.claim(tx, now=now, owner="x", limit=9)
            links.release(tx, "x")
            return bool(found)

    key = take(store, article(), now=1000.0) and article().key
    assert (due(1009.0), due(1010.0)) == (False, True)
    with store.begin() as tx:
        take_unchanged(tx, key, now=1010.0, revisit=(10.0, 20.0))
    assert (due(1029.0), due(1030.0)) == (False, True)
    with store.begin() as tx:
        take_unchanged(tx, key, now=1030.0, revisit=(10.0, 20.0))
    assert not due(9e9)


def test_a_page_must_be_gone_twice_before_its_notice_is_withdrawn(store: Store) -> None:
    notice = take(store, article()).notice
    with store.begin() as tx:
        assert take_away(tx, article().key, now=2000.0, again=600.0) is None
    with store.begin() as tx:
        change = take_away(tx, article().key, now=2600.0, again=600.0)
    assert change is not None
    assert change.event == "notice.withdrawn"
    with store.read() as tx:
        assert notices.get(tx, notice.id).status == "withdrawn"


def test_a_page_that_is_back_at_the_second_look_was_never_gone(store: Store) -> None:
    take(store, article())
    with store.begin() as tx:
        take_away(tx, article().key, now=2000.0, again=600.0)
    take(store, article(), now=2600.0)
    with store.begin() as tx:
        assert take_away(tx, article().key, now=3000.0, again=600.0) is None


def test_a_notice_with_a_living_reprint_is_not_withdrawn(store: Store) -> None:
    notice = take(store, article()).notice
    assert take(store, article(url="https://police.example/2.html"), now=1500.0).type is ChangeType.REPRINT
    for now in (2000.0, 2600.0):
        with store.begin() as tx:
            assert take_away(tx, article().key, now=now, again=600.0) is None
    with store.read() as tx:
        assert notices.get(tx, notice.id).status == "current"


def test_a_withdrawn_notice_that_is_back_is_restored(store: Store) -> None:
    take(store, article())
    for now in (2000.0, 2600.0):
        with store.begin() as tx:
            take_away(tx, article().key, now=now, again=600.0)
    assert take(store, article(), now=3000.0).type is ChangeType.RESTORED


def test_what_is_no_article_is_refused_and_leaves_no_trace(store: Store) -> None:
    with pytest.raises(Unreadable, match="login"):
        take(store, article(page_class=PageClass.LOGIN, why="a login form"))
    with store.read() as tx:
        assert notices.count(tx) == 0


def test_the_verdict_of_a_column_of_warnings_is_the_judges(store: Store) -> None:
    verdict = take(store, article()).notice.verdict
    assert isinstance(verdict, Verdict)
    assert (verdict.kind, verdict.scope) == ("warning", "cross-border")
