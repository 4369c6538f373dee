"""The table of letters."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Date, DateTime, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


class Letter(Base):
    """One letter as it was written. Its words stay as they are: another wording is another letter."""

    __tablename__ = "letter"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), comment="to whom it is written")
    template: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    paragraphs: Mapped[list[str]] = mapped_column(ARRAY(Text))
    how: Mapped[str] = mapped_column(Text, comment="post | by_hand")
    state: Mapped[str] = mapped_column(Text, comment="written | sent | withdrawn")
    written_by: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time")
    sent_on: Mapped[date | None] = mapped_column(Date)
    settled_by: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("ix_letter_person_id", "person_id", "written_at", "id"),
        {"comment": "Letters to people, as they were written"},
    )
