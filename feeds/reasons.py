"""What a line of reason says, in the reader's language: why a list is not read, what is wrong in a form.

The inner rooms say a reason once, in English, as a plain line that is stored, logged and given to programs.  The
catalogue holds each such line as it stands in the code (context ``reason``, brought in by ``make words``), with
``%(name)s`` where it is filled in; which of them a line was made from is found again from its words.  So whatever was
remembered by an earlier version is told, too, and what other people's code said stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from feeds.languages import Word, messages

CONTEXT = "reason"
_PLACE = re.compile(r"%\((\w+)\)s")
_LONGEST = 1000  # characters of a reason; what is longer was never ours alone
_DEEPEST, _MOST = 6, 8  # reasons within reasons, and beside each other
_AND, _ZH_AND = "; ", "；"
_JOINTS = ((_AND, _ZH_AND), (": ", "："), (", ", "，"))  # between parts that were said apart


def reason(said: str) -> Word:
    """The line ``said`` in both languages."""
    return Word.known(said, _chinese(said)) if said else Word.alike("")


@dataclass(frozen=True, slots=True)
class _Form:
    """A sentence of the code: what stands between the places that are filled in, their names, and its translation."""

    between: tuple[str, ...]
    names: tuple[str, ...]
    chinese: str

    def values(self, said: str) -> dict[str, str] | None:
        """What fills the places if ``said`` was made from this; each joint is looked for once, from the left."""
        first, *_, last = self.between
        if len(said) < sum(map(len, self.between)) or not (said.startswith(first) and said.endswith(last)):
            return None
        found, at, end = [], len(first), len(said) - len(last)
        for joint in self.between[1:-1]:
            if (there := said.find(joint, at, end)) < 0:
                return None
            found.append(said[at:there])
            at = there + len(joint)
        found.append(said[at:end])
        known = at <= end and (first or not any(mark in found[0] for mark in (_AND, ": ")))  # else it began before this
        return dict(zip(self.names, found, strict=True)) if known else None


@cache
def _forms() -> tuple[tuple[_Form, ...], dict[str, str]]:
    """The sentences with places, those with the most words of their own first; and those without."""
    forms, whole = [], {}
    for english, chinese in messages(CONTEXT):
        between, names = _PLACE.split(english)[::2], _PLACE.findall(english)
        if names:
            forms.append(_Form(tuple(between), tuple(names), chinese))
        else:
            whole[english] = chinese
    return tuple(sorted(forms, key=lambda form: -sum(map(len, form.between)))), whole


@lru_cache(maxsize=2000)
def _chinese(said: str, depth: int = 0) -> str:
    forms, whole = _forms()
    if said in whole:
        return whole[said]
    if depth >= _DEEPEST or len(said) > _LONGEST:
        return said
    parts = said.split(_AND, _MOST)
    for number in range(len(parts), 0, -1):  # a sentence may hold the mark that stands between two
        first, rest = _AND.join(parts[:number]), _AND.join(parts[number:])
        if told := whole.get(first) or _filled(forms, first, depth, plain=True):
            return f"{told}{_ZH_AND}{_chinese(rest, depth + 1)}" if rest else told
    return _filled(forms, said, depth, plain=False) or _in_parts(said, depth)


def _filled(forms: Sequence[_Form], said: str, depth: int, *, plain: bool) -> str:
    """What a form says in Chinese that ``said`` was made from; "" where there is none.

    ``plain``: nothing that fills it holds the mark between two sentences.
    """
    for form in forms:
        values = form.values(said)
        if values is not None and not (plain and any(_AND in value for value in values.values())):
            return _filled_in(form.chinese, {name: _chinese(value, depth + 1) for name, value in values.items()})
    return ""


def _filled_in(form: str, told: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: told[place[1]], form)


def _in_parts(said: str, depth: int) -> str:
    """What was said apart and put together, part by part; as it is where no part is a sentence of ours."""
    for joint, ours in _JOINTS:
        parts = said.split(joint, 1)
        told = [_chinese(part, depth + 1) for part in parts] if len(parts) > 1 else parts
        if told != parts:
            return ours.join(told)
    return said
