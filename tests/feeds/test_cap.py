"""CAP 1.2: whole, in two languages, and honest about who speaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import feedparser
import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st
from lxml import etree
from pydantic import ValidationError
from starlette.testclient import TestClient

from crawler.config.publishing import Cap
from crawler.items import Notice, Revision
from feeds.entries import Imprint
from feeds.formats import cap
from tests.feeds.world import T0, World, make_notice

Make = Callable[..., World]
Browse = Callable[..., TestClient]
SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).parent / "cap.rng"))
IMPRINT = Imprint("http://127.0.0.1:8750", "fenghuo.example", {"bsa": "边海安全部"})
SPEAKER = Cap(sender="desk@fenghuo.example", status="Test")
ON = 'cap = { sender = "desk@fenghuo.example", status = "Test" }'
C = "{urn:oasis:names:tc:emergency:cap:1.2}"


def alert(notice: Notice, speaker: Cap = SPEAKER) -> Any:
    root = etree.fromstring(cap.write(notice, speaker, IMPRINT))
    assert SCHEMA.validate(root), SCHEMA.error_log
    return root


def text(root: Any, *names: str) -> list[str | None]:
    return [root.findtext(f"{C}{n}") for n in names]


def test_an_alert_says_who_passes_it_on_and_whose_word_it_is() -> None:
    root = alert(make_notice(1))
    assert text(root, "sender", "status", "msgType", "scope") == ["desk@fenghuo.example", "Test", "Alert", "Public"]
    assert text(root, "source", "sent") == ["边海安全部", "2025-06-15T23:06:41+08:00"]
    assert "非原始发布者" in (root.findtext(f"{C}note") or "")
    assert root.find(f"{C}references") is None


def test_one_alert_speaks_chinese_and_english_and_claims_no_urgency() -> None:
    infos = alert(make_notice(1)).findall(f"{C}info")
    assert [text(i, "language", "urgency", "severity", "certainty") for i in infos] == [
        [language, "Unknown", "Unknown", "Observed"] for language in ("zh-CN", "en")
    ]
    assert [i.findtext(f"{C}headline") for i in infos] == [
        make_notice(1).title,
        "Cross-border fraud, warning by 边海安全部: job lure (Myanmar)",
    ]
    assert [i.findtext(f"{C}area/{C}areaDesc") for i in infos] == ["缅甸", "Myanmar"]
    assert {i.findtext(f"{C}web") for i in infos} == {"https://bsa.example/tips/1.html"}


def test_a_revision_updates_and_a_withdrawal_cancels_what_went_before() -> None:
    first = make_notice(1)
    cosmetic = replace(first, revisions=(Revision(T0 + 10, False, "错字", "错字"),))
    revised = replace(first, updated=T0 + 60, status="revised", revisions=(Revision(T0 + 60, True, "人数", "人数"),))
    gone = replace(revised, updated=T0 + 120, status="withdrawn")
    roots = [alert(n) for n in (first, cosmetic, revised, gone)]
    assert [r.findtext(f"{C}msgType") for r in roots] == ["Alert", "Alert", "Update", "Cancel"]
    named = [",".join(str(v) for v in text(r, "sender", "identifier", "sent")) for r in roots]
    assert [r.findtext(f"{C}references") for r in roots] == [None, None, named[0], f"{named[0]} {named[2]}"]
    assert len(set(named)) == 3


def test_what_only_a_carrier_names_is_called_that() -> None:
    notice = make_notice(1)
    claimed = replace(notice, origin=replace(notice.origin, claimed_only=True))
    assert "original was not seen" in (alert(claimed).findtext(f"{C}note") or "")


@budget(deadline=None, max_examples=60)
@given(st.text(st.characters(exclude_categories=())), st.text(st.characters(exclude_categories=())))
def test_any_text_makes_a_valid_alert(title: str, body: str) -> None:
    root = etree.fromstring(cap.write(make_notice(1, title=f"题{title}", body=f"文{body}"), SPEAKER, IMPRINT))
    assert SCHEMA.validate(root), SCHEMA.error_log


@pytest.mark.parametrize("body", ["", "\n", "  "])
def test_a_notice_without_text_makes_a_valid_alert(body: str) -> None:
    alert(make_notice(1, body=body, title=body))


@pytest.mark.parametrize(
    "wrong", [{"sender": "a b"}, {"sender": "a,b"}, {"status": "Real"}, {"sender": "a"}, {"status": "Test"}]
)
def test_a_speaker_has_a_name_without_blanks_and_a_status(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Cap.model_validate(wrong)


def test_nobody_speaks_unless_the_operator_says_who(world: World, browse: Browse) -> None:
    notice = world.remember(make_notice(1))
    client = browse(world)
    assert {client.get(p).status_code for p in (f"/notices/{notice.id}.cap", "/feeds/cap.atom")} == {404}
    assert "application/cap+xml" not in client.get(f"/notices/{notice.id}").text


def test_only_official_alerts_are_alerts(make_world: Make, browse: Browse) -> None:
    world = make_world(ON)
    notice = world.remember(make_notice(1))
    quiet = world.remember(make_notice(2, alertable=False))
    client = browse(world)
    found = client.get(f"/notices/{notice.id}.cap")
    assert found.headers["content-type"] == "application/cap+xml; charset=utf-8"
    assert SCHEMA.validate(etree.fromstring(found.content))
    assert client.get(f"/notices/{quiet.id}.cap").status_code == 404
    assert client.get("/notices/ntc_none.cap").status_code == 404
    assert "application/cap+xml" in client.get(f"/notices/{notice.id}").text
    assert client.get(f"/notices/{notice.id}.cap", headers={"If-None-Match": found.headers["etag"]}).status_code == 304


def test_the_feed_of_alerts_leads_to_each(make_world: Make, browse: Browse) -> None:
    world = make_world(ON)
    notice = world.remember(make_notice(1))
    world.remember(make_notice(2, alertable=False))
    parsed = feedparser.parse(browse(world).get("/feeds/cap.atom").content)
    links = {ln.type: ln.href for ln in parsed.entries[0].links if ln.rel == "alternate"}
    assert len(parsed.entries) == 1
    assert links["application/cap+xml"] == f"http://127.0.0.1:8750/notices/{notice.id}.cap"
