"""Tables of profiles: the factors that stand, what was announced of them, disputes, and what has been offered.

Households are pseudonyms here. What a profile was on a past day is not stored: it is worked out again from the facts
under the rules of that day.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, DateTime, Index, Integer, Numeric, SmallInteger, Text, func
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.risk.tables import Base


class FactorDefinition(Base):
    """One version of a factor's definition, as it was when it was first used; never changed afterwards."""

    __tablename__ = "factor_definition"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    role: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    weight: Mapped[int] = mapped_column(SmallInteger)
    lowers: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date, comment="the first day it is no longer the rule")
    rule: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="measure, kinds, window, threshold")

    __table_args__ = ({"comment": "What a factor meant, and from when to when"},)


class HouseholdFactor(Base):
    """A factor that the rules find for a household today, over all its facts. A disputed one stays, marked."""

    __tablename__ = "household_factor"

    household: Mapped[UUID] = mapped_column(primary_key=True, comment="pseudonym")
    factor: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(server_default=func.gen_random_uuid(), unique=True)
    role: Mapped[str] = mapped_column(Text, comment="factor, shock, protective or outcome")
    since: Mapped[date] = mapped_column(Date)
    latest_on: Mapped[date] = mapped_column(Date, comment="the newest fact it rests on")
    amount: Mapped[Any | None] = mapped_column(Numeric(14, 2))
    facts: Mapped[int] = mapped_column(Integer, comment="how many facts it rests on")
    sources: Mapped[list[str]] = mapped_column(ARRAY(Text))
    certainty: Mapped[str] = mapped_column(Text, comment="of the weakest link it rests on")
    disputed: Mapped[bool] = mapped_column(comment="off the profile by a dispute")

    __table_args__ = (
        CheckConstraint("certainty in ('confirmed', 'probable', 'unlinked')", name="certainty"),
        Index("ix_household_factor_factor", "factor", "household"),
        {"comment": "Which factors stand for which household"},
    )


class Profile(Base):
    """When a household's factors were last worked out. Its row is the lock of the working out."""

    __tablename__ = "profile"

    household: Mapped[UUID] = mapped_column(primary_key=True, comment="pseudonym")
    version: Mapped[int] = mapped_column(BigInteger, comment="one more each time it is worked out")
    definitions_version: Mapped[int] = mapped_column(Integer)
    computed_on: Mapped[date] = mapped_column(Date, comment="the business date it holds for")
    computed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())

    __table_args__ = ({"comment": "When each household's factors were last worked out"},)


class ProfileDifference(Base):
    """What a whole borough's working out found to be different, until it is put in, household by household."""

    __tablename__ = "profile_difference"

    run: Mapped[UUID] = mapped_column(primary_key=True)
    household: Mapped[UUID] = mapped_column(primary_key=True)
    factor: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int | None] = mapped_column(BigInteger, comment="the profile's when the facts were read")
    gone: Mapped[bool]
    role: Mapped[str | None] = mapped_column(Text)
    since: Mapped[date | None] = mapped_column(Date)
    latest_on: Mapped[date | None] = mapped_column(Date)
    amount: Mapped[Any | None] = mapped_column(Numeric(14, 2))
    facts: Mapped[int | None] = mapped_column(Integer)
    sources: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    certainty: Mapped[str | None] = mapped_column(Text)
    disputed: Mapped[bool | None]

    __table_args__ = ({"comment": "Differences found by a run over all households, waiting to be put in"},)


class AnnouncedProfile(Base):
    """What the others were last told of a household that casefile knows."""

    __tablename__ = "announced_profile"

    household_id: Mapped[UUID] = mapped_column(primary_key=True, comment="casefile's id")
    household: Mapped[UUID] = mapped_column(comment="the pseudonym it stood for")
    version: Mapped[int] = mapped_column(BigInteger)
    factors: Mapped[list[str]] = mapped_column(ARRAY(Text))
    protective: Mapped[list[str]] = mapped_column(ARRAY(Text))

    __table_args__ = ({"comment": "What was last announced of each known household"},)


class FactorDispute(Base):
    """Somebody says that a factor is wrong, or that it does not count. The words stay here."""

    __tablename__ = "factor_dispute"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    household: Mapped[UUID] = mapped_column(comment="pseudonym")
    household_id: Mapped[UUID] = mapped_column(comment="casefile's id, as it was shown")
    factor: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, comment="open, set_aside, upheld or rejected")
    said_by: Mapped[str] = mapped_column(Text, comment="worker or resident")
    reason: Mapped[str] = mapped_column(Text)
    disputed_by: Mapped[str] = mapped_column(Text)
    disputed_on: Mapped[date] = mapped_column(Date, comment="only newer facts bring the factor back")
    disputed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    settled_by: Mapped[str | None] = mapped_column(Text)
    settled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    settled_reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("state in ('open', 'set_aside', 'upheld', 'rejected')", name="state"),
        CheckConstraint("said_by in ('worker', 'resident')", name="said_by"),
        Index("ix_factor_dispute_household", "household", "factor"),
        Index("ix_factor_dispute_household_id", "household_id"),
        Index("ix_factor_dispute_state", "state", "disputed_at", "id"),
        Index(
            "uq_factor_dispute_waiting",
            "household",
            "factor",
            unique=True,
            postgresql_where=sql("state in ('open', 'set_aside')"),
        ),
        {"comment": "Disputes about factors"},
    )


class KnownOffer(Base):
    """An offer of help, as triage told it."""

    __tablename__ = "known_offer"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    signal_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(Text)
    offer: Mapped[str] = mapped_column(Text)
    person_id: Mapped[UUID]
    household_id: Mapped[UUID]
    status: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    offered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_known_offer_household_id", "household_id"),
        Index("ix_known_offer_signal_id", "signal_id"),
        {"comment": "Offers of help, from triage's events"},
    )
