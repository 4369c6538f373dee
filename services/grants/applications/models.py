"""The tables of applicants, applications, due diligence, interests and assessments."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, DateTime, ForeignKey, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.grants.tables import Base


class Applicant(Base):
    """A group that applies. Known by its charity or company number, or, without one, by our own id."""

    __tablename__ = "applicant"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    charity_number: Mapped[str | None] = mapped_column(Text)
    company_number: Mapped[str | None] = mapped_column(Text)
    org_id: Mapped[str | None] = mapped_column(Text, comment="org-id.guide: GB-CHC-..., GB-COH-...")
    constituted: Mapped[bool] = mapped_column(Boolean)
    unrelated_signatories: Mapped[int] = mapped_column(Integer)
    overdue_reports: Mapped[int] = mapped_column(Integer, comment="on grants it has, as awards counts them")
    registered_by: Mapped[str] = mapped_column(Text, comment="whose group it is, unless an officer typed it in")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_applicant_org_id", "org_id", unique=True, postgresql_where=text("org_id is not null")),
        Index("ix_applicant_name", text("lower(name)")),
        {"comment": "Groups that apply for grants"},
    )


class ApplicantContact(Base):
    """Whom to write to about a group's grants."""

    __tablename__ = "applicant_contact"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"))
    contact_person_id: Mapped[UUID | None] = mapped_column(comment="casefile's id, where they are known")
    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("ix_applicant_contact_applicant_id", "applicant_id"),
        Index("ix_applicant_contact_person", "contact_person_id"),
        {"comment": "People to write to about a group's grants"},
    )


class GrantApplication(Base):
    """What a group asks for in a round."""

    __tablename__ = "grant_application"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("grant_round.id"))
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"))
    state: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    asked_pence: Mapped[int] = mapped_column(BigInteger)
    other_pence: Mapped[int] = mapped_column(BigInteger, comment="from elsewhere")
    budget: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{item, pence}]")
    documents: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="codes of the papers that are there")
    wards: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="GSS codes")
    people_reached: Mapped[int | None] = mapped_column(Integer, comment="as the group expects")
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    applied_by: Mapped[str] = mapped_column(Text)
    submitted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), comment="business time, as below")
    checked: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="rules met or not when it was sent")
    eligibility_by: Mapped[str | None] = mapped_column(Text)
    eligibility_reason: Mapped[str | None] = mapped_column(Text)
    score: Mapped[int | None] = mapped_column(Integer, comment="thousandths")
    moderation: Mapped[dict[str, Any] | None] = mapped_column(JSONB, comment="{by, reason, scores}")
    ended_reason: Mapped[str | None] = mapped_column(Text, comment="told to the group")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_grant_application_round_id", "round_id", "state", "id"),
        Index("ix_grant_application_applicant_id", "applicant_id"),
        Index("ix_grant_application_applied_by", "applied_by", "id"),
        {"comment": "Applications for grants"},
    )


class DueDiligence(Base):
    """One thing looked into before money goes out."""

    __tablename__ = "due_diligence"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("grant_application.id"), primary_key=True)
    check_code: Mapped[str] = mapped_column(Text, primary_key=True)
    passed: Mapped[bool] = mapped_column(Boolean)
    note: Mapped[str] = mapped_column(Text)
    checked_by: Mapped[str] = mapped_column(Text)
    checked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = ({"comment": "Due diligence about groups, the latest answer to each check"},)


class Interest(Base):
    """Somebody here has an interest in an application, and keeps out of it."""

    __tablename__ = "interest"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("grant_application.id"), primary_key=True)
    worker: Mapped[str] = mapped_column(Text, primary_key=True)
    nature: Mapped[str] = mapped_column(Text)
    declared_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = ({"comment": "Interests that workers declared in applications"},)


class Assessment(Base):
    """One assessor's scores; nobody else's eyes see them before both are in."""

    __tablename__ = "assessment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("grant_application.id"))
    assessor: Mapped[str] = mapped_column(Text)
    scores: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{criterion, score, reason}]")
    comment: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_assessment_assessor", "application_id", "assessor", unique=True),
        {"comment": "Scores of applications"},
    )
