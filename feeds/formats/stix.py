"""STIX 2.1 (OASIS, 2021) by stix2: notices as reports, and the indicators they name.

Every id and time comes from the notice, so that the same notice is the same object wherever it is read.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from crawler.items import Notice
from feeds import safe_text, words
from feeds.entries import BODY_LIMIT, TITLE_LIMIT, Imprint, instant
from feeds.indicators import Indicator
from feeds.words import word

MEDIA_TYPE = "application/stix+json;version=2.1"
_OURS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:fenghuo")
_ALWAYS = datetime(2025, 1, 1, tzinfo=UTC)  # when identities and places were created: a constant, so that they stay
_PATTERNS = {  # phone-number is OpenCTI's observable; STIX 2.1 has none
    "url": "[url:value = '{}']",
    "domain": "[domain-name:value = '{}']",
    "phone": "[phone-number:value = '{}']",
    "app": "[software:name = '{}']",
}
Named = Sequence[tuple[Notice, Sequence[Indicator]]]


def permanent(specific: str, imprint: Imprint) -> uuid.UUID:
    """The UUID of something of ours, for ever."""
    return uuid.uuid5(_OURS, imprint.tag(specific))


def write(notices: Named, imprint: Imprint) -> bytes:
    """A bundle of the notices, each with the indicators it names."""
    import stix2

    ours = stix2.Identity(
        id=_id("identity", "fenghuo", imprint),
        created=_ALWAYS,
        modified=_ALWAYS,
        name="Fenghuo 烽火",
        identity_class="system",
    )
    objects: dict[str, Any] = {ours.id: ours}
    for notice, named in notices:
        objects |= {o.id: o for o in _objects(notice, named, ours, imprint)}
    said = "".join(f"{id}{o.modified}" for id, o in objects.items())
    bundle = stix2.Bundle(id=_id("bundle", said, imprint), objects=[stix2.TLP_WHITE, *objects.values()])
    return bytes(bundle.serialize(ensure_ascii=False).encode())


def _objects(notice: Notice, named: Iterable[Indicator], ours: Any, imprint: Imprint) -> list[Any]:
    """The issuer, the places, the indicators, and the report that refers to them."""
    import stix2

    publisher = safe_text.one_line(safe_text.sound(notice.origin.name), TITLE_LIMIT) or "—"
    kept: dict[str, Any] = {"created": _ALWAYS, "modified": _ALWAYS, "created_by_ref": ours.id}
    issuer = stix2.Identity(
        id=_id("identity", f"publisher/{publisher}", imprint), name=publisher, identity_class="organization", **kept
    )
    codes = dict.fromkeys(p.code for p in notice.verdict.places)
    places = [
        stix2.Location(id=_id("location", c, imprint), country=c, name=word(words.places(), c).en, **kept)
        for c in codes
    ]
    found = [_indicator(notice, one, ours, imprint) for one in named]
    return [issuer, *places, *found, _report(notice, [issuer, *places, *found], ours, imprint)]


def _report(notice: Notice, about: Sequence[Any], ours: Any, imprint: Imprint) -> Any:
    import stix2

    title = safe_text.one_line(safe_text.sound(notice.title), TITLE_LIMIT) or notice.id
    url = safe_text.http_url(notice.url)
    return stix2.Report(
        id=_id("report", f"notice/{notice.id}", imprint),
        name=title,
        description=safe_text.sound(notice.body)[:BODY_LIMIT],
        report_types=["threat-report"],
        published=instant(notice.first_seen),
        external_references=[{"source_name": about[0].name, **({"url": url} if url else {})}],
        labels=[notice.verdict.kind.value, *notice.verdict.scam_types],
        object_refs=[o.id for o in about],
        lang=notice.language or "zh-CN",
        revoked=notice.status == "withdrawn",
        **_common(notice, ours),
    )


def _indicator(notice: Notice, one: Indicator, ours: Any, imprint: Imprint) -> Any:
    import stix2

    value = one.value.replace("\\", "\\\\").replace("'", "\\'")
    return stix2.Indicator(
        id=_id("indicator", f"notice/{notice.id}/{one.type}/{one.value}", imprint),
        name=one.value,
        description=safe_text.sound(one.because),
        indicator_types=["malicious-activity"],
        pattern=_PATTERNS[one.type].format(value),
        pattern_type="stix",
        valid_from=instant(notice.first_seen),
        revoked=notice.status == "withdrawn",
        **_common(notice, ours),
    )


def _common(notice: Notice, ours: Any) -> dict[str, Any]:
    import stix2

    return {
        "created": instant(notice.first_seen),
        "modified": instant(max(notice.updated, notice.first_seen)),
        "created_by_ref": ours.id,
        "object_marking_refs": [stix2.TLP_WHITE],
    }


def _id(type: str, specific: str, imprint: Imprint) -> str:
    return f"{type}--{permanent(specific, imprint)}"
