"""The table of medical assessments: what somebody sent about their health, and what an assessor found."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Date, DateTime, ForeignKey, Index, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.housing.tables import Base


class MedicalAssessment(Base):
    """One form about one person's health and home, and its outcome."""

    __tablename__ = "medical_assessment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("register_application.id"))
    person_id: Mapped[UUID] = mapped_column(comment="whose health; casefile's id, never changed by a merge")
    state: Mapped[str] = mapped_column(Text, comment="received | assessed | withdrawn")
    received_on: Mapped[date] = mapped_column(Date)
    form: Mapped[str] = mapped_column(Text, comment="what they said of their health and their home")
    sent_by: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time, like all below")
    outcome: Mapped[str | None] = mapped_column(Text, comment="a_medical | b_medical | no_medical")
    access_needed: Mapped[str | None] = mapped_column(Text)
    highest_floor: Mapped[int | None] = mapped_column(SmallInteger, comment="without a lift")
    own_room: Mapped[bool] = mapped_column(comment="they cannot be asked to share a bedroom")
    extra_rooms: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="e.g. overnight_carer")
    findings: Mapped[str | None] = mapped_column(Text, comment="the assessor's reasons")
    assessed_by: Mapped[str | None] = mapped_column(Text)
    assessed_on: Mapped[date | None] = mapped_column(Date)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_medical_assessment_application_id", "application_id", "received_on", "id"),
        Index("ix_medical_assessment_state", "state", "received_on", "id"),
        Index("ix_medical_assessment_person_id", "person_id"),
        {"comment": "Medical assessments"},
    )
