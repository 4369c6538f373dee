"""Tables of signals, and the Breathing Spaces that hold them back."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, DateTime, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.risk.tables import Base


class Signal(Base):
    """What calls for an offer of help to one household: one thing that happened, or one list. Never made twice."""

    __tablename__ = "signal"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text)
    household: Mapped[UUID] = mapped_column(comment="pseudonym")
    resident: Mapped[UUID] = mapped_column(comment="pseudonym of whose record it is")
    occurrence: Mapped[str] = mapped_column(Text, comment="what makes it one: the month it happened in, or the list")
    fact: Mapped[UUID | None] = mapped_column(comment="the fact that called for it; none: a list did")
    cohort_id: Mapped[UUID | None] = mapped_column(comment="the cohort, or the emergency list, that called for it")
    source: Mapped[str] = mapped_column(Text)
    observed_on: Mapped[date] = mapped_column(Date)
    offer: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, comment="raised, held, introducing or lapsed")
    why: Mapped[str | None] = mapped_column(Text, comment="why it is held or lapsed")
    held_until: Mapped[date | None] = mapped_column(Date)
    person_id: Mapped[UUID | None]
    household_id: Mapped[UUID | None]
    found_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    raised_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("state in ('raised', 'held', 'introducing', 'lapsed')", name="state"),
        UniqueConstraint("household", "kind", "occurrence"),
        UniqueConstraint("fact", "kind"),
        Index("ix_signal_found_at", "found_at", "id"),
        Index("ix_signal_resident_state", "resident", "state"),
        CheckConstraint(
            "(fact is null) = (kind in ('cohort', 'emergency')) and (cohort_id is null) = (fact is not null)",
            name="calls",
        ),
        {"comment": "Fresh facts, and homes of approved lists, that call for an offer of help"},
    )


class KnownBreathingSpace(Base):
    """A Breathing Space, as casefile told it."""

    __tablename__ = "known_breathing_space"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID]
    household_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)

    __table_args__ = (
        Index("ix_known_breathing_space_household_id", "household_id"),
        Index("ix_known_breathing_space_person_id", "person_id"),
        {"comment": "Breathing Spaces, from casefile's events"},
    )
