"""Chat robots: signed their way, and refused by their code and not by HTTP."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from feeds.alerts import chat
from feeds.alerts.schedule import Answer
from feeds.alerts.wire import Wire
from tests.feeds.alerts.given import NOW, Event, Everywhere, event, hook, settings
from tests.server import Request, Server, answer

AT = str(int(NOW))


def send(scheme: str, said: bytes, *events: Event, status: int = 200, **more: Any) -> tuple[Answer, Request]:
    """Send to a robot at a local server that answers ``said``."""

    async def run(base: str) -> Answer:
        robot = hook(f"{scheme}://ToKen-9?base={base}", **more)
        async with Wire(settings(robot), deadline=5.0) as wire:
            return await chat.send(wire, robot, events or (event(),), "https://fenghuo.example", NOW)

    with Server(Everywhere(answer(said, status))) as server:
        return asyncio.run(run(server.url)), server.requests[0]


def mac(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


@pytest.mark.parametrize("scheme", ["feishu", "lark"])
def test_feishu_and_lark_get_a_signed_post(scheme: str) -> None:
    got, request = send(scheme, b'{"code":0,"msg":"success"}', secret="s3cret")
    body = json.loads(request.body)
    assert got.ok
    assert request.path == "/open-apis/bot/v2/hook/ToKen-9"
    assert (body["timestamp"], body["sign"]) == (AT, mac(f"{AT}\ns3cret", ""))
    post = body["content"]["post"]["zh_cn"]
    assert post["title"] == "【新通告】谨防境外高薪招工骗局"
    assert [{"tag": "a", "text": "原文", "href": "https://police.example/1.html"}] in post["content"]


def test_dingtalk_gets_a_signed_text() -> None:
    got, request = send("dingtalk", b'{"errcode":0,"errmsg":"ok"}', secret="SECs3cret")
    query = {k: v[0] for k, v in parse_qs(urlsplit(request.path).query).items()}
    millis = f"{AT}000"
    assert got.ok
    assert query == {"access_token": "ToKen-9", "timestamp": millis, "sign": mac("SECs3cret", f"{millis}\nSECs3cret")}
    assert "谨防境外高薪招工骗局" in json.loads(request.body)["text"]["content"]


def test_wecom_gets_a_text_within_its_limit() -> None:
    got, request = send("wecom", b'{"errcode":0,"errmsg":"ok"}', event(title="长" * 5000, body="文" * 50000))
    assert got.ok
    assert request.path == "/cgi-bin/webhook/send?key=ToKen-9"
    assert len(json.loads(request.body)["text"]["content"].encode()) <= 2048


def test_without_a_secret_nothing_is_signed() -> None:
    _, request = send("feishu", b'{"code":0}')
    assert "sign" not in json.loads(request.body)


@pytest.mark.parametrize(
    ("scheme", "said"),
    [
        ("feishu", b'{"code":19024,"msg":"Key Words Not Found"}'),
        ("lark", b'{"code":19021,"msg":"sign match fail"}'),
        ("dingtalk", b'{"errcode":310000,"errmsg":"keywords not in content"}'),
        ("wecom", b'{"errcode":93000,"errmsg":"invalid webhook url"}'),
        ("wecom", b"<html>a captive portal</html>"),
        ("wecom", b"[]"),
        ("feishu", b'{"code":null}'),
        ("feishu", b""),
        ("dingtalk", b'{"errcode":Infinity}'),
        ("wecom", b'{"errcode":' + b"9" * 5000 + b"}"),
        ("feishu", b"[" * 60_000),
        ("lark", b'{"code":1,"msg":"\\u001b[31m\\nforged \\ud800"}'),
    ],
)
def test_http_200_with_an_error_code_is_a_failure(scheme: str, said: bytes) -> None:
    got, _ = send(scheme, said)
    assert not got.ok
    assert got.retry_after is None
    assert "code" in got.error
    assert got.error.isprintable()


@pytest.mark.parametrize("said", [b'\xef\xbb\xbf{"errcode":0}', b'{"errcode":"0"}', b'{"errcode":0,"errmsg":NaN}'])
def test_an_oddly_written_code_0_is_a_success(said: bytes) -> None:
    assert send("dingtalk", said)[0].ok


@pytest.mark.parametrize(
    ("scheme", "said", "pause"),
    [
        ("feishu", b'{"code":9499,"msg":"too many request"}', 60.0),
        ("lark", b'{"code":11232,"msg":"frequency limited"}', 60.0),
        ("dingtalk", b'{"errcode":130101,"errmsg":"send too fast"}', 600.0),
        ("wecom", b'{"errcode":45009,"errmsg":"api freq out of limit"}', 60.0),
    ],
)
def test_a_robot_that_is_sent_too_much_asks_for_a_pause(scheme: str, said: bytes, pause: float) -> None:
    got, _ = send(scheme, said)
    assert (got.ok, got.retry_after) == (False, pause)


def test_the_old_feishu_answer_is_understood() -> None:
    assert send("feishu", b'{"StatusCode":0,"StatusMessage":"success"}')[0].ok


def test_an_http_error_is_a_failure_whatever_the_code_says() -> None:
    got, _ = send("feishu", b'{"code":0}', status=502)
    assert (got.ok, got.status, got.error) == (False, 502, "HTTP 502 Bad Gateway")


def test_nobody_is_mentioned_by_a_publishers_words() -> None:
    title = '<@all> @所有人 @13800000000 <at user_id="all"></at> [link](https://evil.example) *bold* <!channel>'
    _, request = send("wecom", b'{"errcode":0}', event(title=title))
    text = json.loads(request.body)["text"]["content"]
    assert "@" not in text
    assert "<!" not in text
    assert "[link](https://evil.example) *bold*" in text
    _, request = send("feishu", b'{"code":0}', event(title="无", body=title))
    tags = {part["tag"] for line in json.loads(request.body)["content"]["post"]["zh_cn"]["content"] for part in line}
    assert tags == {"text", "a"}


def test_several_events_are_one_message() -> None:
    _, request = send("dingtalk", b'{"errcode":0}', event(title="甲"), event(id="evt_2", title="乙"))
    text = json.loads(request.body)["text"]["content"]
    assert text.startswith("【烽火】2 条通告")
    assert "甲" in text
    assert "乙" in text
