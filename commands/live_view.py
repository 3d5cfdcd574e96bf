"""How `fenghuo watch` shows one moment after another: a table on a terminal, plain lines into a pipe."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from commands import printing
from feeds.languages import Word
from feeds.live import Arrival, Moment, Trouble, arrived, turned

_LONGEST = 500  # characters of a title or a reason
_FRAME = 6  # lines of a screen that hold neither an arrival nor a trouble
_LEAST = 3  # arrivals that stay in sight, whatever is wrong
_FRESH = 60.0  # seconds for which an arrival stands out
_NAME = Word("Fenghuo")
_PULSE = Word("%(readable)s of %(watched)s columns readable · last look %(look)s · %(waiting)s waiting · %(dead)s dead")
_ALL_WELL, _WRONG, _ARRIVED = Word("All is well, on watch"), Word("What is wrong"), Word("What arrived")
_NO_SOURCES, _NO_NOTICES, _NEVER = Word("No sources yet"), Word("No notices yet"), Word("never")
_NOT_YET = Word("Not every column was looked at yet")
_WELL, _THE_WATCH = Word("well again"), Word("the watch")


# --------------------------------------------------------------------------------------------------------------------
# Into a pipe: one line for each thing that happens


def lines(moments: Iterable[Moment | str], language: str) -> None:
    """Print what is wrong at the beginning, then whatever arrives, breaks and is well again: fields between tabs."""
    before: Moment | None = None
    for now in moments:
        if isinstance(now, str):
            printing.note(now)
            continue
        broke, well = turned(before.troubles if before else (), now.troubles)
        for t in broke:
            _line(now.at, t.what.of(language), _subject(t, language), t.why.of(language))
        for t in well:
            _line(now.at, _WELL.of(language), _subject(t, language), t.what.of(language))
        for a in arrived(before, now) if before else ():
            _line(a.at, a.what.of(language), a.kind.of(language), a.id, a.origin, a.title)
        before = now


def _line(at: float, *cells: str) -> None:
    when = datetime.fromtimestamp(at).astimezone().isoformat(timespec="seconds")
    printing.say("\t".join((when, *(printing.cell(c) for c in cells))))


def _subject(trouble: Trouble, language: str) -> str:
    return trouble.subject or _THE_WATCH.of(language)


# --------------------------------------------------------------------------------------------------------------------
# On a terminal: all at a glance, never more than the screen holds


def table(moments: Iterable[Moment | str], language: str) -> None:
    """Draw each moment in the place of the one before; what was on the terminal is back at the end."""
    console = Console()
    last: Moment | None = None
    with Live(console=console, screen=True, auto_refresh=False) as live:
        for now in moments:
            trouble = now if isinstance(now, str) else ""
            last = now if isinstance(now, Moment) else last
            live.update(picture(last, language, console.height, trouble), refresh=True)


def picture(now: Moment | None, language: str, height: int, trouble: str = "") -> Group:
    """One screen of ``height`` lines: how it goes, what is wrong, what came last."""
    if now is None:
        return Group(_text(trouble, "bold red"))
    room = height - _FRAME
    troubles = now.troubles[: max(1, room - _LEAST)]
    arrivals = now.arrivals[: max(_LEAST, room - max(1, len(troubles)))]
    return Group(
        _text(trouble, "bold red") if trouble else _pulse(now, language),
        _troubles(now, troubles, language),
        Text(),
        _arrivals(now, arrivals, language),
    )


def _pulse(now: Moment, language: str) -> Text:
    look = _clock(now.last_look, now.at) if now.last_look else _NEVER
    said = _PULSE.filled(readable=now.readable, watched=now.watched, look=look, waiting=now.waiting, dead=now.dead)
    return _text(f"{_NAME.of(language)}  {_clock(now.at, now.at)}  {said.of(language)}", "bold")


def _troubles(now: Moment, shown: tuple[Trouble, ...], language: str) -> Table | Text:
    if not now.watched:
        return _text(_NO_SOURCES.of(language), "yellow")
    if not shown and now.readable < now.watched:
        return _text(_NOT_YET.of(language), "yellow")
    if not shown:
        return _text(_ALL_WELL.of(language), "green")
    more = len(now.troubles) - len(shown)
    grid = _grid(f"{_WRONG.of(language)}{f' (+{more})' if more else ''}", 4)
    for t in shown:
        since = _clock(t.since, now.at) if t.since else ""
        cells = (since, t.what.of(language), _subject(t, language), t.why.of(language))
        grid.add_row(*(_text(c, "red" if at == 1 else "") for at, c in enumerate(cells)))
    return grid


def _arrivals(now: Moment, shown: tuple[Arrival, ...], language: str) -> Table | Text:
    if not shown:
        return _text(_NO_NOTICES.of(language), "dim")
    grid = _grid(_ARRIVED.of(language), 5)
    for a in shown:
        style = "bold" if now.at - a.at < _FRESH else ""
        cells = (_clock(a.at, now.at), a.what.of(language), a.kind.of(language), a.origin, a.title)
        grid.add_row(*(_text(c, style) for c in cells), style="" if a.alertable else "dim")
    return grid


def _grid(title: str, columns: int) -> Table:
    """A table of which each row is one line; only the last column gives way."""
    grid = Table(box=None, pad_edge=False, show_header=False, expand=True, title=title, title_justify="left")
    for _ in range(columns - 1):
        grid.add_column(no_wrap=True, overflow="ellipsis", max_width=24)
    grid.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    return grid


def _text(said: str, style: str) -> Text:
    return Text(printing.cell(said)[:_LONGEST], style, no_wrap=True, overflow="ellipsis")


def _clock(at: float, now: float) -> str:
    """The time of today, or the day."""
    then, today = (datetime.fromtimestamp(t).astimezone() for t in (at, now))
    return then.strftime("%H:%M:%S" if then.date() == today.date() else "%Y-%m-%d")
