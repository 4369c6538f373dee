"""Rows about workers. Their names stay here: events carry ids and codes."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from gateway.tables import Base


class Worker(Base):
    """Someone who can sign in: staff, partners under the same roof, volunteers."""

    __tablename__ = "worker"
    __table_args__ = (
        Index("ix_worker_suspended", "worker_id", postgresql_where=text("suspended_at is not null or not active")),
    )

    worker_id: Mapped[str] = mapped_column(Text, primary_key=True, comment="the subject of their tokens")
    version: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(Text)
    organisation_id: Mapped[UUID | None]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    manager: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean)
    suspended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    suspended_because: Mapped[str | None] = mapped_column(Text, comment="stays here, for who may suspend")
    absent_from: Mapped[date | None] = mapped_column(Date)
    absent_until: Mapped[date | None] = mapped_column(Date)
    covered_by: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
