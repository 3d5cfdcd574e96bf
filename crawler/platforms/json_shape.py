"""How the list in a JSON answer is built, found without configuration: which rows, and what their fields say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from crawler.platforms.json import Options, scalar
from crawler.reading.dating.list_dates import written_date
from crawler.reading.lists.list_rows import width
from crawler.reading.terms import terms

_FEWEST = 3  # rows that are a list
_SAMPLE = 30  # rows of it that are looked at
_MAX_NODES, _MAX_DEPTH = 20_000, 8
_TITLE = 12  # columns of the median title
_MOST = 0.8  # share of the rows that must have a field
_PLAIN = re.compile(r"[A-Za-z_]\w{0,99}")
_ADDRESS = re.compile(r"(?:https?:)?//[^\s<>\"]{4,2000}|\.{0,2}/[^\s<>\"]{1,2000}", re.I)
_PICTURE = re.compile(r"\.(?:gif|jpe?g|png|webp|svg|ico|css|js|mp4)(?:[?!]|$)", re.I)
_DATED = re.compile(r"time|date|shijian|riqi", re.I)

Row = Mapping[str, Any]


def infer_options(value: Any, timezone: str, fetched_at: float) -> Options | None:
    """``[column.json]`` for the longest list of titled and addressed rows in the JSON ``value``; None if there is none.

    Dates are read in ``timezone``; ``fetched_at`` are POSIX seconds.
    """
    found = [
        (len(rows), options) for path, rows in _lists(value) if (options := _options(path, rows, timezone, fetched_at))
    ]
    return max(found, key=lambda f: f[0])[1] if found else None


def _lists(value: Any) -> Iterator[tuple[str, Sequence[Row]]]:
    """Every list of objects with its JMESPath, level by level."""
    todo, seen = [("", value, 0)], 0
    while todo and seen < _MAX_NODES:
        path, node, depth = todo.pop(0)
        seen += 1
        if isinstance(node, list):
            rows = [row for row in node if isinstance(row, dict)]
            if len(rows) >= _FEWEST and len(rows) > len(node) / 2:
                yield path or "@", rows
        elif isinstance(node, dict) and depth < _MAX_DEPTH:
            todo += [(_below(path, k), v, depth + 1) for k, v in node.items() if isinstance(v, dict | list)]


def _options(path: str, rows: Sequence[Row], timezone: str, fetched_at: float) -> Options | None:
    sample = rows[:_SAMPLE]
    title, url = _title(sample), _address(sample)
    if title is None or url is None:
        return None
    return Options(items=path, url=_name(url), title=_name(title), published=_date(sample, timezone, fetched_at))


def _title(rows: Sequence[Row]) -> str | None:
    """The field of titles: the best one that is called so, else the one with the longest lines."""
    names = [n for n in _fields(rows) if _titles(rows, n)]
    longest = sorted(names, key=lambda n: -_columns(rows, n))
    return next(_called("json_title", names), next(iter(longest), None))


def _titles(rows: Sequence[Row], name: str) -> bool:
    values = [v for row in rows if isinstance(v := row.get(name), str) and v.strip()]
    telling = len(values) >= _MOST * len(rows) and len(set(values)) > len(values) / 2
    return telling and not any(map(_ADDRESS.fullmatch, values)) and _TITLE <= _columns(rows, name) < 200


def _columns(rows: Sequence[Row], name: str) -> float:
    return median(width(scalar(row.get(name))) for row in rows)


def _address(rows: Sequence[Row]) -> str | None:
    """The field of addresses: the best one that is called so, else any that holds one of its own for each row."""
    names = [n for n in _fields(rows) if _addresses(rows, n)]
    return next(_called("json_url", names), next(iter(names), None))


def _addresses(rows: Sequence[Row], name: str) -> bool:
    values = [v for row in rows if (v := scalar(row.get(name)))]
    if len(values) < _MOST * len(rows) or len(set(values)) <= len(values) / 2 or any(map(_PICTURE.search, values)):
        return False
    named = next(_called("json_url", [name]), None) is not None
    return all(
        _ADDRESS.fullmatch(v) or (named and re.fullmatch(r"[\w%.~-]+(?:/[\w%.~?=&-]+)+", v[:2048])) for v in values
    )


def _date(rows: Sequence[Row], timezone: str, fetched_at: float) -> str | None:
    """The field of dates as JMESPath: the best one that is called so, else one whose name speaks of time."""
    names = [n for n in _fields(rows) if _dates(rows, n, timezone, fetched_at)]
    found = next(_called("json_date", names), next((n for n in names if _DATED.search(n)), None))
    return _name(found) if found else None


def _dates(rows: Sequence[Row], name: str, timezone: str, fetched_at: float) -> bool:
    read = sum(written_date(row.get(name), timezone, fetched_at) is not None for row in rows)
    return read >= _MOST * len(rows)


def _fields(rows: Sequence[Row]) -> dict[str, None]:
    return {name: None for row in rows for name in row if isinstance(name, str)}


def _called(which: str, names: Sequence[str]) -> Iterator[str]:
    """Of ``names`` those in the list ``which`` of data/lists.toml, the best first."""
    plain = {re.sub("[_-]", "", n).lower(): n for n in reversed(names)}
    yield from (plain[k] for k in terms("lists")[which] if k in plain)


def _below(path: str, name: str) -> str:
    return f"{path}.{_name(name)}" if path else _name(name)


def _name(name: str) -> str:
    """A field's name as JMESPath: quoted unless it is plain."""
    return name if _PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=False)
