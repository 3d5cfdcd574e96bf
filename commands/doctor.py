"""`fenghuo doctor`: is everything here that a watch needs, and what to do where it is not."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path
from typing import TYPE_CHECKING

from commands import printing
from commands.options import Config, Json, opened
from feeds.checks import Finding, browser, clock, daemon, data_dir, hook, packages, python, sources
from feeds.languages import Word
from feeds.reasons import reason

if TYPE_CHECKING:
    from crawler.config.settings import Settings


def doctor(config: Config = None, json: Json = False) -> int:
    """Check everything a watch needs; exit 1 if something fails."""
    findings = list(_findings(config))
    if json:
        printing.as_json([_as_json(f) for f in findings])
    else:
        for f in findings:
            advice = f"; {f.advice.en}" if f.advice else ""
            printing.say(f"{f.level:<4}  {f.check.en:<13}  {f.said.en}{advice}")
    return 1 if any(f.level == "fail" for f in findings) else 0


def _as_json(found: Finding) -> dict[str, str]:
    advice = found.advice.en if found.advice else ""
    return {"level": found.level, "check": found.check.en, "said": found.said.en, "advice": advice}


def _findings(config: Path | None) -> Iterator[Finding]:
    from crawler.config.catalogue import load_catalogue
    from crawler.config.settings import load_settings
    from crawler.exceptions import ConfigError

    yield python(sys.version_info[:3])
    yield packages(requires("fenghuo") or ())
    try:
        settings = load_settings(config)
        yield Finding("ok", Word("configuration"), Word("valid"))
        catalogue = load_catalogue(settings)
        yield sources(catalogue)
    except ConfigError as e:
        yield Finding("fail", Word("configuration"), reason(str(e)), Word("correct that line"))
        return
    yield data_dir(settings.data_dir)
    yield from _database(settings)
    yield browser(catalogue)
    yield from map(hook, settings.hook)
    yield daemon(_running(settings))


def _database(settings: Settings) -> Iterator[Finding]:
    """The database opens, has our schema and is sound; the clock is not behind its newest look."""
    from crawler.exceptions import StoreError
    from crawler.store.engine import parse_url, sqlite_file
    from crawler.store.schema import lost
    from crawler.store.watch import looks

    try:
        file = sqlite_file(parse_url(settings.database_url))
        if file and not file.exists() and not lost(file):
            said = Word("none yet at %(file)s; the first command that needs one makes it").filled(file=file)
            yield Finding("ok", Word("database"), said)
            yield clock(time.time(), 0.0)
            return
        with opened(settings) as store:
            store.check()
            with store.read() as tx:
                last = looks.newest(tx) or 0.0
    except StoreError as e:
        yield Finding("fail", Word("database"), reason(str(e)))
        return
    yield Finding("ok", Word("database"), Word("sound, schema current"))
    yield clock(time.time(), last)


def _running(settings: Settings) -> int | None:
    """The process id of the daemon on this data folder, None when there is none."""
    from crawler.lock import holder

    return holder(settings.data_dir) if settings.data_dir.exists() else None
