"""The table of applications as homeless."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.triage.tables import Base


class HomelessnessApplication(Base):
    """The one application that a contact made; housing carries it on."""

    __tablename__ = "homelessness_application"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"))
    person_id: Mapped[UUID | None] = mapped_column(comment="casefile's id, never changed by a merge")
    household_id: Mapped[UUID | None] = mapped_column()
    blind_by: Mapped[str | None] = mapped_column(
        Text, comment="who took it and may not know the person: true for nobody else; null: as usual"
    )
    made_on: Mapped[date] = mapped_column(comment="the day they came, London: what the clocks count from")
    how: Mapped[str] = mapped_column(Text, comment="said | asked | decided: what opened it")
    where_tonight: Mapped[str] = mapped_column(Text)
    tonight: Mapped[str] = mapped_column(Text, comment="house_tonight | ask | not_tonight (HA 1996 s188)")
    priority_signs: Mapped[list[str]] = mapped_column(ARRAY(Text))
    opened_by: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_homelessness_application_contact_id", "contact_id", unique=True),
        Index("ix_homelessness_application_made_on", "made_on", "id"),
        {"comment": "Applications as homeless or threatened with it, opened from any desk"},
    )
