"""Roles: what a daemon does of the work that several share."""

from __future__ import annotations

from collections.abc import Sequence

from crawler.config.settings import Settings
from crawler.exceptions import ConfigError

ROLES = ("scheduler", "crawl", "browser", "deliver", "web")
"""What a daemon can do; every one of them, where nothing else is said."""
CRAWLS = frozenset({"crawl", "browser"})
"""Those of the crawl's process."""


def named_roles(said: Sequence[str], settings: Settings) -> tuple[str, ...]:
    """The roles that ``said`` names, each word one or several with commas; all without one.  Raises ConfigError."""
    roles = tuple(dict.fromkeys(role.strip() for word in said for role in word.split(",") if role.strip()))
    if unknown := [role for role in roles if role not in ROLES]:
        raise ConfigError(f"--role {unknown[0]}: no such role; there are {', '.join(ROLES)}")
    if roles and set(roles) != set(ROLES) and not settings.database_url.startswith("postgresql"):
        raise ConfigError(
            "--role: with SQLite one process does everything; set database_url = "
            '"postgresql+psycopg://…" to share the work, or leave --role away'
        )
    return roles or ROLES
