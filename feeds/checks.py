"""Is everything here that a watch needs, and what to do where it is not: what `fenghuo doctor` and the page tell."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from crawler.config.catalogue import Catalogue
    from crawler.config.hooks import Hook

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
