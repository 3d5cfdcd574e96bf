"""The catalogue: every source file, and the indexes that the crawl and the judge ask."""

from __future__ import annotations

import glob
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from crawler.config.given import Given
from crawler.config.settings import Settings
from crawler.config.toml import TomlFile, line_of
from crawler.exceptions import ConfigError
from crawler.items import Column, Source


@dataclass(frozen=True)
class Catalogue:
    """All sources, by id, and the indexes the crawl and the judge ask."""

    sources: Mapping[str, Source]
    columns: Mapping[str, Column]  # by "source/column"
    names: Mapping[str, str]  # what a source is called by itself and others -> its id
    accounts: Mapping[str, str]  # number of a WeChat account -> its source

    __hash__ = object.__hash__  # by identity, so that what was made of a thousand sources can be kept with them

    @classmethod
    def of(cls, sources: Iterable[Source]) -> Catalogue:
        """Index ``sources``; of two that claim one name the official one has it."""
        by_id = {s.id: s for s in sources}
        names: dict[str, str] = {}
        for s in sorted(by_id.values(), key=lambda s: not s.authority.official):
            for name in (s.name, *s.aliases):
                names.setdefault(name, s.id)
        columns = {s.key(c): c for s in by_id.values() for c in s.column}
        accounts = {number: s.id for s in by_id.values() for number in s.accounts}
        return cls(by_id, columns, names, accounts)

    @cached_property
    def homes(self) -> Mapping[str, str]:
        """The only source at home at a host, by the host without ``www.``."""
        return _homes(self.sources.values())

    @cached_property
    def called(self) -> Mapping[str, str]:
        """What each source calls itself, by id."""
        return {s.id: s.name for s in self.sources.values()}

    @cached_property
    def called_in_english(self) -> Mapping[str, str]:
        """The English names of those that have one, by id."""
        return {s.id: s.name_en for s in self.sources.values() if s.name_en}

    @cached_property
    def _mirrors(self) -> Mapping[str, list[str]]:
        """The columns that are said to carry what a column carries, by its key."""
        found = defaultdict[str, list[str]](list)
        for key, each in self.columns.items():
            for column in dict.fromkeys(each.mirrors):
                found[column].append(key)
        return found

    def source_of(self, column: str) -> Source:
        """The source a column key belongs to.  Raises KeyError."""
        return self.sources[column.partition("/")[0]]

    def relatives(self, column: str, origin: str | None) -> list[str]:
        """The columns that are said to carry what ``column`` carries, and those of the source ``origin``."""
        source = self.sources.get(origin or "")
        theirs = [source.key(each) for each in source.column] if source else []
        return [*self.mirrors(column), *self.mirrored(column), *theirs]

    def mirrors(self, column: str) -> Sequence[str]:
        """The columns that carry what ``column`` carries, as its source says."""
        return self.columns[column].mirrors if column in self.columns else ()

    def mirrored(self, column: str) -> Sequence[str]:
        """The columns of which ``column`` is said to carry what they carry."""
        return self._mirrors.get(column, ())

    def enabled(self) -> Iterator[tuple[str, Source, Column]]:
        """Every enabled column with its key and source."""
        return ((k, self.source_of(k), c) for k, c in self.columns.items() if c.enabled)


def host_of(url: str) -> str:
    """The host of an http(s) address without ``www.``; "" for anything else."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return (parts.hostname or "").removeprefix("www.") if parts.scheme in ("http", "https") else ""


def _homes(sources: Iterable[Source]) -> dict[str, str]:
    """Each host at which exactly one source is at home: by its homepage, or where nobody has that, by its columns."""
    by_homepage: dict[str, set[str]] = {}
    by_column: dict[str, set[str]] = {}
    for source in sources:
        if source.homepage:
            by_homepage.setdefault(host_of(source.homepage), set()).add(source.id)
        for url in () if source.homepage else (c.url for c in source.column):
            by_column.setdefault(host_of(url), set()).add(source.id)
    return {host: next(iter(ids)) for host, ids in (by_column | by_homepage).items() if host and len(ids) == 1}


def load_source(path: Path, env: Mapping[str, str] = os.environ) -> Source:
    """Read one source file.  Raises ConfigError."""
    return Given(TomlFile.read(path), env).read_as(Source)


def load_catalogue(settings: Settings, check: Callable[[Source, Column], None] | None = None) -> Catalogue:
    """Read every source file.  Raises ConfigError, also when two files claim one id or ``check`` refuses a column."""
    seen: dict[str, Path] = {}
    sources = []
    for path in source_files(settings):
        file = TomlFile.read(path)
        source = Given(file, os.environ).read_as(Source)
        if source.id in seen:
            raise file.mistake(["id"], f"{source.id!r} is already taken by {seen[source.id]}")
        if check is not None:
            _check_columns(file, source, check)
        seen[source.id] = path
        sources.append(source)
    return Catalogue.of(sources)


def source_files(settings: Settings) -> list[Path]:
    """The source files that ``settings.sources`` names, sorted.  Raises ConfigError when a given pattern names none."""
    found: dict[str, None] = {}  # as texts: of a thousand paths comparing takes as long as reading
    for number, pattern in enumerate(settings.sources):
        matches = sorted(glob.glob(pattern, recursive=True))
        if not matches and settings.names_sources:
            raise settings.mistake(["sources", str(number)], f"no file matches {pattern!r}")
        found.update(dict.fromkeys(matches))
    return [Path(p) for p in found]


def _check_columns(file: TomlFile, source: Source, check: Callable[[Source, Column], None]) -> None:
    for number, column in enumerate(source.column):
        try:
            check(source, column)
        except ConfigError as e:
            key = str(e).split(": ")[1]
            line = line_of(file.text, ["column", str(number), *key.split(".")])
            raise ConfigError(f"{file.path}:{line}: {e}") from e
