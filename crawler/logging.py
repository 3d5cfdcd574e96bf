"""Structured logs, one line an event, on standard error; no configured secret ever stands in one."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from crawler.config import Settings

_CONTROL = dict.fromkeys([*range(32), 127, 0x85, 0x2028, 0x2029], " ")


def configure_logging(settings: Settings) -> None:
    """Send structlog and the standard library's loggers to standard error, at ``settings.log_level`` and above."""
    level = getattr(logging, settings.log_level.upper())
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            Redact(settings.secrets),
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,  # whoever calls us in a process of their own may change stderr
    )
    logging.basicConfig(
        level=max(level, logging.WARNING), stream=sys.stderr, format="%(levelname)s %(name)s %(message)s"
    )


class Redact:
    """Replace configured secrets by ``***``, control characters by spaces (log forging, catalogue txt_logline)."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self._secrets = sorted(secrets, key=len, reverse=True)

    def __call__(self, _logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Clean one event (a structlog processor)."""
        for key, value in event.items():
            if isinstance(value, str):
                event[key] = self._clean(value, multiline=key == "exception")
        return event

    def _clean(self, text: str, *, multiline: bool) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text if multiline else text.translate(_CONTROL)
