"""Tables of reallocations."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, DateTime, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


class Reallocation(Base):
    """One act by which a worker's cases went to others: cover for an absence, or for good."""

    __tablename__ = "case_reallocation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    from_worker: Mapped[str] = mapped_column(Text)
    to_workers: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reason: Mapped[str] = mapped_column(Text, comment="absence | left | workload | conflict | other")
    words: Mapped[str] = mapped_column(Text)
    cover_until: Mapped[date | None] = mapped_column(Date, comment="first day back; null: for good")
    state: Mapped[str] = mapped_column(Text, comment="done | given_back")
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    given_back_by: Mapped[str | None] = mapped_column(Text)
    given_back_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_case_reallocation_at", "at", "id"),
        Index("ix_case_reallocation_from_worker", "from_worker", "at"),
        {"comment": "Bulk reallocations: who covered for whom"},
    )


class ReallocatedCase(Base):
    """One case of a reallocation: who got which part in it."""

    __tablename__ = "case_reallocated"

    reallocation_id: Mapped[UUID] = mapped_column(ForeignKey("case_reallocation.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    role: Mapped[str] = mapped_column(Text, primary_key=True, comment="account_manager | lead")
    to_worker: Mapped[str] = mapped_column(Text)
    given_back: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        CheckConstraint("role in ('account_manager', 'lead')", name="role"),
        {"comment": "The cases of a reallocation"},
    )
