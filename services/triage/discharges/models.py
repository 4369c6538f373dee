"""The table of discharges from hospital."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.triage.tables import Base


class Discharge(Base):
    """Somebody comes home. Who they are as the hospital told it; what is ready; never why they were there."""

    __tablename__ = "discharge"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    organisation_id: Mapped[UUID | None] = mapped_column(comment="the sender's, as the gateway vouches")
    message: Mapped[str] = mapped_column(Text, comment="the sender's own id of the message")
    person_id: Mapped[UUID | None] = mapped_column(comment="casefile's id, once somebody has found them")
    household_id: Mapped[UUID | None] = mapped_column()
    told: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="name, birth date, address, ways; cleared on cancel")
    left_out: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="kinds of entries that were not read nor kept")
    home_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    call_by: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="72 hours after they came home")
    checks: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="{check: {state, by, at, note}}")
    state: Mapped[str] = mapped_column(Text, comment="open | settled | cancelled")
    overdue_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    escalated_to: Mapped[str | None] = mapped_column(Text)
    received_by: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time, like all here")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_discharge_received_by_message", "received_by", "message", unique=True),
        Index("ix_discharge_open", "home_at", "id", postgresql_where=text("state = 'open'")),
        Index("ix_discharge_person_id", "person_id"),
        {"comment": "People who come home from hospital"},
    )
