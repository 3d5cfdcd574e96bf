"""What the API shows: pages of lists, validators, problems."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from crawler.items import notice_json
from crawler.store.wire import notices
from feeds.web.api.answers import answer
from feeds.web.questions import MOST_NOTICES, cursor_of
from tests.feeds.world import World, make_notice

V1 = "/api/v1"
LISTS = {
    "notices": f"{V1}/notices",
    "columns": f"{V1}/sources",
    "looks": f"{V1}/columns/bsa/tips/looks",
    "incidents": f"{V1}/incidents",
    "deliveries": f"{V1}/deliveries",
    "hooks": f"{V1}/hooks",
}


def test_a_notice_has_the_shape_of_the_contract(full: World, api: TestClient) -> None:
    with full.store.read() as tx:
        stored = notice_json(notices.get(tx, make_notice(2).id))
    assert api.get(f"{V1}/notices/{make_notice(2).id}").json() == stored
    assert api.get(f"{V1}/notices").json()["notices"][1] == stored


@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_paged_through_once_and_whole(api: TestClient, name: str) -> None:
    whole = api.get(LISTS[name]).json()
    seen: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = api.get(LISTS[name], params={"limit": 1, "cursor": cursor}).json()
        assert len(answer[name]) <= 1
        seen += answer[name]
        cursor = answer["next"]
    assert seen == whole[name]
    assert whole["next"] is None
    assert seen


@pytest.mark.parametrize("unsound", ["\x00", "\x08", "\x0c", "\x1f", "\ufffe", "\uffff", "\ud83d"])
def test_what_neither_xml_nor_utf_8_can_carry_is_left_out_of_an_answer(unsound: str) -> None:
    request = Request({"type": "http", "method": "GET", "headers": []})
    body = bytes(answer(request, {"title": f"甲{unsound}乙\\u", "list": [f"{unsound}丙"]}).body)
    assert json.loads(body) == {"title": "甲乙\\u", "list": ["丙"]}


def test_no_more_notices_come_in_one_answer_than_can_be_written_in_a_tenth_of_a_second(
    full: World, api: TestClient
) -> None:
    for number in range(100, 100 + MOST_NOTICES):
        full.remember(make_notice(number))
    first = api.get(f"{V1}/notices?limit=500").json()
    rest = api.get(f"{V1}/notices?limit=500&cursor={first['next']}").json()
    assert len(first["notices"]) == MOST_NOTICES
    assert (len(rest["notices"]) > 0, rest["next"]) == (True, None)
    assert api.get(f"{V1}/notices?limit=501").status_code == 400


def test_a_page_stays_where_it_was_while_new_notices_come(full: World, api: TestClient) -> None:
    first = api.get(f"{V1}/notices?limit=2").json()
    full.remember(make_notice(9))
    second = api.get(f"{V1}/notices?limit=2&cursor={first['next']}").json()
    assert [n["id"] for n in second["notices"]] == [make_notice(1).id]


def test_the_id_of_a_notice_goes_on_too(api: TestClient) -> None:
    found = api.get(f"{V1}/notices?before={make_notice(2).id}").json()["notices"]
    assert [n["id"] for n in found] == [make_notice(1).id]
    following = api.get(f"{V1}/notices?limit=2").json()["next"]
    assert api.get(f"{V1}/notices?before={following}").json()["notices"] == found


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("cursor", ["x", "e30", "W10", "WzEsMl0", "bnVsbA", "W251bGxd", cursor_of(-1)])
def test_a_cursor_that_is_not_ours_is_a_problem(api: TestClient, name: str, cursor: str) -> None:
    answer = api.get(f"{LISTS[name]}?cursor={cursor}")
    assert (answer.status_code, answer.json()["status"]) == (400, 400)
    assert "cursor" in answer.json()["detail"]


@pytest.mark.parametrize(
    "path", [*LISTS.values(), f"{V1}/coverage", f"{V1}/rules", f"{V1}/openapi.json", f"{V1}/hooks/soc"]
)
def test_who_has_the_answer_is_told_so(full: World, api: TestClient, path: str) -> None:
    first = api.get(path)
    again = api.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    head = api.head(path)
    assert (head.status_code, head.headers["etag"]) == (200, first.headers["etag"])


def test_an_etag_changes_with_the_answer(full: World, api: TestClient) -> None:
    before = api.get(f"{V1}/notices").headers["etag"]
    full.remember(make_notice(9))
    assert api.get(f"{V1}/notices", headers={"If-None-Match": before}).status_code == 200


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("kind=warning&place=mm", [3, 2, 1]),
        ("kind=case", []),
        ("kind=case,warning&scam=job-lure", [3, 2, 1]),
        ("source=daily", [1]),
        ("status=revised", [2]),
        ("alertable=true&official=true&scope=cross-border", [3, 2, 1]),
        ("alertable=false", []),
        ("q=更正", [2]),
        ("exclude=更正", [3, 1]),
        ("since=2030-01-01", []),
    ],
)
def test_notices_are_narrowed(api: TestClient, query: str, ids: list[int]) -> None:
    found = [n["id"] for n in api.get(f"{V1}/notices?{query}").json()["notices"]]
    assert found == [make_notice(n).id for n in ids]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/notices/ntc_none", None, 404),
        ("GET", "/nothing", None, 404),
        ("DELETE", "/notices", None, 405),
        ("OPTIONS", "/notices", None, 405),
        ("GET", "/notices?limit=0", None, 400),
        ("GET", "/notices?kind=nonsense", None, 400),
        ("GET", "/notices?since=soon", None, 400),
        ("GET", "/deliveries?state=nonsense", None, 400),
        ("GET", "/deliveries/99999999999999999999", None, 404),
        ("GET", "/coverage?day=never", None, 400),
        ("GET", "/notices/%00", None, 404),
        ("POST", "/notices", b"{", 400),
        ("POST", "/notices", b'{"url": "https://a.example/", "more": 1}', 400),
        ("POST", "/notices", b"[]", 400),
        ("POST", "/notices", b'{"url": "file:///etc/passwd"}', 400),
        ("POST", "/notices", b'{"url": "http://127.0.0.1:9/x"}', 422),
        ("POST", "/sources/preview", b'{"url": "http://127.0.0.1:9/x"}', 422),
        ("POST", "/sources", b'{"preview": "pv_none"}', 404),
        ("POST", "/explain", b'{"text": "a", "url": "https://a.example/"}', 400),
        ("POST", "/deliveries/replay", b'{"ids": ["999"]}', 404),
        ("POST", "/deliveries/replay", b'{"ids": ["\\ud800"]}', 400),
        ("PATCH", "/sources/nobody", b'{"paused": true}', 404),
        ("POST", "/hooks/nobody/test", b"", 404),
        ("POST", "/rules/try", b'{"when": {"nonsense": 1}}', 400),
        ("POST", "/notices", b"x" * 1_000_001, 413),
    ],
)
def test_what_is_wrong_is_a_problem_in_one_line(
    api: TestClient, method: str, path: str, body: bytes | None, status: int
) -> None:
    answer = api.request(method, V1 + path, content=body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    said = answer.json()
    assert (said["type"], said["status"]) == ("about:blank", status)
    assert "\n" not in said.get("detail", "")
    if status == 405:
        assert "GET" in answer.headers["allow"]


def test_a_database_that_cannot_be_read_is_a_problem(full: World, browse: Callable[..., TestClient]) -> None:
    client = browse(full)
    full.store.close()
    file = full.folder / "test.db"
    file.write_bytes(b"no database" * 1000)
    for extra in ("-wal", "-shm"):
        file.with_name(file.name + extra).unlink(missing_ok=True)
    answer = client.get(f"{V1}/notices")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")


def test_no_secret_is_shown(api: TestClient) -> None:
    shown = "".join(api.get(path).text for path in (*LISTS.values(), f"{V1}/hooks/soc", f"{V1}/openapi.json"))
    assert "deep-secret" not in shown
    assert "whsec_" not in shown
