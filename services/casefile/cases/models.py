"""The table of cases."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


class Case(Base):
    """The work with one household, from a decision to a close, and again if it is reopened."""

    __tablename__ = "case_file"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    state: Mapped[str] = mapped_column(Text, comment="open | closed")
    layer: Mapped[str] = mapped_column(Text, comment="universal | targeted | statutory: the strongest workstream's")
    workstreams: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, comment="[{decision_id, layer, specialism, statutory_service}]"
    )
    decision_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    account_manager: Mapped[str | None] = mapped_column(Text)
    lead: Mapped[str | None] = mapped_column(Text)
    episode: Mapped[int] = mapped_column(Integer)
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    opened_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    close_reason: Mapped[str | None] = mapped_column(Text)
    close_note: Mapped[str | None] = mapped_column(Text)
    episodes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="earlier episodes: opened, closed, why")

    __table_args__ = (
        Index("uq_case_file_one_open", "household_id", unique=True, postgresql_where=text("state = 'open'")),
        Index("ix_case_file_household_id", "household_id"),
        Index("ix_case_file_account_manager_open", "account_manager", postgresql_where=text("state = 'open'")),
        Index("ix_case_file_opened_at", "opened_at", "id"),
        {"comment": "Cases"},
    )
