"""The table of Breathing Spaces."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, DateTime, ForeignKey, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


class BreathingSpace(Base):
    """One Breathing Space of one person. That a kind tells of a crisis stays with those who advise on debt."""

    __tablename__ = "breathing_space"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    kind: Mapped[str] = mapped_column(Text, comment="standard | mental_health_crisis")
    state: Mapped[str] = mapped_column(Text, comment="active | ended | cancelled")
    entered_on: Mapped[date] = mapped_column()
    starts_on: Mapped[date] = mapped_column()
    ends_on: Mapped[date | None] = mapped_column(comment="the last day; null while a treatment lasts")
    ended_on: Mapped[date | None] = mapped_column(comment="the last day it had in the end")
    treatment_ended_on: Mapped[date | None] = mapped_column()
    certified_by: Mapped[str] = mapped_column(Text, comment="debt adviser's firm, or the AMHP's team")
    certified_as: Mapped[str] = mapped_column(Text)
    reference: Mapped[str | None] = mapped_column(Text, comment="in the Insolvency Service's register")
    cancel_reason: Mapped[str | None] = mapped_column(Text)
    debt_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"), comment="what it covers")
    reviewed_on: Mapped[date | None] = mapped_column(comment="the midway review")
    review_outcome: Mapped[str | None] = mapped_column(Text, comment="goes_on | cancelled")
    creditor_reviews: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, server_default=text("'[]'"), comment="[{debt_id, ground, asked_on, decision, decided_on}]"
    )
    entered_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_breathing_space_active", "person_id", unique=True, postgresql_where=text("state = 'active'")),
        Index("ix_breathing_space_person_id", "person_id", "entered_on"),
        CheckConstraint("ends_on >= starts_on", name="in_order"),
        {"comment": "Breathing Spaces: creditors stop until they end"},
    )
