"""The commands that read what is known: notices, one notice, its revisions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands import printing
from commands.options import Config, Json, opened

if TYPE_CHECKING:
    from crawler.items import Notice
    from crawler.store.ledger import Delivery

Id = Annotated[str, typer.Argument(metavar="ID", help="The id of a notice, ntc_…")]


def notices(
    kind: Annotated[str | None, typer.Option(help="warning, enforcement, policy, wanted, case …")] = None,
    scope: Annotated[str | None, typer.Option(help="cross-border, domestic, none.")] = None,
    place: Annotated[str | None, typer.Option(help="A country code, such as MM.")] = None,
    source: Annotated[str | None, typer.Option(help="The id of a source.")] = None,
    since: Annotated[str | None, typer.Option(help='A day, a time (RFC 3339), or an age such as "7d".')] = None,
    q: Annotated[str | None, typer.Option("--q", help="Words in title or text.")] = None,
    alertable: Annotated[bool, typer.Option("--alertable", help="Only notices that alert.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 20,
    config: Config = None,
    json: Json = False,
) -> int:
    """List notices, the newest first."""
    from crawler.config import load_settings
    from crawler.items import Kind, Scope, notice_json
    from crawler.store import notices as table

    query = table.Query(
        kind=_one(kind, Kind, "--kind"),
        scope=_one(scope, Scope, "--scope"),
        place=(place or "").upper(),
        source=source or (),
        since=since_when(since, datetime.now(UTC)),
        q=q or "",
        alertable=True if alertable else None,
        limit=limit,
    )
    with opened(load_settings(config)) as store, store.read() as tx:
        found = table.search(tx, query)
    if json:
        printing.as_json([notice_json(n) for n in found])
        return 0
    rows = [(n.id, _day(n), n.verdict.kind, n.verdict.scope, _marks(n), n.origin.name, n.title) for n in found]
    printing.table(("id", "day", "kind", "scope", "", "origin", "title"), rows)
    return 0


def _one(value: str | None, allowed: Any, option: str) -> Any:
    """The member of the enumeration that an option names, () for none.  Raises BadParameter."""
    try:
        return () if value is None else allowed(value)
    except ValueError:
        raise typer.BadParameter(f"{value!r} is none of {', '.join(allowed)}", param_hint=option) from None


def since_when(text: str | None, now: datetime) -> float | None:
    """POSIX seconds of an RFC 3339 time, a day or an age.  Raises BadParameter."""
    if text is None:
        return None
    from crawler.items import parse_duration

    try:
        return now.timestamp() - parse_duration(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text).astimezone().timestamp()
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day, time or age", param_hint="--since") from None


def _day(notice: Notice) -> str:
    from crawler.items import timestamp

    return (notice.published.at if notice.published else timestamp(notice.first_seen))[:10]


def _marks(notice: Notice) -> str:
    """What a reader should know at once: alerts (!), claimed origin (?), revised or withdrawn."""
    marks = ("!" if notice.alertable else "") + ("?" if notice.origin.claimed_only else "")
    return marks + ("" if notice.status == "current" else f" {notice.status}")


def show(id: Id, config: Config = None, json: Json = False) -> int:
    """Show one notice with reasons, sightings and revisions."""
    from crawler.items import notice_json

    notice, sent = _found(id, config)
    data = notice_json(notice)
    if json:
        printing.as_json(data | {"deliveries": [_passage(notice, d) for d in sent]})
        return 0
    origin = notice.origin
    claim = "claimed" if origin.claimed_only else "official" if origin.official else "not official"
    printing.say(f"{notice.title}\n")
    printing.fields(
        [
            ("id", notice.id),
            ("url", notice.url),
            ("status", notice.status),
            ("origin", f"{origin.name} ({claim})"),
            ("published", data["published"]),
            ("first seen", data["first_seen"]),
            ("kind", f"{data['kind']}, {data['scope']}{', alertable' if notice.alertable else ''}"),
            ("scams", ", ".join(data["scam_types"])),
            ("places", ", ".join(f"{p['name']} ({p['text']})" for p in data["places"])),
            ("figures", ", ".join(data["figures"])),
            ("contacts", ", ".join(data["contacts"])),
            *((f"because {r['field']}", f"{r['value']}: {r['because']}") for r in data["reasons"]),
            *((s["role"], _sighting(s)) for s in data["sightings"]),
            *(("related", f"{r['id']} {r['overlap']:.0%}: {r['because']}") for r in data["related"]),
            *(("revised", f"{r['seen']} {r['summary']}") for r in data["revisions"]),
            *(("alert", _way(_passage(notice, d))) for d in sent),
        ]
    )
    printing.say(f"\n{notice.body}")
    return 0


def _sighting(data: dict[str, Any]) -> str:
    """Where and when a notice was read, and why that was taken for it."""
    because = f": {data['because']}" if data["because"] else ""
    return f"{data['url']} {data['source'] or ''} {data['first_seen']}{because}"


def _passage(notice: Notice, delivery: Delivery) -> dict[str, Any]:
    """A delivery with its times: queued and delivered, in seconds after we saw the notice or its change."""
    from crawler.items import timestamp

    done = delivery.finished if delivery.state == "delivered" else None
    return {
        "id": delivery.id,
        "type": delivery.type,
        "hook": delivery.hook,
        "state": delivery.state,
        "tries": delivery.attempts,
        "published": notice.published.at if notice.published else None,
        "seen": timestamp(delivery.at),
        "queued": timestamp(delivery.created),
        "delivered": done and timestamp(done),
        "seconds": None if done is None else round(done - delivery.at, 3),
        "error": delivery.last_error,
    }


def _way(said: dict[str, Any]) -> str:
    """The way of one event to one hook, in one line."""
    took = (
        f", {said['seconds']} s after it was seen"
        if said["delivered"]
        else f": {said['error']}"
        if said["error"]
        else ""
    )
    return f"{said['type']} to {said['hook']} {said['state']}, tries {said['tries']}, seen {said['seen']}{took}"


def diff(id: Id, config: Config = None, json: Json = False) -> int:
    """Show how a notice's text changed, revision by revision."""
    from crawler.items import notice_json

    revisions = notice_json(_get(id, config))["revisions"]
    if json:
        printing.as_json(revisions)
        return 0
    for r in revisions:
        printing.say(f"{r['seen']}  {'material' if r['material'] else 'cosmetic'}  {r['summary']}\n{r['diff']}\n")
    if not revisions:
        printing.note(f"{id} was never revised")
    return 0


def _found(id: str, config: Config) -> tuple[Notice, list[Delivery]]:
    """A notice and the deliveries of its events, the oldest first."""
    from crawler.config import load_settings
    from crawler.store import ledger
    from crawler.store import notices as table

    with opened(load_settings(config)) as store, store.read() as tx:
        notice = table.get(tx, id)
        return notice, ledger.deliveries(tx, notice_id=notice.id)[::-1]


def _get(id: str, config: Config) -> Notice:
    from crawler.config import load_settings
    from crawler.store import notices as table

    with opened(load_settings(config)) as store, store.read() as tx:
        return table.get(tx, id)
