"""Feishu, Lark, DingTalk and WeCom robots.  They refuse with HTTP 200 and an error code, so the code decides.

    feishu://TOKEN   lark://TOKEN   dingtalk://TOKEN   wecom://KEY

A hook's ``secret`` is the robot's signing secret, if it has one.
``?base=https://host`` puts another API host in the place of the platform's own (a gateway, a test).

Messages are structured or plain text, never markdown: what a publisher wrote can then neither format nor link nor
mention anybody, and appears as it was written.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from crawler.config.hooks import Hook
from crawler.store.delivery.outbox import Event
from crawler.store.text import one_line
from feeds.alerts.message import Message
from feeds.alerts.schedule import Answer, parse_retry_after
from feeds.alerts.template import told
from feeds.alerts.wire import Reply, Wire

_MENTION = re.compile(r"@(?=all|所有人|everyone|here|channel|\d)|(?<=<)[@!](?=\S)", re.I)
_WIDE = {"@": "＠", "!": "！"}


@dataclass(frozen=True)
class Platform:
    """What sets one chat platform apart."""

    base: str
    most: int  # bytes of plain text in one message
    pause: float  # seconds to wait when it says that we send too much
    busy: frozenset[int]  # the codes by which it says so
    request: Callable[
        [str, str | None, Message, int], tuple[str, dict[str, Any]]
    ]  # (token, secret, …, now) -> path, body


async def send(wire: Wire, hook: Hook, events: Sequence[Event], base_url: str, now: float) -> Answer:
    """Send events to a chat as one message."""
    parts = urlsplit(hook.url)
    platform = PLATFORMS[parts.scheme]
    base = parse_qs(parts.query).get("base", [platform.base])[0].rstrip("/")
    text = await told(hook, events, base_url, platform.most)
    path, body = platform.request(parts.netloc, hook.secret, harmless(text), int(now))
    data = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    reply = await wire.post(base + path, data, {"Content-Type": "application/json; charset=utf-8"}, read=True)
    return _answer(platform, reply, now)


def _answer(platform: Platform, reply: Reply, now: float) -> Answer:
    """The platform's verdict: only HTTP 2xx with code 0 is a success."""
    if reply.error:
        busy = platform.pause if reply.status == 429 else None
        return Answer(
            False, reply.status, reply.error, parse_retry_after(reply.headers.get("Retry-After"), now) or busy
        )
    code, said = _code(reply.text)
    if code == 0:
        return Answer(True, reply.status)
    error = (
        f"HTTP {reply.status}, but code {code}: {said}" if code is not None else "HTTP 200, but no code in the answer"
    )
    busy = code in platform.busy
    return Answer(False, reply.status, error, platform.pause if busy else None, refused=code is not None and not busy)


def _code(text: str) -> tuple[int | None, str]:
    """The error code and message of an answer; (None, "") when it is not an answer of a robot."""
    try:
        answer = json.loads(text.removeprefix("\ufeff"))
        code = next(answer[k] for k in ("code", "errcode", "StatusCode") if k in answer)
        said = next((str(answer[k]) for k in ("msg", "errmsg", "StatusMessage") if k in answer), "")
        return int(code), one_line(said, 200)
    except (ValueError, TypeError, OverflowError, RecursionError, StopIteration):
        return None, ""


def harmless(text: Message) -> Message:
    """The message with every mention defused: the sign before ``all`` or a number becomes its full-width form."""
    lines = tuple(type(line)(_defuse(line.text), line.url) for line in text.lines)
    return Message(_defuse(text.title), lines)


def _defuse(text: str) -> str:
    return _MENTION.sub(lambda m: _WIDE[m[0]], text)


# --------------------------------------------------------------------------------------------------------------------
# The four platforms


def _hmac(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def _feishu(token: str, secret: str | None, text: Message, now: int) -> tuple[str, dict[str, Any]]:
    """A rich-text post (open.feishu.cn, "Use bots in groups"); what is to be signed is the HMAC's key."""
    lines = [
        [{"tag": "a", "text": x.text, "href": x.url} if x.url else {"tag": "text", "text": x.text}] for x in text.lines
    ]
    post = {"title": text.title, "content": lines}
    body: dict[str, Any] = {"msg_type": "post", "content": {"post": {"zh_cn": post}}}
    sign = {"timestamp": str(now), "sign": _hmac(f"{now}\n{secret}", "")} if secret else {}
    return f"/open-apis/bot/v2/hook/{token}", sign | body


def _dingtalk(token: str, secret: str | None, text: Message, now: int) -> tuple[str, dict[str, Any]]:
    """A text message (open.dingtalk.com, "custom robots"): timestamp in milliseconds and signature in the address."""
    query = {"access_token": token}
    if secret:
        query |= {"timestamp": str(now * 1000), "sign": _hmac(secret, f"{now * 1000}\n{secret}")}
    return f"/robot/send?{urlencode(query)}", {"msgtype": "text", "text": {"content": str(text)}}


def _wecom(token: str, _secret: str | None, text: Message, _now: int) -> tuple[str, dict[str, Any]]:
    """A text message (developer.work.weixin.qq.com, "group robots"): at most 2048 bytes, and no signature exists."""
    return f"/cgi-bin/webhook/send?{urlencode({'key': token})}", {"msgtype": "text", "text": {"content": str(text)}}


_FEISHU_BUSY = frozenset({9499, 11232, 99991400})  # too many requests; of the tenant; of the application
PLATFORMS: Mapping[str, Platform] = {
    "feishu": Platform("https://open.feishu.cn", 8000, 60.0, _FEISHU_BUSY, _feishu),
    "lark": Platform("https://open.larksuite.com", 8000, 60.0, _FEISHU_BUSY, _feishu),
    # DingTalk: more than 20 messages a minute, and a robot is silenced for 10 minutes.
    "dingtalk": Platform(
        "https://oapi.dingtalk.com", 10000, 600.0, frozenset({130101, 660026, 90018, 90030}), _dingtalk
    ),
    "wecom": Platform("https://qyapi.weixin.qq.com", 2000, 60.0, frozenset({45009, 45033, -1}), _wecom),
}
