"""The table of public bodies' referrals. Who the person is stays here (ownership rule 3)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.triage.tables import Base


class DutyToRefer(Base):
    """One referral; its contact says who it turned out to be."""

    __tablename__ = "duty_to_refer"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"))
    person_id: Mapped[UUID | None] = mapped_column(comment="once found; casefile's id, never changed by a merge")
    household_id: Mapped[UUID | None] = mapped_column()
    body: Mapped[str] = mapped_column(Text, comment="the kind of listed body (SI 2018/223)")
    organisation_id: Mapped[str | None] = mapped_column(Text, comment="whose credentials sent it")
    reference: Mapped[str | None] = mapped_column(Text, comment="the body's own")
    referrer: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="{name, role, phone, email}")
    about: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="the person's details as referred; never sent on")
    consent: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="{to_refer, to_share_contact, given_on, how}")
    reason: Mapped[str] = mapped_column(Text, comment="homeless | threatened")
    where_tonight: Mapped[str] = mapped_column(Text)
    homeless_on: Mapped[date | None] = mapped_column()
    note: Mapped[str | None] = mapped_column(Text)
    blind_by: Mapped[str | None] = mapped_column(
        Text, comment="who took it and may not know the person: true for nobody else; null: as usual"
    )
    received_by: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_duty_to_refer_received_at", "received_at", "id"),
        Index("ix_duty_to_refer_contact_id", "contact_id"),
        {"comment": "People whom a listed body referred with their agreement (Housing Act 1996 s213B)"},
    )
