"""`fenghuo rules try`: what a hook would have been sent, had it had its conditions all along."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import typer

from commands import printing
from commands.options import Config, Json, opened
from commands.reading import since_when
from commands.remote import Api, Token, remote


def rules(
    action: Annotated[Literal["try"], typer.Argument(metavar="try")],
    hook: Annotated[str, typer.Argument(metavar="HOOK", help="The id of a hook in fenghuo.toml.")],
    since: Annotated[str, typer.Option(help='A day, a time (RFC 3339), or an age such as "30d".')] = "30d",
    config: Config = None,
    json: Json = False,
    api: Api = None,
    token: Token = None,
) -> int:
    """Show what the conditions of a hook would have let through of what is remembered; sends nothing."""
    from crawler.config.settings import load_settings
    from crawler.items import timestamp
    from feeds import operations

    first = since_when(since, datetime.now(UTC)) or 0.0
    if there := remote(api, token):
        _print(there.post("/rules/try", {"hook": hook, "since": timestamp(first)}), json=json)
        return 0
    settings = load_settings(config)
    with opened(settings) as store:
        _print(operations.try_rules(store, settings, hook, first).told(), json=json)
    return 0


def _print(said: dict[str, Any], *, json: bool) -> None:
    if json:
        printing.as_json(said)
        return
    rows = [
        (h["at"], h["type"], h["id"], "urgent" if h["urgent"] else "", h["kind"], h["title"])
        for h in said["would_be_sent"]
    ]
    printing.table(("at", "type", "notice", "", "kind", "title"), rows)
    busiest = said["busiest_day"]
    most = f"; the busiest day {busiest['day']} with {busiest['sent']}" if busiest["day"] else ""
    printing.note(f"{said['sent']} of {said['events']} events would have been sent{most}")
