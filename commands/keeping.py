"""The commands that keep the data: schema, backup, restore, and the proof that every capture is what was fetched."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands import printing
from commands.options import Config, Json, opened

BROKEN = 5
"""The exit code of broken evidence."""


def migrate(config: Config = None, json: Json = False) -> int:
    """Create the database or bring it to the current schema."""
    from crawler.config import load_settings
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
    """Copy the database to a file, also while the daemon runs."""
    from crawler.config import load_settings
    from crawler.exceptions import StoreError
    from crawler.store import backup as backups

    if not file.absolute().parent.is_dir():
        raise StoreError(f"{file.parent}: no such folder; create it first")
    if file.exists():
        raise StoreError(f"{file}: is there already; name another file, or remove it")
    backups.backup(load_settings(config).database_url, file)
    printing.say(f"{file}: {file.stat().st_size / 1e6:.1f} MB")
    return 0


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `fenghuo backup` wrote.")],
    config: Config = None,
) -> int:
    """Put a backup in the place of the database, which is kept beside it."""
    from crawler.config import load_catalogue, load_settings
    from crawler.lock import single_instance
    from crawler.store import backup as backups
    from feeds.publish import publish

    settings = load_settings(config)
    catalogue = load_catalogue(settings)
    with single_instance(settings.data_dir):
        aside = backups.restore(file, settings.database_url)
        with opened(settings) as store:
            publish(store, settings, catalogue, force=True)
    printing.say(f"restored{f'; the database before is {aside}' if aside else ''}")
    return 0


def verify(config: Config = None, json: Json = False) -> int:
    """Check every stored capture against its hash; exit 5 if one differs."""
    from crawler.config import load_settings
    from crawler.store import captures

    with opened(load_settings(config)) as store, store.read() as tx:
        broken = list(captures.broken(tx))
    if json:
        printing.as_json({"broken": broken})
    else:
        for id in broken:
            printing.say(f"capture {id} is not what was fetched")
        printing.note(f"{len(broken)} captures broken" if broken else "every capture is what was fetched")
    return BROKEN if broken else 0
