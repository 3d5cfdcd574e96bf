"""The store's side of delivering: what is owed is claimed, what was answered is recorded, in few short transactions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from crawler.config.hooks import Hook
from crawler.config.settings import Settings
from crawler.items import timestamp
from crawler.store import Store
from crawler.store.delivery import hooks, ledger, outbox
from crawler.store.delivery.hooks import HookState
from crawler.store.delivery.outbox import Attempt, Claimed
from feeds.alerts import circuit
from feeds.alerts.channels import CALM, MOST_TOGETHER, window
from feeds.alerts.rules import is_urgent, wanting
from feeds.alerts.schedule import SPAN, Answer, next_try, quiet_until
from feeds.alerts.wire import redacted

BATCH = 100  # deliveries that a lane claims at once, of what does not go together
LEAST = 10  # however many lanes there are
CLAIMED = 5000  # deliveries that all lanes hold, about
FANNED_OUT = 5000  # deliveries that one transaction makes of events, about
AGAIN = 5.0  # seconds after which what was refused in company goes alone
_GONE = "disabled: the receiver answered 410 Gone"


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one message."""

    hook: Hook
    parcel: Sequence[Claimed]
    answer: Answer
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Claims:
    """What is to be sent now, by hook; and whether there is more to fan out."""

    batches: Sequence[tuple[Hook, Sequence[Claimed]]] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """Each try as it was written, and until when hooks whose circuit is open get nothing (None: it has closed)."""

    tried: Sequence[tuple[Hook, Claimed, Attempt]]
    waits: Mapping[str, float | None]


class Desk:
    """Claims and records for one ``owner``; every method is one visit to the database and raises StoreError."""

    def __init__(self, store: Store, owner: str, now: Callable[[], float], chance: Callable[[], float]) -> None:
        self._store, self._owner, self._now, self._chance = store, owner, now, chance

    def claim(self, settings: Settings, busy: Set[str], paused: Mapping[str, float], *, last: bool = False) -> Claims:
        """Fan out what is new, and claim what can be sent now; one cheap query when there is neither.

        Hooks in ``busy`` get nothing yet, those in ``paused`` nothing before their time.  ``last``: nothing more will
        come, so that nobody waits for calm.
        """
        now, here = self._now(), {h.id: h for h in settings.hook if h.enabled}
        with self._store.read() as tx:
            fresh, due = outbox.owed(tx, now)
        if not (fresh or last) and busy >= set(due):
            return Claims()
        with self._store.begin(lasting=False) as tx:
            if last:
                outbox.hasten(tx, now, CALM)
            if fresh:
                _fan_out(tx, settings, here, now, gather=not last)
            if fresh or last:
                fresh, due = outbox.owed(tx, now)
            states = hooks.states(tx)
            kept = _set_aside(tx, due, here, states, paused, now)
            ready = [here[id] for id in due if id not in kept and id not in busy]
            return Claims(self._claimed(tx, ready, len(busy), states, now), fresh)

    def _claimed(
        self, tx: Connection, ready: Sequence[Hook], busy: int, states: Mapping[str, HookState], now: float
    ) -> list[tuple[Hook, list[Claimed]]]:
        """Claim for each hook: one message to probe an open circuit, the fewer the more lanes there are, or all."""
        share = min(BATCH, max(LEAST, CLAIMED // (len(ready) + busy + 1)))
        limits = {}
        for hook in ready:
            limits[hook.id] = MOST_TOGETHER if hook.for_people else share
            state = states.get(hook.id)
            if state is not None and state.opened_at is not None:
                limits[hook.id] = 1
                hooks.put(tx, circuit.probe(state, now))
        claimed = outbox.claim_all(tx, limits, now=now, owner=self._owner)
        return [(hook, claimed[hook.id]) for hook in ready if claimed[hook.id]]

    def record(self, results: Sequence[Result]) -> Recorded:
        """Write what became of messages, and what the answers mean for their hooks."""
        now = self._now()
        tried = [(r.hook, c, self._attempt(r, c, now)) for r in results for c in r.parcel]
        with self._store.begin() as tx:
            outbox.record_attempts(tx, [(claimed.id, attempt) for _, claimed, attempt in tried])
            dead = [(hook, attempt) for hook, _, attempt in tried if not attempt.ok and attempt.due is None]
            return Recorded(tried, _follow(tx, results, dead, now))

    def put_back(self, batch: Iterable[Claimed]) -> None:
        """Free what was claimed and is not sent now."""
        with self._store.begin() as tx:
            outbox.put_back(tx, [c.id for c in batch])

    def release(self) -> None:
        """Free what was claimed and not recorded."""
        with self._store.begin() as tx:
            outbox.release(tx, self._owner)

    def _attempt(self, result: Result, claimed: Claimed, now: float) -> Attempt:
        """The try as the ledger keeps it; what was refused in company is not given up before it was alone."""
        answer, attempt = result.answer, result.attempt
        if answer.ok:
            return attempt
        in_company = len(result.parcel) > 1
        if answer.refused and in_company:
            return replace(attempt, due=now + AGAIN, alone=True)
        wait = next_try(answer, claimed.attempts + 1, now - claimed.created, self._chance())
        return replace(attempt, due=None if wait is None else now + wait)


def _fan_out(tx: Connection, settings: Settings, here: Mapping[str, Hook], now: float, *, gather: bool) -> None:
    windows = {id: w for id, hook in here.items() if (gather or hook.digest) and (w := window(hook))}
    outbox.fan_out(
        tx,
        lambda type, payload: wanting(here.values(), type, payload, settings.rule),
        now,
        windows=windows,
        urgent=lambda hook, type, payload: is_urgent(here[hook], type, payload),
        most=max(1, FANNED_OUT // max(1, len(here))),
    )


def _set_aside(
    tx: Connection,
    due: Iterable[str],
    here: Mapping[str, Hook],
    states: Mapping[str, HookState],
    paused: Mapping[str, float],
    now: float,
) -> Collection[str]:
    """Bury what no configured hook will take, put off what a hook does not want yet; the hooks that get nothing now."""
    kept = set()
    for id in due:
        if id not in here:
            outbox.bury(tx, id, "no such hook is configured and enabled; bring it back, then replay", now)
            kept.add(id)
            continue
        if quiet := quiet_until(here[id], now):
            outbox.postpone(tx, id, quiet, urgent=False)
        waits = [t for t in (paused.get(id), circuit.waits_until(states.get(id), now)) if t is not None and t > now]
        if waits:
            outbox.postpone(tx, id, max(waits))
            kept.add(id)
    return kept


# --------------------------------------------------------------------------------------------------------------------
# What answers mean for their hooks


def _follow(
    tx: Connection, results: Sequence[Result], dead: Sequence[tuple[Hook, Attempt]], now: float
) -> dict[str, float | None]:
    """Pause, disable, open and close, and tell those who want to know; until when hooks with an open circuit wait."""
    before = hooks.states(tx, [r.hook.id for r in results])
    waits: dict[str, float | None] = {}
    for hook in {r.hook.id: r.hook for r in results}.values():
        was = state = before.get(hook.id, HookState(hook.id))
        answers = [r.answer for r in results if r.hook.id == hook.id]
        for answer in answers:
            state = circuit.after(state, answer, now)
        if pauses := [a.retry_after for a in answers if a.retry_after is not None]:
            outbox.postpone(tx, hook.id, now + max(pauses))
        if any(a.gone for a in answers):
            outbox.disable_hook(tx, hook.id, _GONE, now)
            if was.disabled_at is None:
                _tell(tx, "hook.disabled", hook, now, "disabled", _GONE, now)
        elif state != was:
            hooks.put(tx, state)
            waits |= _turn(tx, hook, was, state, now)
        given_up = [attempt for h, attempt in dead if h.id == hook.id]
        if given_up and state.opened_at is None and not any(a.gone for a in answers):
            _tell(tx, "hook.failing", hook, now, "failing", given_up[-1].error, now, dead=len(given_up))
    return waits


def _turn(tx: Connection, hook: Hook, was: HookState, state: HookState, now: float) -> dict[str, float | None]:
    """What follows from a hook's circuit: opened, still open, closed."""
    if state.opened_at is None:
        if was.opened_at is None:
            return {}
        outbox.resume(tx, hook.id, now, was.probe_at or now)
        _tell(tx, "hook.recovered", hook, now, "ok", "", was.failing_since or was.opened_at)
        return {hook.id: None}
    until = state.probe_at or now
    outbox.postpone(tx, hook.id, until)
    if was.opened_at is None:
        _tell(tx, "hook.failing", hook, now, "failing", state.why, state.failing_since or now)
    if now - state.opened_at >= SPAN:
        outbox.bury(
            tx, hook.id, f"nothing was accepted for {SPAN / 3600:.0f} hours: {state.why}", now, before=now - SPAN
        )
    return {hook.id: until}


def _tell(
    tx: Connection, type: str, hook: Hook, now: float, state: str, why: str, since: float, *, dead: int = 0
) -> None:
    """Write an event about a hook, for the other hooks."""
    waiting = ledger.waiting(tx, hook.id)
    said = {"hook": hook.id, "to": redacted(hook.url), "state": state, "why": why, "since": timestamp(since)}
    outbox.add(tx, type, at=now, payload=said | {"waiting": waiting, "dead": dead}, hook=hook.id)
