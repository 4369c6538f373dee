"""The table of illegal evictions."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.housing.tables import Base


class IllegalEviction(Base):
    """Somebody was put out, or is being driven out, without a court (Protection from Eviction Act 1977 ss1 and 3)."""

    __tablename__ = "illegal_eviction"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("homelessness_case.id"))
    happened_on: Mapped[date] = mapped_column()
    acts: Mapped[list[str]] = mapped_column(ARRAY(Text))
    words: Mapped[str | None] = mapped_column(Text)
    reported_by: Mapped[str] = mapped_column(Text)
    reported_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="by when enforcement takes it")
    state: Mapped[str] = mapped_column(Text, comment="reported | taken | ended")
    escalated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    taken_by: Mapped[str | None] = mapped_column(Text)
    taken_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    outcome: Mapped[str | None] = mapped_column(
        Text, comment="let_back_in | left_for_good | prosecuted | cautioned | not_an_offence"
    )
    outcome_words: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_illegal_eviction_state", "state", "due_at", "id"),
        Index("ix_illegal_eviction_case_id", "case_id"),
        {"comment": "Illegal evictions reported to enforcement"},
    )
