"""`fenghuo doctor`: is everything here that a watch needs, and what to do where it is not."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from commands import printing
from commands.options import Config, Json, opened

if TYPE_CHECKING:
    from crawler.config import Catalogue, Settings
    from crawler.hooks import Hook

_ROOM = 500_000_000  # bytes free below which a watch with captures soon ends
_EPOCH = 1735689600.0  # 2025-01-01: a clock before it is not set
_FUTURE = 60.0  # seconds that another machine's clock may be ahead


@dataclass(frozen=True)
class Finding:
    """What one check found, and what to do about it."""

    level: Literal["ok", "warn", "fail"]
    check: str
    said: str
    advice: str = ""


def doctor(config: Config = None, json: Json = False) -> int:
    """Check everything a watch needs; exit 1 if something fails."""
    findings = list(_findings(config))
    if json:
        printing.as_json([asdict(f) for f in findings])
    else:
        for f in findings:
            printing.say(f"{f.level:<4}  {f.check:<13}  {f.said}{f'; {f.advice}' if f.advice else ''}")
    return 1 if any(f.level == "fail" for f in findings) else 0


def _findings(config: Path | None) -> Iterator[Finding]:
    from crawler.config import load_catalogue, load_settings
    from crawler.exceptions import ConfigError

    yield python(sys.version_info[:3])
    yield packages(requires("fenghuo") or ())
    try:
        settings = load_settings(config)
        yield Finding("ok", "configuration", "valid")
        catalogue = load_catalogue(settings)
        yield sources(catalogue)
    except ConfigError as e:
        yield Finding("fail", "configuration", str(e), "correct that line")
        return
    yield data_dir(settings.data_dir)
    yield from _database(settings)
    yield browser(catalogue)
    yield from map(hook, settings.hook)
    yield daemon(settings)


def python(running: tuple[int, ...]) -> Finding:
    """Python 3.11 or newer."""
    said = ".".join(map(str, running))
    return Finding("ok", "python", said) if running >= (3, 11) else Finding("fail", "python", said, "install 3.11")


def packages(wanted: Iterable[str]) -> Finding:
    """Every required package, in a version we accept."""
    from packaging.requirements import Requirement

    wrong = []
    for requirement in map(Requirement, wanted):
        try:
            if not requirement.specifier.contains(version(requirement.name), prereleases=True):
                wrong.append(f"{requirement.name} is {version(requirement.name)}, not {requirement.specifier}")
        except PackageNotFoundError:
            wrong.append(f"{requirement.name} is missing")
    return Finding("fail", "packages", ", ".join(wrong), "make install") if wrong else Finding("ok", "packages", "all")


def sources(catalogue: Catalogue) -> Finding:
    """Every column belongs to a platform that we know."""
    from crawler import platforms
    from crawler.exceptions import ConfigError

    try:
        for key, column in catalogue.columns.items():
            platforms.check(catalogue.source_of(key), column)
    except ConfigError as e:
        return Finding("fail", "sources", str(e), "correct the source file")
    count = sum(1 for _ in catalogue.enabled())
    said = f"{len(catalogue.sources)} sources, {count} of {len(catalogue.columns)} columns enabled"
    return Finding("ok" if count else "warn", "sources", said, "" if count else "nothing will be looked at")


def data_dir(folder: Path) -> Finding:
    """The data folder, or where it will be made, can be written and has room."""
    there = next(p for p in (folder, *folder.parents) if p.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        return Finding("fail", "data", f"{there} cannot be written", "change its owner, or data_dir")
    free = shutil.disk_usage(there).free
    said = f"{folder}, {free / 1e9:.1f} GB free"
    return Finding("warn", "data", said, "make room") if free < _ROOM else Finding("ok", "data", said)


def _database(settings: Settings) -> Iterator[Finding]:
    """The database opens, has our schema and is sound; the clock is not behind its newest look."""
    from crawler.exceptions import StoreError
    from crawler.store import columns
    from crawler.store.engine import parse_url, sqlite_file
    from crawler.store.schema import lost

    try:
        file = sqlite_file(parse_url(settings.database_url))
        if file and not file.exists() and not lost(file):
            yield Finding("ok", "database", f"none yet at {file}; the first command that needs one makes it")
            yield clock(time.time(), 0.0)
            return
        with opened(settings) as store:
            store.check()
            with store.read() as tx:
                last = max((row.last_look for row in columns.rows(tx) if row.last_look), default=0.0)
    except StoreError as e:
        yield Finding("fail", "database", str(e))
        return
    yield Finding("ok", "database", "sound, schema current")
    yield clock(time.time(), last)


def clock(now: float, last_look: float) -> Finding:
    """The clock is set, and has not gone back behind what was done before."""
    if now < _EPOCH or now < last_look - _FUTURE:
        said = f"{time.strftime('%Y-%m-%d %H:%M', time.gmtime(now))} UTC is too early"
        return Finding("fail", "clock", said, "set the clock (timedatectl set-ntp true)")
    return Finding("ok", "clock", time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(now)))


def browser(catalogue: Catalogue) -> Finding:
    """Chromium is installed, if a column must be rendered."""
    from crawler.rendering.browser import find_browser

    rendered = [key for key, _, column in catalogue.enabled() if column.render]
    if not rendered:
        return Finding("ok", "browser", "not needed")
    if found := find_browser():
        return Finding("ok", "browser", f"{found}, for {len(rendered)} columns")
    return Finding("warn", "browser", f"none, but {rendered[0]} must be rendered", "apt install chromium")


def hook(hook: Hook) -> Finding:
    """A hook's address is well formed; nothing is sent (`fenghuo test-alert` does that)."""
    if wrong := _wrong_with(hook):
        return Finding("fail", f"hook {hook.id}", wrong, "correct it in fenghuo.toml")
    return Finding("ok", f"hook {hook.id}", f"well formed; fenghuo test-alert {hook.id} tries it")


def _wrong_with(hook: Hook) -> str:
    """What is wrong with a hook, without its address, which may be a secret; "" for nothing."""
    from crawler.exceptions import ConfigError
    from feeds.alerts import chat, mail
    from feeds.alerts.mailbox import mailbox

    parts = urlsplit(hook.url)
    if not hook.for_people:
        return ""
    if parts.scheme in chat.PLATFORMS:
        return "" if parts.netloc else "the address holds no token"
    if mail.serves(hook):
        try:
            mailbox(hook.url, hook.secret)
        except ConfigError as e:
            return str(e)
        return ""
    import apprise

    return "" if apprise.Apprise().add(hook.url) else "Apprise does not understand the address"


def daemon(settings: Settings) -> Finding:
    """Whether a daemon runs on this data folder; both answers are fine."""
    from crawler.lock import holder

    pid = holder(settings.data_dir) if settings.data_dir.exists() else None
    return Finding("ok", "daemon", f"running, process {pid}" if pid else "not running")
