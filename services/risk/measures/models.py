"""Tables of measures: what the services told, whom it counts for, costs and baselines, and closed quarters."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, DateTime, Index, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.risk.tables import Base
from services.risk.vault.tables import VaultBase


class MeasuredEvent(Base):
    """One event that measures count: ids, codes and days. Every version is kept, so that a day past can be counted."""

    __tablename__ = "measured_event"

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="the event's id")
    kind: Mapped[str] = mapped_column(Text, comment="what of it measures count: duty, contact ...")
    about: Mapped[UUID] = mapped_column(comment="the aggregate's id")
    sequence: Mapped[int] = mapped_column(BigInteger, comment="the aggregate's version")
    told_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="when its owner said it")
    person_id: Mapped[UUID | None] = mapped_column()
    household_id: Mapped[UUID | None] = mapped_column()
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="codes, days and amounts that the rules read")

    __table_args__ = (
        Index("ix_measured_event_about", "kind", "about", "sequence"),
        Index("ix_measured_event_person_id", "person_id"),
        Index("ix_measured_event_household_id", "household_id"),
        {"comment": "Events that measures count"},
    )


class CountedAs(VaultBase):
    """In which groups somebody was counted in a quarter, as it was known when it was closed. In the vault: it says of
    somebody what they are.
    """

    __tablename__ = "counted_as"

    first_day: Mapped[date] = mapped_column(Date, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    ward: Mapped[str] = mapped_column(Text)
    age: Mapped[str] = mapped_column(Text)
    sex: Mapped[str] = mapped_column(Text)
    ethnicity: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index("ix_counted_as_person_id", "person_id"),
        {"comment": "Groups in which people were counted"},
    )


class UnitCostRow(Base):
    """What one of a measure costs, with its range, day and source. A later word takes its place for later quarters."""

    __tablename__ = "unit_cost"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    measure: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    low_pence: Mapped[int] = mapped_column(BigInteger)
    central_pence: Mapped[int] = mapped_column(BigInteger)
    high_pence: Mapped[int] = mapped_column(BigInteger)
    dated: Mapped[date] = mapped_column(Date)
    source: Mapped[str] = mapped_column(Text)
    cash: Mapped[str] = mapped_column(Text, comment="cashable or avoided")
    falls_on: Mapped[str] = mapped_column(Text, comment="whose budget")
    given_by: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("cash in ('cashable', 'avoided')", name="cash"),
        {"comment": "Unit costs of savings"},
    )


class BaselineRow(Base):
    """How many there would have been in a quarter, as somebody stated and from where."""

    __tablename__ = "measure_baseline"

    measure: Mapped[str] = mapped_column(Text, primary_key=True)
    first_day: Mapped[date] = mapped_column(Date, primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    count: Mapped[int] = mapped_column(Integer)
    source: Mapped[str] = mapped_column(Text)
    stated_by: Mapped[str] = mapped_column(Text)
    stated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("count >= 0", name="count"),
        {"comment": "Baselines of savings"},
    )


class BoardPack(Base):
    """A closed quarter: its figures as they were shown from then on. Never changed."""

    __tablename__ = "board_pack"

    first_day: Mapped[date] = mapped_column(Date, primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="what is shown; hidden counts are null")
    sha256: Mapped[str] = mapped_column(Text, comment="of the content as JSON with sorted keys")
    near: Mapped[dict[str, Any]] = mapped_column(
        JSONB, comment="places hidden because of what was shown before; kept to count again, never shown"
    )
    read_until: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="events told later don't count in it")
    closed_by: Mapped[str] = mapped_column(Text)
    closed_as: Mapped[str] = mapped_column(Text, comment="the name they signed with")
    closed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time")

    __table_args__ = ({"comment": "Closed quarters: the board's packs"},)
