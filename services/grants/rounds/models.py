"""The table of rounds."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, DateTime, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.grants.tables import Base


class GrantRound(Base):
    """A round: a slice of a fund, given away by rules that stand from the day it opens."""

    __tablename__ = "grant_round"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("fund.id"))
    name: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, comment="draft | open | closed | decided")
    slice_pence: Mapped[int] = mapped_column(BigInteger)
    opens_on: Mapped[date] = mapped_column(Date)
    closes_on: Mapped[date] = mapped_column(Date, comment="the last day")
    rules: Mapped[dict[str, Any]] = mapped_column(JSONB)
    frozen: Mapped[dict[str, Any] | None] = mapped_column(JSONB, comment="rules, money and dates as it opened")
    rules_sha256: Mapped[str | None] = mapped_column(Text)
    extensions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{closes_on, before, reason, by, at}]")
    made_by: Mapped[str] = mapped_column(Text)
    opened_by: Mapped[str | None] = mapped_column(Text)
    opened_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), comment="business time, like all below")
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    closed_early: Mapped[str | None] = mapped_column(Text, comment="the public reason, if it closed before its day")
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_grant_round_opens_on", "opens_on", "id"),
        Index("ix_grant_round_fund_id", "fund_id"),
        {"comment": "Rounds of grants"},
    )
