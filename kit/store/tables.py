"""The tables that every service has alike, in its own database. `kit.store.migrations` creates them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from kit.store.db import metadata

METADATA = metadata()


def _at(name: str, *, default: bool = False, nullable: bool = False) -> Column[object]:
    return Column(
        name,
        DateTime(timezone=True),
        nullable=nullable,
        server_default=func.clock_timestamp() if default else None,
    )


outbox = Table(
    "outbox",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("event_id", UUID, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False, comment="the NATS subject"),
    Column("aggregate_id", UUID, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("envelope", Text, nullable=False, comment="CloudEvents 1.0 JSON, the very bytes that go out"),
    _at("created_at", default=True),
    _at("published_at", nullable=True),
    Index("ix_outbox_waiting", "id", postgresql_where=text("published_at is null")),
    Index("ix_outbox_published_at", "published_at"),
    comment="Events committed with their effect, waiting for the relay; published rows refill a lost stream",
)

inbox = Table(
    "inbox",
    METADATA,
    Column("consumer", Text, primary_key=True, comment="projections | reactions"),
    Column("event_id", UUID, primary_key=True),
    _at("received_at", default=True),
    comment="Events whose effect is committed here; what makes each take effect once",
)

inbox_attempt = Table(
    "inbox_attempt",
    METADATA,
    Column("consumer", Text, primary_key=True),
    Column("event_id", UUID, primary_key=True),
    Column("starts", Integer, nullable=False),
    comment="Redelivered events that were started and have not come back: finds what kills the process",
)

dead_letter = Table(
    "dead_letter",
    METADATA,
    Column("id", UUID, primary_key=True),
    Column("consumer", Text, nullable=False),
    Column("event_id", UUID, nullable=True),
    Column("type", Text, nullable=False),
    Column("envelope", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("deliveries", Integer, nullable=False),
    Column("state", Text, nullable=False, server_default="open", comment="open | retried | dropped"),
    Column("settled_by", Text),
    _at("created_at", default=True),
    _at("settled_at", nullable=True),
    Index("uq_dead_letter_open", "consumer", "event_id", unique=True, postgresql_where=text("state = 'open'")),
)

idempotency = Table(
    "idempotency",
    METADATA,
    Column("principal", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False, comment="SHA-256 of method, path and body"),
    Column("status", Integer, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("body", LargeBinary, nullable=False),
    _at("created_at", default=True),
    Index("ix_idempotency_created_at", "created_at"),
)

audit_entry = Table(
    "audit_entry",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    _at("at", default=True),
    Column("actor", Text, nullable=False),
    Column("organisation", Text),
    Column("roles", ARRAY(Text), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("record", Text, nullable=False, comment="kind and id of the record, e.g. contact/0192..."),
    Column("person_ids", ARRAY(UUID), nullable=False),
    Column("outcome", Text, nullable=False, comment="done | refused"),
    Column("request_id", Text, nullable=False),
    Column("batch", BigInteger, comment="the seal that covers this row"),
    Index("ix_audit_entry_unsealed", "id", postgresql_where=text("batch is null")),
    Index("ix_audit_entry_person_ids", "person_ids", postgresql_using="gin"),
    comment="Who read or wrote which person's record, for which purpose",
)

audit_batch = Table(
    "audit_batch",
    METADATA,
    Column("number", BigInteger, primary_key=True),
    Column("batch_id", UUID, nullable=False),
    Column("first_id", BigInteger, nullable=False),
    Column("last_id", BigInteger, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("previous_digest", Text, nullable=False),
    _at("sealed_at", default=True),
    comment="The hash chain over audit_entry: a changed or missing row breaks it",
)

timer = Table(
    "timer",
    METADATA,
    Column("id", UUID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("key", UUID, nullable=False, comment="the aggregate it belongs to"),
    _at("due_at"),
    Column("cause", JSONB, nullable=False, comment="the actor and purpose that set it"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    _at("retry_at", nullable=True),
    _at("fired_at", nullable=True),
    Column("failure", Text),
    Index("uq_timer_name_key_waiting", "name", "key", unique=True, postgresql_where=text("fired_at is null")),
    Index("ix_timer_due_at_waiting", "due_at", postgresql_where=text("fired_at is null")),
    comment="Alarms by the business clock",
)

job = Table(
    "job",
    METADATA,
    Column("id", UUID, primary_key=True),
    Column("kind", Text, nullable=False),
    Column(
        "state",
        Text,
        nullable=False,
        server_default="queued",
        comment="queued | running | succeeded | failed",
    ),
    Column("done", BigInteger, nullable=False, server_default="0"),
    Column("total", BigInteger),
    Column("message", Text, nullable=False, server_default=""),
    Column("parameters", JSONB, nullable=False),
    Column("result", JSONB),
    Column("cause", JSONB, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    _at("created_at", default=True),
    _at("heartbeat_at", nullable=True),
    _at("finished_at", nullable=True),
    Index("ix_job_waiting", "created_at", postgresql_where=text("state in ('queued', 'running')")),
    comment="Long work with progress; continues where it stood after a crash",
)

draft = Table(
    "draft",
    METADATA,
    Column("owner", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("body", JSONB, nullable=False),
    Column("version", BigInteger, nullable=False),
    _at("updated_at", default=True),
    Index("ix_draft_updated_at", "updated_at"),
    comment="What someone is typing; theirs alone until they send it",
)

business_clock = Table(
    "business_clock",
    METADATA,
    Column("id", UUID, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("offset_seconds", BigInteger, nullable=False),
)

known_person = Table(
    "known_person",
    METADATA,
    Column("id", UUID, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("households", JSONB, nullable=False, comment="[{household_id, from, to}]"),
    Column("restricted", Boolean, nullable=False),
    Column("separated_from", ARRAY(UUID), nullable=False),
    Column("barred_workers", ARRAY(Text), nullable=False),
    Column("merged_into", UUID),
    Index("ix_known_person_merged_into", "merged_into", postgresql_where=text("merged_into is not null")),
    comment="Access rules about people, from casefile's events; ids and flags only",
)

known_household = Table(
    "known_household",
    METADATA,
    Column("id", UUID, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("members", JSONB, nullable=False, comment="[{person_id, from, to}]"),
    comment="Who lives together, from casefile's events; ids and dates only",
)

known_worker = Table(
    "known_worker",
    METADATA,
    Column("id", UUID, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("principal", Text, nullable=False, index=True),
    Column("roles", ARRAY(Text), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("suspended", Boolean, nullable=False),
    comment="Who works here, from the gateway's events",
)

known_team = Table(
    "known_team",
    METADATA,
    Column("id", UUID, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("code", Text, nullable=False),
    Column("members", JSONB, nullable=False, comment="[{worker, role, from, to, break_glass_until}]"),
    comment="Teams, from the gateway's events",
)

erased_person = Table(
    "erased_person",
    METADATA,
    Column("person_id", UUID, primary_key=True),
    Column("request_id", UUID, nullable=False),
    Column("erased_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    comment="Ids that lead to nobody any more: no event brings them back",
)
