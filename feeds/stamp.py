"""Whether the feed files are what the store would give: asked every second, and apart from what writes them.

A stamp beside the files says for which addresses and names they were written.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from crawler.config.catalogue import Catalogue
from crawler.config.settings import Settings
from crawler.store import Store, changes

FOLDER = "feeds"  # below data_dir
ALWAYS = ("all", "alerts", "official", "revisions", "health")
"""The feeds that are there from the first round on."""
SUFFIXES = ("atom", "rss", "json")
"""The formats that each of them is written in."""
LAYOUT = "2"  # raise it when a format changes, so that files are rendered anew


def behind(store: Store, settings: Settings, catalogue: Catalogue) -> bool:
    """Whether there is something to publish.  Where several processes share a store, only a publisher knows that."""
    folder = settings.data_dir / FOLDER
    if store.shared or not holds(path(folder), of(settings, catalogue)) or missing(folder):
        return True
    with store.read() as tx:
        return bool(changes.pending(tx))


def path(folder: Path) -> Path:
    """Where the stamp stands."""
    return folder / ".stamp"


def of(settings: Settings, catalogue: Catalogue) -> bytes:
    """What every file depends on besides the store."""
    said = "\n".join((LAYOUT, settings.base_url, settings.hub, settings.cap.sender, _names(catalogue)))
    return hashlib.sha256(said.encode()).hexdigest().encode()


@lru_cache(maxsize=1)  # it is asked for every second
def _names(catalogue: Catalogue) -> str:
    return "\n".join(f"{s.id} {s.name} {s.name_en}" for _, s in sorted(catalogue.sources.items()))


def missing(folder: Path) -> set[str]:
    """The feeds of which a file is not there."""
    return {name for name in ALWAYS if not all((folder / f"{name}.{s}").is_file() for s in SUFFIXES)}


def holds(path: Path, body: bytes) -> bool:
    """Whether the file at ``path`` has these bytes."""
    try:
        return path.read_bytes() == body
    except OSError:
        return False
