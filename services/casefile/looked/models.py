"""The table of releases: which lines of the record of access a specialist released to whom they are about."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Date, DateTime, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


class Release(Base):
    """One decision to let somebody see lines that are kept back otherwise. Never changed."""

    __tablename__ = "looked_release"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    entries: Mapped[list[int]] = mapped_column(
        ARRAY(BigInteger), comment="of the record of access; below zero: of another service's"
    )
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    asked_on: Mapped[date] = mapped_column(Date, comment="when they were asked")
    how_they_view_it: Mapped[str] = mapped_column(Text, comment="where, how and beside whom, in the specialist's words")
    released_by: Mapped[str] = mapped_column(Text)
    released_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time")

    __table_args__ = (
        Index("ix_looked_release_person_id", "person_id", "released_at"),
        {"comment": "What specialists released of who looked"},
    )
