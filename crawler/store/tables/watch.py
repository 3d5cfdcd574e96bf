"""Tables of what is looked at: columns and the looks at them, links and the visits they are owed."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    and_,
    func,
    literal_column,
)

from crawler.store.tables.base import Serial, metadata, partial, shard, time

columns = Table(
    "columns",
    metadata,
    Column("key", String(130), primary_key=True),  # "source/column"
    Column("source", String(64), nullable=False, index=True),
    Column("name", Text, nullable=False, default=""),  # of publisher and column, for people
    Column("url", Text, nullable=False),
    Column("host", String(255), nullable=False),
    Column("shard", Integer, nullable=False, default=shard),  # of the host, store.watch.shards
    Column("rendered", Boolean, nullable=False, default=False),  # is looked at with a browser
    Column("enabled", Boolean, nullable=False, default=True),
    time("paused_at"),  # a person stopped the looks, whatever is configured; it is not enabled then
    Column("every", Double, nullable=False),
    time("due", null=False),
    Column("lease_owner", String(64)),
    time("lease_until"),
    time("baseline_at"),  # when the first look's links were stored; NULL: the next look is the silent baseline
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", String(64)),
    Column("fingerprint", String(64)),
    Column("items", Integer),  # links on the last list that was understood
    time("last_look"),
    Column("last_outcome", String(16)),
    time("last_ok"),
    time("last_new"),
    Column("longest_gap", Double),  # seconds between two looks that found something new, the longest so far
    Column("usual", Double),  # links that the list usually has
    time("newest"),  # the newest date that the list printed
    time("unbroken"),  # since when it was observed as often as promised
    Column("failures", Integer, nullable=False, default=0),  # failed looks in a row
    Column("state", String(16), nullable=False, default="new"),
    time("since"),
    Column("why", Text, nullable=False, default=""),
    Column("fixed", Boolean, nullable=False, default=False),
    Column("zone", String(64), nullable=False, default="Asia/Shanghai"),
    Column("weight", Double, nullable=False, default=1.0),  # how much a minute's delay matters (judging.columns.pace)
    Column("seen", Double, nullable=False, default=0.0),  # items, older ones worth less (judging.columns.rhythm)
    Column("days", Double, nullable=False, default=0.0),  # in which they were seen
    time("learnt"),  # until when both count
    Column("shape", LargeBinary, nullable=False, default=b""),  # the hours of its week, 168 bytes
    time("stirred"),  # when a related notice appeared elsewhere
    Column("basis", String(16), nullable=False, default="first"),  # why the next look is when it is
)
Index("columns_due", columns.c.enabled, columns.c.due)
needy = columns.c.state != literal_column("'ok'")  # few: they are counted and shown before the others
partial("columns_needy", columns.c.state, where=needy)
partial("columns_rendered", columns.c.key, where=columns.c.rendered)  # few, and often none: then it is asked for often
newest = func.coalesce(columns.c.last_new, literal_column("0.0")).desc()  # of a state's columns, what was new last
Index("columns_newest", columns.c.state, newest, columns.c.key)
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
    Column("id", Serial, primary_key=True),
    Column("column", String(130), nullable=False),
    time("at", null=False),
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
    Column("id", Serial, primary_key=True),
    Column("column", String(130), nullable=False, index=True),
    time("opened", null=False),
    time("closed"),
    time("updated", null=False),
    Column("state", String(16), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("why", Text, nullable=False),
    Column("announced", Boolean, nullable=False, default=False),  # source.broken was sent
)

robots = Table(
    "robots",
    metadata,
    Column("origin", String(300), primary_key=True),  # scheme://host:port
    time("fetched_at", null=False),
    Column("status", Integer),  # NULL: unreachable
    Column("body", LargeBinary, nullable=False),
)

hosts = Table(  # that asked to be left alone for a while (Retry-After)
    "hosts",
    metadata,
    Column("host", String(300), primary_key=True),  # host:port
    time("free_at", null=False),
)

links = Table(
    "links",
    metadata,
    Column("key", String(300), primary_key=True),  # reading.address.url_key()
    Column("column", String(130), nullable=False, index=True),  # "source" or "" where no list named it
    Column("url", Text, nullable=False),
    Column("fetch_url", Text),
    Column("shard", Integer, nullable=False, default=shard),  # of the host that is visited, store.watch.shards
    Column("title", Text, nullable=False),
    Column("published", String(40)),  # as the list printed it
    Column("published_precision", String(8)),
    Column("text", Text),  # the article where the list carried it
    time("first_seen", null=False),
    Column("baseline", Boolean, nullable=False),
    Column("state", String(12), nullable=False),  # pending, read, gone, dropped
    Column("attempts", Integer, nullable=False, default=0),
    time("due"),  # next visit; NULL: never again
    Column("visits", Integer, nullable=False, default=0),  # successful ones; picks the next of crawl.revisit
    Column("gone", Integer, nullable=False, default=0),  # visits in a row that found it deleted
    Column("doubted", String(64)),  # SHA-256 of the wording that was read last and is not believed yet
    Column("doubts", Integer, nullable=False, default=0),  # visits in a row that read just that
    Column("relisted", Integer, nullable=False, default=0),  # visits made due by a changed title or text on the list
    Column("lease_owner", String(64)),
    time("lease_until"),
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
partial("links_stuck", links.c.column, where=stuck)
partial("links_gone", links.c.gone, where=links.c.gone > 0)
partial("links_doubts", links.c.doubts, where=links.c.doubts > 0)

aliases = Table(
    "aliases",
    metadata,
    Column("alias", String(300), primary_key=True),
    Column("link", ForeignKey("links.key"), nullable=False),
)
