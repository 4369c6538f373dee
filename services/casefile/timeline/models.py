"""The log (append-only, chained, sequenced on arrival) and the page (a projection of it, droppable)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, LargeBinary, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


class TimelineLog(Base):
    """One case fact, as it arrived. Never updated, but that erasure blanks `payload` and `salt`."""

    __tablename__ = "timeline_log"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, comment="1, 2, 3 ... no gaps")
    event_id: Mapped[UUID] = mapped_column(unique=True)
    household_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    payload: Mapped[str | None] = mapped_column(Text, comment="the fact as canonical JSON; null once erased")
    salt: Mapped[bytes | None] = mapped_column(LargeBinary, comment="null once erased")
    digest: Mapped[bytes] = mapped_column(LargeBinary, comment="SHA-256 of salt and payload")
    chain: Mapped[bytes] = mapped_column(LargeBinary, comment="SHA-256 of the chain before and the digest")
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = ({"comment": "The timeline's log: hash-chained, never rebuilt"},)


class TimelineHead(Base):
    """Where the log ends; locking this row puts writers in one order."""

    __tablename__ = "timeline_head"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    chain: Mapped[bytes] = mapped_column(LargeBinary)


class TimelineEntry(Base):
    """One line of a household's page."""

    __tablename__ = "timeline_entry"

    household_id: Mapped[UUID] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    service: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, comment="the aggregate: contact, case, person ...")
    type: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text, comment="what happened, in words")
    actor: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    record: Mapped[str] = mapped_column(Text, comment="address of the owner's record")
    person_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    part: Mapped[str | None] = mapped_column(Text, comment="the sealed part of the file it belongs to; null: the page")

    __table_args__ = (
        Index("ix_timeline_entry_event_id", "event_id"),
        {"comment": "The timeline's page: a projection of the log, the same bytes on rebuild"},
    )
