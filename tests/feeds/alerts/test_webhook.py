"""Standard Webhooks, as a receiver sees it."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from crawler.items import timestamp
from feeds.alerts.webhook import MOST_BODY, body_of, signed
from tests.feeds.alerts.given import NOW, SECRET, event


def test_a_receiver_verifies_the_signature_and_nothing_else_passes() -> None:
    body = body_of(event())
    headers = signed("evt_1", body, time.time(), SECRET)
    assert Webhook(SECRET).verify(body, headers)["type"] == "notice.new"
    for forged in ({"webhook-id": "evt_2"}, {"webhook-timestamp": str(int(time.time()) - 1)}):
        with pytest.raises(WebhookVerificationError):
            Webhook(SECRET).verify(body, headers | forged)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body.replace(b"new", b"old"), headers)


def test_during_a_rotation_old_and_new_secret_verify() -> None:
    other = "whsec_" + "b3RoZXIgc2VjcmV0IG9mIDI0IGJ5dGVzIQ=="
    body = body_of(event())
    headers = signed("evt_1", body, time.time(), f"{other} {SECRET}")
    Webhook(SECRET).verify(body, headers)
    Webhook(other).verify(body, headers)


def test_an_ed25519_key_signs_and_its_public_half_verifies() -> None:
    key = Ed25519PrivateKey.generate()
    seed = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    body = body_of(event())
    for stored in (seed, seed + public):
        headers = signed("evt_1", body, NOW, "whsk_" + base64.b64encode(stored).decode())
        version, signature = headers["webhook-signature"].split(",")
        assert version == "v1a"
        key.public_key().verify(base64.b64decode(signature), f"evt_1.{int(NOW)}.".encode() + body)


def test_a_shared_secret_and_a_key_sign_side_by_side_while_one_replaces_the_other() -> None:
    key = "whsk_" + base64.b64encode(bytes(range(32))).decode()
    body = body_of(event())
    headers = signed("evt_1", body, time.time(), f"{key} {SECRET}")
    assert [s.split(",")[0] for s in headers["webhook-signature"].split()] == ["v1a", "v1"]
    Webhook(SECRET).verify(body, headers)


def test_without_a_secret_id_and_time_are_there_and_no_signature() -> None:
    headers = signed("evt_1", b"{}", NOW, None)
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("evt_1", str(int(NOW)))
    assert "webhook-signature" not in headers


def test_the_body_is_type_event_time_and_the_notice_whole() -> None:
    said = event()
    assert json.loads(body_of(said)) == {"type": "notice.new", "timestamp": timestamp(NOW), "data": said.payload}


def test_a_long_text_is_cut_to_the_last_byte_and_says_so() -> None:
    body = body_of(event(body='汉字和 "引号"\n' * 4000))
    data = json.loads(body)["data"]
    assert data["truncated"] is True
    assert MOST_BODY - 3 <= len(body) <= MOST_BODY
    assert ('汉字和 "引号"\n' * 4000).startswith(data["body"])


def test_diffs_go_before_a_word_of_the_text_does() -> None:
    revisions = [{"seen": "…", "material": True, "summary": "改", "diff": "+" * 30000}]
    data = json.loads(body_of(event(body="原文" * 1000, revisions=revisions)))["data"]
    assert (data["body"], data["truncated"]) == ("原文" * 1000, True)
    assert data["revisions"] == [revisions[0] | {"diff": ""}]


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=2000),
    lambda x: st.lists(x, max_size=50) | st.dictionaries(st.text(max_size=8), x, max_size=5),
    max_leaves=30,
)


@given(st.dictionaries(st.sampled_from(["title", "url", "sightings", "reasons", "places"]), _json), st.integers(1, 400))
def test_whatever_is_in_a_notice_its_message_is_json_under_20_kb(data: dict[str, Any], times: int) -> None:
    grown = {k: v * times if isinstance(v, str | list) else v for k, v in data.items()}
    said = event(**grown)
    body = body_of(said)
    assert len(body) <= MOST_BODY
    assert json.loads(body)["data"]["id"] == "ntc_1"
    assert body == body_of(said)
