"""An event in words, for people who read it in a chat or a mail.  Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

from crawler.store.delivery.outbox import Event
from crawler.store.text import one_line
from feeds.languages import Word
from feeds.reasons import reason
from feeds.words import EVENTS, KINDS, STATES, places, word

Language = Literal["zh-CN", "en"]
Data = Mapping[str, Any]

_TITLE = 120  # characters of a title
_EXCERPT = 300  # characters of a notice's text
_LONGEST_LINK = 600  # bytes; our own page links to the original anyway

_TITLED = Word("[%(event)s] %(title)s")
_DIGEST = Word("[Fenghuo] %(n)s notices")
_MORE = Word("and %(n)s more")
_ISSUER = Word("Issuer: %(name)s")
_CLAIMED = Word("Issuer: %(name)s (as the carrier says; original not seen)")
_PUBLISHED = Word("Published: %(at)s")
_KIND = Word("Kind: %(kind)s")
_PLACES = Word("Places: %(places)s")
_REVISION = Word("Change: %(summary)s")
_WITHDRAWN = Word("The publisher no longer shows the original.")
_TROUBLE = {
    "state": Word("State: %(state)s"),
    "why": Word("Why: %(why)s"),
    "since": Word("Since: %(since)s"),
    "waiting": Word("Waiting: %(waiting)s"),
    "dead": Word("Given up: %(dead)s"),
}
_TOLD: Mapping[str, Callable[[str], Word]] = {"state": partial(word, STATES), "why": reason}
_ORIGINAL = Word("Original")
_PAGE = Word("Details")
_COMMA = Word.known(", ", "、")


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
    data = event.payload
    is_notice = event.type.startswith("notice.")
    lines = tuple(_of_notice(event.type, data, language) if is_notice else _of_trouble(data, language))
    page = Line(_PAGE.of(language), page_of(event, base_url))
    tail = (*_original(data, language), page) if is_notice else (page,)
    bare = Message(title_of(event, language), lines + tail)
    excerpt = cut(one_line(str(data.get("body", "")), longest), most - _size(bare) - 1)
    return Message(bare.title, lines + ((Line(excerpt),) if excerpt else ()) + tail)


def _list(events: Sequence[Event], language: Language, base_url: str, most: int) -> Message:
    """As many events as fit, each on a line that leads to its page, and how many there are beside them."""
    title = _DIGEST.filled(n=len(events)).of(language)
    items = [Line(title_of(e, language), page_of(e, base_url)) for e in events]
    whole = Message(title, tuple(items))
    if _size(whole) <= most:
        return whole
    end, shown = Line(_MORE.filled(n=len(events)).of(language), everything(events, base_url)), 0
    room = most - _size(Message(title, (end,)))
    while shown < len(items) and (room := room - len(str(items[shown]).encode()) - 1) >= 0:
        shown += 1
    rest = Line(_MORE.filled(n=len(events) - shown).of(language), end.url)
    return Message(title, (*items[:shown], rest))


def everything(events: Sequence[Event], base_url: str) -> str:
    """Where all of ``events`` stand, however many: the feed of what was first seen since the first of them."""
    first = datetime.fromtimestamp(int(min(e.at for e in events)), UTC)
    return f"{base_url}/feeds/all.rss?since={first:%Y-%m-%dT%H:%M:%SZ}&limit=500"


def name_of(event: Event, language: Language) -> str:
    """What happened, as a title begins."""
    said = word(EVENTS, event.type).of(language)
    return said[:1].upper() + said[1:]


def title_of(event: Event, language: Language) -> str:
    """The title of a message that tells of one event."""
    said = next((event.payload[k] for k in ("title", "name", "column", "hook") if event.payload.get(k)), "")
    return _TITLED.filled(event=name_of(event, language), title=one_line(str(said), _TITLE)).of(language)


def page_of(event: Event, base_url: str) -> str:
    """Where our own page tells of an event."""
    subject = event.type.partition(".")[0]
    pages = {"source": "/sources", "hook": "/deliveries"}
    return base_url + (pages[subject] if subject in pages else f"/notices/{event.payload['id']}")


def _of_notice(type: str, data: Data, language: Language) -> Iterator[Line]:
    origin = data["origin"]
    yield _line(_CLAIMED if origin["claimed_only"] else _ISSUER, language, name=origin["name"])
    if data["published"]:
        yield _line(_PUBLISHED, language, at=_date(data["published"], data["published_precision"]))
    yield _line(_KIND, language, kind=word(KINDS, data["kind"]))
    if data["places"]:
        named = [places().get(p["code"], Word.known(p["code"], p["name"])).of(language) for p in data["places"]]
        yield _line(_PLACES, language, places=_COMMA.of(language).join(named))
    if type == "notice.revised" and data["revisions"]:
        yield _line(_REVISION, language, summary=data["revisions"][-1]["summary"])
    if type == "notice.withdrawn":
        yield Line(_WITHDRAWN.of(language))


def _of_trouble(data: Data, language: Language) -> Iterator[Line]:
    for field, form in _TROUBLE.items():
        if data.get(field):
            yield _line(form, language, **{field: _TOLD.get(field, Word.alike)(str(data[field]))})


def _original(data: Data, language: Language) -> Iterator[Line]:
    url = str(data["url"])
    if url.startswith(("http://", "https://")) and len(url.encode()) <= _LONGEST_LINK:
        yield Line(_ORIGINAL.of(language), url)


def _line(form: Word, language: Language, **values: str | Word) -> Line:
    """``form`` with its ``values``, each made one line."""
    told = (v.of(language) if isinstance(v, Word) else v for v in values.values())
    return Line(form.of(language) % {k: one_line(v, _TITLE) for k, v in zip(values, told, strict=True)})


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
