"""STIX and MISP, read back by the libraries of those who take them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import stix2
from pymisp import MISPEvent
from starlette.testclient import TestClient

from feeds.entries import Imprint
from feeds.formats import misp, stix
from feeds.indicators import indicators
from tests.feeds.world import T0, World, make_notice

Browse = Callable[..., TestClient]
IMPRINT = Imprint("http://127.0.0.1:8750", "fenghuo.example", {})
BODY = "有人假冒本部网站（网址：http://bsa-login.top/in）。\n“晨星宝”等虚假投资平台行骗，冒充客服来电+1-202-555-0188。"
NOTICE = make_notice(1, body=BODY)
NAMED = [(NOTICE, indicators(NOTICE)), (make_notice(2), ())]


def test_a_bundle_is_valid_and_each_report_refers_to_what_it_names() -> None:
    bundle = stix2.parse(stix.write(NAMED, IMPRINT).decode())
    by_id = {o.id: o for o in bundle.objects}
    report = next(o for o in bundle.objects if o.type == "report" and o.name == NOTICE.title)
    about = [by_id[ref] for ref in report.object_refs]
    assert [o.type for o in about] == ["identity", "location", "indicator", "indicator", "indicator"]
    assert [o.pattern for o in about[2:]] == [
        "[url:value = 'http://bsa-login.top/in']",
        "[phone-number:value = '+12025550188']",
        "[software:name = '晨星宝']",
    ]
    assert report.external_references[0].url == NOTICE.url
    assert len(by_id) == len(bundle.objects)


def test_the_same_notices_are_the_same_objects_and_bytes() -> None:
    assert stix.write(NAMED, IMPRINT) == stix.write(NAMED, IMPRINT)
    before = {o.id for o in stix2.parse(stix.write(NAMED[:1], IMPRINT).decode()).objects}
    assert before <= {o.id for o in stix2.parse(stix.write(NAMED, IMPRINT).decode()).objects}


def test_what_was_withdrawn_is_revoked() -> None:
    gone = make_notice(1, body=BODY, status="withdrawn", updated=T0 + 60)
    objects = stix2.parse(stix.write([(gone, indicators(gone))], IMPRINT).decode()).objects
    assert {o.revoked for o in objects if o.type in ("report", "indicator")} == {True}


@pytest.mark.parametrize("value", ["it's", "back\\slash", "a\0b\ud800", "]"])
def test_an_odd_value_breaks_no_pattern(value: str) -> None:
    from feeds.indicators import Indicator

    stix2.parse(
        stix.write(
            [(make_notice(1, title=value), [Indicator("app", value.replace("\0", "").replace("\ud800", ""), value)])],
            IMPRINT,
        ).decode()
    )


def test_a_misp_feed_has_a_manifest_hashes_and_an_event_for_each_notice() -> None:
    manifest = json.loads(misp.write("manifest.json", NAMED, IMPRINT) or b"")
    hashes = (misp.write("hashes.csv", NAMED, IMPRINT) or b"").decode().splitlines()
    assert len(manifest) == 2
    assert {line.split(",")[1] for line in hashes} == set(manifest)
    for id, said in manifest.items():
        event = MISPEvent()
        event.from_dict(**json.loads(misp.write(f"{id}.json", NAMED, IMPRINT) or b"")["Event"])
        assert (event.uuid, event.info) == (id, said["info"])
    assert misp.write("none.json", NAMED, IMPRINT) is None


def test_only_what_can_be_matched_is_marked_for_detection() -> None:
    manifest = json.loads(misp.write("manifest.json", NAMED[:1], IMPRINT) or b"")
    event = json.loads(misp.write(f"{next(iter(manifest))}.json", NAMED[:1], IMPRINT) or b"")["Event"]
    assert [(a["type"], a["to_ids"]) for a in event["Attribute"]] == [
        ("link", False),
        ("url", True),
        ("phone-number", True),
        ("text", False),
    ]


def test_both_are_served_narrowed_and_with_validators(world: World, browse: Browse) -> None:
    world.remember(NOTICE)
    world.remember(make_notice(3, alertable=False))
    client = browse(world)
    answer = client.get("/feeds/stix.json")
    assert answer.headers["content-type"].startswith("application/stix+json;version=2.1")
    reports = [o for o in answer.json()["objects"] if o["type"] == "report"]
    assert [r["name"] for r in reports] == [NOTICE.title]
    assert not [o for o in client.get("/feeds/stix.json?place=KH").json()["objects"] if o["type"] == "report"]
    assert client.get("/feeds/stix.json", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    manifest = client.get("/feeds/misp/manifest.json").json()
    assert {client.get(f"/feeds/misp/{n}").status_code for n in ("hashes.csv", *(f"{id}.json" for id in manifest))} == {
        200
    }
    assert client.get("/feeds/misp/none.json").status_code == 404


def test_a_publishers_own_site_is_never_an_indicator(world: World, browse: Browse) -> None:
    world.remember(
        make_notice(1, url="https://other.example/1", body="有人假冒网站 https://daily.example/login 行骗。")
    )
    assert "indicator--" not in browse(world).get("/feeds/stix.json").text
