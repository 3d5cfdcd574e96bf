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
) -> int:
    """Print every notice, the newest last, or every column."""
    from crawler.config import load_catalogue, load_settings

    if format == "opml":
        subscribing.export_opml(load_catalogue(load_settings(config)))
        return 0
    with opened(load_settings(config)) as store:
        for line in _csv(store) if format == "csv" else _jsonl(store):
            sys.stdout.buffer.write(line.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
    return 0


def _jsonl(store: Store) -> Iterator[str]:
    return (json.dumps(notice, ensure_ascii=False) + "\n" for notice in _notices(store))


def _csv(store: Store) -> Iterator[str]:
    """RFC 4180 rows; lists as words separated by ``; ``, sightings and revisions as counts."""
    yield _row(_COLUMNS)
    for notice in _notices(store):
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
    from crawler.store import notices

    with store.read() as tx:
        for notice in notices.every(tx):
            yield notice_json(notice)
