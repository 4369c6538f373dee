"""Tables of the work against domestic abuse. Nothing of them is told to another service, nor stands on a timeline."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, DateTime, ForeignKey, Index, Integer, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


def _at(**more: Any) -> Any:
    return mapped_column(DateTime(timezone=True), **more)


class Assessment(Base):
    """What a talk found: the checklist's total, never its questions. Never changed."""

    __tablename__ = "abuse_assessment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    incident_on: Mapped[date] = mapped_column(Date)
    total: Mapped[int] = mapped_column(Integer)
    judgement: Mapped[bool] = mapped_column(Boolean)
    judgement_why: Mapped[str] = mapped_column(Text)
    flags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="why it goes to the MARAC; empty: it need not")
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = _at()

    __table_args__ = (
        Index("ix_abuse_assessment_person_id", "person_id", "made_at"),
        {"comment": "Totals of risk checklists"},
    )


class Work(Base):
    """The work with one person who is abused: who advises her, who works with the other one, when it is safe."""

    __tablename__ = "abuse_work"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    perpetrator_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    perpetrator_worker: Mapped[str | None] = mapped_column(Text)
    idva: Mapped[str | None] = mapped_column(Text)
    idva_answer: Mapped[str | None] = mapped_column(Text, comment="accepted | declined | not_asked_yet")
    safe_times: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{weekday, since, until}]")
    safe_words: Mapped[str] = mapped_column(Text, comment="what to say, and what never, when somebody else answers")
    her_word: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, comment="heard_by, heard_on, words: homeless because of abuse; no proof is asked"
    )
    begun_by: Mapped[str] = mapped_column(Text)
    begun_at: Mapped[datetime] = _at()
    changed_at: Mapped[datetime] = _at()

    __table_args__ = ({"comment": "Work with people who are abused"},)


class SafetyPlan(Base):
    """One version of a safety plan, in her words. Never changed: the next one takes its place."""

    __tablename__ = "abuse_safety_plan"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    work_id: Mapped[UUID] = mapped_column(ForeignKey("abuse_work.id"))
    number: Mapped[int] = mapped_column(Integer)
    words: Mapped[str] = mapped_column(Text)
    copy: Mapped[str] = mapped_column(Text, comment="where hers is")
    review_on: Mapped[date] = mapped_column(Date)
    written_by: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = _at()

    __table_args__ = (
        Index("uq_abuse_safety_plan_number", "work_id", "number", unique=True),
        {"comment": "Safety plans, every version"},
    )


class Referral(Base):
    """Somebody brought to the MARAC."""

    __tablename__ = "marac_referral"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("abuse_assessment.id"), unique=True)
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text))
    repeat: Mapped[bool] = mapped_column(Boolean)
    aware: Mapped[bool] = mapped_column(Boolean, comment="she knows")
    not_told_because: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, comment="referred | heard")
    referred_by: Mapped[str] = mapped_column(Text)
    referred_at: Mapped[datetime] = _at()
    heard_on: Mapped[date | None] = mapped_column(Date)
    changed_at: Mapped[datetime] = _at()

    __table_args__ = (
        Index("ix_marac_referral_person_id", "person_id", "referred_at"),
        Index("ix_marac_referral_referred_at", "referred_at", "id"),
        {"comment": "Referrals to the MARAC"},
    )


class Action(Base):
    """What a conference asked somebody to do."""

    __tablename__ = "marac_action"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("marac_referral.id"))
    words: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(Text, comment="who does it: a worker, or an agency by name")
    due_on: Mapped[date] = mapped_column(Date)
    done_on: Mapped[date | None] = mapped_column(Date)
    done_words: Mapped[str | None] = mapped_column(Text)
    set_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = _at()

    __table_args__ = (
        Index("ix_marac_action_referral_id", "referral_id"),
        {"comment": "Actions of MARACs"},
    )
