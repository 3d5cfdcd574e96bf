"""What a foreign program said of ours."""

from __future__ import annotations

Finding = tuple[str, str, str]
"""The program, what it looked at, its complaint ("" for none)."""
