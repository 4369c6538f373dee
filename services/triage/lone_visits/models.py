"""Tables of lone visits, and of the plans that are read before somebody is met."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, DateTime, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.triage.tables import Base


class LoneVisit(Base):
    """A worker goes somewhere alone, and somebody knows when they should be out."""

    __tablename__ = "lone_visit"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    worker: Mapped[str] = mapped_column(Text)
    hub: Mapped[str] = mapped_column(ForeignKey("hub.code"), comment="whose duty manager is rung")
    appointment_id: Mapped[UUID | None] = mapped_column(ForeignKey("appointment.id"))
    person_id: Mapped[UUID | None] = mapped_column(comment="casefile's id, never changed by a merge")
    where_to: Mapped[str] = mapped_column(Text, comment="in the worker's words; shown to whoever is rung")
    accompanied_by: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, comment="in | overdue | escalated | out")
    checked_in_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    due_out_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    checked_out_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    rung_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    rung: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="the duty managers who were rung")
    escalated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    taken_by: Mapped[str | None] = mapped_column(Text, comment="who sees to it that they are found")
    taken_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    found: Mapped[str | None] = mapped_column(Text, comment="how it ended, where somebody had to look")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_lone_visit_worker", "worker", unique=True, postgresql_where=text("state <> 'out'")),
        Index("ix_lone_visit_hub", "hub", "checked_in_at", "id"),
        Index("ix_lone_visit_appointment_id", "appointment_id"),
        {"comment": "Visits made alone"},
    )


class MeetingPlan(Base):
    """What to do when meeting someone, agreed with a date to look again. What to do, never what they are."""

    __tablename__ = "meeting_plan"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(comment="casefile's id, never changed by a merge")
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
        Index("uq_meeting_plan_standing", "person_id", unique=True, postgresql_where=text("state = 'standing'")),
        {"comment": "How to meet somebody safely: a plan, not a label"},
    )
