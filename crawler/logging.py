"""Structured logs, one line an event, on standard error; no configured secret ever stands in one."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from crawler.config.settings import Settings
from crawler.descriptors import Unfailing

_CONTROL = dict.fromkeys(
    [*range(32), *range(127, 160), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)], " "
)
"""C0, C1, line separators and what turns the direction of writing: all by which a text can look like another line."""


def configure_logging(settings: Settings) -> None:
    """Send structlog and the standard library's loggers to standard error, at ``settings.log_level`` and above."""
    level = getattr(logging, settings.log_level.upper())
    secrets = Secrets(settings.secrets)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            tame,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
            lambda _logger, _name, line: secrets.hidden(str(line)),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(Unfailing(sys.stderr)),  # type: ignore[arg-type]  # all it does is write and flush
        cache_logger_on_first_use=False,  # whoever calls us in a process of their own may change stderr
    )
    handler = logging.StreamHandler(Unfailing(sys.stderr))
    handler.setFormatter(_Tame(secrets))
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler])


class Secrets:
    """The configured secrets, the longest first."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self._secrets = sorted(secrets, key=len, reverse=True)

    def hidden(self, text: str) -> str:
        """``text`` with ``***`` in place of every secret."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


def tame(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor that lets no text forge a line (catalogue txt_logline); values that are no text are shown by repr."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _indented(value) if key == "exception" else value.translate(_CONTROL)
    return event


def _indented(traceback: str) -> str:
    return "\n    ".join(line.translate(_CONTROL) for line in traceback.splitlines())


class _Tame(logging.Formatter):
    """The same for the standard library's loggers, which are other people's."""

    def __init__(self, secrets: Secrets) -> None:
        super().__init__("%(levelname)s %(name)s %(message)s")
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """One line; a traceback's further lines are indented."""
        return self._secrets.hidden(_indented(super().format(record)))
