"""The table of lone visits."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Text, text
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
    blind_by: Mapped[str | None] = mapped_column(
        Text, comment="who took it and may not know the person: true for nobody else; null: as usual"
    )
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
