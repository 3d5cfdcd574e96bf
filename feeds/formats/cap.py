"""CAP 1.2 (OASIS, 2010): a notice as an alert of somebody who passes it on, and says so.

Urgency and severity stay Unknown, since the publisher states none; the message is the operator's (`cap.sender`), never
the ministry's, which stands in ``source``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from crawler.config.publishing import Cap
from crawler.items import Notice
from feeds import safe_text, words
from feeds.entries import BODY_LIMIT, Imprint, instant
from feeds.languages import Word
from feeds.words import KINDS, word

MEDIA_TYPE = "application/cap+xml; charset=utf-8"
_NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
_HEADLINE = 160  # characters (CAP 1.2, 3.2.2)
_CHINA = timezone(timedelta(hours=8))  # a dateTime has a numeric zone, never Z (3.3.2)
_NOTE = "转载自官方来源，非原始发布者。Republished from an official source; the sender is not its issuer."
_CLAIMED = " 该来源系转载方所称，未见原文。The source is named by a carrier; its original was not seen."
_EVENT = Word("Cross-border fraud")

Line = tuple[str, str]  # name and text of an element


@dataclass(frozen=True, slots=True)
class Message:
    """One CAP message of the chain that a notice has become."""

    identifier: str
    type: str  # Alert, Update, Cancel
    sent: datetime


def messages(notice: Notice) -> tuple[Message, ...]:
    """Every message of a notice so far: that it came, its material revisions, its withdrawal.  The last one stands."""
    moments = [notice.first_seen, *(r.seen for r in notice.revisions if r.material)]
    types = ["Alert", *("Update" for _ in moments[1:])]
    if notice.status == "withdrawn":
        moments.append(notice.updated)
        types.append("Cancel")
    return tuple(_message(notice, type, at) for type, at in zip(types, moments, strict=True))


def _message(notice: Notice, type: str, at: float) -> Message:
    return Message(f"{notice.id}.{int(at)}", type, instant(at).astimezone(_CHINA))


def write(notice: Notice, cap: Cap, imprint: Imprint) -> bytes:
    """The message that stands, in Chinese and English."""
    from lxml.etree import Element, SubElement, tostring

    *earlier, last = messages(notice)
    alert = Element(_name("alert"), nsmap={None: _NAMESPACE})
    _fill(alert, _head(notice, cap, last, earlier))
    for language in ("zh-CN", "en"):
        info = SubElement(alert, _name("info"))
        _fill(info, _info(notice, language, imprint))
        _area(info, notice, language)
    return bytes(tostring(alert, xml_declaration=True, encoding="UTF-8"))


def _head(notice: Notice, cap: Cap, last: Message, earlier: Iterable[Message]) -> list[Line]:
    references = " ".join(f"{cap.sender},{m.identifier},{_moment(m.sent)}" for m in earlier)
    lines = [
        ("identifier", last.identifier),
        ("sender", cap.sender),
        ("sent", _moment(last.sent)),
        ("status", cap.status),
        ("msgType", last.type),
        ("source", safe_text.one_line(safe_text.sound(notice.origin.name), 100)),
        ("scope", "Public"),
        ("note", _NOTE + (_CLAIMED if notice.origin.claimed_only else "")),
        ("references", references),
    ]
    return [line for line in lines if line[1]]


def _info(notice: Notice, language: str, imprint: Imprint) -> list[Line]:
    title, body = safe_text.sound(notice.title), safe_text.sound(notice.body)[:BODY_LIMIT]
    kind, colon, sender = word(KINDS, notice.verdict.kind).of(language), "：", "烽火"
    if english := language == "en":
        colon, sender = ": ", "Fenghuo"
        body = f"{_said(notice)}\n\nThe publisher's own text, in {notice.language}:\n{title}\n{body}"
    lines = [
        ("language", language),
        ("category", "Security"),
        ("event", f"{_EVENT.of(language)}{colon}{kind}"),
        ("urgency", "Unknown"),
        ("severity", "Unknown"),
        ("certainty", "Observed"),
        ("senderName", sender),
        ("headline", safe_text.one_line(_said(notice) if english else title, _HEADLINE)),
        ("description", body),
        ("web", safe_text.http_url(notice.url) or f"{imprint.base_url}/notices/{notice.id}"),
        ("contact", ", ".join(safe_text.sound(c) for c in notice.verdict.contacts)),
    ]
    return [line for line in lines if line[1]]


def _said(notice: Notice) -> str:
    """What a notice is, in English: of its fields, not a translation of its text."""
    verdict = notice.verdict
    kind = word(KINDS, verdict.kind).en
    about = ", ".join(word(words.scams(), s).en for s in verdict.scam_types)
    where = ", ".join(word(words.places(), p.code).en for p in verdict.places)
    name = safe_text.one_line(safe_text.sound(notice.origin.name), 60)
    return f"Cross-border fraud, {kind} by {name}" + (f": {about}" if about else "") + (f" ({where})" if where else "")


def _area(info: Any, notice: Notice, language: str) -> None:
    from lxml.etree import SubElement

    for place in notice.verdict.places:
        area = SubElement(info, _name("area"))
        SubElement(area, _name("areaDesc")).text = word(words.places(), place.code).of(language)
        _fill(SubElement(area, _name("geocode")), [("valueName", "ISO 3166-1"), ("value", place.code)])


def _fill(parent: Any, lines: Iterable[Line]) -> None:
    from lxml.etree import SubElement

    for name, text in lines:
        SubElement(parent, _name(name)).text = text


def _name(name: str) -> str:
    return f"{{{_NAMESPACE}}}{name}"


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
