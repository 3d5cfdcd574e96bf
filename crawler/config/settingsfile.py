"""fenghuo.toml as a program edits it: hooks and rules change, everything else and its comments stay as they are."""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from crawler.config.settings import Settings, load_settings
from crawler.disk import draft, flush
from crawler.exceptions import ConfigError

_NEW = "# Written by Fenghuo; every key is in docs/configure.md\n"
_one_at_a_time = threading.Lock()


def put_hook(file: Path, id: str, given: Mapping[str, Any]) -> Settings:
    """Set the keys ``given`` of hook ``id`` (None takes a key away); a hook that is not there is added.

    Returns the settings of the new file.  Raises ConfigError, and then the file is as it was.
    """

    def change(document: tomlkit.TOMLDocument) -> None:
        hooks = _tables(document, "hook")
        row = next((h for h in hooks if h.get("id") == id), None)
        if row is None:
            row = tomlkit.table()
            row["id"] = id
            _set(row, given)
            hooks.append(row)
        else:
            _set(row, given)

    return edit(file, change)


def drop_hook(file: Path, id: str) -> Settings:
    """Take hook ``id`` out.  Raises ConfigError when it is not there or a rule names it."""

    def change(document: tomlkit.TOMLDocument) -> None:
        hooks = _tables(document, "hook")
        at = next((n for n, h in enumerate(hooks) if h.get("id") == id), None)
        if at is None:
            raise ConfigError(f"{file}: has no hook {id!r}")
        del hooks[at]
        if not len(hooks):
            del document["hook"]

    return edit(file, change)


def put_rules(file: Path, rules: Sequence[Mapping[str, Any]]) -> Settings:
    """Write ``rules`` in place of all that are there.  Raises ConfigError, and then the file is as it was."""

    def change(document: tomlkit.TOMLDocument) -> None:
        document.pop("rule", None)
        if rules:
            rows = _tables(document, "rule")
            for rule in rules:
                row = tomlkit.table()
                _set(row, rule)
                rows.append(row)

    return edit(file, change)


def edit(file: Path, change: Callable[[tomlkit.TOMLDocument], None]) -> Settings:
    """Change ``file`` as a whole or not at all: what ``change`` makes of it must be a configuration.

    A file that is not there is begun.  Raises ConfigError with the mistake, or why it cannot be written.
    """
    with _one_at_a_time:
        try:
            text = file.read_text("utf-8-sig") if file.exists() else _NEW
            document = tomlkit.parse(text)
            change(document)
            said = tomlkit.dumps(document)
            if tomllib.loads(said) != document.unwrap():  # a key would stand in another table than meant
                raise ConfigError(f"{file}: is laid out too unusually to be edited by a program; edit it by hand")
            return _replaced(file.resolve(), said)
        except TOMLKitError as e:
            raise ConfigError(f"{file}: cannot be edited: {' '.join(str(e).split())}") from e
        except OSError as e:
            raise ConfigError(f"{file}: cannot be written: {e.strerror}") from e


def _replaced(file: Path, text: str) -> Settings:
    """Put ``text`` in place of ``file``, if it can be read as settings from where the file stands."""
    with draft(file, text) as new:
        try:
            settings = load_settings(new)
        except ConfigError as e:
            raise ConfigError(str(e).replace(str(new), str(file))) from e
        new.chmod(file.stat().st_mode & 0o777 if file.exists() else 0o600)  # it may hold secrets
        new.replace(file)
        flush(file.parent)
        return settings


def _tables(document: tomlkit.TOMLDocument, name: str) -> Any:
    """The tables of an array, which is begun where it is not there."""
    if name not in document:
        document[name] = tomlkit.aot()
    return document[name]


def _set(row: Table | Any, given: Mapping[str, Any]) -> None:
    """Set keys, plain values before tables, so that none slips into a table; an emptied condition goes away."""
    for key, value in sorted(given.items(), key=lambda pair: isinstance(pair[1], Mapping)):
        if value is None or value == {}:
            row.pop(key, None)
        elif isinstance(value, Mapping):
            table = tomlkit.inline_table()
            table.update(value)
            row[key] = table
        else:
            row[key] = value
