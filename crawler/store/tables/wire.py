"""Tables of what is remembered: notices, their texts, and how they are known again."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Double, ForeignKey, Index, Integer, String, Table, Text, text

from crawler.store.tables.base import Serial, metadata, time

_NEXT = text("(SELECT coalesce(max(doc), 0) + 1 FROM notices)")
notices = Table(
    "notices",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),  # stands for the id in `clauses`
    Column("doc", BigInteger, nullable=False, unique=True, default=_NEXT),  # and in `fulltext`; counts up
    Column("merged_into", ForeignKey("notices.id"), index=True),  # merged by hand: that one is shown instead
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("language", String(16), nullable=False),
    Column("published", String(40)),
    Column("published_precision", String(8)),
    Column("published_basis", String(8)),
    time("first_seen", null=False),
    time("updated", null=False),
    Column("status", String(12), nullable=False),
    Column("source", String(64)),  # of the best sighting
    Column("origin_name", Text, nullable=False),
    Column("origin_source", String(64)),
    Column("authority", String(16)),
    Column("official", Boolean, nullable=False),
    Column("claimed_only", Boolean, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("scope", String(16), nullable=False),
    Column("alertable", Boolean, nullable=False),
    Column("verdict", JSON, nullable=False),  # scam_types, places, figures, contacts, reasons, via, spoofed
    Column("text_hash", String(64), nullable=False, index=True),
    Column("withdrawals", Integer, nullable=False, default=0),  # so far; numbers their events
)
_TOLD = notices.c["doc", "merged_into", "kind", "scope", "status", "source", "alertable", "official"]
Index("notices_first_seen", notices.c.first_seen, notices.c.id, *_TOLD)  # what a page narrows by and a picture counts
Index("notices_updated", notices.c.updated, notices.c.id, *_TOLD)

clauses = Table(  # where a clause was met before: judging.clauses.fingerprints of every wording of every notice
    "clauses",
    metadata,
    Column("fingerprint", BigInteger, primary_key=True, autoincrement=False),
    Column("notice", BigInteger, primary_key=True, autoincrement=False),  # notices.number; 0: of many
    sqlite_with_rowid=False,
)

related = Table(  # notices that say much the same of another event
    "related",
    metadata,
    Column("notice_id", ForeignKey("notices.id"), primary_key=True),  # the later one
    Column("other_id", ForeignKey("notices.id"), primary_key=True, index=True),
    Column("overlap", Double, nullable=False),
    Column("because", Text, nullable=False),
)

tags = Table(  # what feeds and searches ask for by value
    "tags",
    metadata,
    Column("notice_id", ForeignKey("notices.id"), primary_key=True),
    Column("field", String(8), primary_key=True),  # place, scam
    Column("value", String(40), primary_key=True),
)
Index("tags_value", tags.c.field, tags.c.value)

revisions = Table(
    "revisions",
    metadata,
    Column("notice_id", ForeignKey("notices.id"), primary_key=True),
    Column("number", Integer, primary_key=True),  # from 1; 0 is the text first seen
    time("seen", null=False),
    Column("material", Boolean, nullable=False),
    Column("summary", Text, nullable=False),
    Column("diff", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("text_hash", String(64), nullable=False),
)

publications = Table(  # what was published, in this order; feeds are archived by its parts
    "publications",
    metadata,
    Column("number", Serial, primary_key=True),
    Column("notice_id", ForeignKey("notices.id"), nullable=False, index=True),
    time("at", null=False),  # of the change that was published
    Column("part", String(16), nullable=False, index=True),  # its month, "2025-06", or "2025-06-2" of a busy one
    Column("merged_into", String(40)),  # the entry was withdrawn: its notice was merged into this one
)
