"""Tables of plans: goals and actions as they stand, and each agreed version as it was agreed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, DateTime, ForeignKey, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


def _moment(**more: Any) -> Any:
    return mapped_column(DateTime(timezone=True), **more)


class Plan(Base):
    """One person's plan within a household. Its version rises with what would have to be agreed, not with progress."""

    __tablename__ = "plan"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), comment="whose plan it is")
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    state: Mapped[str] = mapped_column(Text, comment="draft | agreed | ended")
    what_matters: Mapped[str | None] = mapped_column(Text, comment="in their own words")
    review_on: Mapped[date | None] = mapped_column(Date)
    agreed_number: Mapped[int] = mapped_column(Integer, comment="how many versions were agreed")
    agreed_version: Mapped[int | None] = mapped_column(
        BigInteger, comment="the version of this row that was agreed last"
    )
    answers: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="what they said by a shared link")
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = _moment(comment="business time, like all below")
    changed_at: Mapped[datetime] = _moment()
    ended_by: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = _moment()
    end_reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("uq_plan_living", "person_id", "household_id", unique=True, postgresql_where=text("state <> 'ended'")),
        Index("ix_plan_household_id", "household_id", "made_at", "id"),
        Index("ix_plan_review_on", "review_on", postgresql_where=text("state <> 'ended'")),
        {"comment": "Plans"},
    )


class Goal(Base):
    """What they want, in their own words."""

    __tablename__ = "plan_goal"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plan.id"))
    number: Mapped[int] = mapped_column(Integer)
    part: Mapped[str] = mapped_column(Text, comment="need_to_know.Part: who may read it")
    words: Mapped[str] = mapped_column(Text, comment="the resident's own")
    language: Mapped[str | None] = mapped_column(Text, comment="BCP 47, when it is not English")
    english: Mapped[str | None] = mapped_column(Text)
    shown_words: Mapped[str | None] = mapped_column(Text, comment="on a shared copy that others may see, instead")
    by: Mapped[date | None] = mapped_column("wanted_by", Date)
    state: Mapped[str] = mapped_column(Text, comment="open | achieved | dropped")
    achieved_on: Mapped[date | None] = mapped_column(Date)
    ended_words: Mapped[str | None] = mapped_column(Text, comment="how we know it was reached, or why it was dropped")
    set_by: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime] = _moment()
    changed_at: Mapped[datetime] = _moment()

    __table_args__ = (
        Index("uq_plan_goal_number", "plan_id", "number", unique=True),
        {"comment": "Goals of plans"},
    )


class Action(Base):
    """Who does what by when: they, we, or a partner."""

    __tablename__ = "plan_action"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plan.id"))
    goal_id: Mapped[UUID | None] = mapped_column(ForeignKey("plan_goal.id"))
    number: Mapped[int] = mapped_column(Integer)
    part: Mapped[str] = mapped_column(Text, comment="need_to_know.Part: who may read it")
    words: Mapped[str] = mapped_column(Text)
    shown_words: Mapped[str | None] = mapped_column(Text, comment="on a shared copy that others may see, instead")
    whose: Mapped[str] = mapped_column(Text, comment="theirs | ours | partners")
    worker: Mapped[str | None] = mapped_column(Text, comment="who of us")
    organisation_id: Mapped[UUID | None] = mapped_column(comment="which partner: triage's id")
    due_on: Mapped[date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(Text, comment="to_do | doing | done | dropped")
    done_on: Mapped[date | None] = mapped_column(Date)
    progress: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, comment="[{at, by, state, words}], the first one first"
    )
    set_by: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime] = _moment()
    changed_at: Mapped[datetime] = _moment()

    __table_args__ = (
        Index("uq_plan_action_number", "plan_id", "number", unique=True),
        Index(
            "ix_plan_action_worker_waiting",
            "worker",
            "due_on",
            "id",
            postgresql_where=text("worker is not null and state in ('to_do', 'doing')"),
        ),
        {"comment": "Actions of plans"},
    )


class Agreement(Base):
    """A version as it was agreed, whole. Never changed."""

    __tablename__ = "plan_agreement"

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plan.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="goals and actions, compartments included")
    digest: Mapped[str] = mapped_column(Text, comment="SHA-256 of the content's canonical JSON")
    how: Mapped[str] = mapped_column(Text, comment="face_to_face | phone | link")
    whole: Mapped[bool] = mapped_column(Boolean, comment="false: by a shared copy that some of it was left out of")
    words: Mapped[str | None] = mapped_column(Text, comment="what they said to it")
    recorded_by: Mapped[str] = mapped_column(Text)
    agreed_at: Mapped[datetime] = _moment()

    __table_args__ = ({"comment": "Agreed versions of plans"},)
