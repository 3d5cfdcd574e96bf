"""Which hours a column was watched in: the marks that a look leaves, and the share that they amount to.

Hours are counted since 1970 (UTC), times are POSIX seconds.  An hour is *looked* in when a look was made in it,
*observed* when one of them read the list, and *kept* when it lies between looks that read the list and were never
further apart than `every` promises: then whatever was listed in it was seen.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

HOUR = 3600.0
_SHARE_LATE, _LATE = 0.25, 60.0  # a look also waits for its host's turn and for the answer


@dataclass(frozen=True, slots=True)
class Watched:
    """How a column was watched in the hours from ``since`` on; bit n of a mask is the hour ``since + n``."""

    column: str
    since: int
    begun: int  # the hour from which on it was owed: after its first look ever
    ended: int  # the hour before which it ends: of a look that may still come in time, or of a disabled column's last
    looked: int = 0
    observed: int = 0
    kept: int = 0

    @property
    def owed(self) -> int:
        """How many hours it had to be watched in."""
        return max(0, self.ended - self.begun)

    @property
    def kept_hours(self) -> int:
        """In how many of these it was watched as promised."""
        return (self.kept & mask(self.begun - self.since, self.ended - self.since)).bit_count()


def longest(every: float) -> float:
    """Seconds between two looks up to which ``every`` counts as kept."""
    return every * (1 + _SHARE_LATE) + _LATE


def unbroken(since: float | None, last_ok: float | None, at: float, every: float) -> float:
    """Since when looks that read the list were never too far apart, after one at ``at``; ``since``: until now."""
    if since is None or last_ok is None or not 0 <= at - last_ok <= longest(every):
        return at
    return since


def completed(since: float | None, last_ok: float | None, at: float) -> range:
    """The hours that the look at ``at`` completes: within [since, at], and not ended by the one at ``last_ok``."""
    if since is None or last_ok is None:
        return range(0)
    return range(max(math.ceil(since / HOUR), int(last_ok // HOUR)), int(at // HOUR))


def still_owed(last_ok: float | None, now: float, every: float) -> int:
    """The hour before which it is known whether hours were kept: later ones the next look may still complete."""
    if last_ok is not None and now - last_ok <= longest(every):
        return int(last_ok // HOUR)
    return int(now // HOUR)


def share(watched: Iterable[Watched]) -> float | None:
    """The share of hours that were kept, 0 to 1, over all columns; None where none was owed."""
    kept, owed = 0, 0
    for one in watched:
        kept, owed = kept + one.kept_hours, owed + one.owed
    return kept / owed if owed else None


def mask(start: int, stop: int) -> int:
    """Bits ``start`` to ``stop`` - 1; what lies before bit 0 is cut off."""
    start = max(start, 0)
    return ((1 << max(stop - start, 0)) - 1) << start


def hours(bits: int, count: int) -> list[bool]:
    """The first ``count`` bits, the lowest first."""
    return [bool(bits >> n & 1) for n in range(count)]
