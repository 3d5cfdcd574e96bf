"""The commands that read what is known: notices, one notice, its revisions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from commands import printing
from commands.options import Config, Json, opened
from commands.remote import Api, Remote, Token, remote

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
    api: Api = None,
    token: Token = None,
) -> int:
    """List notices, the newest first."""
    from crawler.config.settings import load_settings
    from crawler.items import Kind, Scope, notice_json, timestamp
    from crawler.store.wire import notices as table

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
    if there := remote(api, token):
        asked = {"kind": kind, "scope": scope, "place": place, "source": source, "q": q, "alertable": query.alertable}
        asked["since"] = None if query.since is None else timestamp(query.since)
        found = list(there.pages("/notices", "notices", limit, **asked))
    else:
        with opened(load_settings(config)) as store, store.read() as tx:
            found = [notice_json(n) for n in table.search(tx, query)]
    if json:
        printing.as_json(found)
        return 0
    rows = [(n["id"], _day(n), n["kind"], n["scope"], _marks(n), n["origin"]["name"], n["title"]) for n in found]
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


def _day(notice: Mapping[str, Any]) -> str:
    return str(notice["published"] or notice["first_seen"])[:10]


def _marks(notice: Mapping[str, Any]) -> str:
    """What a reader should know at once: alerts (!), claimed origin (?), revised or withdrawn."""
    marks = ("!" if notice["alertable"] else "") + ("?" if notice["origin"]["claimed_only"] else "")
    return marks + ("" if notice["status"] == "current" else f" {notice['status']}")


def show(id: Id, config: Config = None, json: Json = False, api: Api = None, token: Token = None) -> int:
    """Show one notice with reasons, sightings and revisions."""
    data = _found(id, config, remote(api, token))
    if json:
        printing.as_json(data)
        return 0
    origin = data["origin"]
    claim = "claimed" if origin["claimed_only"] else "official" if origin["official"] else "not official"
    printing.say(f"{data['title']}\n")
    printing.fields(
        [
            ("id", data["id"]),
            ("url", data["url"]),
            ("status", data["status"]),
            ("origin", f"{origin['name']} ({claim})"),
            ("published", data["published"]),
            ("first seen", data["first_seen"]),
            ("kind", f"{data['kind']}, {data['scope']}{', alertable' if data['alertable'] else ''}"),
            ("scams", ", ".join(data["scam_types"])),
            ("places", ", ".join(f"{p['name']} ({p['text']})" for p in data["places"])),
            ("figures", ", ".join(data["figures"])),
            ("contacts", ", ".join(data["contacts"])),
            *((f"because {r['field']}", f"{r['value']}: {r['because']}") for r in data["reasons"]),
            *((s["role"], _sighting(s)) for s in data["sightings"]),
            *(("related", f"{r['id']} {r['overlap']:.0%}: {r['because']}") for r in data["related"]),
            *(("revised", f"{r['seen']} {r['summary']}") for r in data["revisions"]),
            *(("alert", _way(d)) for d in data["deliveries"]),
        ]
    )
    printing.say(f"\n{data['body']}")
    return 0


def _sighting(data: dict[str, Any]) -> str:
    """Where and when a notice was read, and why that was taken for it."""
    because = f": {data['because']}" if data["because"] else ""
    return f"{data['url']} {data['source'] or ''} {data['first_seen']}{because}"


def _passage(notice: Mapping[str, Any], delivery: Mapping[str, Any]) -> dict[str, Any]:
    """A delivery with its times: queued and delivered, in seconds after we saw the notice or its change."""
    done = delivery["finished"] if delivery["state"] == "delivered" else None
    took = done and (datetime.fromisoformat(done) - datetime.fromisoformat(delivery["at"])).total_seconds()
    return {
        "id": delivery["id"],
        "type": delivery["type"],
        "hook": delivery["hook"],
        "state": delivery["state"],
        "tries": delivery["attempts"],
        "published": notice["published"],
        "seen": delivery["at"],
        "queued": delivery["created"],
        "delivered": done,
        "seconds": None if took is None else round(took, 3),
        "error": delivery["last_error"],
    }


def _way(said: dict[str, Any]) -> str:
    """The way of one event to one hook, in one line."""
    way = f"{said['type']} to {said['hook']} {said['state']}, tries {said['tries']}, seen {said['seen']}"
    way += f", queued {said['queued']}"
    if said["delivered"]:
        return f"{way}, delivered {said['delivered']}: {said['seconds']} s after it was seen"
    return f"{way}: {said['error']}" if said["error"] else way


def diff(id: Id, config: Config = None, json: Json = False, api: Api = None, token: Token = None) -> int:
    """Show how a notice's text changed, revision by revision."""
    revisions = _found(id, config, remote(api, token))["revisions"]
    if json:
        printing.as_json(revisions)
        return 0
    for r in revisions:
        printing.say(f"{r['seen']}  {'material' if r['material'] else 'cosmetic'}  {r['summary']}\n{r['diff']}\n")
    if not revisions:
        printing.note(f"{id} was never revised")
    return 0


def _found(id: str, config: Config, there: Remote | None) -> dict[str, Any]:
    """A notice, and under ``deliveries`` the way of its events, the oldest first."""
    from urllib.parse import quote

    if there:
        notice: dict[str, Any] = there.get(f"/notices/{quote(id, safe='')}")
        sent = list(there.pages("/deliveries", "deliveries", notice=notice["id"]))
    else:
        notice, sent = _known(id, config)
    return notice | {"deliveries": [_passage(notice, d) for d in reversed(sent)]}


def _known(id: str, config: Config) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    from commands.alerting import delivery_json
    from crawler.config.settings import load_settings
    from crawler.items import notice_json
    from crawler.store.delivery import ledger
    from crawler.store.wire import notices as table

    with opened(load_settings(config)) as store, store.read() as tx:
        notice = table.get(tx, id)
        return notice_json(notice), [delivery_json(d) for d in ledger.deliveries(tx, notice_id=notice.id)]
