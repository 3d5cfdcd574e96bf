"""An event in words, for people who read it in a chat or a mail.  Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from crawler.store.outbox import Event
from crawler.store.text import one_line

Language = Literal["zh-CN", "en"]
Data = Mapping[str, Any]

_TITLE = 120  # characters of a title
_EXCERPT = 300  # characters of a notice's text
_LONGEST_LINK = 600  # bytes; our own page links to the original anyway

WORDS: Mapping[Language, Mapping[str, str]] = {
    "zh-CN": {
        "notice.new": "新通告",
        "notice.revised": "通告更正",
        "notice.withdrawn": "通告撤下",
        "source.broken": "来源失灵",
        "source.recovered": "来源恢复",
        "hook.failing": "接收端失灵",
        "hook.disabled": "接收端停用",
        "hook.recovered": "接收端恢复",
        "title": "【{event}】{title}",
        "digest": "【烽火】{n} 条通告",
        "more": "另有 {n} 条",
        "issuer": "发布：{name}",
        "claimed": "发布：{name}（据转载方所称，未见原文）",
        "published": "时间：{at}",
        "kind": "类型：{kind}",
        "places": "涉及：{places}",
        "revision": "改动：{summary}",
        "withdrawn": "发布方已不再展示原文。",
        "state": "状态：{state}",
        "why": "原因：{why}",
        "since": "起于：{since}",
        "waiting": "等待：{waiting} 条",
        "dead": "放弃：{dead} 条",
        "original": "原文",
        "page": "详情",
        "warning": "预警",
        "enforcement": "执法",
        "policy": "政策",
        "wanted": "通缉",
        "case": "案例",
        "feature": "报道",
        "other": "其他",
    },
    "en": {
        "notice.new": "New notice",
        "notice.revised": "Notice revised",
        "notice.withdrawn": "Notice withdrawn",
        "source.broken": "Source broken",
        "source.recovered": "Source recovered",
        "hook.failing": "Hook failing",
        "hook.disabled": "Hook disabled",
        "hook.recovered": "Hook recovered",
        "title": "[{event}] {title}",
        "digest": "[Fenghuo] {n} notices",
        "more": "and {n} more",
        "issuer": "Issuer: {name}",
        "claimed": "Issuer: {name} (as the carrier says; original not seen)",
        "published": "Published: {at}",
        "kind": "Kind: {kind}",
        "places": "Places: {places}",
        "revision": "Change: {summary}",
        "withdrawn": "The publisher no longer shows the original.",
        "state": "State: {state}",
        "why": "Why: {why}",
        "since": "Since: {since}",
        "waiting": "Waiting: {waiting}",
        "dead": "Given up: {dead}",
        "original": "Original",
        "page": "Details",
    },
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a message, with the address it leads to, if any."""

    text: str
    url: str = ""

    def __str__(self) -> str:
        return f"{self.text} {self.url}" if self.url else self.text


@dataclass(frozen=True, slots=True)
class Message:
    """A title, which is one line without control characters, and the lines below it."""

    title: str
    lines: tuple[Line, ...]

    @property
    def body(self) -> str:
        """The lines as plain text."""
        return "\n".join(map(str, self.lines))

    def __str__(self) -> str:
        return f"{self.title}\n{self.body}"


def message(events: Sequence[Event], language: Language, base_url: str, most: int, excerpt: int = _EXCERPT) -> Message:
    """One event told with ``excerpt`` characters of its text, or several as a list; at most ``most`` bytes of UTF-8."""
    if len(events) == 1:
        return _one(events[0], language, base_url, most, excerpt)
    return _list(events, language, base_url, most)


def _one(event: Event, language: Language, base_url: str, most: int, longest: int) -> Message:
    words, data = WORDS[language], event.payload
    is_notice = event.type.startswith("notice.")
    lines = tuple(_of_notice(event.type, data, words) if is_notice else _of_trouble(data, words))
    tail = tuple(_links(data, base_url, words)) if is_notice else (Line(words["page"], page_of(event, base_url)),)
    bare = Message(title_of(event, words), lines + tail)
    excerpt = cut(one_line(str(data.get("body", "")), longest), most - _size(bare) - 1)
    return Message(bare.title, lines + ((Line(excerpt),) if excerpt else ()) + tail)


def _list(events: Sequence[Event], language: Language, base_url: str, most: int) -> Message:
    """As many events as fit, each on a line that leads to its page, and how many there are beside them."""
    words = WORDS[language]
    title = words["digest"].format(n=len(events))
    items = [Line(title_of(e, words), page_of(e, base_url)) for e in events]
    whole = Message(title, tuple(items))
    if _size(whole) <= most:
        return whole
    end, shown = Line(words["more"].format(n=len(events)), everything(events, base_url)), 0
    room = most - _size(Message(title, (end,)))
    while shown < len(items) and (room := room - len(str(items[shown]).encode()) - 1) >= 0:
        shown += 1
    rest = Line(words["more"].format(n=len(events) - shown), end.url)
    return Message(title, (*items[:shown], rest))


def everything(events: Sequence[Event], base_url: str) -> str:
    """Where all of ``events`` stand, however many: the feed of what was first seen since the first of them."""
    first = datetime.fromtimestamp(int(min(e.at for e in events)), UTC)
    return f"{base_url}/feeds/all.rss?since={first:%Y-%m-%dT%H:%M:%SZ}&limit=500"


def title_of(event: Event, words: Mapping[str, str]) -> str:
    """The title of a message that tells of one event."""
    said = next((event.payload[k] for k in ("title", "name", "column", "hook") if event.payload.get(k)), "")
    return words["title"].format(event=words.get(event.type, event.type), title=one_line(str(said), _TITLE))


def page_of(event: Event, base_url: str) -> str:
    """Where our own page tells of an event."""
    subject = event.type.partition(".")[0]
    pages = {"source": "/sources", "hook": "/deliveries"}
    return base_url + (pages[subject] if subject in pages else f"/notices/{event.payload['id']}")


def _of_notice(type: str, data: Data, words: Mapping[str, str]) -> Iterator[Line]:
    origin = data["origin"]
    yield _line(words["claimed" if origin["claimed_only"] else "issuer"], name=origin["name"])
    if data["published"]:
        yield _line(words["published"], at=_date(data["published"], data["published_precision"]))
    yield _line(words["kind"], kind=words.get(data["kind"], data["kind"]))
    if places := [p["name"] if "warning" in words else p["code"] for p in data["places"]]:
        yield _line(words["places"], places="、".join(places) if "warning" in words else ", ".join(places))
    if type == "notice.revised" and data["revisions"]:
        yield _line(words["revision"], summary=data["revisions"][-1]["summary"])
    if type == "notice.withdrawn":
        yield Line(words["withdrawn"])


def _of_trouble(data: Data, words: Mapping[str, str]) -> Iterator[Line]:
    for field in ("state", "why", "since", "waiting", "dead"):
        if data.get(field):
            yield _line(words[field], **{field: str(data[field])})


def _links(data: Data, base_url: str, words: Mapping[str, str]) -> Iterator[Line]:
    url = str(data["url"])
    if url.startswith(("http://", "https://")) and len(url.encode()) <= _LONGEST_LINK:
        yield Line(words["original"], url)
    yield Line(words["page"], f"{base_url}/notices/{data['id']}")


def _line(form: str, **values: str) -> Line:
    return Line(form.format(**{k: one_line(v, _TITLE) for k, v in values.items()}))


def _date(at: str, precision: str | None) -> str:
    """A publisher's time with just the precision it has."""
    return at[:10] if precision == "day" else f"{at[:16].replace('T', ' ')} {at[19:]}".strip()


def _size(message: Message) -> int:
    return len(str(message).encode("utf-8", "replace"))


def cut(text: str, most: int) -> str:
    """The longest beginning of ``text`` of at most ``most`` bytes of UTF-8, with a mark where it is cut."""
    whole = text.encode("utf-8", "replace")
    if len(whole) <= most:
        return text
    return whole[: most - 3].decode("utf-8", "ignore") + "…" if most > 60 else ""
