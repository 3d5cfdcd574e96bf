"""The commands that correct by hand what was taken for one notice, or for two."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from commands import printing
from commands.options import Config, Json, opened

if TYPE_CHECKING:
    from crawler.configuration import Configuration
    from crawler.items import Notice
    from crawler.store import Store


def merge(
    kept: Annotated[str, typer.Argument(metavar="A", help="The id of the notice that stays.")],
    other: Annotated[str, typer.Argument(metavar="B", help="The id of the notice that becomes part of it.")],
    config: Config = None,
    json: Json = False,
) -> int:
    """Make two notices one, for good; nothing is sent."""
    from crawler.configuration import Configuration
    from feeds import operations

    configuration = Configuration(config)
    with opened(configuration.settings) as store:
        notice = operations.merge(store, kept, other, time.time())
        _publish(store, configuration)
    return _said(notice, f"{other} is part of it now", json=json)


def split(
    sighting: Annotated[
        str, typer.Argument(metavar="SIGHTING", help="The address of a sighting, as `show` prints it.")
    ],
    config: Config = None,
    json: Json = False,
) -> int:
    """Make one sighting a notice of its own, for good; nothing is sent."""
    from crawler.configuration import Configuration
    from feeds import operations

    configuration = Configuration(config)
    with opened(configuration.settings) as store:
        parted = operations.split(store, configuration.catalogue, sighting, time.time())
        _publish(store, configuration)
    return _said(parted.notice, f"no longer part of {parted.before}", json=json)


def _publish(store: Store, configuration: Configuration) -> None:
    from feeds.publish import publish

    publish(store, configuration.settings, configuration.catalogue)


def _said(notice: Notice, what: str, *, json: bool) -> int:
    from crawler.items import notice_json

    if json:
        printing.as_json(notice_json(notice))
    else:
        printing.say(f"{notice.id}  {notice.title}  ({len(notice.sightings)} sightings; {what})")
    return 0
