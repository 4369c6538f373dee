"""Tables of reaching people."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.triage.tables import Base


class PhoneCall(Base):
    """A worker rings a household: until it ends, no message of anybody's goes to it."""

    __tablename__ = "call"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("outreach_offer.id"))
    person_id: Mapped[UUID] = mapped_column(comment="casefile's id, never changed by a merge")
    household_id: Mapped[UUID] = mapped_column()
    started_by: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time, like all below")
    until: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="over by then, whether ended or not")
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_call_household_id", "household_id", postgresql_where=text("ended_at is null")),
        Index("ix_call_offer_id", "offer_id"),
        {"comment": "Calls to households, going on or over"},
    )


class ToldSafeContact(Base):
    """What of a contact's safe ways was announced last, so that it is announced only when it changes."""

    __tablename__ = "told_safe_contact"

    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, comment="SHA-256 of whom and which ways")

    __table_args__ = ({"comment": "Safe ways as announced last, by contact"},)


class KnownMessage(Base):
    """What became of a message that triage asked for: the newest word."""

    __tablename__ = "known_message"

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="as triage made it")
    sequence: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column()
    about_id: Mapped[UUID | None] = mapped_column()
    template: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, comment="sent | failed")
    way: Mapped[str | None] = mapped_column(Text)
    plain: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_known_message_about_id", "about_id"),
        {"comment": "What became of messages, from casefile's and the gateway's events"},
    )
