"""An event in words, for people who read it in a chat or a mail.  Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from crawler.store.outbox import Event
from crawler.store.text import one_line

Language = Literal["zh-CN", "en"]
Data = Mapping[str, Any]

_TITLE = 120  # characters of a title
_EXCERPT = 300  # characters of a notice's text
_LONGEST_LINK = 600  # bytes; our own page links to the original anyway

_WORDS: Mapping[Language, Mapping[str, str]] = {
    "zh-CN": {
        "notice.new": "新通告",
        "notice.revised": "通告更正",
        "notice.withdrawn": "通告撤下",
        "source.broken": "来源失灵",
        "source.recovered": "来源恢复",
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


def message(events: Sequence[Event], language: Language, base_url: str, most: int) -> Message:
    """One event told in full, or several as a list; as plain text at most ``most`` bytes of UTF-8."""
    return _one(events[0], language, base_url, most) if len(events) == 1 else _list(events, language, base_url, most)


def _one(event: Event, language: Language, base_url: str, most: int) -> Message:
    words, data = _WORDS[language], event.payload
    is_notice = event.type.startswith("notice.")
    lines = tuple(_of_notice(event.type, data, words) if is_notice else _of_source(data, words))
    tail = tuple(_links(data, base_url, words)) if is_notice else (Line(words["page"], f"{base_url}/sources"),)
    bare = Message(_title(event, words), lines + tail)
    excerpt = _cut(one_line(str(data.get("body", "")), _EXCERPT), most - _size(bare) - 1)
    return Message(bare.title, lines + ((Line(excerpt),) if excerpt else ()) + tail)


def _list(events: Sequence[Event], language: Language, base_url: str, most: int) -> Message:
    """As many events as fit, each on a line that leads to its page, and how many there are beside them."""
    words = _WORDS[language]
    title = words["digest"].format(n=len(events))
    items = [Line(_title(e, words), _page(e, base_url)) for e in events]
    whole = Message(title, tuple(items))
    if _size(whole) <= most:
        return whole
    end, shown = Line(words["more"].format(n=len(events)), f"{base_url}/"), 0
    room = most - _size(Message(title, (end,)))
    while shown < len(items) and (room := room - len(str(items[shown]).encode()) - 1) >= 0:
        shown += 1
    rest = Line(words["more"].format(n=len(events) - shown), end.url)
    return Message(title, (*items[:shown], rest))


def _title(event: Event, words: Mapping[str, str]) -> str:
    said = event.payload.get("title") or event.payload.get("name") or event.payload.get("column") or ""
    return words["title"].format(event=words.get(event.type, event.type), title=one_line(str(said), _TITLE))


def _page(event: Event, base_url: str) -> str:
    return f"{base_url}/notices/{event.payload['id']}" if event.type.startswith("notice.") else f"{base_url}/sources"


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


def _of_source(data: Data, words: Mapping[str, str]) -> Iterator[Line]:
    for field in ("state", "why", "since"):
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


def _cut(text: str, most: int) -> str:
    """The longest beginning of ``text`` of at most ``most`` bytes of UTF-8, with a mark where it is cut."""
    whole = text.encode("utf-8", "replace")
    if len(whole) <= most:
        return text
    return whole[: most - 3].decode("utf-8", "ignore") + "…" if most > 60 else ""
