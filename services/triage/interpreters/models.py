"""The table of interpreters asked for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Index, Text, false, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.triage.tables import Base


class InterpreterRequest(Base):
    """Somebody needs an interpreter, in which language, how, and what came of it."""

    __tablename__ = "interpreter_request"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    mode: Mapped[str] = mapped_column(Text, comment="phone | face_to_face | british_sign_language")
    language: Mapped[str] = mapped_column(Text, comment="BCP 47")
    dialect: Mapped[str | None] = mapped_column(Text)
    gender: Mapped[str] = mapped_column(Text, comment="any | woman | man: whom they can speak in front of")
    person_id: Mapped[UUID | None] = mapped_column(comment="casefile's id; null: help without a name")
    blind: Mapped[bool] = mapped_column(
        Boolean, default=False, server_default=false(), comment="asked for by somebody who may not know them"
    )
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"))
    appointment_id: Mapped[UUID | None] = mapped_column(ForeignKey("appointment.id"))
    hub: Mapped[str | None] = mapped_column(ForeignKey("hub.code"))
    asked_alone: Mapped[bool] = mapped_column(Boolean, comment="a worker asked about safety with nobody else there")
    starts_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="by phone: when it was asked for")
    ends_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="somebody must be there by then")
    state: Mapped[str] = mapped_column(Text, comment="asked | booked | joined | ended | not_found | cancelled")
    interpreter: Mapped[str | None] = mapped_column(Text, comment="professional | bilingual_staff | family_or_friend")
    interpreter_code: Mapped[str | None] = mapped_column(Text, comment="the agency's number of the interpreter")
    joined_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    rung_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), comment="nobody was there in time")
    outcome: Mapped[str | None] = mapped_column(Text)
    requested_by: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        ExcludeConstraint(
            ("interpreter_code", "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            name="ex_interpreter_request_interpreter",
            where=text("state in ('booked', 'joined')"),
        ),
        Index("ix_interpreter_request_requested_at", "requested_at", "id"),
        Index("ix_interpreter_request_contact_id", "contact_id"),
        Index("ix_interpreter_request_appointment_id", "appointment_id"),
        {"comment": "Interpreters asked for, and what came of it"},
    )
