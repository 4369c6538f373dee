"""The table of complaints. Nothing of it is told to a timeline, a profile or a case (spec: casefile 2)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Index, SmallInteger, Text, false
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.complaints import domain
from services.casefile.tables import Base


class Complaint(Base):
    """A complaint, a complaint about data, a councillor's enquiry, or a compliment."""

    __tablename__ = "complaint"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text, comment="complaint | data_complaint | councillor_enquiry | compliment")
    person_id: Mapped[UUID | None] = mapped_column(comment="whose it is, if we know them")
    from_whom: Mapped[str | None] = mapped_column(Text, comment="who wrote, if they are nobody of the register")
    councillor: Mapped[str | None] = mapped_column(Text)
    about_workers: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="they never see it")
    about_service: Mapped[str | None] = mapped_column(Text)
    theme: Mapped[str | None] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    wanted: Mapped[str | None] = mapped_column(Text, comment="what would put it right, in their words")
    received_on: Mapped[date] = mapped_column(Date, comment="of this stage")
    received_by: Mapped[str] = mapped_column(Text)
    stage: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str] = mapped_column(Text)
    acknowledged_on: Mapped[date | None] = mapped_column(Date)
    extended: Mapped[bool] = mapped_column(Boolean, server_default=false())
    extension_reason: Mapped[str | None] = mapped_column(Text)
    due_on: Mapped[date | None] = mapped_column(Date, comment="what is due next: acknowledgement, then answer")
    overdue: Mapped[bool] = mapped_column(Boolean, server_default=false())
    answered_on: Mapped[date | None] = mapped_column(Date)
    answered_by: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    lessons: Mapped[str | None] = mapped_column(Text, comment="what is done differently from now on")
    stages: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="earlier stages as they ended")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_complaint_person_id", "person_id"),
        Index("ix_complaint_received_on", "received_on", "id"),
        {"comment": "Complaints, compliments and councillors' enquiries"},
    )

    def dates(self) -> domain.Dates:
        """What the clock of its stage depends on."""
        return domain.Dates(
            domain.Kind(self.kind), self.stage, self.received_on, self.acknowledged_on, bool(self.extended)
        )
