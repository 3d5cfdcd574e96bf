"""The file of a source that a command adds: its text, and its place among the user's own sources."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from crawler.config.settings import OWN, SHIPPED, Settings
from crawler.disk import draft, flush
from crawler.exceptions import ConfigError
from crawler.items import Source

_WILD = re.compile(r"[*?\[]")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_UNPRINTED = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_VARIABLE = re.compile(r"\$(?=\{)")  # a source file's ${NAME} is replaced when it is read


def own_folder(settings: Settings) -> Path:
    """Where a new source file is in force: the folder of the first pattern that is not the shipped catalogue's.

    Raises ConfigError that says which line to add when there is none.
    """
    for pattern in settings.sources:
        folder = _fixed_part(pattern)
        if folder.resolve() != Path(SHIPPED).parent and fnmatch(str(folder / "x.toml"), pattern.replace("**/", "")):
            return folder
    raise settings.mistake(["sources"], f'no folder of your own for new sources; add "{OWN}" to it')


def source_text(data: Mapping[str, Any], said: str) -> str:
    """The file that says ``data`` (the keys of a source, ``column`` a list of tables), under a comment of one line.

    Raises ConfigError when it would not be read as a source.
    """
    lines = [f"# {_plain(said)}", *_pairs({k: v for k, v in data.items() if k != "column"})]
    for column in data["column"]:
        tables = {k: v for k, v in column.items() if isinstance(v, dict)}
        lines += ["", "[[column]]", *_pairs({k: v for k, v in column.items() if k not in tables})]
        for name, table in tables.items():
            lines += [f"[column.{name}]", *_pairs(table)]
    text = "\n".join(lines) + "\n"
    try:
        Source.model_validate(tomllib.loads(text))
    except ValueError as e:
        raise ConfigError(f"no source file can say this: {' '.join(str(e).split())[:300]}") from e
    return text


def write_new(file: Path, text: str) -> None:
    """Write ``file`` whole or not at all; it and its folder may not have been there.  Raises ConfigError when it is."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with draft(file, text) as new:
            new.chmod(0o644)
            _link(new, file)
        flush(file.parent)
    except OSError as e:
        raise ConfigError(f"{file}: cannot be written: {e.strerror}") from e


def _link(new: Path, file: Path) -> None:
    """Name ``new`` ``file``: unlike a rename it never replaces what is there."""
    try:
        os.link(new, file)
    except FileExistsError as e:
        raise ConfigError(f"{file}: is there already; nothing was written") from e


def _fixed_part(pattern: str) -> Path:
    """The folder that a pattern names without wild cards."""
    parts = Path(pattern).parent.parts
    fixed = next((n for n, part in enumerate(parts) if _WILD.search(part)), len(parts))
    return Path(*parts[:fixed])


def _pairs(data: Mapping[str, Any]) -> list[str]:
    return [f"{_key(name)} = {_value(value)}" for name, value in data.items() if value is not None]


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(_plain(name), ensure_ascii=False)


def _value(value: Any) -> str:
    """A value as TOML: JSON's words for texts, numbers and arrays are TOML's too (TOML 1.0, 'String')."""
    if isinstance(value, dict):
        return f"{{ {', '.join(_pairs(value))} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(_VARIABLE.sub("%24", _plain(value)) if isinstance(value, str) else value, ensure_ascii=False)


def _plain(text: str) -> str:
    return " ".join(_UNPRINTED.sub("", text).split())
