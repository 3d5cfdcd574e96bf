"""Where alerts go: a hook is one URL with the conditions of what is sent there; a rule gives several hooks the same."""

from __future__ import annotations

import base64
import re
from datetime import time
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from crawler.items import Authority, Duration, Kind, Model, Scope, TimeZone

EventType = Literal[
    "notice.new",
    "notice.revised",
    "notice.withdrawn",
    "source.broken",
    "source.recovered",
    "hook.failing",
    "hook.disabled",
    "hook.recovered",
]
DEFAULT_EVENTS: tuple[EventType, ...] = ("notice.new", "notice.revised", "notice.withdrawn")
_QUIET = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


def _url(url: str) -> str:
    parts = urlsplit(url)
    if not parts.scheme or "://" not in url:
        raise ValueError("has no scheme (https://…, feishu://…, mailto://…)")
    if parts.scheme in ("http", "https") and not parts.hostname:
        raise ValueError("has no host")
    return url


def _authority(text: str) -> str:
    if text not in ("official", *Authority):
        raise ValueError(f"unknown authority {text!r}; there are official, {', '.join(Authority)}")
    return text


def _quiet(text: str) -> str:
    if not _QUIET.fullmatch(text) or text[:5] == text[6:]:
        raise ValueError(f'not a span of hours within a day: {text!r} (write "23:00-07:00")')
    return text


def _template(text: str) -> str:
    """Refuse what is no Jinja2, naming the template's line."""
    from jinja2 import TemplateSyntaxError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    try:
        ImmutableSandboxedEnvironment().parse(text)
    except TemplateSyntaxError as e:
        raise ValueError(f"the template's line {e.lineno}: {e.message}") from None
    return text


def _is_key(secret: str) -> bool:
    """Whether a secret is one of Standard Webhooks: ``whsec_`` and up to 64 bytes, or ``whsk_`` and an ed25519 key."""
    is_private = secret.startswith("whsk_")
    try:
        size = len(base64.b64decode(secret.removeprefix("whsk_" if is_private else "whsec_")))
    except ValueError:
        return False
    return size in (32, 64) if is_private else 0 < size <= 64  # a seed, alone or with its public key


class When(Model):
    """Conditions on a notice; of several values of one condition any will do.

    As a hook's ``when`` all given ones must hold, as ``urgent`` likewise, as ``unless`` none may.
    """

    scope: tuple[Scope, ...] = ()
    kind: tuple[Kind, ...] = ()
    place: tuple[str, ...] = ()
    scam: tuple[str, ...] = ()
    authority: tuple[Annotated[str, AfterValidator(_authority)], ...] = ()
    source: tuple[str, ...] = ()
    column: tuple[str, ...] = ()
    victim: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    status: tuple[Literal["current", "revised", "withdrawn"], ...] = ()
    level: tuple[str, ...] = ()
    origin: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()
    figure: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    official: bool | None = None
    claimed_only: bool | None = None
    published_within: Duration | None = None

    @property
    def given(self) -> list[str]:
        """The names of the conditions that are given."""
        return [name for name in type(self).model_fields if getattr(self, name) not in ((), None)]


class Rule(Model):
    """The same conditions for several hooks, which then have none of their own."""

    hooks: tuple[str, ...] = Field(min_length=1)
    when: When = When()
    unless: When = When()


class Hook(Model):
    """Where alerts go: one URL."""

    id: str = Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=64)
    url: Annotated[str, AfterValidator(_url)]
    secret: str | None = None
    events: tuple[EventType, ...] = DEFAULT_EVENTS
    when: When = When()
    unless: When = When()
    urgent: When = When()
    digest: Duration | None = None
    quiet: Annotated[str, AfterValidator(_quiet)] | None = None
    timezone: TimeZone = "Asia/Shanghai"
    language: Literal["zh-CN", "en"] = "zh-CN"
    template: Annotated[str, AfterValidator(_template)] | None = None
    unsubscribe: str | None = Field(default=None, pattern=r"^(https://|mailto:)[!-;=?-~]+$")
    enabled: bool = True

    @property
    def scheme(self) -> str:
        """The scheme of the address, which says how it is served."""
        return urlsplit(self.url).scheme

    @property
    def for_people(self) -> bool:
        """Whether people read what arrives: several events may then be one message."""
        return self.scheme not in _FOR_MACHINES

    @property
    def quiet_hours(self) -> tuple[time, time] | None:
        """From when to when only what is urgent is sent, as clocks in ``timezone`` show it."""
        if not self.quiet or not (found := _QUIET.fullmatch(self.quiet)):
            return None
        from_hour, from_minute, to_hour, to_minute = map(int, found.groups())
        return time(from_hour, from_minute), time(to_hour, to_minute)

    @model_validator(mode="after")
    def _signs(self) -> Self:
        """A secret of Standard Webhooks is base64; the other services' are whatever they gave out."""
        if self.scheme in ("http", "https") and not all(map(_is_key, (self.secret or "").split())):
            raise ValueError("secret is not whsec_ and base64 (Standard Webhooks)")
        return self

    @model_validator(mode="after")
    def _words_are_for_people(self) -> Self:
        if self.template and not self.for_people:
            raise ValueError("template is for messages to people; what machines get has one form")
        return self


_FOR_MACHINES = ("http", "https", "file")
