"""The tables of recommendations, awards, instalments, reports and recoveries."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, DateTime, ForeignKey, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.grants.tables import Base


class Recommendation(Base):
    """What a ballot, a panel or the assessors recommend for a round; the delegated officer decides on it, once."""

    __tablename__ = "recommendation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("grant_round.id"))
    source: Mapped[str] = mapped_column(Text, comment="ballot | panel | assessment")
    source_id: Mapped[UUID | None] = mapped_column(comment="the ballot or the panel")
    statement: Mapped[str] = mapped_column(Text, comment="public")
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time, like all below")
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    authority: Mapped[str | None] = mapped_column(Text, comment="the delegation it was decided under; public")

    __table_args__ = (
        # One at a time: two that wait for a decision would promise the same money.
        Index("uq_recommendation_waiting", "round_id", unique=True, postgresql_where=text("decided_at is null")),
        Index("ix_recommendation_round_id", "round_id", "made_at"),
        {"comment": "Recommendations for rounds"},
    )


class RecommendationItem(Base):
    """One application in a recommendation, and what the officer did with it."""

    __tablename__ = "recommendation_item"

    recommendation_id: Mapped[UUID] = mapped_column(ForeignKey("recommendation.id"), primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("grant_application.id"), primary_key=True)
    place: Mapped[int] = mapped_column(Integer, comment="in the recommendation's own order")
    recommended: Mapped[bool] = mapped_column(Boolean)
    pence: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text, comment="public: why it won or lost")
    outcome: Mapped[str | None] = mapped_column(Text, comment="adopted | returned")
    public_reason: Mapped[str | None] = mapped_column(Text)
    regulation_59f_reason: Mapped[str | None] = mapped_column(Text)
    subsidy: Mapped[str | None] = mapped_column(Text)
    subsidy_note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        # Each application is returned once at most, whoever decides when.
        Index(
            "uq_recommendation_item_returned",
            "application_id",
            unique=True,
            postgresql_where=text("outcome = 'returned'"),
        ),
        {"comment": "Applications in recommendations"},
    )


class Award(Base):
    """Money promised to a group."""

    __tablename__ = "award"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    reference: Mapped[str] = mapped_column(Text, unique=True, comment="ours, in letters and in what is published")
    application_id: Mapped[UUID] = mapped_column(ForeignKey("grant_application.id"), unique=True)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("grant_round.id"))
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("fund.id"))
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"))
    pence: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text, comment="made | agreed | completed | withdrawn")
    awarded_on: Mapped[date] = mapped_column(Date)
    awarded_by: Mapped[str] = mapped_column(Text)
    regulation_59f_reason: Mapped[str] = mapped_column(Text)
    conditions: Mapped[list[str]] = mapped_column(ARRAY(Text))
    agreed_on: Mapped[date | None] = mapped_column(Date)
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)
    ended_reason: Mapped[str | None] = mapped_column(Text, comment="public")
    paid_pence: Mapped[int] = mapped_column(BigInteger, comment="as the ledger has it")
    returned_pence: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_award_awarded_on", "awarded_on", "id"),
        Index("ix_award_round_id", "round_id"),
        Index("ix_award_applicant_id", "applicant_id"),
        {"comment": "Awards"},
    )


class Instalment(Base):
    """Part of an award; its id is the payment's."""

    __tablename__ = "instalment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    award_id: Mapped[UUID] = mapped_column(ForeignKey("award.id"))
    number: Mapped[int] = mapped_column(Integer)
    pence: Mapped[int] = mapped_column(BigInteger)
    milestone: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(Text, comment="planned | requested | paid | cancelled")
    evidence: Mapped[str | None] = mapped_column(Text)
    requested_by: Mapped[str | None] = mapped_column(Text)
    requested_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    paid_by: Mapped[str | None] = mapped_column(Text)
    paid_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_entry.id"))

    __table_args__ = (
        Index("uq_instalment_number", "award_id", "number", unique=True),
        Index("ix_instalment_state", "state", "due_on"),
        {"comment": "Instalments of awards"},
    )


class AwardReport(Base):
    """What a group tells of what it did with the money."""

    __tablename__ = "award_report"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    award_id: Mapped[UUID] = mapped_column(ForeignKey("award.id"))
    number: Mapped[int] = mapped_column(Integer)
    due_on: Mapped[date] = mapped_column(Date)
    final: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[str] = mapped_column(Text, comment="due | late | received | accepted | sent_back")
    chases: Mapped[int] = mapped_column(Integer)
    chased_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    received_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    spent_pence: Mapped[int | None] = mapped_column(BigInteger, comment="of the whole award so far")
    people_reached: Mapped[int | None] = mapped_column(Integer)
    outcomes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{what, count}]")
    equality: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="{group: count}, never of one person")
    narrative: Mapped[str | None] = mapped_column(Text)
    reviewed_by: Mapped[str | None] = mapped_column(Text)
    review_reason: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_award_report_number", "award_id", "number", unique=True),
        Index("ix_award_report_state", "state", "due_on"),
        {"comment": "Monitoring reports of awards"},
    )


class Recovery(Base):
    """Money of an award that came back."""

    __tablename__ = "recovery"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    award_id: Mapped[UUID] = mapped_column(ForeignKey("award.id"))
    pence: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_entry.id"))
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_recovery_award_id", "award_id"),
        {"comment": "Money of awards that came back"},
    )
