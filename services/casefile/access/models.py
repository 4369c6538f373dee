"""What casefile keeps of every service's sealed record of access."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


class KnownSeal(Base):
    """One sealed batch of one service's audit rows: a copy its owner cannot rewrite."""

    __tablename__ = "known_seal"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    service: Mapped[str] = mapped_column(Text)
    batch: Mapped[int] = mapped_column(BigInteger)
    entries: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(Text)
    previous_digest: Mapped[str] = mapped_column(Text)
    sealed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_known_seal_service_batch", "service", "batch"),
        {"comment": "Every service's seals, from <service>.access.recorded"},
    )
