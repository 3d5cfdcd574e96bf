"""What the API does: everything that the page does."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from crawler.store import journal
from crawler.store.watch import columns
from tests.feeds.web.api.conftest import HOOK
from tests.feeds.world import T0, World, make_notice
from tests.server import Server, answer

V1 = "/api/v1"
Browse = Callable[..., TestClient]


def file_of(world: World) -> str:
    return (world.folder / "fenghuo.toml").read_text("utf-8")


def told(world: World) -> list[str]:
    with world.store.read() as tx:
        return [entry.type for entry in journal.after(tx, 0)]


def test_notices_are_merged_and_a_sighting_split_off(full: World, api: TestClient) -> None:
    a, b, c = (make_notice(n).id for n in (1, 2, 3))
    merged = api.post(f"{V1}/notices/{a}/merge", json={"other": b})
    assert (merged.status_code, merged.json()["id"], len(merged.json()["sightings"])) == (200, a, 3)
    assert api.get(f"{V1}/notices/{b}").json()["id"] == a
    wrong = api.post(f"{V1}/notices/{c}/split", json={"url": "https://daily.example/a/1.html"})
    assert wrong.status_code == 404
    parted = api.post(f"{V1}/notices/{a}/split", json={"url": "https://daily.example/a/1.html"})
    assert parted.status_code == 201
    assert api.get(parted.headers["location"]).json()["id"] == parted.json()["id"]
    assert told(full)[-3:] == ["notice.merged", "notice.new", "notice.split"]


def test_a_column_is_looked_at_now_paused_and_resumed(full: World, api: TestClient) -> None:
    assert api.post(f"{V1}/columns/bsa/tips/look").json() == {"columns": ["bsa/tips"]}
    with full.store.begin() as tx:
        assert "bsa/tips" in [due.column for due in columns.claim(tx, now=T0 + 3600, owner="w", limit=9)]
    assert api.patch(f"{V1}/sources/bsa", json={"paused": True}).json() == {"columns": ["bsa/tips"]}
    shown = api.get(f"{V1}/columns/bsa/tips").json()
    assert (shown["state"], shown["why"], shown["paused_at"]) == (
        "disabled",
        "paused by hand",
        "2025-06-15T16:06:40.000Z",
    )
    assert api.post(f"{V1}/columns/bsa/tips/look").status_code == 422
    assert api.patch(f"{V1}/columns/bsa/tips", json={"paused": False}).json() == {"columns": ["bsa/tips"]}
    assert api.get(f"{V1}/columns/bsa/tips").json()["paused_at"] is None


def test_deliveries_are_sent_again(full: World, api: TestClient) -> None:
    (id, *_) = [d["id"] for d in api.get(f"{V1}/deliveries").json()["deliveries"]]
    again = api.post(f"{V1}/deliveries/replay", json={"ids": [str(id)]})
    assert (again.status_code, again.json()) == (202, {"replayed": 1})
    shown = api.get(f"{V1}/deliveries/{id}").json()
    assert (shown["state"], shown["due"]) == ("queued", "2025-06-15T16:06:40.000Z")


def test_a_hook_is_added_changed_and_taken_out_and_comments_stay(full: World, api: TestClient) -> None:
    new = {"id": "chat", "url": "feishu://token", "events": ["notice.new"], "when": {"place": ["MM"]}}
    added = api.post(f"{V1}/hooks", json=new)
    assert (added.status_code, added.json()["to"], added.json()["when"]["place"]) == (201, "feishu://…", ["MM"])
    changed = api.patch(f"{V1}/hooks/soc", json={"digest": "15m", "when": {"kind": ["warning"]}, "enabled": False})
    assert (changed.json()["digest"], changed.json()["state"], changed.json()["signed"]) == (900.0, "off", True)
    assert 'id = "soc"  # the night shift' in file_of(full)
    assert [h.id for h in full.settings.hook] == ["soc", "chat"]
    assert api.patch(f"{V1}/hooks/soc", json={"digest": None}).json()["digest"] is None
    assert api.delete(f"{V1}/hooks/chat").status_code == 204
    data = tomllib.loads(file_of(full))
    assert data["hook"] == [tomllib.loads(HOOK)["hook"][0] | {"when": {"kind": ["warning"]}, "enabled": False}]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"quiet": "25:00-07:00"}, "quiet"),
        ({"when": {"nonsense": 1}}, "nonsense"),
        ({"secret": "not base64 !"}, "secret"),
        ({"url": "${HOME}"}, "variable"),
        ({"url": "file:///tmp/x"}, "fenghuo.toml itself"),
        ({"when": {"words_file": "/etc/passwd"}}, "fenghuo.toml itself"),
        ({"url": "http://127.0.0.1:9/hook"}, "refused"),
        ({"url": "http://2130706433/hook"}, "refused"),
        ({"url": "http://[::ffff:10.0.0.1]/hook"}, "refused"),
        ({"template": "{{ x"}, "template"),
    ],
)
def test_a_wrong_hook_is_refused_and_the_file_stays(
    full: World, api: TestClient, given: dict[str, Any], said: str
) -> None:
    before = file_of(full)
    answer = api.patch(f"{V1}/hooks/soc", json=given)
    assert (answer.status_code, file_of(full)) == (422, before)
    assert said in answer.json()["detail"]


def test_rules_are_written_and_tried(full: World, api: TestClient) -> None:
    rules = [{"hooks": ["soc"], "when": {"place": ["MM"]}}]
    assert api.put(f"{V1}/rules", json={"rules": rules}).json()["rules"][0]["when"]["place"] == ["MM"]
    assert api.delete(f"{V1}/hooks/soc").status_code == 422  # a rule names it
    assert api.get(f"{V1}/rules").json()["rules"][0]["hooks"] == ["soc"]
    tried = api.post(f"{V1}/rules/try", json={"hook": "soc", "since": "2025-01-01"}).json()
    assert (tried["events"], tried["sent"]) == (4, 4)
    other = api.post(f"{V1}/rules/try", json={"when": {"place": ["KH"]}, "since": "2025-01-01"}).json()
    assert (other["events"], other["sent"]) == (4, 0)
    assert api.put(f"{V1}/rules", json={"rules": []}).json()["rules"] == []


def test_a_hook_is_tested(make_world: Callable[..., World], browse: Browse) -> None:
    with Server({"/hook": answer(b"", 204)}) as receiver:
        hook = f'[[hook]]\nid = "soc"\nurl = "{receiver.url}/hook"\n'
        client = browse(make_world(f'allow_addresses = ["127.0.0.1/32"]\n{hook}'))
        said = client.post(f"{V1}/hooks/soc/test", headers={"Content-Type": "application/json"}).json()
    assert said == {"hook": "soc", "accepted": True, "status": 204, "error": ""}


def test_the_health_of_the_daemon_is_told(world: World, browse: Browse) -> None:
    assert browse(world).get(f"{V1}/health").json() == {"healthy": True, "problems": [], "configuration_error": None}
