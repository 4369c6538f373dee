"""The table of decisions."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.housing.tables import Base


class HomelessnessDecision(Base):
    """One step of the machine: who decided it and why, who authorised it, and when they were told."""

    __tablename__ = "homelessness_decision"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("homelessness_case.id"))
    number: Mapped[int] = mapped_column(Integer)
    transition: Mapped[str] = mapped_column(Text, comment="a transition of law/duties.toml")
    section: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, comment="to_authorise | to_notify | notified | withdrawn | overturned")
    from_position: Mapped[str] = mapped_column(Text)
    to_position: Mapped[str] = mapped_column(Text)
    assessment_number: Mapped[int | None] = mapped_column(Integer)
    made_on: Mapped[date] = mapped_column()
    made_by: Mapped[str] = mapped_column(Text, comment="a named officer; the system only where the law asks nobody")
    reasons: Mapped[str] = mapped_column(Text)
    particulars: Mapped[dict[str, Any]] = mapped_column(JSONB)
    authorised_by: Mapped[str | None] = mapped_column(Text)
    authorised_on: Mapped[date | None] = mapped_column()
    effect_on: Mapped[date | None] = mapped_column(comment="the day from which it holds; null: it does not yet")
    notified_on: Mapped[date | None] = mapped_column()
    notified_how: Mapped[str | None] = mapped_column(Text, comment="post | by_hand | collected")
    notified_by: Mapped[str | None] = mapped_column(Text)
    review_kind: Mapped[str | None] = mapped_column(Text)
    review_until: Mapped[date | None] = mapped_column(comment="the last day on which a review may be asked for")
    letter: Mapped[list[str]] = mapped_column(JSONB, comment="its words as they went out")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_homelessness_decision_number", "case_id", "number", unique=True),
        Index("ix_homelessness_decision_state", "state", "made_on", "id"),
        {"comment": "Homelessness: decisions and their letters"},
    )
