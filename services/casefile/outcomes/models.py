"""Tables of outcomes and of the figures that were given out of them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kit.contracts.codes import OutcomeKind, OutcomeStatus
from services.casefile.outcomes import domain
from services.casefile.tables import Base


class Outcome(Base):
    """One outcome. What shows it is told in words here, and nowhere else."""

    __tablename__ = "outcome"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), comment="null: the whole household's")
    kind: Mapped[str] = mapped_column(Text)
    compartment: Mapped[str] = mapped_column(Text, comment="the sealed part of the file its kind tells of; or empty")
    state: Mapped[str] = mapped_column(Text, comment="recorded | sustained | not_sustained | not_known | struck")
    achieved_on: Mapped[date] = mapped_column()
    check_due_on: Mapped[date] = mapped_column()
    checked_on: Mapped[date | None] = mapped_column()
    lost_on: Mapped[date | None] = mapped_column(comment="the first day on which it no longer held")
    source: Mapped[str | None] = mapped_column(Text, comment="what of ours it came of, <kind>/<id>: once each")
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{proof, dated, words}]")
    check_evidence: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    check_words: Mapped[str | None] = mapped_column(Text)
    struck_because: Mapped[str | None] = mapped_column(Text)
    recorded_by: Mapped[str] = mapped_column(Text)
    checked_by: Mapped[str | None] = mapped_column(Text, comment="null too where four weeks went by unanswered")
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time, like all below")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_outcome_source", "source", unique=True, postgresql_where=text("state <> 'struck'")),
        Index("ix_outcome_household_id", "household_id", "kind"),
        Index("ix_outcome_person_id", "person_id", "kind"),
        Index("ix_outcome_waiting", "check_due_on", "id", postgresql_where=text("state = 'recorded'")),
        Index("ix_outcome_recorded_at", "recorded_at"),
        CheckConstraint("check_due_on > achieved_on", name="in_order"),
        {"comment": "What came of the work, and whether it lasted half a year"},
    )

    def as_rules_see_it(self) -> domain.Outcome:
        """The part that the rules read and change."""
        return domain.Outcome(
            OutcomeKind(self.kind),
            self.achieved_on,
            self.check_due_on,
            OutcomeStatus(self.state),
            self.checked_on,
            self.lost_on,
        )


class PublishedQuarter(Base):
    """The figures of a quarter that is over, as they were given out for good. Hidden counts are null in it."""

    __tablename__ = "published_quarter"

    first_day: Mapped[date] = mapped_column(primary_key=True)
    tables: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="by what they are told apart by")
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    made_by: Mapped[str] = mapped_column(Text)

    __table_args__ = ({"comment": "Outcomes by group, a quarter at a time: made once, never anew"},)
