"""fenghuo.toml and the environment become one typed object; read here and only here.

Every mistake is one line naming file, line and key (ConfigError, exit code 2).
"""

from __future__ import annotations

import glob
import ipaddress
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from crawler.exceptions import ConfigError
from crawler.items import Column, Duration, Model, Source

PACKAGE = Path(__file__).parent
CONFIG_NAME = "fenghuo.toml"
EVENTS = ("notice.new", "notice.revised", "notice.withdrawn", "source.broken", "source.recovered")
_ENV_PREFIX = "FENGHUO_"
_ENV_OURS = {"FENGHUO_CONFIG"}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(B|KB|MB|GB)?", re.I)
_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9}
_M = TypeVar("_M", bound=Model)
_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


def parse_size(text: object) -> int:
    """Bytes of a size such as ``"8MB"`` or a plain number of bytes.  Raises ValueError for anything else."""
    if isinstance(text, int) and not isinstance(text, bool):
        return text
    if not (found := _SIZE.fullmatch(str(text).strip())):
        raise ValueError(f'not a size: {text!r} (write "8MB", "500KB")')
    return int(float(found[1]) * _UNITS[(found[2] or "").upper()])


def _listen(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 <= int(port) < 65536:
        raise ValueError(f'not an address to listen on: {text!r} (write "127.0.0.1:8750")')
    return text


def _network(text: str) -> str:
    ipaddress.ip_network(text)
    return text


Size = Annotated[int, BeforeValidator(parse_size)]
"""Bytes, written as ``"8MB"`` in configuration."""


class CrawlSettings(Model):
    """How pages are fetched."""

    workers: int = Field(default=1, ge=1, le=64)  # processes that read pages
    concurrency: int = Field(default=16, ge=1, le=1024)  # looks and visits under way at once
    per_host_delay: Duration = 1.0
    timeout: Duration = 30.0  # a page from request to last byte
    max_page: Size = 8_000_000
    parse_timeout: Duration = 10.0  # reading one page, then the worker is ended
    memory: Size = 600_000_000  # resident bytes at which the crawl is recycled
    revisit: tuple[Duration, ...] = (600.0, 3600.0, 6 * 3600.0, 86400.0, 3 * 86400.0, 7 * 86400.0)
    user_agent: str = "Fenghuo/0.1 (monitor of official fraud warnings)"  # add a contact address of yours


class When(Model):
    """Conditions of a hook; all given ones must hold.

    Without any, alertable notices pass: official, cross-border, of an alertable kind.  Naming ``scope``, ``kind`` or
    ``authority`` replaces that part of the default; the other parts stay.
    """

    scope: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    scam: tuple[str, ...] = ()
    authority: tuple[str, ...] = ()  # "official", or the names of contract section 3
    source: tuple[str, ...] = ()


class Hook(Model):
    """Where alerts go: one URL."""

    id: str = Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=64)
    url: str
    secret: str | None = None
    events: tuple[
        Literal["notice.new", "notice.revised", "notice.withdrawn", "source.broken", "source.recovered"], ...
    ] = (
        "notice.new",
        "notice.revised",
        "notice.withdrawn",
    )
    when: When = When()
    digest: Duration | None = None
    language: Literal["zh-CN", "en"] = "zh-CN"
    enabled: bool = True

    @model_validator(mode="after")
    def _has_scheme(self) -> Self:
        if not urlsplit(self.url).scheme or "://" not in self.url:
            raise ValueError("url has no scheme (https://…, feishu://…, mailto://…)")
        return self


class Settings(Model):
    """The whole of fenghuo.toml (contract, section 2), paths made absolute."""

    data_dir: Path = Path("var")
    database_url: str = ""
    sources: tuple[str, ...] = ()
    listen: Annotated[str, AfterValidator(_listen)] = "127.0.0.1:8750"
    base_url: str = ""
    allow_addresses: tuple[Annotated[str, AfterValidator(_network)], ...] = ()
    respect_robots: bool = True
    read_token: str = ""
    admin_token: str = ""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    crawl: CrawlSettings = CrawlSettings()
    hook: tuple[Hook, ...] = ()

    @model_validator(mode="after")
    def _hook_ids_differ(self) -> Self:
        ids = [h.id for h in self.hook]
        if twice := {i for i in ids if ids.count(i) > 1}:
            raise ValueError(f"hook ids are not unique: {', '.join(sorted(twice))}")
        return self

    @property
    def host(self) -> str:
        """The host part of ``listen``."""
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """The port part of ``listen``."""
        return int(self.listen.rpartition(":")[2])

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every configured secret, for the log's redaction."""
        keys = (key for h in self.hook for key in (h.secret or "").split())  # two during a rotation
        return tuple(s for s in (self.read_token, self.admin_token, *keys) if s)


@dataclass(frozen=True)
class Catalogue:
    """All sources, by id, and the indexes the crawl and the judge ask."""

    sources: Mapping[str, Source]
    columns: Mapping[str, Column]  # by "source/column"
    names: Mapping[str, str]  # what a source is called by itself and others -> its id

    @classmethod
    def of(cls, sources: Iterable[Source]) -> Catalogue:
        """Index ``sources``; of two that claim one name the official one has it."""
        by_id = {s.id: s for s in sources}
        names: dict[str, str] = {}
        for s in sorted(by_id.values(), key=lambda s: not s.authority.official):
            for name in (s.name, *s.aliases):
                names.setdefault(name, s.id)
        return cls(by_id, {s.key(c): c for s in by_id.values() for c in s.column}, names)

    def source_of(self, column: str) -> Source:
        """The source a column key belongs to.  Raises KeyError."""
        return self.sources[column.partition("/")[0]]

    def enabled(self) -> Iterator[tuple[str, Source, Column]]:
        """Every enabled column with its key and source."""
        return ((k, self.source_of(k), c) for k, c in self.columns.items() if c.enabled)


# --------------------------------------------------------------------------------------------------------------------
# Reading files


def load_settings(path: str | os.PathLike[str] | None = None, env: Mapping[str, str] = os.environ) -> Settings:
    """Read the configuration: ``path``, else ``FENGHUO_CONFIG``, else ``fenghuo.toml`` here, else the defaults.

    Raises ConfigError.
    """
    named = path or env.get("FENGHUO_CONFIG")
    file = Path(named) if named else Path(CONFIG_NAME)
    if named and not file.is_file():
        raise ConfigError(f"{file}: no such configuration file")
    text = _read(file) if file.is_file() else ""
    data = _expand(_toml(text, file), file, text, env)
    merged = _merge_environment(data, env)
    return _resolve(_validate(Settings, merged, file, text), file.resolve().parent)


def load_source(path: Path, env: Mapping[str, str] = os.environ) -> Source:
    """Read one source file.  Raises ConfigError."""
    text = _read(path)
    return _validate(Source, _expand(_toml(text, path), path, text, env), path, text)


def source_files(settings: Settings) -> list[Path]:
    """The source files that ``settings.sources`` names, sorted.  Raises ConfigError when a pattern names none."""
    found: list[Path] = []
    for pattern in settings.sources:
        matches = sorted(Path(p) for p in glob.glob(pattern, recursive=True))
        if not matches:
            raise ConfigError(f"sources: no file matches {pattern!r}")
        found += [p for p in matches if p not in found]
    return found


def load_catalogue(settings: Settings, check: Callable[[Source, Column], None] | None = None) -> Catalogue:
    """Read every source file.  Raises ConfigError, also when two files claim one id or ``check`` refuses a column."""
    seen: dict[str, Path] = {}
    sources = []
    for path in source_files(settings):
        source = load_source(path)
        if source.id in seen:
            raise ConfigError(f"{path}: id {source.id!r} is already taken by {seen[source.id]}")
        if check is not None:
            _check_columns(path, source, check)
        seen[source.id] = path
        sources.append(source)
    return Catalogue.of(sources)


def _check_columns(path: Path, source: Source, check: Callable[[Source, Column], None]) -> None:
    for number, column in enumerate(source.column):
        try:
            check(source, column)
        except ConfigError as e:
            line = line_of(_read(path), ["column", str(number), *str(e).split(": ")[1].split(".")])
            raise ConfigError(f"{path}:{line}: {e}") from e


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as e:
        raise ConfigError(f"{path}: not UTF-8 at byte {e.start}; save the file as UTF-8") from e
    except OSError as e:
        raise ConfigError(f"{path}: {e.strerror}") from e


def _toml(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        line = re.search(r"at line (\d+)", str(e))
        where = f"{path}:{line[1]}" if line else f"{path}:{text.count(chr(10)) + 1}"
        raise ConfigError(f"{where}: not valid TOML: {e}") from e


def _expand(value: Any, path: Path, text: str, env: Mapping[str, str]) -> Any:
    """Replace ``${NAME}`` in every string, and ``x_file = "f"`` by ``x = <content of f>``."""
    if isinstance(value, str):
        return _VARIABLE.sub(lambda m: _variable(m, path, text, env), value)
    if isinstance(value, list):
        return [_expand(v, path, text, env) for v in value]
    if isinstance(value, dict):
        items = ((k, _expand(v, path, text, env)) for k, v in value.items())
        return dict(_from_file(k, v, path) if k.endswith("_file") and isinstance(v, str) else (k, v) for k, v in items)
    return value


def _variable(found: re.Match[str], path: Path, text: str, env: Mapping[str, str]) -> str:
    value = env.get(found[1], found[2])
    if value is None:
        line = text[: text.find(found[0])].count("\n") + 1
        raise ConfigError(f"{path}:{line}: ${{{found[1]}}} is not set; set it or write ${{{found[1]}:-default}}")
    return value


def _from_file(key: str, name: str, path: Path) -> tuple[str, str]:
    file = path.resolve().parent / name
    try:
        return key.removesuffix("_file"), file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as e:
        raise ConfigError(f"{path}: {key}: cannot read {file}: {getattr(e, 'strerror', None) or e}") from e


def _merge_environment(data: dict[str, Any], env: Mapping[str, str]) -> dict[str, Any]:
    """Lay ``FENGHUO_A__B=value`` over the file; a value is read as TOML where it is TOML, else as text."""
    merged = dict(data)
    for name, text in env.items():
        if not name.startswith(_ENV_PREFIX) or name in _ENV_OURS:
            continue
        *tables, key = name.removeprefix(_ENV_PREFIX).lower().split("__")
        target = merged
        for table in tables:
            target[table] = dict(target.get(table, {}))
            target = target[table]
        if key.endswith("_file") and key.removesuffix("_file") in Settings.model_fields:
            key, text = _from_file(key, text, Path(name))
        target[key] = _toml_value(text)
    return merged


def _toml_value(text: str) -> Any:
    try:
        return tomllib.loads(f"v = {text}")["v"]
    except tomllib.TOMLDecodeError:
        return text


def _validate(model: type[_M], data: dict[str, Any], path: Path, text: str) -> _M:
    try:
        return model.model_validate(data)
    except ValidationError as e:
        first = e.errors(include_url=False)[0]
        where = [str(p) for p in first["loc"]]
        said = first["msg"].removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            said = "unknown key"
        key = ".".join(where) or "the file"
        if variable := _environment_name(where):
            raise ConfigError(f"environment {variable}: {key}: {said}") from e
        raise ConfigError(f"{path}:{line_of(text, where)}: {key}: {said}") from e


def _environment_name(where: list[str]) -> str | None:
    name = _ENV_PREFIX + "__".join(where).upper()
    return name if where and name in os.environ else None


def line_of(text: str, where: list[str]) -> int:
    """The line (from 1) on which the key at path ``where`` stands in a TOML text, or its table, or 1.

    tomllib keeps no positions; this walks the headers and keys, which is all that an error message needs.
    """
    best = (0, 1)
    table: list[str] = []
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*(\[\[?)\s*([^\]]+?)\s*\]", line):
            table = [p.strip().strip("\"'") for p in header[2].split(".")]
            if header[1] == "[[":
                counts[header[2]] = counts.get(header[2], -1) + 1
                table.append(str(counts[header[2]]))
            elif table[0] in counts:
                table.insert(1, str(counts[table[0]]))
            path = table
        elif key := re.match(r"\s*([\w.\"'-]+)\s*=", line):
            path = table + [p.strip("\"'") for p in key[1].split(".")]
        else:
            continue
        if path == where[: len(path)] and len(path) > best[0]:
            best = (len(path), number)
    return best[1]


def _resolve(settings: Settings, base: Path) -> Settings:
    """Make paths absolute (relative to the configuration file) and fill what depends on other keys."""
    data_dir = base / settings.data_dir
    sources = settings.sources or (str(PACKAGE / "sources" / "*.toml"),)
    update = {
        "data_dir": data_dir,
        "database_url": _database_url(settings.database_url, data_dir, base),
        "sources": tuple(str(base / p) for p in sources),
        "base_url": (settings.base_url or f"http://{settings.listen}").rstrip("/"),
    }
    return settings.model_copy(update=update)


def _database_url(url: str, data_dir: Path, base: Path) -> str:
    if not url:
        return f"sqlite:///{data_dir / 'fenghuo.db'}"
    name = url.removeprefix("sqlite:///")
    return url if name == url or name.startswith("/") else f"sqlite:///{base / name}"
