"""What arrived and what is wrong at one moment, and what one moment tells that the one before did not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from crawler.items import Notice, State
from crawler.store.delivery import hooks, ledger
from crawler.store.delivery.hooks import HookState
from crawler.store.watch import columns
from crawler.store.watch.columns import ColumnRow
from crawler.store.wire import search
from feeds.languages import Word
from feeds.reasons import reason
from feeds.web.status import LATE_DELIVERY, LATE_LOOK
from feeds.words import EVENTS, KINDS, STATES, word

OVERLAP = 60.0  # seconds that are read again: a notice may be committed so long after the time it bears
_LATEST = 100  # arrivals, more than any screen has lines
_MOST = 2000  # arrivals in `OVERLAP` and a pause
_CHANGES = {"withdrawn": EVENTS["notice.withdrawn"], "revised": EVENTS["notice.revised"]}
_NO_HOOK = HookState("")
READABLE = (State.OK, State.QUIET)  # not what was never looked at


@dataclass(frozen=True, slots=True)
class Arrival:
    """A notice as it was last changed; ``at`` in POSIX seconds."""

    id: str
    at: float
    what: Word  # new, revised, withdrawn
    kind: Word
    alertable: bool
    origin: str
    title: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is not as it should be: ``subject`` is a column, a hook, or "" for the watch itself."""

    subject: str
    what: Word
    since: float | None
    why: Word


@dataclass(frozen=True, slots=True)
class Moment:
    """How things are."""

    at: float
    arrivals: tuple[Arrival, ...] = ()  # newest first
    troubles: tuple[Trouble, ...] = ()
    last_look: float | None = None
    readable: int = 0  # columns, of those that are watched
    watched: int = 0
    waiting: int = 0  # deliveries
    dead: int = 0


def moment(tx: Connection, hooks_of_ours: Collection[str], now: float, since: float | None = None) -> Moment:
    """How things are ``now``; the arrivals are all that changed ``since`` then, or simply the last ones."""
    rows = [row for row in columns.rows(tx) if row.enabled]
    totals = ledger.totals(tx)
    return Moment(
        now,
        tuple(_arrival(n) for n in search.changed(tx, _MOST if since else _LATEST, since)),
        (*_late(tx, now), *_columns(rows), *_hooks(hooks.states(tx), hooks_of_ours)),
        last_look=max((row.last_look for row in rows if row.last_look), default=None),
        readable=sum(row.state in READABLE for row in rows),
        watched=len(rows),
        waiting=sum(n for (_, state), n in totals.items() if state == "queued"),
        dead=sum(n for (_, state), n in totals.items() if state == "dead"),
    )


def arrived(before: Moment, after: Moment) -> list[Arrival]:
    """What ``after`` tells that ``before`` did not, the oldest first."""
    known = {(a.id, a.at) for a in before.arrivals}
    return [a for a in reversed(after.arrivals) if (a.id, a.at) not in known]


def turned(before: Sequence[Trouble], after: Sequence[Trouble]) -> tuple[list[Trouble], list[Trouble]]:
    """What broke, or is otherwise wrong than before; and what is well again."""
    was, now = ({t.subject: t for t in troubles} for troubles in (before, after))
    broke = [t for t in after if t.subject not in was or was[t.subject].what != t.what]
    return broke, [t for t in before if t.subject not in now]


def change(status: str) -> Word:
    """What a notice of this status is told as: new, revised, withdrawn."""
    return _CHANGES.get(status, EVENTS["notice.new"])


def _arrival(notice: Notice) -> Arrival:
    what, kind = change(notice.status), word(KINDS, notice.verdict.kind)
    return Arrival(notice.id, notice.updated, what, kind, notice.alertable, notice.origin.name, notice.title)


def _late(tx: Connection, now: float) -> Iterator[Trouble]:
    """Whether nobody looks, or nobody delivers: then silence means nothing."""
    unlooked, late = columns.unlooked(tx, now), ledger.oldest_age(tx, now)
    if unlooked > LATE_LOOK:
        why = Word("no column was looked at for %(n)s min").filled(n=int(unlooked // 60))
        yield Trouble("", Word("nobody is on watch"), now - unlooked, why)
    elif late > LATE_DELIVERY:
        why = Word("a delivery is %(n)s min overdue").filled(n=int(late // 60))
        yield Trouble("", Word("nothing is delivered"), now - late, why)


def _columns(rows: Sequence[ColumnRow]) -> Iterator[Trouble]:
    for row in sorted((r for r in rows if r.state.in_trouble), key=lambda r: (-(r.since or 0), r.key)):
        yield Trouble(row.key, word(STATES, row.state), row.since, reason(row.why))


def _hooks(states: dict[str, HookState], ours: Collection[str]) -> Iterator[Trouble]:
    for id in sorted(ours):
        state = states.get(id, _NO_HOOK)
        why = reason(state.why)
        if state.disabled_at is not None:
            yield Trouble(f"hook {id}", EVENTS["hook.disabled"], state.disabled_at, why)
        elif state.opened_at is not None:
            yield Trouble(f"hook {id}", EVENTS["hook.failing"], state.failing_since, why)
