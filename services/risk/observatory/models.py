"""Tables of the query log: which aggregates were asked for, what was shown, and a sketch of whom it was about."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, DateTime, ForeignKey, Index, Integer, LargeBinary, Text, func
from sqlalchemy.dialects.postgresql import JSONB
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
