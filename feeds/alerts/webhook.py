"""http(s) hooks: Standard Webhooks 1.0 to the letter (https://www.standardwebhooks.com)."""

from __future__ import annotations

import base64
import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from standardwebhooks import Webhook

from crawler.config.hooks import Hook
from crawler.items import timestamp
from crawler.store.delivery.outbox import Event
from feeds.alerts.schedule import Answer, parse_retry_after
from feeds.alerts.wire import Wire

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Data = Mapping[str, Any]

MOST_BODY = 19_999  # bytes; the specification asks for less than 20 kB
_PAUSES = (429, 502, 503, 504)  # the specification's "throttle" statuses, and 503
_LONG = 500  # characters of a string, once the notice's body is cut and it is still too much
_MANY = 20  # members of a list, likewise


async def send(wire: Wire, hook: Hook, event: Event, now: float) -> Answer:
    """Send one event to ``hook``: the same id and body on every try, a timestamp of this one."""
    body = body_of(event)
    reply = await wire.post(hook.url, body, signed(event.id, body, now, hook.secret))
    pause = parse_retry_after(reply.headers.get("Retry-After"), now) if reply.status in _PAUSES else None
    return Answer(not reply.error, reply.status, reply.error, pause, gone=reply.status == 410)


def signed(id: str, body: bytes, now: float, secret: str | None) -> dict[str, str]:
    """The headers of a message, signed by each of the secrets that stand in ``secret`` (two during a rotation)."""
    headers = {"Content-Type": "application/json", "webhook-id": id, "webhook-timestamp": str(int(now))}
    if secret:
        headers["webhook-signature"] = " ".join(_signature(s, id, body, int(now)) for s in secret.split())
    return headers


def _signature(secret: str, id: str, body: bytes, now: int) -> str:
    """A shared secret's HMAC (``v1,``), or that of an ed25519 key (``whsk_``, ``v1a,``)."""
    if secret.startswith("whsk_"):
        signed = _private_key(secret).sign(f"{id}.{now}.".encode() + body)
        return f"v1a,{base64.b64encode(signed).decode()}"
    said: str = Webhook(secret).sign(id, datetime.fromtimestamp(now, UTC), body.decode())
    return said


def _private_key(secret: str) -> Ed25519PrivateKey:
    """The key whose seed stands first behind ``whsk_``."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(secret.removeprefix("whsk_"))[:32])


def body_of(event: Event) -> bytes:
    """The bytes of a message, a function of the event alone: under 20 kB, ``truncated: true`` where data is cut."""
    forms = (_encode(event, data) for data in _ever_smaller(event))
    return next(body for body in forms if len(body) <= MOST_BODY)


def _encode(event: Event, data: Data) -> bytes:
    message = {"type": event.type, "timestamp": timestamp(event.at), "data": data}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _ever_smaller(event: Event) -> Iterator[Data]:
    """The data whole, then in ever shorter forms: what the notice's page shows in full goes first."""
    yield event.payload
    data = {**event.payload, "truncated": True}
    if "revisions" in data:
        data["revisions"] = [r | {"diff": ""} for r in data["revisions"]]
        yield data
    yield _with_less_body(event, data)
    short = _shortened(data)
    yield _with_less_body(event, short | {"body": data.get("body", "")})
    yield {k: v for k, v in short.items() if not isinstance(v, list)} | {"body": ""}


def _with_less_body(event: Event, data: Data) -> Data:
    """The data with the longest beginning of the notice's text that fits, down to none."""
    text = str(data.get("body", ""))
    too_long = bisect_left(
        range(len(text) + 1), MOST_BODY + 1, key=lambda n: len(_encode(event, {**data, "body": text[:n]}))
    )
    return {**data, "body": text[: max(too_long - 1, 0)]}


def _shortened(value: Any) -> Any:
    """``value`` with every string and list in it cut; of lists the newest members stay."""
    match value:
        case str():
            return value[:_LONG]
        case dict():
            return {k: _shortened(v) for k, v in value.items()}
        case list():
            return [_shortened(v) for v in value[-_MANY:]]
    return value
