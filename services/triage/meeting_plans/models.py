"""The table of plans for meeting somebody."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.triage.tables import Base


class MeetingPlan(Base):
    """What to do when meeting someone, agreed with a date to look again. What to do, never what they are."""

    __tablename__ = "meeting_plan"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(comment="casefile's id, never changed by a merge")
    blind_by: Mapped[str | None] = mapped_column(
        Text, comment="who took it and may not know the person: true for nobody else; null: as usual"
    )
    steps: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="what to do, as codes")
    words: Mapped[str | None] = mapped_column(Text, comment="what to do, in words")
    person_told: Mapped[bool] = mapped_column(Boolean)
    not_told_because: Mapped[str | None] = mapped_column(Text)
    review_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(Text, comment="standing | ended")
    written_by: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index(
            "uq_meeting_plan_standing",
            "person_id",
            "blind_by",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("state = 'standing'"),
        ),
        {"comment": "How to meet somebody safely: a plan, not a label"},
    )
