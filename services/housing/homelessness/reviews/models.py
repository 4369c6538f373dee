"""The table of reviews."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.housing.tables import Base


class HomelessnessReview(Base):
    """A review of a decision, of its plan's steps or of suitability: one of each, and none of the review (s202(2))."""

    __tablename__ = "homelessness_review"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("homelessness_case.id"))
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("homelessness_decision.id"))
    kind: Mapped[str] = mapped_column(Text, comment="a review of law/clocks.toml")
    section: Mapped[str] = mapped_column(Text)
    asked_on: Mapped[date] = mapped_column()
    asked_words: Mapped[str | None] = mapped_column(Text)
    late_because: Mapped[str | None] = mapped_column(Text, comment="why a longer time was allowed in writing (s202(3))")
    representations_on: Mapped[date | None] = mapped_column()
    due_on: Mapped[date] = mapped_column()
    extended_to: Mapped[date | None] = mapped_column(comment="agreed in writing")
    minded_to_on: Mapped[date | None] = mapped_column(comment="SI 2018/223 reg 7(2)")
    state: Mapped[str] = mapped_column(Text, comment="open | decided | withdrawn")
    outcome: Mapped[str | None] = mapped_column(Text, comment="stands | stands_despite_a_fault | overturned")
    reviewer: Mapped[str | None] = mapped_column(Text)
    reasons: Mapped[str | None] = mapped_column(Text)
    decided_on: Mapped[date | None] = mapped_column()
    appeal_until: Mapped[date | None] = mapped_column(comment="county court, on a point of law (s204)")
    letter: Mapped[list[str] | None] = mapped_column(JSONB, comment="its words as they went out")
    recorded_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_homelessness_review_decision_id", "decision_id", "kind", unique=True),
        Index("ix_homelessness_review_due_on", "state", "due_on", "id"),
        {"comment": "Homelessness: reviews of decisions"},
    )
