"""What housing has heard of people who came to the front door as homeless: ids, codes and dates."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.housing.tables import Base


class KnownApplication(Base):
    """An application opened at the front door; every clock counts from `made_on`."""

    __tablename__ = "known_application"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    contact_id: Mapped[UUID] = mapped_column()
    person_id: Mapped[UUID | None] = mapped_column(comment="casefile's id, never changed by a merge")
    household_id: Mapped[UUID | None] = mapped_column()
    made_on: Mapped[date] = mapped_column()
    where_tonight: Mapped[str] = mapped_column(Text)
    tonight: Mapped[str] = mapped_column(Text, comment="house_tonight | ask | not_tonight (HA 1996 s188)")
    priority_signs: Mapped[list[str]] = mapped_column(ARRAY(Text))
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_known_application_made_on", "made_on", "id"),
        {"comment": "Applications as homeless, from triage's events"},
    )


class KnownDutyToRefer(Base):
    """A public body's referral: not an application yet, somebody is to speak to them."""

    __tablename__ = "known_duty_to_refer"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    contact_id: Mapped[UUID] = mapped_column()
    person_id: Mapped[UUID | None] = mapped_column(comment="casefile's id, never changed by a merge")
    household_id: Mapped[UUID | None] = mapped_column()
    body: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, comment="homeless | threatened")
    where_tonight: Mapped[str] = mapped_column(Text)
    homeless_on: Mapped[date | None] = mapped_column()
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_known_duty_to_refer_received_at", "received_at", "id"),
        {"comment": "Duties to refer (Housing Act 1996 s213B), from triage's events"},
    )
