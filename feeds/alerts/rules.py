"""Which hook wants which event: `when` of a hook against a notice.  Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from crawler.config import Hook, When
from crawler.items import ALERTABLE_KINDS, Scope


def wanting(hooks: Iterable[Hook], type: str, payload: Mapping[str, Any]) -> list[str]:
    """The ids of the hooks that want an event."""
    return [h.id for h in hooks if h.enabled and wants(h, type, payload)]


def wants(hook: Hook, type: str, payload: Mapping[str, Any]) -> bool:
    """Whether ``hook`` wants an event; of ``when``, only ``source`` concerns ``source.*`` events."""
    if type not in hook.events:
        return False
    if type.startswith("source."):
        return not hook.when.source or payload.get("source") in hook.when.source
    return matches(hook.when, payload)


def matches(when: When, notice: Mapping[str, Any]) -> bool:
    """Whether a notice (`items.notice_json`) meets ``when``: all given conditions hold (contract, section 2).

    Without ``scope``, ``kind`` or ``authority``, alertable notices pass.  Naming one of these replaces that part of
    the default (official, cross-border, of an alertable kind); the other parts stay.
    """
    return _is_alertable(when, notice) and _is_narrowed(when, notice)


def _is_alertable(when: When, notice: Mapping[str, Any]) -> bool:
    if not (when.scope or when.kind or when.authority):
        return bool(notice["alertable"])
    return (
        notice["kind"] in (when.kind or ALERTABLE_KINDS)
        and notice["scope"] in (when.scope or (Scope.CROSS_BORDER,))
        and _speaks(when.authority or ("official",), notice["origin"])
    )


def _speaks(authorities: tuple[str, ...], origin: Mapping[str, Any]) -> bool:
    return origin["authority"] in authorities or ("official" in authorities and origin["official"])


def _is_narrowed(when: When, notice: Mapping[str, Any]) -> bool:
    places = {p["code"] for p in notice["places"]}
    sources = {notice["origin"]["source"], *(s["source"] for s in notice["sightings"])}
    return (
        (not when.place or not places.isdisjoint(p.upper() for p in when.place))
        and (not when.scam or not set(when.scam).isdisjoint(notice["scam_types"]))
        and (not when.source or not sources.isdisjoint(when.source))
    )
