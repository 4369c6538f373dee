"""The table of messages to landlords."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.triage.tables import Base


class LandlordMessage(Base):
    """One message: `text` is exactly what the landlord was told. The record of disclosure, written once."""

    __tablename__ = "landlord_message"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[UUID] = mapped_column(comment="casefile's id, never changed by a merge")
    household_id: Mapped[UUID | None] = mapped_column()
    blind_by: Mapped[str | None] = mapped_column(
        Text, comment="who took it and may not know the person: true for nobody else; null: as usual"
    )
    kind: Mapped[str] = mapped_column(Text, comment="landlords.domain.KINDS")
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="dates and amounts of that kind, and no words")
    text: Mapped[str] = mapped_column(Text)
    basis: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="kit.contracts.lawful_basis")
    sent_to: Mapped[str] = mapped_column(Text, comment="the landlord's mailbox")
    sent_by: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time")

    __table_args__ = (
        Index("ix_landlord_message_person_id", "person_id", "sent_at", "id"),
        Index("ix_landlord_message_sent_at", "sent_at", "id"),
        {"comment": "Messages to landlords"},
    )
