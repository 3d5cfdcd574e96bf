"""Tables of the evidence: captures, the chain, and what others say of both."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from crawler.store.tables.base import Serial, metadata, partial, time

captures = Table(  # the bytes stand in a WARC file, until then in the row itself
    "captures",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("url", Text, nullable=False),
    Column("link", String(300), index=True),  # NULL: a list page
    time("fetched_at", null=False),
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
    time("dropped"),  # when its bytes were let go
)
waiting = captures.c.record.is_not(None)
partial("captures_waiting", captures.c.id, where=waiting)

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
    time("at", null=False),
    Column("authority", Text, nullable=False),
    Column("token", LargeBinary, nullable=False),  # RFC 3161 TimeStampResp, DER
)

certificates = Table(  # how official hosts showed themselves last
    "certificates",
    metadata,
    Column("host", String(255), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("issuer", Text, nullable=False),
    time("since", null=False),
    Column("before", Text, nullable=False, default=""),  # the issuer before, where that changed
)
