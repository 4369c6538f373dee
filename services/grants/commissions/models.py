"""The tables of commissions."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, DateTime, ForeignKey, Index, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.grants.commissions import domain
from services.grants.tables import Base

_MOMENT = DateTime(timezone=True)


class Commission(Base):
    """Funding for a piece of work over several years."""

    __tablename__ = "commission"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, comment="bid | recommended | agreed | declined | ended")
    years: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{year, pence, paid_on}]")
    fund_id: Mapped[UUID | None] = mapped_column(ForeignKey("fund.id"))
    bid_by: Mapped[str] = mapped_column(Text)
    bid_at: Mapped[datetime] = mapped_column(_MOMENT, comment="business time, like all below")
    forum_words: Mapped[str | None] = mapped_column(Text, comment="the residents' forum's recommendation; public")
    forum_on: Mapped[date | None] = mapped_column(Date)
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_words: Mapped[str | None] = mapped_column(Text, comment="public")
    changed_at: Mapped[datetime] = mapped_column(_MOMENT)

    __table_args__ = (Index("ix_commission_bid_at", "bid_at", "id"), {"comment": "Commissions"})

    def schedule(self) -> list[domain.Year]:
        """What each year costs."""
        return [domain.Year(each["year"], each["pence"]) for each in self.years]


class CommissionMember(Base):
    """An organisation of a bid."""

    __tablename__ = "commission_member"

    commission_id: Mapped[UUID] = mapped_column(ForeignKey("commission.id"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(primary_key=True, comment="triage's id")
    place: Mapped[int] = mapped_column(Integer, comment="0 answers for the bid")
    percent: Mapped[int] = mapped_column(Integer)

    __table_args__ = (
        Index("ix_commission_member_organisation_id", "organisation_id"),
        {"comment": "Organisations of commissions"},
    )


class CommissionLoad(Base):
    """How many referrals an organisation carried in a month: numbers alone, out of triage's counts."""

    __tablename__ = "commission_load"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True, comment="triage's id")
    month: Mapped[date] = mapped_column(Date, primary_key=True, comment="its first day")
    referrals: Mapped[int] = mapped_column(Integer)
    refused_full: Mapped[int] = mapped_column(Integer, comment="refused because the service was full")
    entered_by: Mapped[str] = mapped_column(Text)

    __table_args__ = ({"comment": "Referrals that organisations carried"},)
