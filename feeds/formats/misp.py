"""A MISP feed by pymisp: one event a notice, with the indicators it names; manifest.json and hashes.csv beside them.

Every id and time comes from the notice.  Nothing but indicators is marked for detection.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from crawler.items import Notice
from feeds import safe_text
from feeds.entries import TITLE_LIMIT, Imprint, instant
from feeds.formats.stix import Named, permanent
from feeds.indicators import Indicator

_UNDEFINED, _COMPLETE = 4, 2  # MISP's threat level and state of analysis: the publisher states none, and we add nothing
_TYPES = {
    "url": ("url", "Network activity"),
    "domain": ("domain", "Network activity"),
    "phone": ("phone-number", "Financial fraud"),
    "app": ("text", "Other"),
}


def write(name: str, notices: Named, imprint: Imprint) -> bytes | None:
    """The file ``name`` of the feed of ``notices``; None where there is none."""
    if name == "manifest.json":
        return _json({k: v for n, found in notices for k, v in _event(n, found, imprint).manifest.items()})
    if name == "hashes.csv":
        events = [(_uuid(n, imprint), _event(n, found, imprint)) for n, found in notices]
        return "".join(f"{h},{id}\n" for id, event in events for h in _hashes(event)).encode()
    wanted = next(((n, found) for n, found in notices if name == f"{_uuid(n, imprint)}.json"), None)
    return _json(_event(*wanted, imprint).to_feed()) if wanted else None


def _event(notice: Notice, named: Iterable[Indicator], imprint: Imprint) -> Any:
    from pymisp import MISPEvent, MISPOrganisation

    event, ours = MISPEvent(), MISPOrganisation()
    ours.name, ours.uuid = "Fenghuo", str(permanent("fenghuo", imprint))
    event.from_dict(
        uuid=_uuid(notice, imprint),
        info=safe_text.one_line(safe_text.sound(notice.title), TITLE_LIMIT) or notice.id,
        date=instant(notice.first_seen).date(),
        timestamp=int(notice.updated),
        publish_timestamp=int(notice.updated),
        published=True,
        threat_level_id=_UNDEFINED,
        analysis=_COMPLETE,
    )
    event.Orgc = ours
    for tag in ("tlp:clear", *(f'fenghuo:scam-type="{s}"' for s in notice.verdict.scam_types)):
        event.add_tag(tag)
    if url := safe_text.http_url(notice.url):
        _add(event, notice, imprint, type="link", value=url, category="External analysis", to_ids=False)
    for one in named:
        type, category = _TYPES[one.type]
        comment = f"{one.type}: {safe_text.sound(one.because)}"
        _add(
            event,
            notice,
            imprint,
            type=type,
            value=one.value,
            category=category,
            comment=comment,
            to_ids=type != "text",
        )
    return event


def _add(event: Any, notice: Notice, imprint: Imprint, **said: Any) -> None:
    id = permanent(f"notice/{notice.id}/misp/{said['type']}/{said['value']}", imprint)
    event.add_attribute(uuid=str(id), timestamp=int(notice.updated), **said)


def _hashes(event: Any) -> list[str]:
    return [h for attribute in event.attributes for h in attribute.hash_values("md5")]


def _uuid(notice: Notice, imprint: Imprint) -> str:
    return str(permanent(f"notice/{notice.id}", imprint))


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, default=str).encode()
