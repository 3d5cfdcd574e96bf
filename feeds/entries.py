"""Entry and Feed, the nouns of the outward side, and how a notice, a revision or an incident becomes an entry.

Pure: an entry depends on what is remembered and on the imprint, never on the clock, so that the same store gives the
same bytes.  Every text in an entry has passed `safe_text.sound`; every address is an absolute http(s) one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import quote

from crawler.items import Notice, notice_json, timestamp
from crawler.store.watch.incidents import IncidentRow
from feeds import safe_text, words
from feeds.words import CAUSES, KINDS, REVISIONS, SCOPES, STATES, STATUSES, word

TITLE_LIMIT = 300  # characters; a title is a line, whatever a page puts into its <title>
SUMMARY_LIMIT = 280
BODY_LIMIT = 100_000
_TAG_YEAR = 2025  # RFC 4151 wants a date on which the authority was ours; a constant, so that ids stay for ever
EPOCH = datetime(_TAG_YEAR, 1, 1, tzinfo=UTC)  # when an empty feed was last changed: not since its id is ours
_MARKS = re.compile(r"(\[-.*?-\]|\{\+.*?\+\})", re.S)
_OLDEST = datetime(1980, 1, 1, tzinfo=UTC)  # a publication date before the web is a misreading


@dataclass(frozen=True, eq=False)  # compared and hashed by identity: it is a key of `channels._made`
class Imprint:
    """Who publishes, and where: what an entry needs to know that is not in the notice."""

    base_url: str
    authority: str  # of tag: URIs; must outlive a change of base_url
    names: Mapping[str, str]  # of sources, by id
    hub: str = ""  # address of the WebSub hub
    cap: bool = False  # notices are alerts in CAP, too

    def tag(self, specific: str) -> str:
        """A permanent id (RFC 4151)."""
        return f"tag:{self.authority},{_TAG_YEAR}:{quote(specific, safe='/:_-.')}"


@dataclass(frozen=True, slots=True)
class Category:
    """A value of a notice by which readers filter; ``scheme`` says of which field."""

    scheme: str
    term: str
    label: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed, whatever the format."""

    id: str
    title: str
    url: str
    published: datetime
    updated: datetime  # changes only with a significant change (RFC 4287, 4.2.15)
    author: str
    summary: str = ""  # plain text
    html: str = ""  # sanitised
    text: str = ""
    language: str = "zh-CN"
    categories: tuple[Category, ...] = ()
    via: tuple[tuple[str, str], ...] = ()  # reprints: title, address
    source: tuple[str, str] | None = None  # its name, and its id
    cap: str = ""  # address of the CAP alert
    facts: dict[str, Any] = field(default_factory=dict)  # for machines (JSON Feed extension)

    __hash__ = object.__hash__  # by identity, so that what was written of it can be kept with it


@dataclass(frozen=True, slots=True)
class Gone:
    """An entry that we ourselves have withdrawn, not its publisher (RFC 6721)."""

    id: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Chain:
    """Where a document stands in an archived feed (RFC 5005, section 4); each part is "" where there is none."""

    part: str = ""  # of this document; "": the feed itself, which readers subscribe to
    older: str = ""
    newer: str = ""

    @property
    def closed(self) -> bool:
        """Whether nothing is added to it any more: something newer was published in another part."""
        return bool(self.part and self.newer)


@dataclass(frozen=True, slots=True)
class Feed:
    """Entries, newest first, under a title and an address.  A format is a function Feed -> bytes."""

    path: str  # below /feeds/, without the suffix
    title: str
    imprint: Imprint
    entries: tuple[Entry, ...] = ()
    query: str = ""  # of the address asked for
    following: str = ""  # query of the next page, where a query is answered in pages (RFC 5005, section 3)
    chain: Chain = Chain()
    gone: tuple[Gone, ...] = ()
    pushed: bool = False  # the hub is told of its changes

    @property
    def id(self) -> str:
        """Permanent id of the feed, in all of its documents; a query makes another feed."""
        return self.imprint.tag(f"feed/{self.path}") + (f"?{self.query}" if self.query else "")

    @property
    def updated(self) -> datetime:
        """When the newest change in it happened; `EPOCH` for an empty feed."""
        return max((e.updated for e in self.entries), default=EPOCH)

    def url(self, suffix: str) -> str:
        """The address that was asked for (rel=self)."""
        return self._at(suffix, self.chain.part, self.query)

    def links(self, suffix: str) -> tuple[tuple[str, str], ...]:
        """The documents beside this one and the hub, as (rel, address)."""
        chain = self.chain
        found = (
            ("hub", self.imprint.hub if self.pushed else ""),
            ("current", chain.part and self._at(suffix)),
            ("prev-archive", chain.older and self._at(suffix, chain.older)),
            ("next-archive", chain.newer and self._at(suffix, chain.newer)),
            ("next", self.following and self._at(suffix, query=self.following)),
        )
        return tuple((rel, url) for rel, url in found if url)

    def _at(self, suffix: str, part: str = "", query: str = "") -> str:
        path = f"{self.path}/{part}" if part else self.path
        return f"{self.imprint.base_url}/feeds/{path}.{suffix}" + (f"?{query}" if query else "")


def instant(seconds: float) -> datetime:
    """UTC, whole seconds, of POSIX seconds."""
    return datetime.fromtimestamp(int(seconds), UTC)


def published(said: str | None, first_seen: float) -> datetime:
    """When a notice was published: as its publisher says, unless that is not possible; then when we first saw it."""
    seen = instant(first_seen)
    try:
        at = datetime.fromisoformat(said or "").replace(microsecond=0)
        return at if _OLDEST <= at <= seen.replace(hour=23, minute=59, second=59) else seen
    except (ValueError, TypeError, OverflowError):  # not a date, or one without a zone
        return seen


def of_notice(notice: Notice, imprint: Imprint) -> Entry:
    """The entry of a notice.  A page deleted at its source is an update of the entry, never a tombstone."""
    data = safe_text.sound(notice_json(notice))
    facts = {k: v for k, v in data.items() if k not in ("title", "body", "url")}
    body = data["body"][:BODY_LIMIT]
    title = safe_text.one_line(data["title"], TITLE_LIMIT) or safe_text.one_line(body, 80) or notice.id
    return Entry(
        id=imprint.tag(f"notice/{notice.id}"),
        title=f"【{STATUSES['withdrawn'].zh}】{title}" if notice.status == "withdrawn" else title,
        url=safe_text.http_url(data["url"]) or _page(notice.id, imprint),
        published=published(data["published"], notice.first_seen),
        updated=instant(_changed(notice)),
        author=safe_text.one_line(data["origin"]["name"], 100) or "—",
        summary=safe_text.one_line(body, SUMMARY_LIMIT),
        html=safe_text.safe_html(safe_text.paragraphs(body) + _colophon(data, imprint)),
        text=body,
        language=data["language"] or "zh-CN",
        categories=_categories(data),
        via=_reprints(data),
        source=_source(data, imprint),
        cap=f"{_page(notice.id, imprint)}.cap" if imprint.cap and is_alert(notice) else "",
        facts=facts,
    )


def of_revision(notice: Notice, number: int, imprint: Imprint) -> Entry:
    """The entry of revision ``number`` (from 1) of a notice: what changed, with an id of its own."""
    whole = of_notice(notice, imprint)
    data = safe_text.sound(notice_json(notice))["revisions"][number - 1]
    seen = instant(notice.revisions[number - 1].seen)
    material = STATUSES["revised"].both if data["material"] else REVISIONS["editorial"].both
    head = f"<p><strong>{escape(material)}</strong>：{escape(data['summary'])}</p>"
    shown = head + f"<pre>{_diff_html(data['diff'])}</pre><p>{safe_text.link(whole.url, whole.title)}</p>"
    return Entry(
        id=imprint.tag(f"notice/{notice.id}/revision/{number}"),
        title=f"【{STATUSES['revised'].zh}】{whole.title}",
        url=whole.url,
        published=seen,
        updated=seen,
        author=whole.author,
        summary=safe_text.one_line(data["summary"], SUMMARY_LIMIT),
        html=safe_text.safe_html(shown),
        text=f"{data['summary']}\n{data['diff']}",
        language=whole.language,
        categories=whole.categories,
        source=whole.source,
        facts={"notice": notice.id, "number": number, **data, "status": notice.status},
    )


def is_alert(notice: Notice) -> bool:
    """Whether a notice may be an alert in CAP: an official word, on cross-border fraud, that concerns people now."""
    return notice.alertable and notice.origin.official


def gone(notice_id: str, at: float, imprint: Imprint) -> Gone:
    """The tombstone of a notice that was merged into another one at ``at``."""
    return Gone(imprint.tag(f"notice/{notice_id}"), instant(at), "并入另一则通告 merged into another notice")


def marked(diff: str) -> list[tuple[str, str]]:
    """A diff (judging.diff) as runs of text that stayed (=), went (-) and came (+)."""
    runs = []
    for part in _MARKS.split(diff):
        kind = {"[-": "-", "{+": "+"}.get(part[:2], "=")
        if part:
            runs.append((kind, part if kind == "=" else part[2:-2]))
    return runs


def of_incident(row: IncidentRow, imprint: Imprint) -> Entry:
    """The entry of an incident of a column; its end is an update of the same entry."""
    column, source = row.column, row.column.partition("/")[0]
    name = safe_text.sound(imprint.names.get(source, source))
    trouble = f"{word(STATES, row.state).both} · {word(CAUSES, row.cause).both}"
    now = trouble if row.closed is None else f"已恢复 recovered {timestamp(row.closed)}"
    lines = [f"{name} ({column})：{now}", safe_text.sound(row.why), f"自 since {timestamp(row.opened)}"]
    return Entry(
        id=imprint.tag(f"incident/{column}/{row.id}"),
        title=safe_text.one_line(lines[0], TITLE_LIMIT),
        url=f"{imprint.base_url}/sources#{quote(column, safe='/')}",
        published=instant(row.opened),
        updated=instant(row.updated),
        author=name,
        summary=safe_text.one_line(lines[1], SUMMARY_LIMIT),
        html=safe_text.safe_html(safe_text.paragraphs("\n".join(lines))),
        text="\n".join(lines),
        categories=(Category("state", row.state, word(STATES, row.state).both),),
        source=(name, source) if source in imprint.names else None,
        facts={
            "column": column,
            "state": row.state,
            "cause": row.cause,
            "why": lines[1],
            "since": timestamp(row.opened),
            "closed": timestamp(row.closed) if row.closed else None,
        },
    )


def _changed(notice: Notice) -> float:
    """When the notice last changed in a way that readers should be shown again."""
    if notice.status == "withdrawn":
        return notice.updated
    return max((r.seen for r in notice.revisions if r.material), default=notice.first_seen)


def _page(notice_id: str, imprint: Imprint) -> str:
    return f"{imprint.base_url}/notices/{quote(notice_id)}"


def _categories(data: dict[str, Any]) -> tuple[Category, ...]:
    fixed = (
        Category("kind", data["kind"], word(KINDS, data["kind"]).both),
        Category("scope", data["scope"], word(SCOPES, data["scope"]).both),
        Category("status", data["status"], word(STATUSES, data["status"]).both),
    )
    places = dict.fromkeys(Category("place", p["code"], word(words.places(), p["code"]).both) for p in data["places"])
    scams = (Category("scam", s, word(words.scams(), s).both) for s in data["scam_types"])
    official = (Category("authority", "official", "官方 official"),) if data["origin"]["official"] else ()
    return (*fixed, *places, *scams, *official)


def _reprints(data: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    found = ((s["title"], safe_text.http_url(s["url"])) for s in data["sightings"] if s["url"] != data["url"])
    return tuple((safe_text.one_line(title, TITLE_LIMIT), url) for title, url in found if url)


def _source(data: dict[str, Any], imprint: Imprint) -> tuple[str, str] | None:
    ids = (data["origin"]["source"], *(s["source"] for s in data["sightings"]))
    known = next((i for i in ids if i in imprint.names), None)
    return (safe_text.sound(imprint.names[known]), known) if known else None


def _diff_html(diff: str) -> str:
    tags = {"=": "{}", "-": "<del>{}</del>", "+": "<ins>{}</ins>"}
    return "".join(tags[kind].format(escape(text)) for kind, text in marked(diff))


def _colophon(data: dict[str, Any], imprint: Imprint) -> str:
    """The lines below the text: whose word it is, how sure that is, and where else it stands."""
    origin = data["origin"]
    mark = "官方 official" if origin["official"] else "非官方 not official"
    claimed = "，转载方所称，未见原文 as named by a carrier, original not seen" if origin["claimed_only"] else ""
    state = "" if data["status"] == "current" else f"<p><strong>{word(STATUSES, data['status']).both}</strong></p>"
    reprints = "".join(f"<li>{safe_text.link(url, title or url)}</li>" for title, url in _reprints(data))
    return (
        f"{state}<p>来源 Origin：{escape(origin['name'])}（{mark}{claimed}） · "
        f"{safe_text.link(_page(data['id'], imprint), '烽火 Fenghuo')}</p>"
        + (f"<p>另见 Also at：</p><ul>{reprints}</ul>" if reprints else "")
    )
