"""The commands that watch: the daemon, one round by hand, one forwarded article, and how the columns are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from time import time
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import typer

from commands import printing
from commands.options import Config, Json, opened, quiet
from commands.remote import Api, Remote, Token, remote

if TYPE_CHECKING:
    from crawler.config.catalogue import Catalogue
    from crawler.configuration import Configuration
    from crawler.items import Look
    from crawler.store.watch.columns import ColumnRow

Names = Annotated[list[str], typer.Argument(metavar="SOURCE[/COLUMN]...", show_default=False)]
_TIMES = ("last_look", "last_new", "next_look", "since")


def run(
    role: Annotated[
        list[str] | None,
        typer.Option(
            "--role",
            metavar="ROLE",
            help="Only scheduler, crawl, browser, deliver or web (several, or with commas); needs PostgreSQL.",
        ),
    ] = None,
    config: Config = None,
) -> int:
    """Run the daemon: look, judge, publish and alert until it is stopped."""
    import scheduler

    return scheduler.run(config, role or ())


def poll(
    columns: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE[/COLUMN]]...", show_default=False)] = None,
    alert_baseline: Annotated[
        bool, typer.Option("--alert-baseline", help="Alert also what the first ever look at a column finds.")
    ] = False,
    config: Config = None,
    json: Json = False,
    api: Api = None,
    token: Token = None,
) -> int:
    """Look at each column once, now; publish feeds, deliver alerts, end."""
    import rounds
    from crawler.configuration import Configuration

    if there := remote(api, token):
        return _asked_to_look(there, columns or [], json=json)
    configuration = Configuration(config)
    quiet(configuration.settings)
    only = named_columns(configuration.catalogue, columns) if columns else None
    with printing.progress("looking") as on_progress:
        result = rounds.poll(configuration, only=only, alert_baseline=alert_baseline, on_progress=on_progress)
    looks = sorted(result.looks, key=lambda look: look.column)
    if json:
        printing.as_json({"looks": [_look(x) for x in looks], "new": result.new, "delivered": result.delivered})
    else:
        rows = [(x.column, x.outcome, _count(x.items), _count(x.new), x.why) for x in looks]
        printing.table(("column", "outcome", "links", "new", "why"), rows)
        printing.note(f"{len(looks)} columns, {result.new} new, {result.delivered} delivered")
    return 0 if all(look.outcome.ok for look in looks) else 3


def named_columns(catalogue: Catalogue, names: list[str]) -> list[str]:
    """The column keys that ``names`` mean: a column, or every enabled column of a source.  Raises ConfigError."""
    from crawler.exceptions import ConfigError

    keys: list[str] = []
    for name in names:
        enabled = [k for k, source, _ in catalogue.enabled() if source.id == name]
        found = [name] if name in catalogue.columns else enabled
        if not found:
            raise ConfigError(f"{name}: no such source or column, or disabled (fenghuo sources lists them)")
        keys += [k for k in found if k not in keys]
    return keys


def _asked_to_look(there: Remote, names: list[str], *, json: bool) -> int:
    """Have a daemon look now; what comes of it, `fenghuo sources` and the page tell.  Raises BadParameter."""
    return _on_columns(there.post, names, "look", json=json, said="the daemon looks there now")


def pause(names: Names, config: Config = None, json: Json = False, api: Api = None, token: Token = None) -> int:
    """Stop looking at columns until `fenghuo resume`."""
    return _held(names, True, config, json, remote(api, token))


def resume(names: Names, config: Config = None, json: Json = False, api: Api = None, token: Token = None) -> int:
    """Look again at columns that were paused."""
    return _held(names, False, config, json, remote(api, token))


def _held(names: list[str], paused: bool, config: Config, json: bool, there: Remote | None) -> int:
    from crawler.configuration import Configuration
    from feeds import operations

    said = "paused" if paused else "looked at again, soon"
    if there:
        return _on_columns(lambda path: there.patch(path, {"paused": paused}), names, "", json=json, said=said)
    configuration, act = Configuration(config), operations.pause if paused else operations.resume
    with opened(configuration.settings) as store:
        keys = [key for name in names for key in act(store, configuration.catalogue, name, time())]
    return _listed(keys, said, json=json)


def _on_columns(act: Callable[[str], Any], names: list[str], verb: str, *, json: bool, said: str) -> int:
    """Have a daemon act on what ``names`` mean: columns, or all of a source."""
    if not names:
        raise typer.BadParameter("name a source or a column")
    keys: list[str] = []
    for name in names:
        source, _, column = name.partition("/")
        path = f"/columns/{quote(source)}/{quote(column)}" if column else f"/sources/{quote(source)}"
        keys += act(f"{path}/{verb}" if verb else path)["columns"]
    return _listed(keys, said, json=json)


def _listed(keys: list[str], said: str, *, json: bool) -> int:
    if json:
        printing.as_json({"columns": keys})
    else:
        printing.say("\n".join(keys))
        printing.note(f"{len(keys)} columns: {said}")
    return 0


def _count(number: int | None) -> str:
    return "" if number is None else str(number)


def _look(look: Look) -> dict[str, Any]:
    from crawler.items import timestamp

    names = ("column", "outcome", "status", "seconds", "bytes", "items", "new", "why")
    return {name: getattr(look, name) for name in names} | {"at": timestamp(look.at)}


def submit(url: str, config: Config = None, json: Json = False, api: Api = None, token: Token = None) -> int:
    """Read one article now, such as a forwarded WeChat link."""
    import rounds
    from crawler.configuration import Configuration

    if there := remote(api, token):
        notice_id = there.post("/notices", {"url": url})["id"]
    else:
        configuration = Configuration(config)
        quiet(configuration.settings)
        notice_id = rounds.submit(configuration, url)
    if json:
        printing.as_json({"id": notice_id})
    else:
        printing.say(notice_id)
    return 0


def sources(
    coverage: Annotated[
        str | None,
        typer.Option("--coverage", metavar="DAY", help="When each was observed: a day, a month, today, yesterday."),
    ] = None,
    config: Config = None,
    json: Json = False,
    api: Api = None,
    token: Token = None,
) -> int:
    """List every column: state and since when, last look, last new, next look, why."""
    from crawler.configuration import Configuration
    from crawler.store.watch import columns

    there = remote(api, token)
    if there and coverage is not None:
        printing.as_json(there.get("/coverage", day=coverage))
        return 0
    if there:
        listed = [_of_api(c) for c in there.pages("/sources", "columns")]
    else:
        configuration = Configuration(config)
        if coverage is not None:
            return _coverage(configuration, coverage, json)
        with opened(configuration.settings) as store, store.read() as tx:
            seen = {row.key: row for row in columns.rows(tx)}
        listed = [_column(configuration, key, seen.get(key)) for key in sorted(configuration.catalogue.columns)]
    if json:
        printing.as_json(listed)
        return 0
    rows = []
    for c in listed:
        last_look, last_new, next_look, since = (printing.local(c[t]) for t in _TIMES)
        rows.append(
            (c["column"], c["name"], c["state"], last_look, last_new, next_look, _told(c), since, c["next_why"])
        )
    headings = ("column", "name", "state", "last look", "last new", "next look", "why", "since", "why then")
    printing.table(headings, rows)
    return 0


def _coverage(configuration: Configuration, said: str, json: bool) -> int:
    """Print what the coverage log says of a day (an hour a sign) or of a month (a source a line)."""
    from crawler.judging.columns.coverage import share
    from crawler.store.watch import coverage
    from feeds.coverage import Span, as_json, by_source, percent, strip

    now = time()
    try:
        span = Span.of(said, None, now)
    except ValueError as e:
        raise typer.BadParameter(str(e), param_hint="--coverage") from None
    with opened(configuration.settings) as store, store.read() as tx:
        watched = coverage.watched(tx, span.since, span.until, now)
    if json:
        printing.as_json(as_json(span, watched))
    elif span.long:
        rows = [(source, len(mine), percent(share(mine))) for source, mine in by_source(watched)]
        printing.table(("source", "columns", "observed as promised"), rows)
    else:
        printing.table(
            ("column", "hours", "observed as promised"),
            [(one.column, strip(one, span.until - span.since), percent(share([one]))) for one in watched],
        )
        printing.note("# observed as often as promised   + observed   x looked at in vain   . not looked at")
    return 0


def _told(column: dict[str, Any]) -> str:
    """Why a column is as it is, and who carries its texts meanwhile."""
    mirrors = ", ".join(column["mirrors"]) if column["why"] else ""
    return f"{column['why']}; the same texts: {mirrors}" if mirrors else str(column["why"])


def _of_api(column: dict[str, Any]) -> dict[str, Any]:
    """A column as the API tells it, in the words of this command."""
    names = ("source", "name", "authority", "url", "state", "last_look", "last_new", "since", "why", "mirrors")
    looked_at = column["due"] if column["enabled"] else None
    kept = {"column": column["key"], "next_look": looked_at} | {name: column[name] for name in names}
    if not looked_at:
        return kept | _NO_WHY
    due, last = (datetime.fromisoformat(at).timestamp() for at in (looked_at, column["last_look"] or looked_at))
    return kept | _next_why(column["basis"], column["daily"], due - last)


_NO_WHY = {"next_why": "", "next_why_zh": ""}


def _next_why(basis: str, daily: float, wait: float) -> dict[str, str]:
    """Why the next look is when it is, in both languages."""
    from feeds.words import next_look

    said = next_look(basis, daily, wait)
    return {"next_why": said.en, "next_why_zh": said.zh}


def _why_then(row: ColumnRow) -> dict[str, str]:
    return _next_why(row.basis, row.daily, row.due - (row.last_look or row.due))


def _column(configuration: Configuration, key: str, row: ColumnRow | None) -> dict[str, Any]:
    from crawler.items import State, timestamp

    source, column = configuration.catalogue.source_of(key), configuration.catalogue.columns[key]
    state = (row.state if row else State.NEW) if column.enabled else State.DISABLED
    times = (
        {"last_look": row.last_look, "last_new": row.last_new, "next_look": row.due, "since": row.since} if row else {}
    )
    if not column.enabled or (row and not row.enabled):
        times["next_look"] = None
    return {
        "column": key,
        "source": source.id,
        "name": " ".join(n for n in (source.name, column.name) if n),
        "authority": source.authority,
        "url": column.url,
        "state": state,
        **{name: timestamp(at) if (at := times.get(name)) is not None else None for name in _TIMES},
        "why": row.why if row else "",
        **(
            _next_why(row.basis, row.daily, row.due - (row.last_look or row.due)) if row and column.enabled else _NO_WHY
        ),
        "mirrors": list(column.mirrors),
    }
