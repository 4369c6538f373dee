"""The table of tickets. A ticket has a number; no name is kept with it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, DateTime, ForeignKey, Index, Integer, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from services.triage.tables import Base


class Ticket(Base):
    """Somebody who walked in and waits, by number. Never a name."""

    __tablename__ = "hub_ticket"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    hub: Mapped[str] = mapped_column(ForeignKey("hub.code"))
    day: Mapped[date] = mapped_column(Date)
    number: Mapped[int] = mapped_column(Integer, comment="what is called")
    about: Mapped[str | None] = mapped_column(Text, comment="one of the twelve domains of need")
    language: Mapped[str | None] = mapped_column(Text, comment="BCP 47")
    sooner: Mapped[str | None] = mapped_column(Text, comment="why before those who came earlier")
    person_id: Mapped[UUID | None] = mapped_column(comment="casefile's id, if they said who they are")
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"))
    blind: Mapped[bool] = mapped_column(
        Boolean, default=False, server_default=false(), comment="taken by somebody who may not know them"
    )
    seat_apart: Mapped[bool] = mapped_column(Boolean, comment="offer a private room at once")
    state: Mapped[str] = mapped_column(Text, comment="waiting | called | with_someone | ended | left")
    desk: Mapped[str | None] = mapped_column(Text, comment="the table or room they are called to")
    said_minutes: Mapped[int | None] = mapped_column(Integer, comment="the wait they were told; null: we could not say")
    said_at_most: Mapped[int | None] = mapped_column(Integer)
    arrived_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    first_called_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    seated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_hub_ticket_number", "hub", "day", "number", unique=True),
        Index("ix_hub_ticket_open", "hub", "arrived_at", postgresql_where=text("state not in ('ended', 'left')")),
        Index("ix_hub_ticket_hub", "hub", "arrived_at"),
        Index("ix_hub_ticket_person_id", "person_id", postgresql_where=text("person_id is not null")),
        Index("ix_hub_ticket_contact_id", "contact_id", postgresql_where=text("contact_id is not null")),
        {"comment": "People who walked in, by number"},
    )
