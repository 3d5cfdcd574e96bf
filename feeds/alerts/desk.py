"""The store's side of delivering: what is owed is claimed, what was answered is recorded, in few short transactions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from crawler.config import Hook, Settings
from crawler.store import Store, outbox
from crawler.store.outbox import Attempt, Claimed
from feeds.alerts.rules import wanting
from feeds.alerts.schedule import Answer, next_try

BATCH = 100  # deliveries that a lane claims at once: the most that one message of a digest lists


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one message."""

    hook: Hook
    parcel: Sequence[Claimed]
    answer: Answer
    attempt: Attempt


class Desk:
    """Claims and records for one ``owner``; every method is one visit to the database and raises StoreError."""

    def __init__(self, store: Store, owner: str, now: Callable[[], float], chance: Callable[[], float]) -> None:
        self._store, self._owner, self._now, self._chance = store, owner, now, chance

    def claim(
        self, settings: Settings, busy: Set[str], paused: Mapping[str, float]
    ) -> list[tuple[Hook, list[Claimed]]]:
        """Fan out what is new, and claim what can be sent now; one cheap query when there is neither.

        Hooks in ``busy`` get nothing yet, those in ``paused`` nothing before their time.
        """
        now, hooks = self._now(), {h.id: h for h in settings.hook if h.enabled}
        with self._store.read() as tx:
            fresh, due = outbox.owed(tx, now)
        if not fresh and busy >= set(due):
            return []
        pauses = {id: until for id, until in paused.items() if until > now}
        with self._store.begin() as tx:
            while fresh:
                _fan_out(tx, hooks.values(), now)
                fresh, due = outbox.owed(tx, now)
            _set_aside(tx, due, hooks, pauses, now)
            ready = [hooks[id] for id in due if id in hooks and id not in pauses and id not in busy]
            claims = [(h, outbox.claim(tx, h.id, now=now, owner=self._owner, limit=BATCH)) for h in ready]
        return [(hook, batch) for hook, batch in claims if batch]

    def record(self, results: Sequence[Result]) -> list[tuple[Hook, Claimed, Attempt]]:
        """Write what became of messages, and what the answers mean for their hooks; each try as it was written."""
        now = self._now()
        tried = [(r.hook, c, replace(r.attempt, due=self._next_try(r, c, now))) for r in results for c in r.parcel]
        with self._store.begin() as tx:
            outbox.record_attempts(tx, [(claimed.id, attempt) for _, claimed, attempt in tried])
            for hook, answer in ((r.hook.id, r.answer) for r in results):
                if answer.gone:
                    outbox.disable_hook(tx, hook, "disabled: the receiver answered 410 Gone", now)
                elif answer.retry_after is not None:
                    outbox.postpone(tx, hook, now + answer.retry_after)
        return tried

    def release(self) -> None:
        """Free what was claimed and not recorded."""
        with self._store.begin() as tx:
            outbox.release(tx, self._owner)

    def _next_try(self, result: Result, claimed: Claimed, now: float) -> float | None:
        if result.answer.ok:
            return None
        wait = next_try(result.answer, claimed.attempts + 1, now - claimed.created, self._chance())
        return None if wait is None else now + wait


def _fan_out(tx: Connection, hooks: Collection[Hook], now: float) -> None:
    windows = {h.id: h.digest for h in hooks if h.digest}
    outbox.fan_out(tx, lambda type, payload: wanting(hooks, type, payload), now, windows=windows)


def _set_aside(
    tx: Connection, due: Iterable[str], hooks: Collection[str], pauses: Mapping[str, float], now: float
) -> None:
    """Bury what no configured hook will take; put off what a receiver does not want yet."""
    for id in due:
        if id not in hooks:
            outbox.bury(tx, id, "no such hook is configured and enabled; bring it back, then replay", now)
        elif id in pauses:
            outbox.postpone(tx, id, pauses[id])
