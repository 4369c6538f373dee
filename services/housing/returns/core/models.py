"""The table of lettings logs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.housing.tables import Base


class CoreLog(Base):
    """The lettings log (CORE) of one tenancy: answers by field, and unlikely ones that somebody confirmed."""

    __tablename__ = "core_log"

    letting_id: Mapped[UUID] = mapped_column(ForeignKey("letting.id"), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    year: Mapped[int] = mapped_column(SmallInteger, comment="1 April of it to 31 March")
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB)
    confirmed: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="soft check: who confirmed it, with what value")
    changed_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (Index("ix_core_log_year", "year"), {"comment": "CORE lettings logs"})
