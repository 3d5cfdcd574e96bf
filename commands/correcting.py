"""The commands that correct by hand what was taken for one notice, or for two."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import typer

from commands import printing
from commands.options import Config, Json, opened
from commands.remote import Api, Token, remote

if TYPE_CHECKING:
    from crawler.configuration import Configuration
    from crawler.store import Store


def merge(
    kept: Annotated[str, typer.Argument(metavar="A", help="The id of the notice that stays.")],
    other: Annotated[str, typer.Argument(metavar="B", help="The id of the notice that becomes part of it.")],
    config: Config = None,
    json: Json = False,
    api: Api = None,
    token: Token = None,
) -> int:
    """Make two notices one, for good; nothing is sent."""
    from crawler.configuration import Configuration
    from crawler.items import notice_json
    from feeds import operations

    if there := remote(api, token):
        notice = there.post(f"/notices/{quote(kept, safe='')}/merge", {"other": other})
    else:
        configuration = Configuration(config)
        with opened(configuration.settings) as store:
            notice = notice_json(operations.merge(store, kept, other, time.time()))
            _publish(store, configuration)
    return _said(notice, f"{other} is part of it now", json=json)


def split(
    sighting: Annotated[
        str, typer.Argument(metavar="SIGHTING", help="The address of a sighting, as `show` prints it.")
    ],
    config: Config = None,
    json: Json = False,
    api: Api = None,
    token: Token = None,
) -> int:
    """Make one sighting a notice of its own, for good; nothing is sent."""
    from crawler.configuration import Configuration
    from crawler.items import notice_json
    from feeds import operations

    if there := remote(api, token):
        notice = there.post("/split", {"url": sighting})
    else:
        configuration = Configuration(config)
        with opened(configuration.settings) as store:
            evidence = configuration.settings.evidence_dir
            parted = operations.split(store, configuration.catalogue, evidence, sighting, time.time())
            notice = notice_json(parted.notice)
            _publish(store, configuration)
    before = ", ".join(r["id"] for r in notice["related"])
    return _said(notice, f"no longer part of {before}", json=json)


def _publish(store: Store, configuration: Configuration) -> None:
    from feeds.publish import publish

    publish(store, configuration.settings, configuration.catalogue)


def _said(notice: dict[str, Any], what: str, *, json: bool) -> int:
    if json:
        printing.as_json(notice)
    else:
        printing.say(f"{notice['id']}  {notice['title']}  ({len(notice['sightings'])} sightings; {what})")
    return 0
