"""The tables of decants: who has to leave for a scheme, where their right stands, and every step of it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Date

from services.housing.tables import Base

_OFFERED = text("\"right\" = 'offered'")


class Decant(Base):
    """One household that must leave one home for one scheme."""

    __tablename__ = "decant"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    scheme_id: Mapped[UUID] = mapped_column()
    home_id: Mapped[UUID | None] = mapped_column(comment="the home they leave, where it is one of ours")
    person_id: Mapped[UUID] = mapped_column(comment="casefile's id, never changed by a merge")
    household_id: Mapped[UUID | None] = mapped_column()
    tenure: Mapped[str] = mapped_column(Text)
    move: Mapped[str] = mapped_column(Text, comment="temporary | permanent | single")
    bedrooms_lost: Mapped[int] = mapped_column(SmallInteger)
    bedrooms_needed: Mapped[int] = mapped_column(SmallInteger, comment="at the move")
    wheelchair: Mapped[bool] = mapped_column(Boolean)
    lived_since: Mapped[date] = mapped_column()
    consulted_on: Mapped[date | None] = mapped_column(comment="Housing Act 1985 s105")
    recorded_on: Mapped[date] = mapped_column()
    move_by: Mapped[date | None] = mapped_column()
    moved_on: Mapped[date | None] = mapped_column()
    moved_to_home_id: Mapped[UUID | None] = mapped_column()
    right: Mapped[str] = mapped_column(Text, comment="none | waiting | offered | returned | waived | lapsed")
    right_until: Mapped[date | None] = mapped_column(comment="the deadline; it lapses by nobody's clock alone")
    offered_home_id: Mapped[UUID | None] = mapped_column()
    returned_home_id: Mapped[UUID | None] = mapped_column()
    returned_on: Mapped[date | None] = mapped_column()
    letting_id: Mapped[UUID | None] = mapped_column()
    waived_on: Mapped[date | None] = mapped_column()
    tried_on: Mapped[list[date]] = mapped_column(ARRAY(Date), comment="days on which they were not reached")
    lapse_asked_by: Mapped[str | None] = mapped_column(Text)
    home_loss_pence: Mapped[int] = mapped_column(BigInteger)
    home_loss_words: Mapped[str] = mapped_column(Text)
    home_loss_unsure: Mapped[list[str]] = mapped_column(ARRAY(Text))
    home_loss_paid_on: Mapped[date | None] = mapped_column()
    disturbance: Mapped[list[Any]] = mapped_column(JSONB, comment="what it cost them to move: words, pence, day")
    recorded_by: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time, like all below")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        # One household leaves a scheme's homes once.
        Index(
            "uq_decant_household_id_scheme_id",
            "household_id",
            "scheme_id",
            unique=True,
            postgresql_where=text("household_id is not null"),
        ),
        # A finished home is kept for one household at a time.
        Index("uq_decant_offered_home_id", "offered_home_id", unique=True, postgresql_where=_OFFERED),
        Index("ix_decant_scheme_id", "scheme_id", "right"),
        Index("ix_decant_person_id", "person_id"),
        Index("ix_decant_recorded_at", "recorded_at", "id"),
        {"comment": "Your move for building works and your right to return"},
    )


class DecantStep(Base):
    """One step of one right: out of a state and into another. Nothing is taken out or changed."""

    __tablename__ = "decant_step"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    decant_id: Mapped[UUID] = mapped_column(ForeignKey("decant.id"))
    kind: Mapped[str] = mapped_column(Text)
    was: Mapped[str | None] = mapped_column(Text, comment="null: recorded")
    became: Mapped[str] = mapped_column(Text)
    happened_on: Mapped[date] = mapped_column()
    words: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[str | None] = mapped_column(Text, comment="the letter, the signed form, the record")
    done_by: Mapped[str] = mapped_column(Text)
    done_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_decant_step_decant_id", "decant_id", "done_at", "id"),
        {"comment": "What became of your right to return"},
    )
