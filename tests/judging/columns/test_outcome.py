"""What a look amounts to before anything is read: unchanged, failed, refused, or worth reading."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType

import pytest

from crawler.exceptions import AddressRefused, FetchError, RobotsRefused
from crawler.items import Due, Outcome, Page
from crawler.judging.columns.outcome import failed_look, unchanged_look
from crawler.reading.lists.fingerprint import anchors_fingerprint

LIST = """<html><head><title>通知公告</title></head><body>
<div>今天是2026年11月21日 09:30:00</div><div>您是第1024位访问者</div>
<ul><li><a href="/t20261120_1.html" title="警惕高薪招聘">警惕高薪招聘</a><span>2026-11-20</span></li>
<li><a href="/t20261119_2.html">关于调整办公时间的通知</a></li></ul>
<input type="hidden" name="token" value="9f8e7d"></body></html>"""


def page(text: str = LIST, status: int = 200, headers: Mapping[str, str] = MappingProxyType({})) -> Page:
    return Page("https://a.example/list/", status, text.encode(), headers=headers, fetched_at=1000.0)


def due(text: str = LIST) -> Due:
    """A look at a list that was seen before as ``text``."""
    body = text.encode()
    return Due(
        "a/main",
        "https://a.example/list/",
        body_hash=hashlib.sha256(body).hexdigest(),
        fingerprint=anchors_fingerprint(body),
    )


def test_not_modified_is_unchanged_and_keeps_what_was_known() -> None:
    look = unchanged_look(due(), page("", 304), 0.2)
    assert look is not None
    assert (look.outcome, look.status, look.bytes, look.seconds, look.at) == (Outcome.UNCHANGED, 304, 0, 0.2, 1000.0)
    assert (look.etag, look.last_modified, look.body_hash, look.fingerprint) == (None, None, None, None)


def test_the_same_bytes_are_unchanged_and_their_validators_remembered() -> None:
    headers = {"etag": '"2"', "last-modified": "Sat, 21 Nov 2026 09:30:00 GMT"}
    look = unchanged_look(due(), page(headers=headers), 0.2)
    assert look is not None
    assert (look.outcome, look.status, look.bytes) == (Outcome.UNCHANGED, 200, len(LIST.encode()))
    assert (look.etag, look.last_modified) == ('"2"', "Sat, 21 Nov 2026 09:30:00 GMT")
    assert (look.body_hash, look.fingerprint) == (due().body_hash, due().fingerprint)


@pytest.mark.parametrize(
    ("old", "new"),
    [("09:30:00", "09:45:12"), ("第1024位", "第1031位"), ("9f8e7d", "0a1b2c"), ("<title>", "<meta><title>")],
    ids=["clock", "counter", "token", "head"],
)
def test_the_same_links_beside_something_else_are_unchanged(old: str, new: str) -> None:
    changed = LIST.replace(old, new)
    look = unchanged_look(due(), page(changed), 0.2)
    assert look is not None
    assert look.outcome is Outcome.UNCHANGED
    assert look.body_hash == hashlib.sha256(changed.encode()).hexdigest()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("t20261120_1", "t20261121_3"),
        (">警惕高薪招聘<", ">警惕境外高薪招聘<"),
        ('title="警惕高薪招聘"', 'title="警惕境外高薪招聘"'),
        ('<li><a href="/t20261119_2.html">关于调整办公时间的通知</a></li>', ""),
        ("<ul>", '<ul><li><a href="/t20261121_3.html">新的提示</a></li>'),
    ],
    ids=["address", "title", "attribute", "gone", "new"],
)
def test_a_change_in_the_links_is_worth_reading(old: str, new: str) -> None:
    assert old in LIST
    assert unchanged_look(due(), page(LIST.replace(old, new)), 0.2) is None


def test_a_list_that_was_never_read_is_worth_reading() -> None:
    assert unchanged_look(Due("a/main", "https://a.example/list/"), page(), 0.2) is None


@pytest.mark.parametrize("status", [201, 404, 403, 412, 500, 521])
def test_a_refusal_with_the_same_bytes_is_not_unchanged(status: int) -> None:
    assert unchanged_look(due(), page(status=status), 0.2) is None


def test_a_look_without_an_answer_failed_and_says_why() -> None:
    look = failed_look(due(), FetchError("https://a.example/list/: the host name cannot be resolved"), 1000.0)
    assert (look.column, look.at, look.outcome) == ("a/main", 1000.0, Outcome.FAILED)
    assert (look.status, look.why) == (None, "https://a.example/list/: the host name cannot be resolved")


@pytest.mark.parametrize("error", [AddressRefused("10.0.0.1 is private"), RobotsRefused("robots.txt forbids /list/")])
def test_a_look_that_may_not_be_made_was_refused(error: FetchError) -> None:
    look = failed_look(due(), error, 1000.0)
    assert (look.outcome, look.why) == (Outcome.REFUSED, str(error))


def test_a_long_reason_is_cut() -> None:
    assert len(failed_look(due(), FetchError("x" * 100_000), 1000.0).why) <= 500
