"""What a hook says of events: its own template's words, else ours.

A template is Jinja2 in a sandbox, in a process of its own: it cannot change what it is given, nor reach anything else,
and ends when it takes or says too much.  Its first line is the title.  What publishers wrote is text to it and never a
template.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from crawler.config.hooks import Hook
from crawler.store.delivery.outbox import Event
from crawler.store.text import one_line
from feeds.alerts import sandbox
from feeds.alerts.message import Line, Message, cut, message, name_of, page_of, title_of

_TITLE = 200  # characters
_LINK = re.compile(r"(.*\S)\s+(https?://\S+)")


async def told(hook: Hook, events: Sequence[Event], base_url: str, most: int, excerpt: int | None = None) -> Message:
    """One event or several in the words of ``hook``; at most ``most`` bytes of UTF-8.

    A template that fails, or says nothing, loses no alert: ours is said instead.
    """
    said = await _rendered(hook.template, hook, events, base_url) if hook.template else []
    if said:
        return fitting(Message(one_line(said[0], _TITLE), tuple(map(_line, said[1:]))), most)
    return message(events, hook.language, base_url, most, *(() if excerpt is None else (excerpt,)))


async def _rendered(template: str, hook: Hook, events: Sequence[Event], base_url: str) -> list[str]:
    """The lines that the template says, without empty ones at either end."""
    shown = [_shown(hook, event, base_url) for event in events]
    said = await sandbox.rendered(template, _given(shown) | {"base_url": base_url})
    return [one_line(line, sandbox.MOST) for line in said.strip().splitlines()]


def _given(shown: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"events": shown, "count": len(shown), "event": shown[0], "notice": shown[0]["notice"]}


def _shown(hook: Hook, event: Event, base_url: str) -> dict[str, Any]:
    """An event as templates see it."""
    return {
        "id": event.id,
        "type": event.type,
        "name": name_of(event, hook.language),
        "title": title_of(event, hook.language),
        "page": page_of(event, base_url),
        "notice": event.payload,
    }


def _line(text: str) -> Line:
    """A line of a message; one that ends with an address leads there."""
    found = _LINK.fullmatch(text)
    return Line(*found.groups()) if found else Line(text)


def fitting(whole: Message, most: int) -> Message:
    """As many lines as fit into ``most`` bytes of UTF-8, and the beginning of the next one."""
    lines: list[Line] = []
    room = most - len(whole.title.encode("utf-8", "replace"))
    for line in whole.lines:
        size = len(str(line).encode("utf-8", "replace")) + 1
        if size > room:
            lines += [Line(rest)] if (rest := cut(line.text, room - 1)) else []
            break
        lines.append(line)
        room -= size
    return Message(whole.title, tuple(lines))
