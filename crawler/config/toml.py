"""A TOML file as data, and the line on which each of its keys stands, so that a mistake in it can be shown."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from crawler.exceptions import ConfigError

_END = re.compile(r"at line (\d+)")


@dataclass(frozen=True)
class TomlFile:
    """What a configuration or source file says."""

    path: Path
    text: str = ""
    data: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read and parse ``path``.  Raises ConfigError."""
        try:
            with open(path, encoding="utf-8-sig", opener=_at_once) as file:  # some editors put a byte order mark first
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise ConfigError(f"{path}: is no file that could be read again")
                text = file.read()
            return cls(path, text, tomllib.loads(text))
        except UnicodeDecodeError as e:
            line = e.object[: e.start].count(b"\n") + 1
            raise ConfigError(f"{path}:{line}: not UTF-8; save the file as UTF-8") from e
        except tomllib.TOMLDecodeError as e:
            found = _END.search(str(e))
            line = int(found[1]) if found else max(1, len(text.splitlines()))
            raise ConfigError(f"{path}:{line}: not valid TOML: {e}") from e
        except OSError as e:
            raise ConfigError(f"{path}: {e.strerror}") from e

    def mistake(self, where: Sequence[str], said: str) -> ConfigError:
        """The error that names this file, the line and key at path ``where``, and what is wrong there."""
        key = " ".join(".".join(where).split()) or "the file"
        return ConfigError(f"{self.path}:{line_of(self.text, where)}: {key}: {said}")


def _at_once(path: str, flags: int) -> int:
    """A descriptor, without waiting until somebody writes into a pipe of that name."""
    return os.open(path, flags | os.O_NONBLOCK)


def line_of(text: str, where: Sequence[str]) -> int:
    """The line (from 1) on which the key at path ``where`` stands in a valid TOML text, or its nearest table, or 1.

    tomllib keeps no positions but can be asked for them: the key stands on the last line of the shortest beginning
    of the text that holds it.  A path is made of keys and, for the rows of an array, of numbers from 0.
    """
    lines = text.split("\n")
    path = list(where)
    while path and not _holds(lines, len(lines), path):
        path.pop()
    return bisect_left(range(len(lines)), True, lo=1, key=lambda n: _holds(lines, n, path)) if path else 1


def _holds(lines: list[str], number: int, path: Sequence[str]) -> bool:
    """Whether the first ``number`` lines, and as many more as end what is open there, hold the key."""
    for end in range(number, len(lines) + 1):
        for closing in ("", "\n]"):  # an array over several lines is looked into
            try:
                return _present(tomllib.loads("\n".join(lines[:end]) + closing), path)
            except tomllib.TOMLDecodeError:
                continue
    return False


def _present(value: Any, path: Sequence[str]) -> bool:
    for part in path:
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return False
    return True
