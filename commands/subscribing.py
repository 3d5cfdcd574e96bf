"""Subscriptions as readers exchange them: an OPML file becomes sources, and our columns become an OPML file."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands import printing

if TYPE_CHECKING:
    from crawler.config.catalogue import Catalogue
    from crawler.config.settings import Settings
    from crawler.opml import Subscription, Unusable

_FEEDS = ("feed", "wechat")
_PLAIN = (*_FEEDS, "html")  # platforms that need no more than an address


@dataclass
class Tally:
    """What became of the subscriptions."""

    read: int = 0
    added: list[str] = field(default_factory=list)  # ids of sources
    known: int = 0
    bad: list[Unusable] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """The counts that are printed."""
        return {"read": self.read, "added": len(self.added), "known": self.known, "bad": len(self.bad)}


def is_opml(name: str) -> bool:
    """Whether ``name`` is a file of OPML."""
    from crawler import opml

    if Path(name).suffix.lower() not in (".opml", ".xml") or not Path(name).is_file():
        return False
    with Path(name).open("rb") as file:
        return opml.is_opml(file.read(2048))


def import_opml(settings: Settings, names: list[str], *, json: bool) -> int:
    """Write a source file for each subscription that is not watched yet; 3 when some could not be used."""
    from crawler.adding.proposing import watched
    from crawler.config.sourcefile import own_folder

    folder, tally = own_folder(settings), Tally()
    for name in names:
        _take_in(name, folder, watched(settings), tally)
    if json:
        bad = [{"title": b.title, "reason": b.reason} for b in tally.bad]
        printing.as_json(tally.counts() | {"sources": tally.added, "bad_lines": bad})
    else:
        printing.say(", ".join(f"{name} {count}" for name, count in tally.counts().items()))
        for unusable in tally.bad:
            printing.note(f"{unusable.title or 'an outline'}: {unusable.reason}")
    return 3 if tally.bad else 0


def export_opml(catalogue: Catalogue) -> None:
    """Print every column as OPML: feeds as such, other lists as links, which `fenghuo import` takes back."""
    from feeds.formats import opml

    columns = [(catalogue.source_of(k), c) for k, c in sorted(catalogue.columns.items()) if c.platform in _PLAIN]
    subscriptions = [
        opml.Outline(
            " ".join(n for n in (source.name, column.name) if n),
            column.url,
            home=source.homepage or "",
            is_feed=column.platform in _FEEDS,
        )
        for source, column in columns
    ]
    sys.stdout.buffer.write(opml.write_subscriptions("烽火 Fenghuo", subscriptions))
    sys.stdout.buffer.flush()
    if others := len(catalogue.columns) - len(columns):
        printing.note(f"{others} columns of other platforms have no place in OPML")


def _take_in(name: str, folder: Path, catalogue: Catalogue, tally: Tally) -> None:
    from crawler.config.sourcefile import source_text, write_new
    from crawler.exceptions import ConfigError
    from crawler.opml import Unusable, read_opml
    from crawler.reading.address import url_key

    known, ids = {url_key(c.url) for c in catalogue.columns.values()}, set(catalogue.sources)
    for found in read_opml(Path(name).read_bytes()):
        tally.read += 1
        if isinstance(found, Unusable):
            tally.bad.append(found)
        elif (key := url_key(found.url)) in known:
            tally.known += 1
        else:
            data = _data(found, ids)
            try:
                write_new(folder / f"{data['id']}.toml", source_text(data, f"{data['name']} · from {Path(name).name}"))
            except ConfigError as e:
                tally.bad.append(Unusable(found.title, str(e)))
                continue
            known.add(key)
            ids.add(data["id"])
            tally.added.append(data["id"])


def _data(found: Subscription, taken: set[str]) -> dict[str, Any]:
    """What the source's file says; nothing is fetched, so the addresses alone tell who publishes."""
    from crawler.config.catalogue import host_of
    from crawler.judging.attribution.newcomer import inferred_authority, inferred_id
    from crawler.reading.recognise import account_name, is_bridge
    from crawler.reading.wechat import is_wechat

    account = found.is_feed and (is_bridge(found.url) or is_wechat(found.home))
    name = (account_name(found.title) if account else found.title) or host_of(found.url)
    home = found.home if host_of(found.home) and not account else ""
    authority = inferred_authority("https://mp.weixin.qq.com/" if account else found.url, [name])
    column = {"url": found.url, "platform": "wechat" if account else "feed" if found.is_feed else "html"}
    data = {
        "id": inferred_id(home or found.url, taken, name),
        "name": name,
        "homepage": home,
        "authority": authority.value,
        "tags": list(found.folders),
    }
    return {k: v for k, v in data.items() if v} | {"column": [column]}
