"""Tables of community safety. What happened is told in words here, and nowhere else."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.communitysafety.domain import Complaint
from services.casefile.tables import Base


class SafetyCase(Base):
    """What harms somebody, and what is done about it, centred on the harm."""

    __tablename__ = "safety_case"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), comment="who is harmed")
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    kind: Mapped[str] = mapped_column(Text, comment="anti_social_behaviour | hate_crime | cuckooing")
    compartment: Mapped[str] = mapped_column(Text, comment="crime, or empty")
    strands: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="what a hate crime is about, as they see it")
    state: Mapped[str] = mapped_column(Text, comment="open | closed")
    worker: Mapped[str] = mapped_column(Text)
    safeguarding: Mapped[str | None] = mapped_column(Text, comment="raised | not_needed")
    safeguarding_reason: Mapped[str | None] = mapped_column(Text)
    harm: Mapped[str] = mapped_column(Text, comment="what it does to them, in their words")
    wanted: Mapped[str] = mapped_column(Text, comment="what would make it stop, in their words")
    incidents: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, comment="[{id, happened_on, words, place, told_to, complained_on, reference, by}]"
    )
    assessments: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, comment="[{form, scores, total, most, by_total, band, judgement_reason, on, by}]"
    )
    actions: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, comment="[{id, partner, words, due_on, state, ended_on, outcome}]"
    )
    opened_by: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time, like all below")
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    close_reason: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_safety_case_person_id", "person_id"),
        Index("ix_safety_case_opened_at", "opened_at", "id"),
        {"comment": "Anti-social behaviour, hate crime, cuckooing"},
    )

    @property
    def crime(self) -> bool:
        """Whether it tells of crime."""
        return bool(self.compartment)

    def open_actions(self) -> int:
        """How many are not ended."""
        return sum(each["state"] == "planned" for each in self.actions)


class AsbReview(Base):
    """A case review asked for: whether its threshold is met, and what was recommended."""

    __tablename__ = "asb_review"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    safety_case_id: Mapped[UUID] = mapped_column(ForeignKey("safety_case.id"))
    state: Mapped[str] = mapped_column(Text, comment="asked | threshold_met | threshold_not_met | reviewed")
    asked_on: Mapped[date] = mapped_column()
    asked_by: Mapped[str] = mapped_column(Text, comment="themselves | somebody_for_them")
    complaints: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{happened_on, complained_on}]")
    due_on: Mapped[date] = mapped_column(comment="of the decision, then of the review")
    overdue: Mapped[bool] = mapped_column(Boolean)
    decided_on: Mapped[date | None] = mapped_column()
    decided_by: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    reviewed_on: Mapped[date | None] = mapped_column()
    recommendations: Mapped[str | None] = mapped_column(Text)
    told_on: Mapped[date | None] = mapped_column(comment="the person was told")
    recorded_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index(
            "uq_asb_review_open",
            "safety_case_id",
            unique=True,
            postgresql_where=text("state in ('asked', 'threshold_met')"),
        ),
        Index("ix_asb_review_due_on", "due_on", "id"),
        {"comment": "Case reviews (community trigger), 2014 Act s104"},
    )

    def rule_complaints(self) -> list[Complaint]:
        """The complaints as the rules see them."""
        return [
            Complaint(date.fromisoformat(each["happened_on"]), date.fromisoformat(each["complained_on"]))
            for each in self.complaints
        ]
