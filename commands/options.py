"""What all commands share: their common options, the configuration they name and its store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from crawler.config.settings import Settings
    from crawler.store import Store

Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", metavar="FILE", help="Configuration; default $FENGHUO_CONFIG, else fenghuo.toml."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """The store that ``settings`` names, closed at the end.  Raises StoreError."""
    from crawler.store import open_store

    store = open_store(settings.database_url)
    try:
        yield store
    finally:
        store.close()


def quiet(settings: Settings) -> None:
    """Log warnings to stderr, and more only where the configuration asks for debugging."""
    from crawler.logging import configure_logging

    level = "warning" if settings.log_level == "info" else settings.log_level
    configure_logging(settings.model_copy(update={"log_level": level}))
