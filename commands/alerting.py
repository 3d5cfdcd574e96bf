"""The commands about alerts: the ledger of deliveries, sending some again, and a test."""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from commands import printing
from commands.options import Config, Json, opened, quiet
from commands.remote import Api, Token, remote

if TYPE_CHECKING:
    from crawler.config.settings import Settings
    from crawler.store import Store
    from crawler.store.delivery.ledger import Delivery, Try
    from feeds.alerts.deliver import Delivered

_OF_HOOK = ("id", "to", "state", "queued", "delivered", "dead", "failures", "since", "why")


def deliveries(
    state: Annotated[Literal["queued", "delivered", "dead"] | None, typer.Option(help="Only these.")] = None,
    hook: Annotated[str | None, typer.Option(help="Only those to this hook.")] = None,
    notice: Annotated[str | None, typer.Option(metavar="ID", help="Only those of this notice, with every try.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    config: Config = None,
    json: Json = False,
    api: Api = None,
    token: Token = None,
) -> int:
    """List deliveries to hooks, the newest first."""
    from crawler.config.settings import load_settings
    from crawler.store.delivery import ledger

    if there := remote(api, token):
        found = list(there.pages("/deliveries", "deliveries", limit, state=state, hook=hook, notice=notice))
    else:
        with opened(load_settings(config)) as store, store.read() as tx:
            rows = ledger.deliveries(tx, state, limit, notice_id=notice, hook=hook)
            tries = ledger.tries(tx, [row.id for row in rows]) if json or notice else {}
            found = [delivery_json(row) | {"tries": [_try(t) for t in tries.get(row.id, ())]} for row in rows]
    if json:
        printing.as_json(found)
        return 0
    found = found if notice else [d | {"tries": []} for d in found]
    names = ("id", "event_id", "type", "hook", "state", "attempts", "last_error")
    lines = [line for d in found for line in ([d[n] for n in names], *map(_told, d["tries"]))]
    printing.table(("id", "event", "type", "hook", "state", "tries", "last error"), lines)
    return 0


def delivery_json(delivery: Delivery) -> dict[str, Any]:
    """A delivery with its times in RFC 3339."""
    from crawler.items import timestamp

    times = {name: getattr(delivery, name) for name in ("at", "created", "due", "finished")}
    return asdict(delivery) | {name: None if at is None else timestamp(at) for name, at in times.items()}


def _try(said: Try) -> dict[str, Any]:
    from crawler.items import timestamp

    return {"at": timestamp(said.at), "ok": said.ok, "status": said.status, "seconds": round(said.seconds, 3)} | {
        "error": said.error
    }


def _told(said: dict[str, Any]) -> tuple[object, ...]:
    """A try as a row below its delivery."""
    return "", "", said["at"], "", said["status"], f"{said['seconds']} s", said["error"]


def hooks(config: Config = None, json: Json = False, api: Api = None, token: Token = None) -> int:
    """List the hooks: how they do, what they are owed and what was given up."""
    if there := remote(api, token):
        found = [{name: hook[name] for name in _OF_HOOK} for hook in there.pages("/hooks", "hooks")]
    else:
        found = _hooks(config)
    if json:
        printing.as_json(found)
    else:
        printing.table(_OF_HOOK, [tuple(row.values()) for row in found])
    return 0


def _hooks(config: Config) -> list[dict[str, Any]]:
    from crawler.config.settings import load_settings
    from crawler.items import timestamp
    from crawler.store.delivery import hooks as table
    from crawler.store.delivery import ledger
    from feeds.alerts.wire import redacted

    settings = load_settings(config)
    with opened(settings) as store, store.read() as tx:
        states, totals = table.states(tx), ledger.totals(tx)
    found = []
    for hook in settings.hook:
        known = states.get(hook.id, table.HookState(hook.id))
        since = known.disabled_at or known.failing_since
        row: dict[str, Any] = {"id": hook.id, "to": redacted(hook.url), "state": known.named(hook.enabled)}
        row |= {s: totals.get((hook.id, s), 0) for s in ("queued", "delivered", "dead")}
        found.append(row | {"failures": known.failures, "since": since and timestamp(since), "why": known.why})
    return found


def replay(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Deliveries (17) or events (evt_…: all of its).")],
    config: Config = None,
    json: Json = False,
    api: Api = None,
    token: Token = None,
) -> int:
    """Send deliveries again, under their first id; exit 3 if one fails."""
    from crawler.config.settings import load_settings
    from feeds import operations

    if there := remote(api, token):
        count = there.post("/deliveries/replay", {"ids": ids})["replayed"]
        if json:
            printing.as_json({"replayed": count})
        else:
            printing.say(f"replayed {count}; the daemon sends them now")
        return 0
    settings = load_settings(config)
    quiet(settings)
    with opened(settings) as store:
        count = operations.replay(store, ids, time.time())
        done = asyncio.run(deliver_now(store, settings))
    failed = max(0, count - done.delivered)  # also those whose hook is configured no more
    if json:
        printing.as_json({"replayed": count, "delivered": done.delivered, "failed": failed})
    else:
        printing.say(f"replayed {count}, delivered {done.delivered}, failed {failed}")
    return 3 if failed else 0


async def deliver_now(store: Store, settings: Settings) -> Delivered:
    """Deliver what is due to the hooks, until nothing is."""
    from crawler.job import new_owner
    from feeds.alerts.deliver import deliver

    return await deliver(store, settings, owner=new_owner())


def send_test(
    hook: Annotated[str, typer.Argument(metavar="HOOK", help="The id of a hook in fenghuo.toml.")],
    config: Config = None,
    json: Json = False,
    api: Api = None,
    token: Token = None,
) -> int:
    """Send a test message to one hook; exit 3 if it is refused."""
    from urllib.parse import quote

    from crawler.exceptions import FetchError

    there = remote(api, token)
    said = there.post(f"/hooks/{quote(hook, safe='')}/test") if there else _tested(config, hook)
    if json:
        printing.as_json(said)
        return 0 if said["accepted"] else 3
    if not said["accepted"]:
        raise FetchError(f"hook {hook}: {said['error']}")
    status = f", status {said['status']}" if said["status"] else ""
    printing.say(f"{hook}: accepted{status}")
    return 0


def _tested(config: Config, hook: str) -> dict[str, Any]:
    from crawler.config.settings import load_settings
    from feeds import operations

    settings = load_settings(config)
    quiet(settings)
    answer = asyncio.run(operations.test_alert(settings, hook))
    return {"hook": hook, "accepted": answer.ok, "status": answer.status, "error": answer.error}
