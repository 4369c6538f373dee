"""Messages asked for and what became of them; what people said of how to reach them; where there is abuse."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, DateTime, Index, LargeBinary, Text, false
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


def _moment(**more: Any) -> Mapped[datetime]:
    return mapped_column(DateTime(timezone=True), **more)


class Message(Base):
    """One message asked for, and how it was addressed: which way, never where to, never the words."""

    __tablename__ = "message"

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="made by the service that asked")
    person_id: Mapped[UUID] = mapped_column(comment="as the asker said it")
    template: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(Text, comment="the service that asked")
    about_id: Mapped[UUID | None] = mapped_column()
    digest: Mapped[bytes] = mapped_column(LargeBinary, comment="SHA-256 of whom, what and which codes")
    state: Mapped[str] = mapped_column(Text, comment="addressed | failed")
    way: Mapped[str | None] = mapped_column(Text)
    plain: Mapped[bool] = mapped_column(Boolean, server_default=false(), comment="words that tell nothing")
    reason: Mapped[str | None] = mapped_column(Text, comment="of a failure")
    requested_at: Mapped[datetime] = _moment()
    addressed_at: Mapped[datetime] = _moment()

    __table_args__ = (
        Index("ix_message_person_id", "person_id", "requested_at", "id"),
        Index("ix_message_digest", "digest", "addressed_at"),
        {"comment": "Messages to people: by which way, and whether in plain words"},
    )


class MessageResult(Base):
    """What the gateway says became of a message: the newest word."""

    __tablename__ = "message_result"

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="the message")
    sequence: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text, comment="sent | failed")
    reason: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = _moment()

    __table_args__ = ({"comment": "What became of messages, from the gateway's events"},)


class KnownSafeContact(Base):
    """What somebody said in one contact of how it is safe to reach them."""

    __tablename__ = "known_safe_contact"

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="the contact")
    sequence: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID | None] = mapped_column()
    ways: Mapped[list[str]] = mapped_column(ARRAY(Text))
    never: Mapped[list[str]] = mapped_column(ARRAY(Text))
    told_at: Mapped[datetime] = _moment()

    __table_args__ = (
        Index("ix_known_safe_contact_person_id", "person_id", "told_at"),
        {"comment": "Safe ways to reach people, from triage's events: codes only"},
    )


class KnownNeed(Base):
    """Whose need says that somebody in the household may be dangerous to them."""

    __tablename__ = "known_abuse_need"

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="the need")
    sequence: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID | None] = mapped_column()
    household_id: Mapped[UUID | None] = mapped_column()

    __table_args__ = (
        Index("ix_known_abuse_need_person_id", "person_id"),
        Index("ix_known_abuse_need_household_id", "household_id"),
        {"comment": "Needs of the domain domestic abuse, from triage's events: whoever writes there is careful"},
    )
