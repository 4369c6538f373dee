"""The tables of campaigns."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.grants.tables import Base

_MOMENT = DateTime(timezone=True)


class Campaign(Base):
    """Money asked of everybody, for one thing, all or nothing."""

    __tablename__ = "campaign"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    group_name: Mapped[str] = mapped_column(Text, comment="who does it: public")
    ward: Mapped[str | None] = mapped_column(Text)
    target_pence: Mapped[int] = mapped_column(BigInteger)
    closes_at: Mapped[datetime] = mapped_column(_MOMENT, comment="business time, like all below")
    state: Mapped[str] = mapped_column(Text, comment="draft | open | funded | failed | withdrawn")
    checks: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="deliverability: found in order, by whom, words")
    fund_id: Mapped[UUID | None] = mapped_column(ForeignKey("fund.id"), comment="the match fund")
    match_percent: Mapped[int | None] = mapped_column(BigInteger, comment="its rule as it stood at opening")
    match_most_pence: Mapped[int | None] = mapped_column(BigInteger)
    reserved_pence: Mapped[int] = mapped_column(BigInteger)
    pledged_pence: Mapped[int] = mapped_column(BigInteger)
    match_pence: Mapped[int] = mapped_column(BigInteger)
    backers: Mapped[int] = mapped_column(BigInteger)
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(_MOMENT)
    ended_at: Mapped[datetime | None] = mapped_column(_MOMENT)
    ended_reason: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(_MOMENT)
    match_settled_at: Mapped[datetime | None] = mapped_column(_MOMENT)
    match_settled_by: Mapped[str | None] = mapped_column(Text)
    match_returned_reason: Mapped[str | None] = mapped_column(
        Text, comment="why it was not paid, if it was not: public"
    )

    __table_args__ = (Index("ix_campaign_made_at", "made_at", "id"), {"comment": "Crowdfunding campaigns"})


class Pledge(Base):
    """What somebody promised. Nothing is collected unless the campaign is funded."""

    __tablename__ = "pledge"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"))
    mark: Mapped[bytes] = mapped_column(LargeBinary, comment="a digest of the backer's account")
    pence: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text, comment="pledged | withdrawn | due | released")
    pledged_at: Mapped[datetime] = mapped_column(_MOMENT)

    __table_args__ = (
        CheckConstraint("pence > 0", name="something"),
        Index("uq_pledge_mark", "campaign_id", "mark", unique=True),
        {"comment": "Pledges to campaigns"},
    )
