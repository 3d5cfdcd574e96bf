"""Configuration nouns: who publishes, and where."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated, Any, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from crawler.items.vocabulary import Authority, Kind

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}


def parse_duration(text: object) -> float:
    """Seconds of a duration such as ``"15m"``, ``"1h30m"``, ``"250ms"`` or a plain number of seconds.

    Raises ValueError for anything else.
    """
    if isinstance(text, int | float) and not isinstance(text, bool):
        return float(text)
    parts = _DURATION.findall(str(text))
    if not parts or "".join(n + u for n, u in parts) != str(text).strip():
        raise ValueError(f'not a duration: {text!r} (write "30s", "15m", "1h30m", "7d")')
    return sum(float(n) * _SECONDS[u] for n, u in parts)


Duration = Annotated[float, BeforeValidator(parse_duration), Field(ge=0)]
"""Seconds, written as ``"15m"`` in configuration."""


def _http_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"not an http(s) address: {url!r}")
    return url


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as e:
        raise ValueError(f"unknown time zone: {name!r}") from e
    return name


TimeZone = Annotated[str, AfterValidator(_zone)]
"""The name of a time zone: ``"Asia/Shanghai"``."""


def _by_number(named: dict[str, str]) -> dict[str, str]:
    return {_account_number(biz): name for name, biz in named.items()}


def _account_number(biz: str) -> str:
    try:
        number = base64.b64decode(biz, validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        number = ""
    if not number.isdigit():
        raise ValueError(f"not the __biz of a WeChat account: {biz!r} (write MzA5NTIyMjQzNg==)")
    return number


HttpUrl = Annotated[str, AfterValidator(_http_url)]
Accounts = Annotated[dict[str, str], AfterValidator(_by_number)]
"""Names of WeChat accounts by their numbers; written as ``{ name = __biz }``, which is Base64 of the number."""
Slug = Annotated[str, Field(pattern=r"^[a-z0-9-]+$", max_length=64)]


class Model(BaseModel):
    """Base of configuration nouns: unknown keys are errors, values are frozen.

    What checks them is built when something is checked: those that stand in others are built with these alone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Expect(Model):
    """What a healthy column shows; what is not given is learnt from its own looks."""

    min_items: int | None = Field(default=None, ge=0)
    newest_within: Duration | None = None


class Column(Model):
    """One list of a publisher (栏目): the thing that is looked at.  Only ``url`` is required."""

    id: Slug = "main"
    name: str = ""
    url: HttpUrl
    every: Duration = 900.0
    fixed: bool = False
    platform: str = "html"
    kind: Kind | None = None
    links: str | None = None
    body: str | None = None
    title: str | None = None
    published: str | None = None
    render: bool = False
    enabled: bool = True
    expect: Expect = Expect()
    mirrors: tuple[str, ...] = ()  # columns that carry the same texts, for the time when this one cannot be read
    options: dict[str, Any] = Field(default_factory=dict)  # the platform's own table, [column.<platform>]

    @model_validator(mode="before")
    @classmethod
    def _take_platform_table(cls, data: Any) -> Any:
        """Move ``[column.<platform>]`` to ``options``, whatever the platform is called."""
        if isinstance(data, dict):
            table = data.get(data.get("platform", "html"))
            if isinstance(table, dict):
                data = {k: v for k, v in data.items() if v is not table} | {"options": table}
        return data


class Source(Model):
    """One publisher: one TOML file (contract, section 3).

    ``column = []`` is a publisher known by its names and accounts only, for what is submitted, imported or reprinted.
    """

    id: Slug
    name: str
    name_en: str = ""
    homepage: HttpUrl | None = None
    authority: Authority
    timezone: TimeZone = "Asia/Shanghai"
    language: str = "zh-CN"
    aliases: tuple[str, ...] = ()
    accounts: Accounts = Field(default_factory=dict)
    tags: tuple[str, ...] = ()
    note: str = ""
    column: tuple[Column, ...]

    @model_validator(mode="before")
    @classmethod
    def _column_from_url(cls, data: Any) -> Any:
        """A file holding only id, name, authority and ``url`` is a source with one column."""
        if isinstance(data, dict) and "url" in data and "column" not in data:
            data = {k: v for k, v in data.items() if k != "url"} | {"column": [{"url": data["url"]}]}
        return data

    @model_validator(mode="after")
    def _column_ids_differ(self) -> Self:
        ids = [c.id for c in self.column]
        if twice := {i for i in ids if ids.count(i) > 1}:
            raise ValueError(f"column ids are not unique: {', '.join(sorted(twice))}")
        return self

    def key(self, column: Column) -> str:
        """The key of a column, ``source/column``."""
        return f"{self.id}/{column.id}"
