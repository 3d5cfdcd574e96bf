"""What was shown of sources that may be added, kept a while, so that what is saved is just what was seen."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.adding.proposing import Proposal

_MOST = 8  # at once: each holds the pages that were read
_SECONDS = 1800.0


class Previews:
    """Proposals by a name that nobody can guess; the oldest give way."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, Proposal]] = OrderedDict()

    def put(self, proposal: Proposal) -> str:
        """Keep a proposal; its name."""
        name = f"pv_{secrets.token_urlsafe(16)}"
        self._kept[name] = self._clock(), proposal
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return name

    def get(self, name: str) -> Proposal | None:
        """The proposal of this name, if it is still kept."""
        at, proposal = self._kept.get(name, (0.0, None))
        return proposal if proposal and self._clock() - at < _SECONDS else None

    def drop(self, name: str) -> None:
        """Keep a proposal no longer."""
        self._kept.pop(name, None)
