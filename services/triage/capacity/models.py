"""The table of capacity questions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.triage.tables import Base


class CapacityQuestion(Base):
    """A partner asked whether they could help. There is no column that could hold anything about a person."""

    __tablename__ = "capacity_question"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    service_id: Mapped[UUID | None] = mapped_column()
    domain: Mapped[str] = mapped_column(Text)
    urgency: Mapped[str] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(Text, comment="BCP 47")
    ward: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, comment="asked | answered | unanswered")
    answer: Mapped[str | None] = mapped_column(Text, comment="yes | waiting_list | no")
    places: Mapped[int | None] = mapped_column(Integer)
    wait_days: Mapped[int | None] = mapped_column(Integer)
    asked_by: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time, like all here")
    answer_by: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    answered_by: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_capacity_question_asked_at", "asked_at", "id"),
        Index("ix_capacity_question_organisation_id", "organisation_id", "domain", "asked_at"),
        {"comment": "Questions to partners about nobody"},
    )
