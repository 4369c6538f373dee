"""Tables of young people leaving care, their plans and reviews, and of handovers between advisers."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, CheckConstraint, DateTime, ForeignKey, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.leavingcare import domain
from services.casefile.tables import Base


class CareLeaver(Base):
    """Support of one young person, up to their 25th birthday."""

    __tablename__ = "care_leaver"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    born: Mapped[date] = mapped_column(comment="as the person's record had it: what is due hangs on it")
    status: Mapped[str] = mapped_column(Text, comment="eligible | relevant | former_relevant | qualifying")
    state: Mapped[str] = mapped_column(Text, comment="open | ended")
    adviser: Mapped[str] = mapped_column(Text)
    adviser_since: Mapped[date] = mapped_column()
    adviser_left_on: Mapped[date | None] = mapped_column(comment="they left or were suspended: a handover is due")
    advisers: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="earlier ones: [{adviser, since, until}]")
    wants_support_after_21: Mapped[bool | None] = mapped_column(Boolean)
    told_on: Mapped[date | None] = mapped_column(comment="of the support there is after 21")
    plan_number: Mapped[int] = mapped_column(Integer)
    plan_agreed_on: Mapped[date | None] = mapped_column()
    review_due_on: Mapped[date | None] = mapped_column()
    review_overdue: Mapped[bool] = mapped_column(Boolean)
    entitlements: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{code, state, on, pence, words, by}]")
    recorded_by: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time, like all below")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_care_leaver_open", "person_id", unique=True, postgresql_where=text("state = 'open'")),
        Index("ix_care_leaver_adviser", "adviser", "state"),
        Index("ix_care_leaver_recorded_at", "recorded_at", "id"),
        {"comment": "Young people leaving care"},
    )


class PathwayPlan(Base):
    """A pathway plan as it was agreed; a new one never changes the one before."""

    __tablename__ = "pathway_plan"

    care_leaver_id: Mapped[UUID] = mapped_column(ForeignKey("care_leaver.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    wishes: Mapped[str] = mapped_column(Text, comment="what they want, in their words")
    needs: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{area, words, actions}]")
    agreed: Mapped[bool] = mapped_column(Boolean, comment="by the young person")
    disagreement: Mapped[str | None] = mapped_column(Text, comment="what they say against it")
    agreed_on: Mapped[date] = mapped_column()
    written_by: Mapped[str] = mapped_column(Text)

    __table_args__ = ({"comment": "Pathway plans, each as it was agreed"},)


class PathwayReview(Base):
    """A review of the plan."""

    __tablename__ = "pathway_review"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    care_leaver_id: Mapped[UUID] = mapped_column(ForeignKey("care_leaver.id"))
    plan_number: Mapped[int] = mapped_column(Integer)
    held_on: Mapped[date] = mapped_column()
    due_on: Mapped[date | None] = mapped_column(comment="when it was due")
    asked_for_by: Mapped[str] = mapped_column(Text, comment="clock | young_person | adviser")
    words: Mapped[str] = mapped_column(Text)
    reviewer: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_pathway_review_care_leaver_id", "care_leaver_id", "held_on"),
        {"comment": "Reviews of pathway plans"},
    )


class AdviserHandover(Base):
    """From one adviser to another: the one advises until the other accepts by name."""

    __tablename__ = "adviser_handover"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    care_leaver_id: Mapped[UUID] = mapped_column(ForeignKey("care_leaver.id"))
    from_adviser: Mapped[str] = mapped_column(Text)
    to_adviser: Mapped[str] = mapped_column(Text)
    told: Mapped[str] = mapped_column(Text, comment="met | told: the young person knows who is next")
    words: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, comment="offered | accepted | declined | lapsed")
    offered_by: Mapped[str] = mapped_column(Text)
    offered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_adviser_handover_offered", "care_leaver_id", unique=True, postgresql_where=text("state = 'offered'")),
        Index("ix_adviser_handover_to_adviser", "to_adviser", "state"),
        CheckConstraint("from_adviser <> to_adviser", name="two_advisers"),
        {"comment": "Handovers between personal advisers"},
    )

    def as_rules_see_it(self) -> domain.Handover:
        """The part that the rules read and change."""
        return domain.Handover(self.from_adviser, self.to_adviser, domain.HandoverState(self.state))
