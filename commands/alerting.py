"""The commands about alerts: the ledger of deliveries, sending some again, and a test."""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from commands import printing
from commands.options import Config, Json, opened, quiet

if TYPE_CHECKING:
    from crawler.config import Settings
    from crawler.store import Store
    from crawler.store.ledger import Delivery, Try
    from feeds.alerts.deliver import Delivered


def deliveries(
    state: Annotated[Literal["queued", "delivered", "dead"] | None, typer.Option(help="Only these.")] = None,
    hook: Annotated[str | None, typer.Option(help="Only those to this hook.")] = None,
    notice: Annotated[str | None, typer.Option(metavar="ID", help="Only those of this notice, with every try.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    config: Config = None,
    json: Json = False,
) -> int:
    """List deliveries to hooks, the newest first."""
    from crawler.config import load_settings
    from crawler.store import ledger

    with opened(load_settings(config)) as store, store.read() as tx:
        rows = ledger.deliveries(tx, state, limit, notice_id=notice, hook=hook)
        tries = ledger.tries(tx, [row.id for row in rows]) if json or notice else {}
        found = [_delivery(row) | {"tries": [_try(t) for t in tries.get(row.id, ())]} for row in rows]
    if json:
        printing.as_json(found)
        return 0
    names = ("id", "event_id", "type", "hook", "state", "attempts", "last_error")
    lines = [line for d in found for line in ([d[n] for n in names], *map(_told, d["tries"]))]
    printing.table(("id", "event", "type", "hook", "state", "tries", "last error"), lines)
    return 0


def _delivery(delivery: Delivery) -> dict[str, Any]:
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


def hooks(config: Config = None, json: Json = False) -> int:
    """List the hooks: how they do, what they are owed and what was given up."""
    from crawler.config import load_settings
    from crawler.items import timestamp
    from crawler.store import hooks as table
    from crawler.store import ledger
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
    if json:
        printing.as_json(found)
    else:
        printing.table(tuple(found[0]) if found else (), [tuple(row.values()) for row in found])
    return 0


def replay(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Deliveries (17) or events (evt_…: all of its).")],
    config: Config = None,
    json: Json = False,
) -> int:
    """Send deliveries again, under their first id; exit 3 if one fails."""
    from crawler.config import load_settings
    from crawler.store import outbox

    settings = load_settings(config)
    quiet(settings)
    with opened(settings) as store:
        with store.begin() as tx:
            count = outbox.replay(tx, ids, time.time())
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


def test_alert(
    hook: Annotated[str, typer.Argument(metavar="HOOK", help="The id of a hook in fenghuo.toml.")],
    config: Config = None,  # noqa: PT028
    json: Json = False,  # noqa: PT028
) -> int:
    """Send a test message to one hook; exit 3 if it is refused."""
    from crawler.config import load_settings
    from crawler.exceptions import FetchError
    from feeds.alerts import trial

    settings = load_settings(config)
    quiet(settings)
    answer = asyncio.run(trial.test_alert(settings, hook))
    if json:
        printing.as_json({"hook": hook, "accepted": answer.ok, "status": answer.status, "error": answer.error})
        return 0 if answer.ok else 3
    if not answer.ok:
        raise FetchError(f"hook {hook}: {answer.error}")
    printing.say(f"{hook}: accepted{f', status {answer.status}' if answer.status else ''}")
    return 0
