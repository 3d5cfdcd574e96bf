"""Where a hook's template runs: it reaches nothing, changes nothing, and ends, whatever its author wrote.

Jinja2's sandbox keeps a template from reaching out, but not from reckoning without end: ``9**9**9`` or a loop in a loop
would hold up every alert.  So each line of a template looks at the clock, and what a single step may cost is bounded.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import FrameType
from typing import Any

from jinja2 import ChainableUndefined, Template
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST = 65536  # characters or items that one step may make
_WIDE = ("batch", "center", "format", "indent", "slice", "wordwrap")  # filters that make as much as a number says


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2 in which no single step takes long."""

    intercepted_binops = frozenset(("**", "*", "%"))

    def __init__(self) -> None:
        super().__init__(undefined=ChainableUndefined, trim_blocks=True, lstrip_blocks=True)
        for name in _WIDE:
            del self.filters[name]

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Reckon, with numbers of a usual size.  Raises SecurityError."""
        if operator == "**" or not (_usual(left) and _usual(right)):
            raise SecurityError(f"{operator}: of numbers up to {MOST} only, and not of texts")
        return super().call_binop(context, operator, left, right)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Call, with numbers of a usual size.  Raises SecurityError."""
        if not all(_usual(a) or not isinstance(a, int | float) for a in (*args, *kwargs.values())):
            raise SecurityError(f"numbers up to {MOST} only")
        return super().call(__context, __obj, *args, **kwargs)

    def wrap_str_format(self, value: Any) -> None:
        """Refuse to format, which may be to any width.  Raises SecurityError."""
        if super().wrap_str_format(value) is not None:
            raise SecurityError("format: a template writes texts with {{ … }}")


def _usual(value: Any) -> bool:
    return isinstance(value, int | float) and abs(value) <= MOST


@lru_cache(maxsize=100)
def compiled(text: str) -> Template:
    """A template of ``text``.  Raises TemplateSyntaxError."""
    return Sandbox().from_string(text)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in what is entered from here once ``seconds`` are over, at its next line of Python."""
    ends, before = time.monotonic() + seconds, sys.gettrace()

    def look(_frame: FrameType, _event: str, _argument: Any) -> Any:
        if time.monotonic() > ends:
            raise TimeoutError
        return look

    sys.settrace(look)
    try:
        yield
    finally:
        sys.settrace(before)
