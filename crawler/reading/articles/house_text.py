"""The house text around an article is cut from its lines, and each cut says by which rule."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crawler.items import Cut
from crawler.reading.normalise import compared, folded
from crawler.reading.terms import rules

_HEAD_LINES = 14  # lines in which the head's house text may stand
_LOOKED_AT = 400  # characters of a line that are looked at
_BEFORE_HEADLINE = 0.4  # share of the text that may precede its headline and be navigation
_BEFORE_TAIL = 0.12  # share of the text that must precede a mark that ends it
_EARLY = 0.4  # share of the text before which a mark is doubted
_DOUBTED = ("footer", "promotion")  # rules whose words also stand in notices of events
_PROSE = 3  # long sentences that show that the article goes on
_HOUSE_TAIL = 0.3  # share of the text that may follow the last source or editor line and still be house text
_SENTENCE = re.compile("[。！？!?.]$")
_BULLET = re.compile(r"[*#+>•●▪■◆◇▶►☞\s-]{1,6}(?=[^\W_])")
_DATED = re.compile(r"\s*(?:20\d\d|二[〇○０零]..?)\s*年\s*\S{1,3}\s*月\s*\S{1,3}\s*日\s*$")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The body's lines, and what was cut from it."""

    lines: tuple[str, ...]
    cuts: tuple[Cut, ...] = ()

    @property
    def body(self) -> str:
        """One paragraph a line."""
        return "\n".join(self.lines)


def cut_house_text(lines: Sequence[str], *, title: str = "", names: frozenset[str] = frozenset()) -> Cleaned:
    """Tidied ``lines`` without house text; ``names`` are what the publisher calls itself.

    The rules are written in simplified characters; a traditional text is matched through its simplified form.
    """
    read = [line if len(line) <= _LOOKED_AT else line[:_LOOKED_AT] + "…" for line in folded(lines)]
    same = compared(title) if title else ""
    begin, (stop, ended) = _begin(read, title, same), _end(read)
    opened = _opened(read, begin)
    kept, cuts = [], []
    for i, line in enumerate(lines):
        if i < begin:
            rule = "before the headline"
        elif i >= stop:
            rule = ended
        else:
            rule = _rule(read, i, i < opened, names) or ("the title again" if _is_title(read[i], title, same) else "")
        if rule:
            cuts.append(Cut(line, rule))
        else:
            kept.append(line)
    return Cleaned(tuple(kept), tuple(cuts))


def _is_title(line: str, title: str, same: str) -> bool:
    return bool(same) and len(line) < 2 * len(title) + 20 and compared(line) == same


def _begin(lines: list[str], title: str, same: str) -> int:
    """The index of the headline, where nothing but navigation precedes it; 0 where none does.

    Kept whole pages have menus above the headline; a menu has no sentences.
    """
    found, seen, most = 0, 0, _BEFORE_HEADLINE * sum(map(len, lines))
    for i, line in enumerate(lines):
        if seen > most or (len(line) > 40 and _SENTENCE.search(line)):
            break
        if _is_title(line, title, same):
            found = i
        seen += len(line)
    return found


def _opened(lines: list[str], begin: int) -> int:
    """The index of the first sentence, before which the head's house text may stand."""
    last = min(len(lines), begin + _HEAD_LINES)
    return next((i for i in range(begin, last) if len(lines[i]) > 20 and _SENTENCE.search(lines[i])), last)


def _end(lines: list[str]) -> tuple[int, str]:
    """The index of the line at which the article has ended, len(lines) if it goes to the end, and by which rule."""
    total = sum(map(len, lines)) or 1
    seen, stop, rule = 0, len(lines), ""
    for i, line in enumerate(lines):
        found = rules("house_text", "tail").match(_bare(line)) if seen > _BEFORE_TAIL * total else None
        if found and not _goes_on(lines[i + 1 :], found.lastgroup in _DOUBTED or seen < _EARLY * total):
            stop, rule = i, f"tail: {found.lastgroup}"
            break
        seen += len(line)
    return next(_closing(lines, stop), (stop, rule))


def _closing(lines: list[str], stop: int) -> Iterator[tuple[int, str]]:
    """The last source or editor line before ``stop``, if nothing but house text follows it."""
    for i in range(stop - 1, 0, -1):
        if found := rules("house_text", "end").match(_bare(lines[i])):
            if _only_house(lines[i + 1 : stop], sum(map(len, lines[:i]))):
                yield i, f"end: {found.lastgroup}"
            return


def _goes_on(rest: list[str], doubted: bool) -> bool:
    """Whether prose follows a doubted mark: digests name related links after each of their items."""
    return doubted and sum(1 for line in rest if len(line) > 60 and _SENTENCE.search(line)) >= _PROSE


def _only_house(rest: list[str], before: int) -> bool:
    if sum(map(len, rest)) > _HOUSE_TAIL * before:
        return False
    return not any(len(line) > 40 and _SENTENCE.search(line) for line in rest)


def _rule(lines: list[str], index: int, head: bool, names: frozenset[str]) -> str:
    """The rule by which one line is house text, "" where it is the article's own."""
    line = lines[index]
    if found := rules("house_text", "anywhere").match(_bare(line)):
        return f"anywhere: {found.lastgroup}"
    if head and (found := rules("house_text", "head").match(line)):
        return f"head: {found.lastgroup}"
    named = line in names or line.strip("*# ") in names
    return "the publisher's name" if named and not _is_signature(lines, index) else ""


def _is_signature(lines: list[str], index: int) -> bool:
    """Whether a name closes an official text: its date stands below."""
    return index > 0 and index + 1 < len(lines) and bool(_DATED.match(lines[index + 1]))


def _bare(line: str) -> str:
    """``line`` without the bullet that a list or an archive's Markdown put before it."""
    found = _BULLET.match(line)
    return line[found.end() :] if found else line
