"""The table of what is done to prevent or relieve homelessness."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.housing.tables import Base


class HomelessnessActivity(Base):
    """Mediation, debts put in order, a small sum: what it cost and what came of it."""

    __tablename__ = "homelessness_activity"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("homelessness_case.id"))
    duty: Mapped[str | None] = mapped_column(Text, comment="the duty owed then; null: none")
    kind: Mapped[str] = mapped_column(Text)
    cause: Mapped[str | None] = mapped_column(Text, comment="what it was meant to mend")
    words: Mapped[str | None] = mapped_column(Text)
    amount_pence: Mapped[int | None] = mapped_column(Integer)
    fund: Mapped[str | None] = mapped_column(Text, comment="where the money is from")
    started_on: Mapped[date] = mapped_column()
    ended_on: Mapped[date | None] = mapped_column()
    outcome: Mapped[str | None] = mapped_column(Text, comment="home_kept | home_found | time_won | no_change | worse")
    outcome_words: Mapped[str | None] = mapped_column(Text)
    done_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_homelessness_activity_case_id", "case_id", "started_on"),
        CheckConstraint("amount_pence > 0", name="more_than_nothing"),
        CheckConstraint("(ended_on is null) = (outcome is null)", name="outcome_iff_ended"),
        {"comment": "Homelessness: what was done, what it cost and what came of it"},
    )
