"""Messages on their way, who is being rung just now, what came back, and the demo's sink."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, DateTime, Index, SmallInteger, Text, Uuid, false, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from gateway.tables import Base


def _moment(**more: Any) -> Mapped[datetime]:
    return mapped_column(DateTime(timezone=True), **more)


class Message(Base):
    """One message to send. Where to and which words stand only in `sealed`, as ciphertext, until it is settled."""

    __tablename__ = "message"

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="made by the service that asked; Notify's reference")
    version: Mapped[int] = mapped_column(BigInteger, comment="of what is announced: asked 1, addressed 2, then ours")
    person_id: Mapped[UUID] = mapped_column()
    household_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    template: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(Text, comment="the service that asked")
    about_id: Mapped[UUID | None] = mapped_column()
    way: Mapped[str] = mapped_column(Text, comment="sms | email | letter")
    plain: Mapped[bool] = mapped_column(Boolean)
    sealed: Mapped[str | None] = mapped_column(Text, comment="the sealed event; null once settled")
    state: Mapped[str] = mapped_column(Text, comment="queued | sending | sent | failed")
    reason: Mapped[str | None] = mapped_column(Text, comment="of a failure")
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    next_try_at: Mapped[datetime] = _moment(comment="real time, like all but useless_after and changed_at")
    claimed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    provider_id: Mapped[str | None] = mapped_column(Text, comment="Notify's id; null from the sink")
    checks: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    check_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), comment="when to ask whether it arrived; null: no more"
    )
    arrived: Mapped[bool] = mapped_column(Boolean, server_default=false())
    useless_after: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    received_at: Mapped[datetime] = _moment()
    changed_at: Mapped[datetime] = _moment()

    __table_args__ = (
        Index("ix_message_waiting", "next_try_at", postgresql_where=text("state in ('queued', 'sending')")),
        Index("ix_message_check_at", "check_at", postgresql_where=text("check_at is not null")),
        Index("ix_message_person_id", "person_id", "claimed_at"),
        {"comment": "Messages to people, on their way or settled; words and addresses only as ciphertext"},
    )


class KnownCall(Base):
    """A worker rings a household: nothing else may reach it until the call ends, or its time is over."""

    __tablename__ = "known_call"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    household_id: Mapped[UUID] = mapped_column()
    going_on: Mapped[bool] = mapped_column(Boolean)
    until: Mapped[datetime] = _moment(comment="business time")

    __table_args__ = (
        Index("ix_known_call_household_id", "household_id", postgresql_where=text("going_on")),
        {"comment": "Calls in progress, from triage's events"},
    )


class DemoMessage(Base):
    """What the demo's sink took instead of a telephone. Never filled outside a demo or test."""

    __tablename__ = "demo_message"

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="the message: it is taken once")
    way: Mapped[str] = mapped_column(Text)
    recipient: Mapped[list[str]] = mapped_column(ARRAY(Text))
    title: Mapped[str | None] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    plain: Mapped[bool] = mapped_column(Boolean)
    taken_at: Mapped[datetime] = _moment(comment="business time")

    __table_args__ = (
        Index("ix_demo_message_taken_at", "taken_at", "id"),
        {"comment": "The demo's messages: made-up people only"},
    )


class TextReply(Base):
    """A text message that somebody sent back to us: that it came, so that a repeat of Notify's changes nothing."""

    __tablename__ = "text_reply"

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="Notify's: it is taken once")
    received_at: Mapped[datetime] = _moment(comment="real time, by us")

    __table_args__ = (
        Index("ix_text_reply_received_at", "received_at"),
        {"comment": "Text messages that came back to us, by id alone; number and words go to casefile, sealed"},
    )
