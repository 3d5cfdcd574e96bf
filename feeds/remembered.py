"""The feeds that a process wrote last, from one publication to the next, as long as their files are those it wrote."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from crawler.disk import Stamp, stamp
from feeds import channels, splicing
from feeds.channels import Channel
from feeds.entries import Feed, Imprint
from feeds.splicing import Changed, Held

_MOST = 12  # feeds, some 0.3 MB each: the main ones, and those of the sources that had news last


@dataclass(frozen=True, slots=True)
class _Written:
    feed: Feed
    held: Held
    stamps: tuple[Stamp, ...] = ()


class Memory:
    """What the feeds held, by path.  Whoever else writes their files, or another imprint, ends it."""

    def __init__(self) -> None:
        self._feeds: OrderedDict[str, _Written] = OrderedDict()

    def load(
        self, tx: Connection, asked: Channel, imprint: Imprint, changed: Changed | None, files: Sequence[Path]
    ) -> Feed | None:
        """The feed of a channel after what has ``changed`` (None: anything may have); None where it is as before."""
        if asked.path == channels.HEALTH:
            return channels.load(tx, asked, imprint)
        known, write = self._feeds.pop(asked.path, None), channels.writer(asked.path, imprint)
        sure = known is not None and known.feed.imprint is imprint and known.stamps == _stamps(files) != ()
        held = splicing.spliced(tx, known.held, changed, write) if known and sure and changed else None
        if known and held is known.held:
            self._feeds[asked.path] = known
            return None
        chain = known.feed.chain if known and held else None
        held = held or splicing.read(tx, asked.query, write)
        feed = channels.shown(tx, asked, imprint, held, chain)
        self._feeds[asked.path] = _Written(feed, held)
        if len(self._feeds) > _MOST:
            self._feeds.popitem(last=False)
        return feed

    def wrote(self, path: str, files: Sequence[Path]) -> None:
        """``files`` are those of the feed at ``path`` from now on."""
        if known := self._feeds.get(path):
            self._feeds[path] = _Written(known.feed, known.held, _stamps(files))


def _stamps(files: Sequence[Path]) -> tuple[Stamp, ...]:
    """What tells one version of the files from another; () where one is missing."""
    found = [stamp(file) for file in files]
    return tuple(one for one in found if one) if all(found) else ()
