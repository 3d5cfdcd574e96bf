"""fenghuo.toml and the environment become one typed object; read here and only here.

Every mistake is one line naming file, line and key (ConfigError, exit code 2).
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, model_validator

from crawler.config.given import Given
from crawler.config.hooks import Hook, Rule
from crawler.config.publishing import Cap, WebSub
from crawler.config.toml import TomlFile
from crawler.exceptions import ConfigError
from crawler.items import Duration, Model

PACKAGE = Path(__file__).parent.parent
SHIPPED = str(PACKAGE / "sources" / "*.toml")
OWN = "sources/*.toml"
"""Beside the configuration: what is watched besides the shipped catalogue where ``sources`` is not given."""
CONFIG_NAME = "fenghuo.toml"
_DATABASES = ("sqlite:///", "postgresql+psycopg://")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(B|KB|MB|GB)?", re.I)
_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9}


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


def _contact(text: str) -> str:
    if text and (not text.startswith(("mailto:", "https://", "tel:")) or not text.isprintable()):
        raise ValueError("write mailto:… or https://… (RFC 9116)")
    return text


def _base_url(url: str) -> str:
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
        raise ValueError('not the address of a site (write "https://fenghuo.example")')
    return url


def _database(url: str) -> str:
    if url and not url.startswith(_DATABASES):
        raise ValueError("write sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME")  # the value may hold a password
    return url


Size = Annotated[int, BeforeValidator(parse_size)]
"""Bytes, written as ``"8MB"`` in configuration."""


class CrawlSettings(Model):
    """How pages are fetched."""

    workers: int = Field(default=1, ge=1, le=64)  # processes that read pages
    concurrency: int = Field(default=16, ge=1, le=1024)  # looks and visits under way at once
    per_host_delay: Duration = 1.0
    looks_a_day: float = Field(default=192.0, ge=0)  # at a column, on average over all whose interval is not fixed
    host_looks_a_day: float = Field(default=1440.0, ge=0)  # at all columns of one host together
    timeout: Duration = Field(default=30.0, gt=0)  # a page from request to last byte
    max_page: Size = 8_000_000
    parse_timeout: Duration = Field(default=2.0, gt=0)  # CPU time of reading one page, then the worker is ended
    memory: Size = 600_000_000  # resident bytes at which the crawl is recycled
    revisit: tuple[Duration, ...] = (600.0, 3600.0, 6 * 3600.0, 86400.0, 3 * 86400.0, 7 * 86400.0)
    user_agent: str = "Fenghuo/0.1 (monitor of official fraud warnings)"  # add a contact address of yours


class EvidenceSettings(Model):
    """How captures are kept, and who else vouches for when."""

    keep: Duration = 0.0  # bytes of captures older than this are dropped, their hashes stay; 0: nothing is dropped
    max_file: Size = Field(default=256_000_000, gt=0)  # a WARC file of this size is followed by another
    timestamps: str = Field(default="", pattern=r"^(https?://[^\s<>\"]+)?$")  # an RFC 3161 authority; "" asks none
    timestamp_roots: Path | None = None  # PEM: whom a time stamp must go back to
    timestamp_every: Duration = Field(default=86400.0, ge=60)


class Settings(Model):
    """The whole of fenghuo.toml (contract, section 2), paths made absolute."""

    data_dir: Path = Path("var")
    database_url: Annotated[str, AfterValidator(_database)] = ""
    sources: tuple[str, ...] = ()
    listen: Annotated[str, AfterValidator(_listen)] = "127.0.0.1:8750"
    base_url: Annotated[str, AfterValidator(_base_url)] = ""
    allow_addresses: tuple[Annotated[str, AfterValidator(_network)], ...] = ()
    respect_robots: bool = True
    read_token: str = ""
    admin_token: str = ""
    proxies: tuple[Annotated[str, AfterValidator(_network)], ...] = ()  # whose X-Forwarded-For is believed
    security_contact: Annotated[str, AfterValidator(_contact)] = ""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    crawl: CrawlSettings = CrawlSettings()
    evidence: EvidenceSettings = EvidenceSettings()
    websub: WebSub = WebSub()
    cap: Cap = Cap()
    hook: tuple[Hook, ...] = ()
    rule: tuple[Rule, ...] = ()
    _given: Given = PrivateAttr(default_factory=lambda: Given(TomlFile(Path(CONFIG_NAME)), {}))

    @model_validator(mode="after")
    def _hook_ids_differ(self) -> Self:
        ids = [h.id for h in self.hook]
        if twice := {i for i in ids if ids.count(i) > 1}:
            raise ValueError(f"hook ids are not unique: {', '.join(sorted(twice))}")
        return self

    @model_validator(mode="after")
    def _rules_name_hooks(self) -> Self:
        """A rule names hooks that there are, and that leave their conditions to rules."""
        hooks = {h.id: h for h in self.hook}
        for id in (id for rule in self.rule for id in rule.hooks):
            if id not in hooks:
                raise ValueError(f"a rule names no hook that there is: {id}; there are {', '.join(hooks) or 'none'}")
            if hooks[id].when.given or hooks[id].unless.given:
                raise ValueError(f"hook {id} has conditions of its own and a rule; give it one of them")
        return self

    def mistake(self, where: Sequence[str], said: str) -> ConfigError:
        """The error that names where the key at path ``where`` was given, and what is wrong with it."""
        return self._given.mistake(where, said)

    @property
    def names_sources(self) -> bool:
        """Whether ``sources`` was given, so that a pattern in it that names no file is a mistake."""
        return ("sources",) in self._given.over or "sources" in self._given.file.data

    @property
    def host(self) -> str:
        """The host part of ``listen``."""
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """The port part of ``listen``."""
        return int(self.listen.rpartition(":")[2])

    @property
    def evidence_dir(self) -> Path:
        """Where the WARC files and time stamps are."""
        return self.data_dir / "evidence"

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where one daemon works alone: the data directory, and the folder of an SQLite database elsewhere."""
        kind, _, file = self.database_url.partition(":///")
        return (self.data_dir, Path(file).parent) if kind == "sqlite" else (self.data_dir,)

    @property
    def hub(self) -> str:
        """The address of the WebSub hub that feeds name; "" for none."""
        return f"{self.base_url}/hub" if self.websub.embedded else self.websub.hub

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every configured secret, for the log's redaction."""
        keys = [key for h in self.hook for key in (h.secret or "").split()]  # two during a rotation
        keys += [form for h in self.hook for form in _password(h.url)]
        return tuple(s for s in (self.read_token, self.admin_token, *keys) if s)


def _password(url: str) -> tuple[str, ...]:
    """The password in an address, as it is written there and as it is meant."""
    password = urlsplit(url).password or ""
    return (password,) if unquote(password) == password else (password, unquote(password))


def load_settings(path: str | os.PathLike[str] | None = None, env: Mapping[str, str] = os.environ) -> Settings:
    """Read the configuration: ``path``, else ``FENGHUO_CONFIG``, else ``fenghuo.toml`` here, else the defaults.

    Raises ConfigError.
    """
    named = path or env.get("FENGHUO_CONFIG")
    file = Path(named or CONFIG_NAME)
    if named and not file.exists():
        raise ConfigError(f"{file}: no such configuration file")
    given = Given.with_environment(TomlFile.read(file) if file.exists() else TomlFile(file), env)
    settings = _resolve(given.read_as(Settings), file.resolve().parent)
    settings._given = given
    return settings


def _resolve(settings: Settings, base: Path) -> Settings:
    """Make paths absolute (relative to the configuration file) and fill what depends on other keys."""
    data_dir = base / settings.data_dir
    sources = settings.sources or (SHIPPED, OWN)
    roots = settings.evidence.timestamp_roots
    update = {
        "data_dir": data_dir,
        "database_url": _database_url(settings.database_url, data_dir, base),
        "evidence": settings.evidence.model_copy(update={"timestamp_roots": roots and base / roots}),
        "sources": tuple(str(base / p) for p in sources),
        "base_url": (settings.base_url or f"http://{settings.listen}").rstrip("/"),
    }
    return settings.model_copy(update=update)


def _database_url(url: str, data_dir: Path, base: Path) -> str:
    if not url:
        return f"sqlite:///{data_dir / 'fenghuo.db'}"
    name = url.removeprefix("sqlite:///")
    return url if name == url or name.startswith("/") else f"sqlite:///{base / name}"
