"""Tables of the query log: which aggregates were asked for, what was shown, and a sketch of whom it was about."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.risk.tables import Base


class AggregateQuery(Base):
    """One question that was answered with counts, and the answer as it went out. Never changed."""

    __tablename__ = "aggregate_query"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text, comment="of the question: the same one has the same")
    question: Mapped[dict[str, Any]] = mapped_column(JSONB)
    answer: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="what was shown; hidden counts are null")
    outcome: Mapped[str] = mapped_column(Text, comment="shown, partly or hidden")
    as_of: Mapped[date] = mapped_column(Date)
    asked_by: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())

    __table_args__ = (
        Index("ix_aggregate_query_digest", "digest", "asked_at"),
        {"comment": "The log of aggregate questions"},
    )


class ShownCount(Base):
    """A count that was shown, and a sketch of the households it counted. Nobody can be read from a sketch."""

    __tablename__ = "shown_count"

    query_id: Mapped[UUID] = mapped_column(ForeignKey("aggregate_query.id"), primary_key=True)
    place: Mapped[str] = mapped_column(Text, primary_key=True, comment="which table, row and column of the answer")
    households: Mapped[int] = mapped_column(Integer, comment="the true count; never shown")
    sketch: Mapped[bytes] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())

    __table_args__ = (
        Index("ix_shown_count_households", "households", "asked_at"),
        {"comment": "Counts that were shown, so that none shown later differs from one by a few households"},
    )


class ObservatoryRelease(Base):
    """The borough as it is counted for one month (snapshot.py). Never changed, so that two answers are of the same."""

    __tablename__ = "observatory_release"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(Date, unique=True)
    as_of: Mapped[date] = mapped_column(Date)
    households: Mapped[int] = mapped_column(Integer)
    residents: Mapped[int] = mapped_column(Integer)
    hidden: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="what no legal gateway let be counted, and why")
    content: Mapped[bytes] = mapped_column(
        LargeBinary, deferred=True, comment="columns of small numbers; nobody's pseudonym"
    )
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())

    __table_args__ = ({"comment": "Months as they are counted"},)


class ObservatoryLedger(Base):
    """What was ever shown of one universe of a month: place by place, shown or hidden, and the number shown."""

    __tablename__ = "observatory_ledger"

    release_id: Mapped[UUID] = mapped_column(ForeignKey("observatory_release.id"), primary_key=True)
    universe: Mapped[str] = mapped_column(Text, primary_key=True)
    ledger: Mapped[dict[str, Any]] = mapped_column(JSONB)
    told: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="by table: the numbers shown, and of which month")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())

    __table_args__ = ({"comment": "What was shown of each month's tables"},)


class ObservatoryMember(Base):
    """An observatory that may send packages here: its area, the area above it, its public key."""

    __tablename__ = "observatory_member"

    area: Mapped[str] = mapped_column(Text, primary_key=True, comment="GSS code")
    version: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str] = mapped_column(Text)
    above: Mapped[str] = mapped_column(Text, comment="GSS code of the region or nation")
    key: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="public Ed25519 JWK (RFC 8037)")
    suspended: Mapped[bool]
    kept_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())

    __table_args__ = ({"comment": "Observatories below this one"},)


class ObservatoryPackage(Base):
    """One package of safe counts, sent or received, as it was signed; only when it was acknowledged is added."""

    __tablename__ = "observatory_package"

    area: Mapped[str] = mapped_column(Text, primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    direction: Mapped[str] = mapped_column(Text, primary_key=True, comment="sent or received")
    digest: Mapped[str] = mapped_column(Text, comment="SHA-256 of the signed bytes, hexadecimal")
    signed: Mapped[str] = mapped_column(Text, comment="JWS, compact (RFC 7515)")
    month: Mapped[date] = mapped_column(Date)
    settled_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), comment="sent: when it was acknowledged; received: when it was taken into the tables"
    )
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())

    __table_args__ = (
        CheckConstraint("direction in ('sent', 'received')", name="direction"),
        CheckConstraint("sequence > 0", name="sequence"),
        {"comment": "Packages of safe counts between observatories"},
    )


class ObservatoryRefusal(Base):
    """A package that was not taken, and why: a key, a count, a number or an area that did not fit."""

    __tablename__ = "observatory_refusal"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(Text, comment="SHA-256 of what came, hexadecimal")
    area: Mapped[str | None] = mapped_column(Text, comment="the area it was sent for, where that is a member's")
    rule: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    times: Mapped[int] = mapped_column(Integer)
    refused_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())

    __table_args__ = (UniqueConstraint("digest", "rule"), {"comment": "Packages that were not taken"})
