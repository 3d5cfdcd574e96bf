"""From notice, revision and incident to entry."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crawler.items import Outcome, Published, Revision, State
from crawler.store.watch.incidents import IncidentRow
from feeds.entries import Imprint, marked, of_incident, of_notice, of_revision, published
from tests.feeds.world import T0, make_notice

IMPRINT = Imprint("http://127.0.0.1:8750", "fenghuo.example", {"bsa": "边海安全部"})


@pytest.mark.parametrize(
    "said", [None, "", "2036-01-01T00:00:00+08:00", "0001-01-01T00:00:00+08:00", "2025-06-15T08:00:00", "aaaa"]
)
def test_a_date_that_cannot_be_is_replaced_by_when_we_saw_it(said: str | None) -> None:
    assert published(said, T0) == datetime.fromtimestamp(T0, UTC)


def test_a_publishers_date_keeps_its_zone() -> None:
    assert published("2025-06-15T09:30:00+08:00", T0).isoformat() == "2025-06-15T09:30:00+08:00"


def test_an_editorial_change_does_not_show_the_entry_again() -> None:
    notice = make_notice(1)
    editorial = replace(notice, revisions=(Revision(T0 + 500, False, "s", "d"),), updated=T0 + 500)
    assert of_notice(editorial, IMPRINT).updated == of_notice(notice, IMPRINT).updated


def test_a_material_change_and_a_withdrawal_do() -> None:
    revised = replace(make_notice(1), revisions=(Revision(T0 + 500, True, "s", "d"),), status="revised")
    gone = replace(revised, status="withdrawn", updated=T0 + 900)
    assert of_notice(revised, IMPRINT).updated.timestamp() == T0 + 500
    assert of_notice(gone, IMPRINT).updated.timestamp() == T0 + 900
    assert of_notice(gone, IMPRINT).title.startswith("【已撤回】")
    assert of_notice(gone, IMPRINT).id == of_notice(revised, IMPRINT).id


def test_each_revision_has_an_id_of_its_own_and_shows_what_changed() -> None:
    changes = (Revision(T0 + 1, True, "92 → 763", "共[-92-]{+763+}人"), Revision(T0 + 2, False, "错字", "<b>"))
    notice = replace(make_notice(1), revisions=changes)
    first, second = of_revision(notice, 1, IMPRINT), of_revision(notice, 2, IMPRINT)
    assert first.id != second.id != of_notice(notice, IMPRINT).id
    assert "共<del>92</del><ins>763</ins>人" in first.html
    assert "&lt;b&gt;" in second.html


def test_the_end_of_an_incident_is_an_update_of_the_same_entry() -> None:
    row = IncidentRow(7, "bsa/tips", T0, None, T0, State.BROKEN, Outcome.FAILED, "HTTP 521", True)
    opened, closed = of_incident(row, IMPRINT), of_incident(replace(row, closed=T0 + 60, updated=T0 + 60), IMPRINT)
    assert opened.id == closed.id
    assert closed.updated > opened.updated == opened.published
    assert "故障" in opened.title
    assert "已恢复" in closed.title


def test_only_web_addresses_become_links() -> None:
    entry = of_notice(make_notice(1, url="javascript:alert(1)"), IMPRINT)
    assert entry.url == f"http://127.0.0.1:8750/notices/{make_notice(1).id}"
    assert "javascript" not in entry.html


def test_a_claimed_origin_is_named_as_such() -> None:
    notice = make_notice(1)
    claimed = replace(notice, origin=replace(notice.origin, claimed_only=True))
    assert "original not seen" in of_notice(claimed, IMPRINT).html
    assert "original not seen" not in of_notice(notice, IMPRINT).html


def test_a_notice_without_a_date_is_published_when_it_was_seen() -> None:
    assert of_notice(make_notice(1, published=None), IMPRINT).published.timestamp() == T0 + 1
    exact = make_notice(1, published=Published("2025-06-15T10:00:00+08:00", "minute"))
    assert of_notice(exact, IMPRINT).published.isoformat() == "2025-06-15T10:00:00+08:00"


def test_a_diff_is_runs_of_what_stayed_went_and_came() -> None:
    assert marked("共[-92-]{+763+}人") == [("=", "共"), ("-", "92"), ("+", "763"), ("=", "人")]
    assert marked("") == []
