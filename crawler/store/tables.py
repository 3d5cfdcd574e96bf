"""The schema, the same on SQLite and PostgreSQL; migrations bring a database to it.

Times are POSIX seconds (UTC, double); ``published`` alone is the publisher's RFC 3339 string.  A lease is
(``lease_owner``, ``lease_until``): who works on a row, and when the row is free again if nobody hears from them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    literal_column,
    text,
)

from crawler.reading.address import shard_of

metadata = MetaData()
_Serial = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only an INTEGER PRIMARY KEY


def _shard(row: Any) -> int:
    """The shard of a row that is written, where whoever writes it does not say it."""
    values = row.get_current_parameters()
    return shard_of(values.get("fetch_url") or values["url"])


def _time(name: str, *, null: bool = True) -> Column[float]:
    return Column(name, Double, nullable=null)


columns = Table(
    "columns",
    metadata,
    Column("key", String(130), primary_key=True),  # "source/column"
    Column("source", String(64), nullable=False, index=True),
    Column("name", Text, nullable=False, default=""),  # of publisher and column, for people
    Column("url", Text, nullable=False),
    Column("host", String(255), nullable=False),
    Column("shard", Integer, nullable=False, default=_shard),  # of the host, store.shards
    Column("rendered", Boolean, nullable=False, default=False),  # is looked at with a browser
    Column("enabled", Boolean, nullable=False, default=True),
    _time("paused_at"),  # a person stopped the looks, whatever is configured; it is not enabled then
    Column("every", Double, nullable=False),
    _time("due", null=False),
    Column("lease_owner", String(64)),
    _time("lease_until"),
    _time("baseline_at"),  # when the first look's links were stored; NULL: the next look is the silent baseline
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", String(64)),
    Column("fingerprint", String(64)),
    Column("items", Integer),  # links on the last list that was understood
    _time("last_look"),
    Column("last_outcome", String(16)),
    _time("last_ok"),
    _time("last_new"),
    Column("longest_gap", Double),  # seconds between two looks that found something new, the longest so far
    Column("usual", Double),  # links that the list usually has
    _time("newest"),  # the newest date that the list printed
    _time("unbroken"),  # since when it was observed as often as promised
    Column("failures", Integer, nullable=False, default=0),  # failed looks in a row
    Column("state", String(16), nullable=False, default="new"),
    _time("since"),
    Column("why", Text, nullable=False, default=""),
    Column("fixed", Boolean, nullable=False, default=False),
    Column("zone", String(64), nullable=False, default="Asia/Shanghai"),
    Column("weight", Double, nullable=False, default=1.0),  # how much a minute's delay matters (judging.columns.pace)
    Column("seen", Double, nullable=False, default=0.0),  # items, older ones worth less (judging.columns.rhythm)
    Column("days", Double, nullable=False, default=0.0),  # in which they were seen
    _time("learnt"),  # until when both count
    Column("shape", LargeBinary, nullable=False, default=b""),  # the hours of its week, 168 bytes
    _time("stirred"),  # when a related notice appeared elsewhere
    Column("basis", String(16), nullable=False, default="first"),  # why the next look is when it is
)
Index("columns_due", columns.c.enabled, columns.c.due)
# One process looks at all shards with SQLite, which need not keep another index up to date.
Index("columns_shard", columns.c.shard, columns.c.due).ddl_if(dialect="postgresql")

rhythms = Table(  # apart from `columns`: read and written only when something appeared
    "rhythms",
    metadata,
    Column("column", ForeignKey("columns.key"), primary_key=True),
    Column("counts", LargeBinary, nullable=False),  # items in each hour of the week, 168 floats of four bytes
)

paces = Table(  # how many looks a day there are where one item a day is to be expected
    "paces",
    metadata,
    Column("host", String(255), primary_key=True),  # "" for all; others only where the host bears less
    Column("factor", Double, nullable=False),
)

lists = Table(  # apart from `columns`, whose rows are written at every look
    "lists",
    metadata,
    Column("column", ForeignKey("columns.key"), primary_key=True),
    Column("keys", JSON, nullable=False),  # of the links on the last list that was understood, in its order
)

looks = Table(
    "looks",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("column", String(130), nullable=False),
    _time("at", null=False),
    Column("outcome", String(16), nullable=False),
    Column("status", Integer),  # HTTP status, NULL when there was no answer
    Column("seconds", Double),  # request to last byte
    Column("bytes", Integer),
    Column("items", Integer),
    Column("new", Integer),
    Column("why", Text, nullable=False, default=""),
)
Index("looks_column_at", looks.c.column, looks.c.at)

coverage = Table(  # which hours a column was watched in (judging.coverage); outlives the looks
    "coverage",
    metadata,
    Column("column", String(130), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),  # since 1970, UTC; bit n of a mask is its hour n
    Column("looked", Integer, nullable=False),
    Column("observed", Integer, nullable=False),
    Column("kept", Integer, nullable=False),
    sqlite_with_rowid=False,
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("column", String(130), nullable=False, index=True),
    _time("opened", null=False),
    _time("closed"),
    _time("updated", null=False),
    Column("state", String(16), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("why", Text, nullable=False),
    Column("announced", Boolean, nullable=False, default=False),  # source.broken was sent
)

robots = Table(
    "robots",
    metadata,
    Column("origin", String(300), primary_key=True),  # scheme://host:port
    _time("fetched_at", null=False),
    Column("status", Integer),  # NULL: unreachable
    Column("body", LargeBinary, nullable=False),
)

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
    _time("first_seen", null=False),
    _time("updated", null=False),
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
    _time("seen", null=False),
    Column("material", Boolean, nullable=False),
    Column("summary", Text, nullable=False),
    Column("diff", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("text_hash", String(64), nullable=False),
)

captures = Table(  # the bytes stand in a WARC file, until then in the row itself
    "captures",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("url", Text, nullable=False),
    Column("link", String(300), index=True),  # NULL: a list page
    _time("fetched_at", null=False),
    Column("status", Integer, nullable=False),
    Column("content_type", Text, nullable=False, default=""),
    Column("address", String(64), nullable=False, default=""),
    Column("certificate", String(64), nullable=False, default=""),  # SHA-256 of the server's; "" without TLS
    Column("headers", JSON, nullable=False),
    Column("sha256", String(64), nullable=False),  # of the body as it is read
    Column("size", Integer, nullable=False),
    Column("payload_sha256", String(64), nullable=False, index=True),  # of the body as it was received
    Column("same_as", ForeignKey("captures.id"), index=True),  # whose bytes it has: a revisit
    Column("record_sha256", String(64), nullable=False),  # of its WARC records
    Column("record_size", Integer, nullable=False),
    Column("record", LargeBinary),  # its WARC records; NULL: they stand in a file, or were dropped
    Column("file", String(80), index=True),
    Column("position", BigInteger),  # its first byte there
    _time("dropped"),  # when its bytes were let go
)
waiting = captures.c.record.is_not(None)
Index("captures_waiting", captures.c.id, sqlite_where=waiting, postgresql_where=waiting)

chain = Table(  # evidence.chain: what was seen and said, each link with the hash of the one before
    "chain",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("type", String(12), nullable=False),  # capture, verdict, dropped, certificate
    Column("subject", String(255), nullable=False),  # the capture, notice or host it speaks of
    Column("link", Text, nullable=False),  # canonical JSON
    Column("hash", String(64), nullable=False),
)
Index("chain_subject", chain.c.type, chain.c.subject, chain.c.number)

anchors = Table(  # time stamps that others put on the chain
    "anchors",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),  # of the link that was stamped
    Column("hash", String(64), nullable=False),
    _time("at", null=False),
    Column("authority", Text, nullable=False),
    Column("token", LargeBinary, nullable=False),  # RFC 3161 TimeStampResp, DER
)

certificates = Table(  # how official hosts showed themselves last
    "certificates",
    metadata,
    Column("host", String(255), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("issuer", Text, nullable=False),
    _time("since", null=False),
    Column("before", Text, nullable=False, default=""),  # the issuer before, where that changed
)

links = Table(
    "links",
    metadata,
    Column("key", String(300), primary_key=True),  # reading.address.url_key()
    Column("column", String(130), nullable=False, index=True),  # "source" or "" where no list named it
    Column("url", Text, nullable=False),
    Column("fetch_url", Text),
    Column("shard", Integer, nullable=False, default=_shard),  # of the host that is visited, store.shards
    Column("title", Text, nullable=False),
    Column("published", String(40)),  # as the list printed it
    Column("published_precision", String(8)),
    Column("text", Text),  # the article where the list carried it
    _time("first_seen", null=False),
    Column("baseline", Boolean, nullable=False),
    Column("state", String(12), nullable=False),  # pending, read, gone, dropped
    Column("attempts", Integer, nullable=False, default=0),
    _time("due"),  # next visit; NULL: never again
    Column("visits", Integer, nullable=False, default=0),  # successful ones; picks the next of crawl.revisit
    Column("gone", Integer, nullable=False, default=0),  # visits in a row that found it deleted
    Column("doubted", String(64)),  # SHA-256 of the wording that was read last and is not believed yet
    Column("doubts", Integer, nullable=False, default=0),  # visits in a row that read just that
    Column("relisted", Integer, nullable=False, default=0),  # visits made due by a changed title or text on the list
    Column("lease_owner", String(64)),
    _time("lease_until"),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", String(64)),
    Column("why", Text, nullable=False, default=""),
    Column("notice_id", ForeignKey("notices.id"), index=True),
    Column("role", String(10)),
    Column("overlap", Double),
    Column("because", Text),  # why it was taken for a sighting of the notice
)
Index("links_due", links.c.due)
Index("links_shard", links.c.shard, links.c.due).ddl_if(dialect="postgresql")
# A new article whose first three visits failed; two failures are usual on government sites.  In literals, since SQLite
# uses a partial index only for a statement that says the same.
stuck = and_(links.c.state == literal_column("'pending'"), links.c.attempts >= literal_column("3"))
Index("links_stuck", links.c.column, sqlite_where=stuck, postgresql_where=stuck)
Index("links_gone", links.c.gone, sqlite_where=links.c.gone > 0, postgresql_where=links.c.gone > 0)
Index("links_doubts", links.c.doubts, sqlite_where=links.c.doubts > 0, postgresql_where=links.c.doubts > 0)

aliases = Table(
    "aliases",
    metadata,
    Column("alias", String(300), primary_key=True),
    Column("link", ForeignKey("links.key"), nullable=False),
)

events = Table(  # the outbox
    "events",
    metadata,
    Column("id", String(64), primary_key=True),  # the webhook-id
    Column("type", String(32), nullable=False),
    Column("notice_id", ForeignKey("notices.id"), index=True),
    Column("column", String(130)),
    _time("at", null=False),
    Column("payload", JSON, nullable=False),  # `data` of the webhook body, as it was at the time of the event
    Column("fanned_out", Boolean, nullable=False, default=False, index=True),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("event_id", ForeignKey("events.id"), nullable=False),
    Column("hook", String(64), nullable=False),
    Column("state", String(12), nullable=False),  # queued, delivered, dead
    Column("attempts", Integer, nullable=False, default=0),
    _time("created", null=False),
    _time("due"),
    Column("lease_owner", String(64)),
    _time("lease_until"),
    _time("finished"),
    Column("last_status", Integer),
    Column("last_error", Text, nullable=False, default=""),
    Column("urgent", Boolean, nullable=False, default=False),  # waits for no window and no quiet hours
    Column("alone", Boolean, nullable=False, default=False),  # was refused in company: goes as a message of its own
    UniqueConstraint("event_id", "hook"),
)
queued, dead = (deliveries.c.state == literal_column(f"'{state}'") for state in ("queued", "dead"))
Index("deliveries_due", deliveries.c.due, sqlite_where=queued, postgresql_where=queued)
Index("deliveries_next", deliveries.c.hook, deliveries.c.due, sqlite_where=queued, postgresql_where=queued)
Index("deliveries_dead", deliveries.c.hook, sqlite_where=dead, postgresql_where=dead)

attempts = Table(
    "attempts",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("delivery_id", ForeignKey("deliveries.id"), nullable=False, index=True),
    _time("at", null=False),
    Column("ok", Boolean, nullable=False),
    Column("status", Integer),
    Column("seconds", Double, nullable=False),
    Column("error", Text, nullable=False, default=""),
)

hooks = Table(  # only hooks that something is to be remembered of
    "hooks",
    metadata,
    Column("id", String(64), primary_key=True),
    _time("disabled_at"),  # its receiver wants nothing more
    Column("failures", Integer, nullable=False, default=0),  # tries in a row
    _time("failing_since"),
    _time("opened_at"),  # the circuit is open: one message a while probes, the others wait
    _time("probe_at"),
    Column("why", Text, nullable=False, default=""),
)

lanes = Table(  # which of several processes sends to a hook (PostgreSQL)
    "lanes",
    metadata,
    Column("hook", String(64), primary_key=True),
    Column("lease_owner", String(64)),
    _time("lease_until"),
)

processes = Table(  # that share the work (PostgreSQL)
    "processes",
    metadata,
    Column("owner", String(64), primary_key=True),  # what it signs its leases with
    Column("roles", Text, nullable=False),  # "crawl browser"
    Column("machine", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    _time("started", null=False),
    _time("beat", null=False),  # last sign of life, by the database's clock
)

changes = Table(  # what the publisher of feeds has not seen yet; consumed
    "changes",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("notice_id", String(40)),  # NULL: an incident
)

journal = Table(  # what happened, in the order in which it was committed; a stream is resumed from it
    "journal",
    metadata,
    Column("number", _Serial, primary_key=True),
    _time("at", null=False),
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
    _time("begun", null=False),
    _time("until", null=False),
)

publications = Table(  # what was published, in this order; feeds are archived by its parts
    "publications",
    metadata,
    Column("number", _Serial, primary_key=True),
    Column("notice_id", ForeignKey("notices.id"), nullable=False, index=True),
    _time("at", null=False),  # of the change that was published
    Column("part", String(16), nullable=False, index=True),  # its month, "2025-06", or "2025-06-2" of a busy one
    Column("merged_into", String(40)),  # the entry was withdrawn: its notice was merged into this one
)

subscriptions = Table(  # WebSub: who is sent a feed, or told of it, when it has changed
    "subscriptions",
    metadata,
    Column("topic", String(400), primary_key=True),  # a feed's path and suffix: "all.atom"
    Column("callback", String(1000), primary_key=True),
    Column("secret", Text, nullable=False, default=""),  # signs what is sent
    _time("lease_until"),  # NULL: a hub that is pinged; it knows no end
    _time("due"),  # when to send next; NULL: nothing to send
    Column("attempts", Integer, nullable=False, default=0),  # failed ones since it became due
)
Index("subscriptions_due", subscriptions.c.due)

meta = Table(
    "meta",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)
