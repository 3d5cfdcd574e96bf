"""The commands that keep the data: schema, backup and restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands import printing
from commands.options import Config, Json, opened


def migrate(config: Config = None, json: Json = False) -> int:
    """Create the database or bring it to the current schema."""
    from crawler.config.settings import load_settings
    from crawler.store import migrate as bring

    schema = bring(load_settings(config).database_url)
    if json:
        printing.as_json({"schema": schema})
    else:
        printing.say(f"schema {schema}")
    return 0


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; a file that is there is not replaced.")],
    config: Config = None,
) -> int:
    """Copy the database and all evidence to a file, also while the daemon runs."""
    from crawler.config.settings import load_settings
    from crawler.exceptions import StoreError
    from crawler.store import backup as backups

    if not file.absolute().parent.is_dir():
        raise StoreError(f"{file.parent}: no such folder; create it first")
    if file.exists():
        raise StoreError(f"{file}: is there already; name another file, or remove it")
    settings = load_settings(config)
    missing = backups.backup(settings.database_url, file, settings.evidence_dir)
    printing.say(f"{file}: {file.stat().st_size / 1e6:.1f} MB")
    if missing:
        printing.note(f"{missing} captures cannot be read in {settings.evidence_dir}, and are not in it: see `verify`")
    return 0


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `fenghuo backup` wrote.")],
    config: Config = None,
) -> int:
    """Put a backup in the place of the database, which is kept beside it."""
    from crawler.config.catalogue import load_catalogue
    from crawler.config.settings import load_settings
    from crawler.lock import single_instance
    from crawler.store import backup as backups
    from feeds.publish import publish

    settings = load_settings(config)
    catalogue = load_catalogue(settings)
    with single_instance(*settings.folders):
        aside = backups.restore(file, settings.database_url)
        with opened(settings) as store:
            publish(store, settings, catalogue, force=True)
    printing.say(f"restored{f'; the database before is {aside}' if aside else ''}")
    return 0
