"""How often somebody may be wrong: wrong tokens are counted by address, and after some nobody listens for a while."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable

ALLOWED = 10  # wrong tokens
WITHIN = 300.0  # seconds
_MOST = 10_000  # addresses that are remembered


class Throttle:
    """Counts failures by address, those of an IPv6 network as one, those of unknown addresses as one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failed: OrderedDict[str, list[float]] = OrderedDict()

    def wait(self, address: str) -> float:
        """Seconds until ``address`` may try again; 0.0 when it may now."""
        times = self._recent(_whose(address))
        return max(0.0, times[0] + WITHIN - self._clock()) if len(times) >= ALLOWED else 0.0

    def failed(self, address: str) -> None:
        """Note a wrong token."""
        whose = _whose(address)
        self._failed[whose] = [*self._recent(whose), self._clock()][-ALLOWED:]
        self._failed.move_to_end(whose)
        if len(self._failed) > _MOST:
            self._failed.popitem(last=False)

    def _recent(self, whose: str) -> list[float]:
        return [at for at in self._failed.get(whose, ()) if at > self._clock() - WITHIN]


def _whose(address: str) -> str:
    """The address, or for IPv6 the network that one machine usually has for itself."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return address if ip.version == 4 else str(ipaddress.ip_network((int(ip) >> 64 << 64, 64)))
