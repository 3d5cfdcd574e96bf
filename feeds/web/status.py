"""Whether the daemon polls and delivers: what its parts report, what the store shows, and the verdict for /healthz."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from anyio import move_on_after, to_thread
from sqlalchemy import Connection

from crawler.cluster.roles import CRAWLS, ROLES
from crawler.exceptions import StoreError
from crawler.store import Store, meta, processes
from crawler.store.delivery import ledger
from crawler.store.watch import columns
from feeds.languages import Word

SILENCE = 60.0  # seconds without a sign of life after which a part counts as stuck
PATIENCE = 5.0  # seconds for the database to answer; probes give up after 10 s as a rule
UNWRITTEN = 10.0  # seconds for which the database may take no write
LATE_LOOK = (
    300.0  # seconds without any look while one is due: a look takes 30 at most, a round of one host's columns more
)
LATE_DELIVERY = 300.0  # seconds a delivery may be overdue: longer than a lease, shorter than anyone's patience


@dataclass
class DaemonStatus:
    """Signs of life of the daemon's parts, in seconds of ``clock``; the daemon fills it, the web reads it."""

    clock: Callable[[], float] = time.monotonic  # never goes back, whatever is done to the machine's time
    roles: Collection[str] = ROLES  # of this daemon; others have the rest
    started: float | None = None
    crawl_alive: bool = False
    crawl_heartbeat: float | None = None  # the crawl last said that it goes round
    delivered: float | None = None  # end of the last delivery pass, also of one that found nothing due
    published: float | None = None  # end of the last publishing pass
    stored: float | None = None  # the database last took a write
    stopping: bool = False


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What the store says of the daemon's work."""

    trouble: str = ""  # why it cannot be read; "" when it can
    late: float = 0.0  # seconds that the oldest delivery is overdue
    unlooked: float = 0.0  # seconds for which a look has been due and none was made
    missing: tuple[str, ...] = ()  # roles that no living process has, where several share the work


async def examine(status: DaemonStatus, store: Store, now: float) -> list[Word]:
    """Why the daemon does not do its work, as `problems` says, within `PATIENCE` also when the database hangs."""
    facts = StoreFacts(trouble="no answer")
    with move_on_after(PATIENCE):
        facts = await to_thread.run_sync(store_facts, store, now, abandon_on_cancel=True)
    return problems(status, facts)


def store_facts(store: Store, now: float) -> StoreFacts:
    """Ask the store, without writing to it: whoever looks changes nothing."""
    try:
        with store.read() as tx:
            late, unlooked = ledger.oldest_age(tx, now), columns.unlooked(tx, now)
            return StoreFacts(late=late, unlooked=unlooked, missing=_missing(tx) if store.shared else ())
    except StoreError as e:
        return StoreFacts(trouble=str(e))


def _missing(tx: Connection) -> tuple[str, ...]:
    """The roles that somebody must have and nobody has; `browser` only where a column needs one."""
    needed = {"scheduler", "crawl", "deliver"} | ({"browser"} if columns.any_rendered(tx) else set())
    return tuple(sorted(needed - {role for process in processes.alive(tx) for role in process.roles}))


def try_to_write(store: Store, now: float) -> None:
    """Find out whether the store takes a write that lasts, by writing; waits as any writer.  Raises StoreError."""
    store.check_place()
    with store.begin() as tx:
        meta.put(tx, "healthz", str(int(now)))


def problems(status: DaemonStatus, facts: StoreFacts) -> list[Word]:
    """Why the daemon does not do its work; empty when it does."""
    if status.stopping:
        return [Word("the daemon is stopping")]
    if status.started is None:
        return [Word("the daemon has not started")]
    found = [_silent(status, part, at) for part, at in _parts(status)]
    if not status.crawl_alive and _crawls(status):
        found.append(Word("the crawl is not running"))
    for role in facts.missing:
        found.append(Word("no process has the role %(role)s").filled(role=role))
    if facts.trouble or status.stored is None or status.clock() - status.stored > UNWRITTEN:
        found.append(Word("the database cannot be written"))
    if min(facts.unlooked, status.clock() - status.started) > LATE_LOOK:  # what was due while we were off is no fault
        found.append(Word("no column was looked at for %(n)s min").filled(n=int(facts.unlooked // 60)))
    if facts.late > LATE_DELIVERY:
        found.append(Word("a delivery is %(n)s min overdue").filled(n=int(facts.late // 60)))
    return [word for word in found if word]


def _parts(status: DaemonStatus) -> tuple[tuple[Word, float | None], ...]:
    parts = (
        (_crawls(status), Word("the crawl"), status.crawl_heartbeat),
        ("deliver" in status.roles, Word("delivery"), status.delivered),
        ("web" in status.roles, Word("publishing of feeds"), status.published),
    )
    return tuple((word, at) for here, word, at in parts if here)


def _crawls(status: DaemonStatus) -> bool:
    return not CRAWLS.isdisjoint(status.roles)


def _silent(status: DaemonStatus, part: Word, at: float | None) -> Word | None:
    if at is None:
        return Word("%(part)s has not reported yet").filled(part=part)
    silence = int(status.clock() - at)
    if silence <= SILENCE:
        return None
    return Word("%(part)s has been silent for %(n)s s").filled(part=part, n=silence)
