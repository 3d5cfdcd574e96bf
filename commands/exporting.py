"""`fenghuo export`: every notice as a file, streamed, so that memory stays flat."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from commands import subscribing
from commands.options import Config, opened
from commands.printing import printable
from commands.remote import Api, Token, remote

if TYPE_CHECKING:
    from crawler.store import Store

_COLUMNS = (
    *("id", "url", "title", "published", "first_seen", "updated", "status", "origin", "source", "authority"),
    *("official", "claimed_only", "kind", "scope", "alertable", "scam_types", "places", "figures", "contacts"),
    *("sightings", "revisions", "body"),
)
_FORMULA = (*"=+-@＝＋－＠", "\t", "\n")  # a spreadsheet runs a cell that begins so (OWASP, CSV injection)


def export(
    format: Annotated[
        Literal["jsonl", "csv", "opml"],
        typer.Option(help="Notices, one JSON object a line or a table; or what is watched, as OPML."),
    ] = "jsonl",
    config: Config = None,
    api: Api = None,
    token: Token = None,
) -> int:
    """Print every notice, the newest last (of a daemon elsewhere: first), or every column."""
    from crawler.config.catalogue import load_catalogue
    from crawler.config.settings import load_settings

    there = remote(api, token)
    if there and format == "opml":
        raise typer.BadParameter("what a daemon elsewhere watches is at its /feeds.opml and `sources --api`")
    if there:
        _write(_lines(format, there.pages("/notices", "notices")))
        return 0
    if format == "opml":
        subscribing.export_opml(load_catalogue(load_settings(config)))
        return 0
    with opened(load_settings(config)) as store:
        _write(_lines(format, _notices(store)))
    return 0


def _write(lines: Iterator[str]) -> None:
    for line in lines:
        sys.stdout.buffer.write(line.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()


def _lines(format: str, notices: Iterator[dict[str, Any]]) -> Iterator[str]:
    return _csv(notices) if format == "csv" else _jsonl(notices)


def _jsonl(notices: Iterator[dict[str, Any]]) -> Iterator[str]:
    return (json.dumps(notice, ensure_ascii=False) + "\n" for notice in notices)


def _csv(notices: Iterator[dict[str, Any]]) -> Iterator[str]:
    """RFC 4180 rows; lists as words separated by ``; ``, sightings and revisions as counts."""
    yield _row(_COLUMNS)
    for notice in notices:
        origin = notice["origin"]
        flat = notice | {
            "origin": origin["name"],
            **{name: origin[name] for name in ("source", "authority", "official", "claimed_only")},
            "places": [place["code"] for place in notice["places"]],
            "sightings": len(notice["sightings"]),
            "revisions": len(notice["revisions"]),
        }
        yield _row([_cell(flat[name]) for name in _COLUMNS])


def _row(cells: tuple[str, ...] | list[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    text = printable("; ".join(map(str, value)) if isinstance(value, list) else str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text


def _notices(store: Store) -> Iterator[dict[str, Any]]:
    """Every notice as the contract shows it, the oldest first, as of one moment."""
    from crawler.items import notice_json
    from crawler.store.wire import notices

    with store.read() as tx:
        for notice in notices.every(tx):
            yield notice_json(notice)
