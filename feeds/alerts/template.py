"""What a hook says of events: its own template's words, else ours.

A template is Jinja2 in a sandbox: it cannot change what it is given, nor reach anything else, and ends at 64 KB or
after a second.  Its first line is the title.  What publishers wrote is text to it and never a template.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from crawler.config.hooks import Hook
from crawler.store.delivery.outbox import Event
from crawler.store.text import one_line
from feeds.alerts.message import Line, Message, cut, message, name_of, page_of, title_of

_MOST = 65536  # characters that a template may say
_LONGEST = 1.0  # seconds
_TITLE = 200  # characters
_LINK = re.compile(r"(.*\S)\s+(https?://\S+)")


def told(hook: Hook, events: Sequence[Event], base_url: str, most: int, excerpt: int | None = None) -> Message:
    """One event or several in the words of ``hook``; at most ``most`` bytes of UTF-8.

    A template that fails, or says nothing, loses no alert: ours is said instead.
    """
    said = _rendered(hook, events, base_url) if hook.template else []
    if said:
        return _fitting(Message(one_line(said[0], _TITLE), tuple(map(_line, said[1:]))), most)
    return message(events, hook.language, base_url, most, *(() if excerpt is None else (excerpt,)))


def _rendered(hook: Hook, events: Sequence[Event], base_url: str) -> list[str]:
    """The lines that the template says, without empty ones at either end."""
    from feeds.alerts.sandbox import compiled, within  # Jinja2 takes a command that sends nothing 40 ms

    shown = [_shown(hook, event, base_url) for event in events]
    parts, length = [], 0
    try:
        template = compiled(hook.template or "")
        with within(_LONGEST):
            for part in template.generate(**_given(shown), base_url=base_url):
                parts.append(part)
                length += len(part)
                if length > _MOST:
                    return []
    except Exception:  # whatever an operator's template does to what it is given
        return []
    return [one_line(line, _MOST) for line in "".join(parts).strip().splitlines()]


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


def _fitting(whole: Message, most: int) -> Message:
    """As many lines as fit, and the beginning of the next one."""
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
