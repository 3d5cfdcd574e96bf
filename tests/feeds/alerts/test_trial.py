"""A test alert says of itself that it is one, and tells what the receiver said."""

from __future__ import annotations

import asyncio
import json

import pytest
from standardwebhooks import Webhook

from crawler.exceptions import ConfigError
from feeds.alerts import trial
from tests.feeds.alerts.given import OK, SECRET, hook, notice, settings
from tests.server import Server, answer


def test_a_test_alert_is_signed_and_marked_and_has_the_full_shape() -> None:
    with Server({"/": OK}) as receiver:
        got = asyncio.run(trial.test_alert(settings(hook(f"{receiver.url}/", secret=SECRET)), "soc"))
    request = receiver.requests[0]
    said = Webhook(SECRET).verify(request.body, request.headers)
    assert (got.ok, got.status) == (True, 200)
    assert request.headers["webhook-id"].startswith("evt_test_")
    assert said["type"] == "notice.new"
    assert said["data"]["test"] is True
    assert "测试" in said["data"]["title"]
    assert set(notice()) <= set(json.loads(request.body)["data"])


def test_a_failed_test_alert_says_why() -> None:
    with Server({"/": answer(b"", 403)}) as receiver:
        got = asyncio.run(trial.test_alert(settings(hook(f"{receiver.url}/")), "soc"))
    assert (got.ok, got.error) == (False, "HTTP 403 Forbidden")


def test_a_hook_that_is_not_configured_is_an_error() -> None:
    with pytest.raises(ConfigError, match="there are: soc"):
        asyncio.run(trial.test_alert(settings(hook("https://a.example")), "nope"))
