"""Tables of the program itself: what happened, who works here, who is logged in."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from crawler.store.tables.base import Serial, metadata, time

processes = Table(  # that share the work (PostgreSQL)
    "processes",
    metadata,
    Column("owner", String(64), primary_key=True),  # what it signs its leases with
    Column("roles", Text, nullable=False),  # "crawl browser"
    Column("machine", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    time("started", null=False),
    time("beat", null=False),  # last sign of life, by the database's clock
)

changes = Table(  # what the publisher of feeds has not seen yet; consumed
    "changes",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("notice_id", String(40)),  # NULL: an incident
)

journal = Table(  # what happened, in the order in which it was committed; a stream is resumed from it
    "journal",
    metadata,
    Column("number", Serial, primary_key=True),
    time("at", null=False),
    Column("type", String(32), nullable=False),
    Column("notice_id", String(40)),
    Column("column", String(130)),
    Column("into", String(40)),  # merged: the notice that it is part of now
    Column("why", Text, nullable=False, default=""),
    sqlite_autoincrement=True,  # a number is never given twice, also after the newest rows were tidied away
)
Index("journal_at", journal.c.at)

sessions = Table(  # who is logged in on the page; a row that is deleted is logged out
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),  # SHA-256 of what the cookie holds
    Column("role", String(8), nullable=False),
    time("begun", null=False),
    time("until", null=False),
)

meta = Table(
    "meta",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)
