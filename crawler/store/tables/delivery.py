"""Tables of what is owed to whom: events, deliveries, receivers."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)

from crawler.store.tables.base import Serial, metadata, partial, time

events = Table(  # the outbox
    "events",
    metadata,
    Column("id", String(64), primary_key=True),  # the webhook-id
    Column("type", String(32), nullable=False),
    Column("notice_id", ForeignKey("notices.id"), index=True),
    Column("column", String(130)),
    time("at", null=False),
    Column("payload", JSON, nullable=False),  # `data` of the webhook body, as it was at the time of the event
    Column("fanned_out", Boolean, nullable=False, default=False, index=True),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("event_id", ForeignKey("events.id"), nullable=False),
    Column("hook", String(64), nullable=False),
    Column("state", String(12), nullable=False),  # queued, delivered, dead
    Column("attempts", Integer, nullable=False, default=0),
    time("created", null=False),
    time("due"),
    Column("lease_owner", String(64)),
    time("lease_until"),
    time("finished"),
    Column("last_status", Integer),
    Column("last_error", Text, nullable=False, default=""),
    Column("urgent", Boolean, nullable=False, default=False),  # waits for no window and no quiet hours
    Column("alone", Boolean, nullable=False, default=False),  # was refused in company: goes as a message of its own
    UniqueConstraint("event_id", "hook"),
)
queued, dead = (deliveries.c.state == literal_column(f"'{state}'") for state in ("queued", "dead"))
partial("deliveries_due", deliveries.c.due, where=queued)
partial("deliveries_next", deliveries.c.hook, deliveries.c.due, where=queued)
partial("deliveries_dead", deliveries.c.hook, where=dead)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("delivery_id", ForeignKey("deliveries.id"), nullable=False, index=True),
    time("at", null=False),
    Column("ok", Boolean, nullable=False),
    Column("status", Integer),
    Column("seconds", Double, nullable=False),
    Column("error", Text, nullable=False, default=""),
)

hooks = Table(  # only hooks that something is to be remembered of
    "hooks",
    metadata,
    Column("id", String(64), primary_key=True),
    time("disabled_at"),  # its receiver wants nothing more
    Column("failures", Integer, nullable=False, default=0),  # tries in a row
    time("failing_since"),
    time("opened_at"),  # the circuit is open: one message a while probes, the others wait
    time("probe_at"),
    Column("why", Text, nullable=False, default=""),
)

lanes = Table(  # which of several processes sends to a hook (PostgreSQL)
    "lanes",
    metadata,
    Column("hook", String(64), primary_key=True),
    Column("lease_owner", String(64)),
    time("lease_until"),
)

subscriptions = Table(  # WebSub: who is sent a feed, or told of it, when it has changed
    "subscriptions",
    metadata,
    Column("topic", String(400), primary_key=True),  # a feed's path and suffix: "all.atom"
    Column("callback", String(1000), primary_key=True),
    Column("secret", Text, nullable=False, default=""),  # signs what is sent
    time("lease_until"),  # NULL: a hub that is pinged; it knows no end
    time("due"),  # when to send next; NULL: nothing to send
    Column("attempts", Integer, nullable=False, default=0),  # failed ones since it became due
)
Index("subscriptions_due", subscriptions.c.due)
