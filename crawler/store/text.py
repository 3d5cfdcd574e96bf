"""Text that is ours to shorten: messages and list titles become one clean line."""

from __future__ import annotations

import re

_UNSHOWN = re.compile(r"\s*[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+\s*")


def one_line(text: str, limit: int = 500) -> str:
    """``text`` on one line, without control characters and lone surrogates, at most ``limit`` characters.

    PostgreSQL refuses U+0000, UTF-8 refuses surrogates, and a log line must not be forged.
    """
    if text.isascii() and text.isprintable() and len(text) <= limit:
        return text
    clean = _UNSHOWN.sub(" ", text[: 4 * limit]).strip()
    return clean if len(clean) <= limit else f"{clean[: limit - 1]}…"
