"""What a person may do, in one place: the page, the API and the command line all do it through these functions.

They write the store and the configuration, and nothing else: the crawl finds what is due, the deliverer what is owed,
the publisher what changed, each by itself within a second or two.  What few do is imported when somebody does it, so
that a daemon of which nobody asks it carries none of it.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import Connection

from crawler.aside import aside
from crawler.config.catalogue import Catalogue
from crawler.config.hooks import Hook, Rule
from crawler.config.settings import Settings
from crawler.config.sourcefile import own_folder, source_text, write_new
from crawler.configuration import Configuration
from crawler.exceptions import AddressRefused, ConfigError, UnknownNotice
from crawler.guard import Guard
from crawler.items import Notice, Page, Sighting
from crawler.store import Store, open_store
from crawler.store.delivery import outbox
from crawler.store.watch import columns, pausing
from crawler.store.wire import corrections, notices, search
from feeds.alerts import past, trial
from feeds.alerts.schedule import Answer

if TYPE_CHECKING:
    from crawler.adding.proposing import Proposal, Wanted
    from crawler.archive import Read

# --------------------------------------------------------------------------------------------------------------------
# Notices


def merge(store: Store, kept: str, other: str, now: float) -> Notice:
    """Make the notice ``other`` part of ``kept``, for good; nothing is sent.  Raises UnknownNotice."""
    with store.begin() as tx:
        return corrections.merge(tx, kept, other, now=now)


@dataclass(frozen=True)
class Parted:
    """A sighting that became a notice of its own, and the notice it was part of."""

    notice: Notice
    before: str


def split(store: Store, catalogue: Catalogue, evidence: Path, address: str, now: float) -> Parted:
    """Make the sighting at ``address`` a notice of its own, for good; nothing is sent.  Raises UnknownNotice.

    ``evidence``: the folder of the WARC files.  Its page is read before anything is locked, and a page may be hostile:
    the daemon calls `split_aside`.
    """
    from crawler import intake
    from crawler.reading.address import url_key

    key = url_key(address)
    with store.read() as tx:
        link, seen, _ = corrections.sighted(tx, address, key)
        page = _kept(tx, link, seen.url, evidence)
    read = _read(page, link, seen, catalogue)
    with store.begin() as tx:
        link, seen, before = corrections.sighted(tx, address, key)
        change = intake.apart(read.article, read.source, seen, before, catalogue=catalogue, now=now)
        return Parted(corrections.split(tx, link, change, now=now), before.id)


async def split_aside(configuration: Configuration, address: str, now: float) -> Parted:
    """`split`, in a process of its own.  Raises UnknownNotice, Unreadable."""
    return await aside(_split, configuration, address, now)


def _split(configuration: Configuration, address: str, now: float) -> Parted:
    with closing(open_store(configuration.settings.database_url)) as store:
        return split(store, configuration.catalogue, configuration.settings.evidence_dir, address, now)


def _kept(tx: Connection, link: str, url: str, evidence: Path) -> Page:
    """What was last fetched at a link, of the evidence that was kept.  Raises UnknownNotice."""
    from crawler.store.evidence import captures

    pages = captures.of_link(tx, link)
    if not pages:
        raise UnknownNotice(f"{url}: no page of it is kept, so nothing says what it is by itself")
    return captures.load(tx, pages[-1], evidence)


def _read(page: Page, link: str, seen: Sighting, catalogue: Catalogue) -> Read:
    """What was kept of a link, read again."""
    from crawler import archive

    if not page.content_type.startswith("text/plain"):
        return archive.read_page(page, catalogue)
    text = page.body.decode("utf-8", "replace")
    document = archive.Document(where=link, url=page.url, title=seen.title, text=text, source=seen.source)
    return archive.read(document, catalogue)


async def submit(configuration: Configuration, url: str) -> str:
    """Read one article now and treat it as if it had been found; its notice's id.  Raises FetchError, Unreadable."""
    from crawler.submission import take_aside

    return await aside(take_aside, configuration, url)


async def explain(configuration: Configuration, *, text: str = "", url: str = "") -> dict[str, Any]:
    """What a text, or the page at ``url``, would mean to us; nothing is changed.  Raises FetchError, Unreadable."""
    from crawler.explaining import explain_page, explain_text

    if url:
        return await aside(explain_page, configuration, url)
    return await aside(explain_text, configuration, text.encode("utf-8", "replace"), "the text")


# --------------------------------------------------------------------------------------------------------------------
# Columns


def look_now(store: Store, catalogue: Catalogue, name: str, now: float) -> list[str]:
    """Have a column, or all of a source, looked at now; their keys.  Raises ConfigError when nobody looks at any."""
    return _on_columns(store, catalogue, name, pausing.hasten, now, "is not looked at; it is disabled or paused")


def pause(store: Store, catalogue: Catalogue, name: str, now: float) -> list[str]:
    """Stop looking at a column, or at all of a source, until `resume`; their keys.  Raises ConfigError."""
    return _on_columns(store, catalogue, name, pausing.pause, now, "is not looked at; it is disabled or paused")


def resume(store: Store, catalogue: Catalogue, name: str, now: float) -> list[str]:
    """Look again at what was paused; the keys of the columns.  Raises ConfigError."""
    return _on_columns(store, catalogue, name, pausing.resume, now, "is not paused")


def _on_columns(
    store: Store,
    catalogue: Catalogue,
    name: str,
    act: Callable[[Connection, Sequence[str], float], list[str]],
    now: float,
    otherwise: str,
) -> list[str]:
    named = [key for key in catalogue.columns if name in (key, key.partition("/")[0])]
    if not named:
        raise UnknownNotice(f"{name}: no such source or column")
    with store.begin() as tx:
        columns.sync(tx, catalogue.enabled(), now)  # what was saved a moment ago may be meant
        done = act(tx, named, now)
    if not done:
        raise ConfigError(f"{name}: {otherwise}")
    return done


# --------------------------------------------------------------------------------------------------------------------
# Sources


async def preview(configuration: Configuration, wanted: Wanted) -> Proposal:
    """What a source at an address would read.  Raises FetchError, Unreadable, and ConfigError for a wrong word."""
    return await aside(_proposed, configuration.settings, wanted)


def _proposed(settings: Settings, wanted: Wanted) -> Proposal:
    import asyncio

    from crawler.adding.proposing import checked, proposed, watched

    catalogue = watched(settings)
    return asyncio.run(proposed(settings, catalogue, checked(wanted, catalogue)))


def save(settings: Settings, proposal: Proposal) -> Path:
    """Write the file of a proposed source, and keep its pages.  Raises ConfigError when there is such a file."""
    from crawler.adding import recording

    source = proposal.source
    file = own_folder(settings) / f"{source.id}.toml"
    host = urlsplit(source.column[0].url).hostname
    write_new(file, source_text(proposal.data, f"{source.name} · {host} · added {date.today()}"))
    recording.record(settings, source, proposal.found, proposal.visit)
    return file


# --------------------------------------------------------------------------------------------------------------------
# Hooks, rules, deliveries


def replay(store: Store, ids: Sequence[str], now: float) -> int:
    """Queue deliveries, or all of an event, again under their first id; how many.  Raises UnknownNotice."""
    with store.begin() as tx:
        return outbox.replay(tx, ids, now)


async def test_alert(settings: Settings, hook: str) -> Answer:
    """Send a test message to a hook; what its receiver said.  Raises ConfigError when there is no such hook."""
    return await trial.test_alert(settings, hook)


def save_hook(configuration: Configuration, id: str, given: Mapping[str, Any]) -> Hook:
    """Add a hook, or change the ``given`` keys of one (None takes a key away); it as it is now.  Raises ConfigError."""
    from crawler.config.settingsfile import put_hook

    _refuse_what_reaches_further(given)
    _refuse_inside(configuration.settings, str(given.get("url") or ""))
    settings = put_hook(configuration.file, id, given)
    configuration.refresh()
    found = next((h for h in settings.hook if h.id == id), None)
    if found is None:
        raise ConfigError(
            f"hook {id}: the environment sets all hooks (FENGHUO_HOOK); what is in the file has no effect"
        )
    return found


def remove_hook(configuration: Configuration, id: str) -> None:
    """Take a hook out.  Raises ConfigError when it is not in the file, or a rule names it."""
    from crawler.config.settingsfile import drop_hook

    drop_hook(configuration.file, id)
    configuration.refresh()


def save_rules(configuration: Configuration, rules: Sequence[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """Write ``rules`` in place of all others; they as they are now.  Raises ConfigError."""
    from crawler.config.settingsfile import put_rules

    for rule in rules:
        _refuse_what_reaches_further(rule)
    settings = put_rules(configuration.file, rules)
    configuration.refresh()
    return settings.rule


def try_rules(
    store: Store, settings: Settings, hook: str | Hook, since: float, *, most: int | None = None
) -> past.Tried:
    """What a hook, configured or only thought of, would have been sent since then.  Raises ConfigError.

    ``most``: only that many notices are tried, those that changed last.
    """
    if isinstance(hook, Hook):
        asked, rules = hook, tuple[Rule, ...]()
    else:
        asked, rules = _hook(settings, hook), settings.rule
    with store.read() as tx:
        changed = notices.every(tx, changed_since=since) if most is None else search.changed(tx, most, since)
        return past.tried(asked, rules, changed, since)


async def try_rules_aside(configuration: Configuration, hook: str | Hook, since: float) -> past.Tried:
    """`try_rules`, in a process of its own: a large archive takes it long.  Raises ConfigError, Unreadable."""
    return await aside(_try_rules, configuration.settings, hook, since)


def _try_rules(settings: Settings, hook: str | Hook, since: float) -> past.Tried:
    with closing(open_store(settings.database_url)) as store:
        return try_rules(store, settings, hook, since)


def _hook(settings: Settings, id: str) -> Hook:
    hooks = {h.id: h for h in settings.hook}
    if id not in hooks:
        raise ConfigError(f"no hook {id!r} is configured; there are: {', '.join(hooks) or 'none'}")
    return hooks[id]


def _refuse_inside(settings: Settings, url: str) -> None:
    """Refuse an address inside while somebody is there to be told; each connection is judged all the same."""
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return  # what has no host, the model refuses
        there = socket.getaddrinfo(parts.hostname, parts.port, type=socket.SOCK_STREAM)
    except (OSError, ValueError):  # does not resolve now; it may when something is sent
        return
    guard = Guard(settings.allow_addresses)
    for *_, address in there:
        try:
            guard.check(str(address[0]))
        except AddressRefused as e:
            raise ConfigError(f"url: {e}") from e


def _refuse_what_reaches_further(value: Any, where: str = "") -> None:
    """Whoever may edit hooks from afar may not read this machine's files or environment, nor write its disk."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if str(key).endswith("_file"):
                raise ConfigError(f"{key}: a file of this machine can be named only in fenghuo.toml itself")
            _refuse_what_reaches_further(inner, str(key))
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_what_reaches_further(inner, where)
    elif isinstance(value, str):
        if "${" in value:
            raise ConfigError(f"{where}: a variable can be named only in fenghuo.toml itself")
        if where == "url" and value.lower().lstrip().startswith("file:"):
            raise ConfigError("url: a file of this machine can be named only in fenghuo.toml itself")
