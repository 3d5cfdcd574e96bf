"""The process in which Apprise sends one message, under our address guard.

JSON on standard input says what to send; what comes on standard output is why it failed.
"""

from __future__ import annotations

import json
import logging
import math
import signal
import sys
from collections.abc import Sequence

from crawler.guard import Guard


def notify(guard: Guard, url: str, title: str, body: str) -> str:
    """Send; returns why it failed, or "".  Apprise's own words stay unsaid, since they may hold the address."""
    import apprise

    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    service = apprise.Apprise(asset=apprise.AppriseAsset(async_mode=False))  # in this thread, where the guard watches
    try:
        with guard.watching():
            if not service.add(url):
                return "Apprise does not understand the address"
            sent = service.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT)
    except Exception as e:  # whatever a service raises is a failed delivery, not our end
        return f"Apprise failed: {type(e).__name__}"
    return "" if sent else "Apprise reports a failure"


def main(allow: Sequence[str], seconds: float, url: str, title: str, body: str) -> None:
    """Send, and say why it failed; ended by the system should the daemon that waits be killed meanwhile."""
    signal.alarm(math.ceil(seconds) + 1)
    sys.stdout.write(notify(Guard(allow), url, title, body))


if __name__ == "__main__":
    main(**json.load(sys.stdin))
