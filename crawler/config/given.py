"""What a TOML file and the environment say together, as data that a model of configuration can check."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from crawler.config.toml import TomlFile
from crawler.exceptions import ConfigError
from crawler.items import Model

PREFIX = "FENGHUO_"
_NOT_KEYS = ("FENGHUO_CONFIG", "FENGHUO_API", "FENGHUO_TOKEN")
_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")
_M = TypeVar("_M", bound=Model)


@dataclass(frozen=True)
class Given:
    """A file, the environment its ``${NAME}`` come from, and the variables that are laid over it."""

    file: TomlFile = field(compare=False)  # settings are equal if their values are, wherever they came from
    env: Mapping[str, str] = field(compare=False)
    over: Mapping[tuple[str, ...], str] = field(compare=False, default_factory=dict)  # path of a key -> variable

    @classmethod
    def with_environment(cls, file: TomlFile, env: Mapping[str, str]) -> Given:
        """``file`` under the environment: ``FENGHUO_CRAWL__WORKERS`` is laid over ``crawl.workers``."""
        names = sorted(n for n in env if n.startswith(PREFIX) and n not in _NOT_KEYS)  # a table before its keys
        return cls(file, dict(env), {tuple(n.removeprefix(PREFIX).lower().split("__")): n for n in names})

    def read_as(self, model: type[_M]) -> _M:
        """All of it as a ``model``.  Raises ConfigError."""
        data = self._complete(model)
        try:
            return model.model_validate(data)
        except ValidationError as e:
            first = e.errors(include_url=False)[0]
            unknown = first["type"] == "extra_forbidden"
            said = "unknown key" if unknown else first["msg"].removeprefix("Value error, ")
            raise self.mistake([str(p) for p in first["loc"]] or _twin(data), said) from e

    def _complete(self, model: type[Model]) -> dict[str, Any]:
        """The data with what the environment and other files say; a source file, of a thousand, has most often none."""
        if not self.over and "${" not in self.file.text and "_file" not in self.file.text:
            return self.file.data
        completed: dict[str, Any] = self._with_secrets(self._overlaid(self._expanded(self.file.data, ()), model), ())
        return completed

    def mistake(self, where: Sequence[str], said: str) -> ConfigError:
        """The error that names where the key at path ``where`` was given, and what is wrong with it."""
        for length in range(len(where), 0, -1):
            if variable := self.over.get(tuple(where[:length])):
                return ConfigError(f"environment {variable}: {'.'.join(where)}: {said}")
        if where and where[0] not in self.file.data and where[-1] in self.file.data:
            where = where[-1:]  # the `url` of a source that has no [[column]]
        return self.file.mistake(where, said)

    def _expanded(self, value: Any, where: tuple[str, ...]) -> Any:
        """``value`` with every ``${NAME}`` and ``${NAME:-default}`` replaced."""
        if isinstance(value, str):
            return _VARIABLE.sub(lambda found: self._variable(found, where), value)
        if isinstance(value, list):
            return [self._expanded(v, (*where, str(n))) for n, v in enumerate(value)]
        if isinstance(value, dict):
            return {k: self._expanded(v, (*where, k)) for k, v in value.items()}
        return value

    def _variable(self, found: re.Match[str], where: tuple[str, ...]) -> str:
        value = self.env.get(found[1], found[2])
        if value is None:
            raise self.mistake(where, f"${{{found[1]}}} is not set; set it or write ${{{found[1]}:-default}}")
        return value

    def _overlaid(self, data: dict[str, Any], model: type[Model]) -> dict[str, Any]:
        """``data`` under the variables; of a variable and a key in the file the variable wins."""
        merged = dict(data)
        for where, name in self.over.items():
            table = merged
            for number, part in enumerate(where[:-1], 1):
                inner = table.get(part, {})
                if not isinstance(inner, dict):
                    whole = PREFIX + "__".join(where[:number]).upper()
                    raise self.mistake(where, f"{part} is not a table; set the whole of it as {whole}")
                table[part] = table = dict(inner)
            table[where[-1]] = _value(self.env[name], takes_text=_takes_text(model, where))
        return merged

    def _with_secrets(self, value: Any, where: tuple[str, ...]) -> Any:
        """``value`` with ``x = <content of f>`` in place of every ``x_file = "f"``."""
        if isinstance(value, list):
            return [self._with_secrets(v, (*where, str(n))) for n, v in enumerate(value)]
        if not isinstance(value, dict):
            return value
        return {
            k.removesuffix("_file"): self._content(v, (*where, k))
            if k.endswith("_file") and isinstance(v, str)
            else self._with_secrets(v, (*where, k))
            for k, v in value.items()
        }

    def _content(self, name: str, where: tuple[str, ...]) -> str:
        file = self.file.path.resolve().parent / name
        try:
            content = file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as e:
            raise self.mistake(where, f"cannot read {file}: {getattr(e, 'strerror', None) or 'not UTF-8'}") from e
        if not content:
            raise self.mistake(where, f"{file} is empty")
        return content


def _value(text: str, *, takes_text: bool) -> Any:
    """What the text of a variable means: TOML where it is TOML, but a token of digits stays a text."""
    try:
        data = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    value = data.pop("value")
    return text if data or (takes_text and not isinstance(value, str)) else value


def _takes_text(model: type[Model], where: Sequence[str]) -> bool:
    kind: Any = model
    for part in where:
        known = getattr(kind, "model_fields", {}).get(part)
        kind = known.annotation if known else None
    return kind in (str, Path)


def _twin(data: Mapping[str, Any]) -> list[str]:
    """Where an id stands that an earlier row has: the mistake of a whole, to which pydantic gives no place."""
    for name, rows in data.items():
        ids = [row.get("id") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        for number, id in enumerate(ids):
            if id in ids[:number]:
                return [name, str(number), "id"]
    return []
