"""`fenghuo --api URL watch`: a daemon elsewhere, whose stream says what arrives and when to ask its lists again."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Any

from commands.remote import Remote
from crawler.exceptions import FenghuoError
from crawler.items import State
from feeds.languages import Word
from feeds.live import READABLE, Arrival, Moment, Trouble, change
from feeds.reasons import reason
from feeds.words import EVENTS, KINDS, STATES, word

_PAUSE = 1.0  # seconds from one moment to the next
_EVERY = 10.0  # seconds after which the lists are asked again, whatever the stream says
_AGAIN = 3.0  # seconds until a stream that broke off is opened again
_FIRST = 100  # notices at the beginning, more than any screen has lines
_MOST = 2000  # notices that are remembered
_HOOKS = {"failing": EVENTS["hook.failing"], "disabled": EVENTS["hook.disabled"]}
_UNWELL = Word("needs attention")

News = SimpleQueue[dict[str, Any]]


def moments(there: Remote, end: float) -> Iterator[Moment | str]:
    """Moment after moment until ``end`` (monotonic); where the daemon does not answer, why."""
    news, done = SimpleQueue[dict[str, Any]](), threading.Event()
    threading.Thread(target=_follow, args=(there, news, done), daemon=True).start()
    try:
        yield from _moments(there, news, end)
    finally:
        done.set()


def _moments(there: Remote, news: News, end: float) -> Iterator[Moment | str]:
    known: dict[str, Arrival] = {}
    seen: Moment | None = None
    asked, events = 0.0, [{"type": "reset"}]
    while True:
        if events or time.monotonic() - asked >= _EVERY:
            try:
                _learn(there, known, events)
                seen, asked = _moment(there, known), time.monotonic()
            except FenghuoError as e:
                yield str(e)
                seen, known = None, {}
        if seen:
            yield replace(seen, at=time.time())
        if (left := end - time.monotonic()) <= 0:
            return
        events = _came(news, min(_PAUSE, left)) or ([] if seen else [{"type": "reset"}])


def _follow(there: Remote, news: News, done: threading.Event) -> None:
    """Put into ``news`` whatever happens there, until it is ``done``."""
    last = ""
    while not done.is_set():
        with suppress(FenghuoError):  # the lists are not answered either, and say why
            for number, data in there.stream(last):
                last = number or last
                news.put(data)
        done.wait(_AGAIN)


def _came(news: News, seconds: float) -> list[dict[str, Any]]:
    """All that came, waiting for the first of it."""
    found = []
    with suppress(Empty):
        found.append(news.get(timeout=seconds))
        while True:
            found.append(news.get_nowait())
    return found


def _learn(there: Remote, known: dict[str, Arrival], events: list[dict[str, Any]]) -> None:
    """Bring the notices that are ``known`` up to date with what happened."""
    named = {str(e["id"]) for e in events if e.get("id")}
    if len(named) > _FIRST or any(e.get("type") == "reset" for e in events):
        named = set()
        known |= {n["id"]: _arrival(n) for n in there.pages("/notices", "notices", _FIRST)}
    for id in named:
        known.pop(id, None)  # it may be part of another one now
        notice = there.get(f"/notices/{id}")
        known[notice["id"]] = _arrival(notice)
    for id in sorted(known, key=lambda id: -known[id].at)[_MOST:]:
        del known[id]


def _arrival(notice: Mapping[str, Any]) -> Arrival:
    kind, origin = word(KINDS, notice["kind"]), notice["origin"]["name"]
    at = _moment_of(notice["updated"]) or 0.0
    return Arrival(notice["id"], at, change(notice["status"]), kind, notice["alertable"], origin, notice["title"])


def _moment(there: Remote, known: Mapping[str, Arrival]) -> Moment:
    columns = [c for c in there.pages("/sources", "columns") if c["enabled"]]
    hooks = list(there.pages("/hooks", "hooks"))
    looks = [_moment_of(c["last_look"]) for c in columns]
    broken = [c for c in columns if State(c["state"]).in_trouble]
    return Moment(
        time.time(),
        tuple(sorted(known.values(), key=lambda a: (-a.at, a.id))),
        (*_unwell(there.get("/health")["problems"]), *map(_trouble, broken), *_failing(hooks)),
        last_look=max((at for at in looks if at), default=None),
        readable=sum(State(c["state"]) in READABLE for c in columns),
        watched=len(columns),
        waiting=sum(h["queued"] for h in hooks),
        dead=sum(h["dead"] for h in hooks),
    )


def _unwell(problems: list[str]) -> Iterator[Trouble]:
    if problems:
        said = "; ".join(problems)
        yield Trouble("", _UNWELL, None, Word.alike(said))


def _trouble(column: Mapping[str, Any]) -> Trouble:
    why = reason(column["why"])
    return Trouble(column["key"], word(STATES, column["state"]), _moment_of(column["since"]), why)


def _failing(hooks: list[dict[str, Any]]) -> Iterator[Trouble]:
    for hook in hooks:
        if what := _HOOKS.get(hook["state"]):
            why = reason(hook["why"])
            yield Trouble(f"hook {hook['id']}", what, _moment_of(hook["since"]), why)


def _moment_of(said: str | None) -> float | None:
    return datetime.fromisoformat(said).timestamp() if said else None
