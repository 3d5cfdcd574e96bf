"""The schema, the same on SQLite and PostgreSQL; migrations bring a database to it.

Times are POSIX seconds (UTC, double); ``published`` alone is the publisher's RFC 3339 string.  A lease is
(``lease_owner``, ``lease_until``): who works on a row, and when the row is free again if nobody hears from them.
"""

from __future__ import annotations

from crawler.store.tables.base import metadata
from crawler.store.tables.delivery import attempts, dead, deliveries, events, hooks, lanes, queued, subscriptions
from crawler.store.tables.evidence import anchors, captures, certificates, chain, waiting
from crawler.store.tables.program import changes, journal, meta, processes, sessions
from crawler.store.tables.watch import (
    aliases,
    columns,
    coverage,
    hosts,
    incidents,
    links,
    lists,
    looks,
    needy,
    newest,
    paces,
    rhythms,
    robots,
    stuck,
)
from crawler.store.tables.wire import clauses, notices, publications, related, revisions, tags

__all__ = [
    "aliases",
    "anchors",
    "attempts",
    "captures",
    "certificates",
    "chain",
    "changes",
    "clauses",
    "columns",
    "coverage",
    "dead",
    "deliveries",
    "events",
    "hooks",
    "hosts",
    "incidents",
    "journal",
    "lanes",
    "links",
    "lists",
    "looks",
    "meta",
    "metadata",
    "needy",
    "newest",
    "notices",
    "paces",
    "processes",
    "publications",
    "queued",
    "related",
    "revisions",
    "rhythms",
    "robots",
    "sessions",
    "stuck",
    "subscriptions",
    "tags",
    "waiting",
]
