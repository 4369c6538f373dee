"""The analytics zone's tables: facts by record, where a record belongs and belonged, each household's picture.

A fact is never rewritten when records are linked anew: it stays with its source record's pseudonym, and `placing`
says whose record that is today. Nothing here says who anybody is; names and addresses are in the vault.
"""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, DateTime, Float, Index, Numeric, SmallInteger, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from services.risk.tables import Base


class Fact(Base):
    """One dated fact of one source record."""

    __tablename__ = "fact"

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="a digest of what it says: twice is once")
    record: Mapped[UUID] = mapped_column(comment="pseudonym of the source record")
    source: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, comment="a code of the fact kinds")
    occurred_on: Mapped[date] = mapped_column(Date, comment="the day it was true from")
    until: Mapped[date | None] = mapped_column(Date, comment="the first day it was no longer true")
    amount: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    value: Mapped[str | None] = mapped_column(Text)
    load_id: Mapped[UUID | None] = mapped_column(comment="the load, or null: it came by event")
    loaded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())

    __table_args__ = (
        Index("ix_fact_record", "record", "kind", "occurred_on"),
        Index("ix_fact_load", "load_id"),
        {"comment": "Facts by source record"},
    )


class Placing(Base):
    """Whose record it is: written by linkage alone."""

    __tablename__ = "placed"

    record: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(Text)
    resident: Mapped[UUID] = mapped_column(comment="pseudonym of the resident")
    household: Mapped[UUID | None] = mapped_column(comment="pseudonym of the household they live in now")
    certainty: Mapped[str] = mapped_column(Text, comment="confirmed, probable or unlinked")
    probability: Mapped[float] = mapped_column(Float, comment="that the record is this resident's")

    __table_args__ = (
        CheckConstraint("certainty in ('confirmed', 'probable', 'unlinked')", name="certainty"),
        CheckConstraint("probability between 0 and 1", name="probability"),
        Index("ix_placed_household", "household"),
        Index("ix_placed_resident", "resident"),
        {"comment": "Which resident and household a source record belongs to"},
    )


class LivedBefore(Base):
    """Where a resident lived until a day. Written by the database whenever a household of `placed` changes.

    By resident: a record that turns out to be somebody else's takes their past with it, and whose it was wrongly has
    none of it. With the last record of a resident their past goes too.
    """

    __tablename__ = "lived_before"

    resident: Mapped[UUID] = mapped_column(primary_key=True, comment="pseudonym")
    until: Mapped[date] = mapped_column(Date, primary_key=True, comment="the first day on which it was so no longer")
    household: Mapped[UUID | None] = mapped_column(comment="pseudonym; null: none")

    __table_args__ = (Index("ix_lived_before_household", "household"), {"comment": "Households of residents before"})


class Home(Base):
    """What linkage says of a household without naming anyone."""

    __tablename__ = "home"

    household: Mapped[UUID] = mapped_column(primary_key=True, comment="pseudonym")
    ward: Mapped[str | None] = mapped_column(Text, comment="GSS code")
    adults: Mapped[int] = mapped_column(SmallInteger)
    children: Mapped[int] = mapped_column(SmallInteger)
    registered: Mapped[bool] = mapped_column(comment="casefile has a person of it, other than as introduced")
    certainty: Mapped[float] = mapped_column(Float, comment="the least certain link the household rests on")
    since: Mapped[date | None] = mapped_column(Date)

    __table_args__ = (Index("ix_home_ward", "ward"), {"comment": "Each household's picture"})
