"""Tables of cohorts: definitions by version, counts through time, publications as lists of homes to offer help to."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.risk.cohorts.domain import KNOWN_BY
from services.risk.facts.models import Fact
from services.risk.tables import Base

IS_OF_KNOWN_KIND = f"kind in ({', '.join(repr(kind) for kind in KNOWN_BY)})"

# Who is known is asked with every count; of five million facts these kinds are few.
Index("ix_fact_known_by", Fact.record, Fact.kind, Fact.occurred_on, Fact.until, postgresql_where=text(IS_OF_KNOWN_KIND))


class Cohort(Base):
    """A saved definition of households under a name."""

    __tablename__ = "cohort"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(Text, unique=True)
    title: Mapped[str] = mapped_column(Text)
    definition_number: Mapped[int] = mapped_column(Integer, comment="the definition in force")
    panel_reference: Mapped[str | None] = mapped_column(Text, comment="where the residents' data panel heard it")
    paused: Mapped[bool]
    pause_reason: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_cohort_changed_at", "changed_at", "id"),
        {"comment": "Saved definitions of households"},
    )


class CohortDefinition(Base):
    """One version of a cohort's definition; never changed."""

    __tablename__ = "cohort_definition"

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohort.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    why: Mapped[str] = mapped_column(Text)
    defined_by: Mapped[str] = mapped_column(Text)
    defined_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = ({"comment": "Versions of cohorts' definitions"},)


class CohortRun(Base):
    """How many there were in a month, by a version of the definition. The last count of a month stands."""

    __tablename__ = "cohort_run"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    cohort_id: Mapped[UUID]
    definition_number: Mapped[int] = mapped_column(Integer)
    month: Mapped[date] = mapped_column(Date, comment="its first day")
    counted_on: Mapped[date] = mapped_column(Date, comment="the business date")
    households: Mapped[int] = mapped_column(Integer)
    known: Mapped[int] = mapped_column(Integer)
    unknown: Mapped[int] = mapped_column(Integer)
    uncertain: Mapped[int] = mapped_column(Integer, comment="of the households: would not be in it but for a link")
    might_join: Mapped[int] = mapped_column(Integer, comment="kept out only by what rests on an uncertain link")
    population: Mapped[int] = mapped_column(Integer, comment="households of the borough that day")
    counted_by: Mapped[str] = mapped_column(Text)
    counted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        ForeignKeyConstraint(
            ["cohort_id", "definition_number"], ["cohort_definition.cohort_id", "cohort_definition.number"]
        ),
        UniqueConstraint("cohort_id", "definition_number", "month"),
        {"comment": "Sizes of cohorts through time"},
    )


class CohortPublication(Base):
    """A list of homes to offer help to: asked for by one person, decided by another."""

    __tablename__ = "cohort_publication"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    cohort_id: Mapped[UUID]
    definition_number: Mapped[int] = mapped_column(Integer)
    standing: Mapped[str] = mapped_column(Text, comment="asked, refused, approved or published")
    part: Mapped[str] = mapped_column(Text, comment="unknown, known or both")
    within: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), comment="a narrower part")
    most: Mapped[int | None] = mapped_column(Integer, comment="at most so many homes")
    reason: Mapped[str] = mapped_column(Text)
    panel_reference: Mapped[str] = mapped_column(Text)
    left_out: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="factors that may not choose whom to contact")
    condition: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="the definition without them")
    cohort_households: Mapped[int] = mapped_column(Integer, comment="in the cohort when it was asked for")
    cohort_known: Mapped[int] = mapped_column(Integer)
    matching: Mapped[int] = mapped_column(Integer, comment="homes the condition finds, of the chosen part")
    barred: Mapped[int] = mapped_column(Integer, comment="of these, only by sources that may not serve contact")
    listed: Mapped[int] = mapped_column(Integer)
    asked_by: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    decision_reason: Mapped[str | None] = mapped_column(Text)
    job_id: Mapped[UUID | None]
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        ForeignKeyConstraint(
            ["cohort_id", "definition_number"], ["cohort_definition.cohort_id", "cohort_definition.number"]
        ),
        CheckConstraint("standing in ('asked', 'refused', 'approved', 'published')", name="standing"),
        CheckConstraint("part in ('unknown', 'known', 'both')", name="part"),
        Index("ix_cohort_publication_cohort", "cohort_id", "asked_at", "id"),
        Index("uq_cohort_publication_waiting", "cohort_id", unique=True, postgresql_where=text("standing = 'asked'")),
        {"comment": "Cohorts as lists of homes to offer help to"},
    )


class PublishedHome(Base):
    """A home of an approved list: whether it has called for its offer yet."""

    __tablename__ = "cohort_published_home"

    publication_id: Mapped[UUID] = mapped_column(ForeignKey("cohort_publication.id"), primary_key=True)
    household: Mapped[UUID] = mapped_column(primary_key=True, comment="pseudonym")
    known: Mapped[bool]
    state: Mapped[str] = mapped_column(Text, comment="waiting, called (a signal says how far it is) or passed")
    why: Mapped[str | None] = mapped_column(Text, comment="why it was passed over: a code")

    __table_args__ = (
        CheckConstraint("state in ('waiting', 'called', 'passed')", name="state"),
        Index("ix_cohort_published_home_waiting", "publication_id", postgresql_where=text("state = 'waiting'")),
        {"comment": "Homes of approved lists"},
    )
