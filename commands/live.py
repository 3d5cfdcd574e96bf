"""`fenghuo watch`: what arrives and what breaks, as it happens; `commands.live_view` shows it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from commands.options import Config, opened
from commands.remote import Api, Remote, Token, remote

if TYPE_CHECKING:
    from crawler.config.settings import Settings
    from crawler.store import Store
    from feeds.live import Moment

_PAUSE = 1.0  # seconds from one moment to the next


def watch(
    api: Api = None,
    token: Token = None,
    lang: Annotated[Literal["zh", "en"] | None, typer.Option(help="Default: the language of the terminal.")] = None,
    seconds: Annotated[float | None, typer.Option(min=0, help="End after so long; default: at Ctrl-C.")] = None,
    config: Config = None,
) -> int:
    """Watch what arrives and what breaks, live; it is `run` that makes it arrive."""
    from commands import live_view

    end = float("inf") if seconds is None else time.monotonic() + seconds
    on_terminal = sys.stdout.isatty()
    show = live_view.table if on_terminal else live_view.lines
    with suppress(KeyboardInterrupt), _source(remote(api, token), config, end, on_terminal) as moments:  # Ctrl-C ends
        show(moments, lang or _language())
    return 0


@contextmanager
def _source(
    there: Remote | None, config: Path | None, end: float, on_terminal: bool
) -> Iterator[Iterator[Moment | str]]:
    """Where the moments come from: a daemon elsewhere, else the database here."""
    if there:
        from commands import live_remote

        yield live_remote.moments(there, end)
        return
    from crawler.config.settings import load_settings

    settings = load_settings(config)
    with opened(settings) as store:
        yield _moments(store, settings, end, latest=on_terminal)


def _language() -> str:
    """That of the terminal, in the order of POSIX."""
    from feeds.languages import language_named

    said = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return language_named(next(filter(None, said), "")) or "en"


def _moments(store: Store, settings: Settings, end: float, *, latest: bool) -> Iterator[Moment | str]:
    """Moment after moment until ``end``; where the database does not answer, why.

    Each holds the ``latest`` arrivals, else all since shortly before the last moment.
    """
    from crawler.exceptions import StoreError
    from feeds import live

    ours = [hook.id for hook in settings.hook if hook.enabled]
    told = time.time()
    while True:
        now = time.time()
        try:
            with store.read() as tx:
                yield live.moment(tx, ours, now, None if latest else told - live.OVERLAP)
            told = now
        except StoreError as e:
            yield str(e)
        if time.monotonic() >= end:
            return
        time.sleep(max(0.0, min(_PAUSE, end - time.monotonic())))
