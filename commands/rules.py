"""`fenghuo rules try`: what a hook would have been sent, had it had its conditions all along."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from commands import printing
from commands.options import Config, Json, opened
from commands.reading import since_when

if TYPE_CHECKING:
    from crawler.items import Notice


@dataclass(frozen=True)
class Past:
    """An event that a notice of the archive has, or would have, sent."""

    at: float
    type: str
    notice: Notice


def rules(
    action: Annotated[Literal["try"], typer.Argument(metavar="try")],
    hook: Annotated[str, typer.Argument(metavar="HOOK", help="The id of a hook in fenghuo.toml.")],
    since: Annotated[str, typer.Option(help='A day, a time (RFC 3339), or an age such as "30d".')] = "30d",
    config: Config = None,
    json: Json = False,
) -> int:
    """Show what the conditions of a hook would have let through of what is remembered; sends nothing."""
    from crawler.config import load_settings
    from crawler.exceptions import ConfigError
    from crawler.items import notice_json, timestamp
    from crawler.store import notices
    from feeds.alerts.rules import is_urgent, wants

    settings = load_settings(config)
    hooks = {h.id: h for h in settings.hook}
    if hook not in hooks:
        raise ConfigError(f"no hook {hook!r} is configured; there are: {', '.join(hooks) or 'none'}")
    first, asked, found = since_when(since, datetime.now(UTC)) or 0.0, 0, []
    with opened(settings) as store, store.read() as tx:
        for past in (p for n in notices.every(tx) for p in events_of(n) if p.at >= first):
            asked, payload = asked + 1, notice_json(past.notice)
            if wants(hooks[hook], past.type, payload, settings.rule):
                urgent = "urgent" if is_urgent(hooks[hook], past.type, payload) else ""
                found.append({"at": timestamp(past.at), "type": past.type, "id": past.notice.id, "urgent": urgent})
                found[-1] |= {"kind": payload["kind"], "title": payload["title"]}
    _print(sorted(found, key=lambda f: f["at"]), asked, json=json)
    return 0


def events_of(notice: Notice) -> Iterator[Past]:
    """What happened to a notice that sends an event: it came, it was revised in substance, it was withdrawn."""
    yield Past(notice.first_seen, "notice.new", notice)
    yield from (Past(r.seen, "notice.revised", notice) for r in notice.revisions if r.material)
    if notice.status == "withdrawn":
        yield Past(notice.updated, "notice.withdrawn", notice)


def _print(found: list[dict[str, Any]], asked: int, *, json: bool) -> None:
    days = Counter(f["at"][:10] for f in found)
    busiest = days.most_common(1)[0] if days else ("", 0)
    counts = {"events": asked, "sent": len(found), "by_type": dict(Counter(f["type"] for f in found))}
    if json:
        printing.as_json(counts | {"busiest_day": {"day": busiest[0], "sent": busiest[1]}, "would_be_sent": found})
        return
    printing.table(("at", "type", "notice", "", "kind", "title"), [tuple(f.values()) for f in found])
    most = f"; the busiest day {busiest[0]} with {busiest[1]}" if days else ""
    printing.note(f"{len(found)} of {asked} events would have been sent{most}")
