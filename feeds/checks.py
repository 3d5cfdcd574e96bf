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

from feeds.languages import Word
from feeds.reasons import reason

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
    check: Word
    said: Word
    advice: Word | None = None


def python(running: tuple[int, ...]) -> Finding:
    """Python 3.11 or newer."""
    check, said = Word("python"), Word.alike(".".join(map(str, running)))
    return Finding("ok", check, said) if running >= (3, 11) else Finding("fail", check, said, Word("install 3.11"))


def packages(wanted: Iterable[str]) -> Finding:
    """Every required package, in a version we accept."""
    from packaging.requirements import Requirement

    check = Word("packages")
    wrong: list[Word] = []
    for requirement in map(Requirement, wanted):
        try:
            if not requirement.specifier.contains(version(requirement.name), prereleases=True):
                found, accepted = version(requirement.name), requirement.specifier
                said = Word("%(package)s is %(found)s, not %(wanted)s")
                wrong.append(said.filled(package=requirement.name, found=found, wanted=accepted))
        except PackageNotFoundError:
            wrong.append(Word("%(package)s is missing").filled(package=requirement.name))
    if not wrong:
        return Finding("ok", check, Word("all are here"))
    said = Word.known(", ".join(w.en for w in wrong), "，".join(w.zh for w in wrong))
    return Finding("fail", check, said, Word.alike("make install"))


def sources(catalogue: Catalogue) -> Finding:
    """Every column belongs to a platform that we know."""
    from crawler import platforms
    from crawler.exceptions import ConfigError

    check = Word("sources")
    try:
        for key, column in catalogue.columns.items():
            platforms.check(catalogue.source_of(key), column)
    except ConfigError as e:
        return Finding("fail", check, reason(str(e)), Word("correct the source file"))
    count = sum(1 for _ in catalogue.enabled())
    said = Word("%(sources)s sources, %(count)s of %(columns)s columns enabled").filled(
        sources=len(catalogue.sources), count=count, columns=len(catalogue.columns)
    )
    return Finding("ok", check, said) if count else Finding("warn", check, said, Word("nothing will be looked at"))


def data_dir(folder: Path) -> Finding:
    """The data folder, or where it will be made, can be written and has room."""
    check, there = Word("data"), next(p for p in (folder, *folder.parents) if p.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        said = Word("%(folder)s cannot be written").filled(folder=there)
        return Finding("fail", check, said, Word("change its owner, or data_dir"))
    free = shutil.disk_usage(there).free
    said = Word("%(folder)s, %(free)s GB free").filled(folder=folder, free=f"{free / 1e9:.1f}")
    return Finding("warn", check, said, Word("make room")) if free < _ROOM else Finding("ok", check, said)


def clock(now: float, last_look: float) -> Finding:
    """The clock is set, and has not gone back behind what was done before."""
    time_said = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(now))
    if now < _EPOCH or now < last_look - _FUTURE:
        said = Word("%(time)s is too early").filled(time=time_said)
        return Finding("fail", Word("clock"), said, Word("set the clock (timedatectl set-ntp true)"))
    return Finding("ok", Word("clock"), Word.alike(time_said))


def browser(catalogue: Catalogue) -> Finding:
    """Chromium is installed, if a column must be rendered."""
    from crawler.rendering.browser import find_browser

    check, rendered = Word("browser"), [key for key, _, column in catalogue.enabled() if column.render]
    if not rendered:
        return Finding("ok", check, Word("not needed"))
    if found := find_browser():
        said = Word("%(browser)s, for %(n)s columns").filled(browser=found, n=len(rendered))
        return Finding("ok", check, said)
    said = Word("none, but %(column)s must be rendered").filled(column=rendered[0])
    return Finding("warn", check, said, Word.alike("apt install chromium"))


def database(name: str, *, writes: bool) -> Finding:
    """The database, which has answered just now, also takes what is written."""
    check, said = Word("database"), Word("%(name)s, schema current").filled(name=name)
    if writes:
        return Finding("ok", check, said)
    return Finding("fail", check, Word("the database cannot be written"), Word("fenghuo doctor tells why"))


def daemon(pid: int | None) -> Finding:
    """The process that is the daemon; that there is none is fine."""
    said = Word("running, process %(pid)s").filled(pid=pid) if pid else Word("not running")
    return Finding("ok", Word("daemon"), said)


def hook(hook: Hook) -> Finding:
    """A hook's address is well formed; nothing is sent (`fenghuo test-alert` does that)."""
    check = Word("hook %(id)s").filled(id=hook.id)
    if wrong := _wrong_with(hook):
        return Finding("fail", check, reason(wrong), Word("correct it in fenghuo.toml"))
    said = Word("well formed; fenghuo test-alert %(id)s tries it").filled(id=hook.id)
    return Finding("ok", check, said)


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
