"""Which hook wants which event, and which of them may not wait: conditions against a notice.  Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from crawler.config.hooks import Hook, Rule, When
from crawler.items import ALERTABLE_KINDS, Scope
from crawler.reading.normalise import nfkc

Data = Mapping[str, Any]


def wanting(hooks: Iterable[Hook], type: str, payload: Data, rules: Sequence[Rule] = ()) -> list[str]:
    """The ids of the hooks that want an event."""
    return [h.id for h in hooks if h.enabled and wants(h, type, payload, rules)]


def wants(hook: Hook, type: str, payload: Data, rules: Sequence[Rule] = ()) -> bool:
    """Whether ``hook`` wants an event: by the rules that name it, where there are any, else by its own conditions.

    Of the conditions only ``source`` concerns ``source.*``; of ``hook.*`` a hook never hears its own.
    """
    if type not in hook.events:
        return False
    if type.startswith("hook."):
        return payload.get("hook") != hook.id
    mine: list[Hook | Rule] = [rule for rule in rules if hook.id in rule.hooks] or [hook]
    if type.startswith("source."):
        return any(_is_of_source(r.when, payload) and not _names_source(r.unless, payload) for r in mine)
    return any(matches(r.when, payload) and not meets_any(r.unless, payload) for r in mine)


def is_urgent(hook: Hook, type: str, payload: Data) -> bool:
    """Whether a notice waits for no quiet hours, no digest and no calm on its way to ``hook``."""
    return type.startswith("notice.") and bool(hook.urgent.given) and _meets(hook.urgent, payload, all)


def matches(when: When, notice: Data) -> bool:
    """Whether a notice (`items.notice_json`) meets ``when``: all given conditions hold (contract, section 2).

    Without ``scope``, ``kind``, ``authority`` or ``official``, alertable notices pass.  Naming one of these replaces
    that part of the default (official, cross-border, of an alertable kind); the other parts stay.
    """
    return _is_alertable(when, notice) and _meets(when, notice, all)


def meets_any(conditions: When, notice: Data) -> bool:
    """Whether one of the given conditions holds."""
    return _meets(conditions, notice, any)


def _is_alertable(when: When, notice: Data) -> bool:
    speaks = when.authority or when.official is not None
    if not (when.scope or when.kind or speaks):
        return bool(notice.get("alertable"))
    return bool(
        (when.kind or notice.get("kind") in ALERTABLE_KINDS)
        and (when.scope or notice.get("scope") == Scope.CROSS_BORDER)
        and (speaks or _origin(notice).get("official"))
    )


def _meets(conditions: When, notice: Data, how: Callable[[Iterable[bool]], bool]) -> bool:
    return how(_TESTS[name](getattr(conditions, name), notice) for name in conditions.given)


def _is_of_source(when: When, payload: Data) -> bool:
    return not when.source or _names_source(when, payload)


def _names_source(when: When, payload: Data) -> bool:
    return payload.get("source") in when.source


# --------------------------------------------------------------------------------------------------------------------
# One condition


def _origin(notice: Data) -> Data:
    return notice.get("origin") or {}


def _sightings(notice: Data, field: str) -> list[str]:
    return [s.get(field) or "" for s in notice.get("sightings") or ()]


def _authorities(notice: Data) -> list[str]:
    origin = _origin(notice)
    return [origin.get("authority") or "", *(["official"] if origin.get("official") else [])]


def _languages(notice: Data) -> list[str]:
    """The language of a text and what it is a kind of: zh-CN, zh."""
    language = str(notice.get("language") or "")
    return [language, language.partition("-")[0]]


def _is_one(values: Callable[[Data], Iterable[str]]) -> Callable[[Sequence[str], Data], bool]:
    """A condition that holds when the notice has one of the wanted values, in any case of letters."""
    return lambda wanted, notice: not {w.casefold() for w in wanted}.isdisjoint(v.casefold() for v in values(notice))


def _says(texts: Callable[[Data], Iterable[str]]) -> Callable[[Sequence[str], Data], bool]:
    """A condition that holds when one of the wanted words stands in one of the texts, in any width and case."""

    def holds(wanted: Sequence[str], notice: Data) -> bool:
        found = [_folded(text) for text in texts(notice)]
        return any(_folded(word) in text for word in wanted if word for text in found)

    return holds


def _folded(text: str) -> str:
    return nfkc(text).casefold()


def _list(field: str) -> Callable[[Data], list[str]]:
    return lambda notice: [str(v) for v in notice.get(field) or ()]


def _is_recent(within: float, notice: Data) -> bool:
    """Whether a notice was published at most ``within`` seconds before we saw it; one without a date may be new."""
    try:
        published, seen = (datetime.fromisoformat(notice[field]) for field in ("published", "first_seen"))
        return (seen - published).total_seconds() <= within
    except (KeyError, TypeError, ValueError):
        return True


_TESTS: Mapping[str, Callable[[Any, Data], bool]] = {
    "scope": _is_one(lambda n: [str(n.get("scope"))]),
    "kind": _is_one(lambda n: [str(n.get("kind"))]),
    "place": _is_one(lambda n: [p["code"] for p in n.get("places") or ()]),
    "scam": _is_one(_list("scam_types")),
    "authority": _is_one(_authorities),
    "source": _is_one(lambda n: [_origin(n).get("source") or "", *_sightings(n, "source")]),
    "column": _is_one(lambda n: _sightings(n, "column")),
    "victim": _is_one(_list("victims")),
    "language": _is_one(_languages),
    "status": _is_one(lambda n: [str(n.get("status"))]),
    "level": _says(_list("levels")),
    "origin": _says(lambda n: [_origin(n).get("name") or ""]),
    "title": _says(lambda n: [n.get("title") or ""]),
    "words": _says(lambda n: [n.get("title") or "", n.get("body") or ""]),
    "contact": _says(_list("contacts")),
    "figure": _says(_list("figures")),
    "address": _says(lambda n: [n.get("url") or "", *_sightings(n, "url")]),
    "official": lambda wanted, n: bool(_origin(n).get("official")) is wanted,
    "claimed_only": lambda wanted, n: bool(_origin(n).get("claimed_only")) is wanted,
    "published_within": _is_recent,
}
