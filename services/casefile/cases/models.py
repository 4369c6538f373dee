"""Tables of cases: the case, the team around the household, approvals, reviews, steps up and down, reallocations."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Sequence,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base

_OPEN = text("state = 'open'")

caseload_changes = Sequence("caseload_change", metadata=Base.metadata)
"""Counts the changes of all caseloads: the number of each `casefile.caseload.changed`, without a row to wait for."""


class Case(Base):
    """The work with one household, from a decision to a close, and again if it is reopened.

    What is sealed (drug and alcohol work) is a row of its own, in its `compartment`: with a version, a team, tasks and
    approvals of its own, so that nothing of the case in the open tells of it.
    """

    __tablename__ = "case_file"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    compartment: Mapped[str] = mapped_column(
        Text, server_default="", comment="empty: in the open; else the sealed part of the file (need_to_know.Part)"
    )
    state: Mapped[str] = mapped_column(Text, comment="open | closed")
    layer: Mapped[str] = mapped_column(Text, comment="universal | targeted | statutory: the strongest workstream's")
    workstreams: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, comment="[{decision_id, layer, specialism, statutory_service, ended_on}]"
    )
    decision_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    account_manager: Mapped[str | None] = mapped_column(Text)
    lead: Mapped[str | None] = mapped_column(Text)
    rag: Mapped[str | None] = mapped_column(Text, comment="red | amber | green; null: nobody has said")
    rag_reason: Mapped[str | None] = mapped_column(Text)
    next_review_on: Mapped[date | None] = mapped_column(Date)
    episode: Mapped[int] = mapped_column(Integer)
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    opened_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    close_reason: Mapped[str | None] = mapped_column(Text)
    close_note: Mapped[str | None] = mapped_column(Text)
    outcomes: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, server_default=text("'[]'::jsonb"), comment="what came of it, as said at the close"
    )
    no_outcomes_because: Mapped[str | None] = mapped_column(Text)
    episodes: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, comment="earlier episodes: opened, closed, why, who worked on it, what came of it"
    )

    __table_args__ = (
        Index("uq_case_file_one_open", "household_id", "compartment", unique=True, postgresql_where=_OPEN),
        Index("ix_case_file_household_id", "household_id"),
        Index("ix_case_file_account_manager_open", "account_manager", postgresql_where=_OPEN),
        Index("ix_case_file_lead_open", "lead", postgresql_where=_OPEN),
        Index("ix_case_file_opened_at", "opened_at", "id"),
        {"comment": "Cases"},
    )


class CaseMember(Base):
    """Someone of the team around the household, from when to when: account manager and lead among them.

    Nobody may hold a sealed case without a place in its team, so a current row here opens the case's compartment.
    """

    __tablename__ = "case_member"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    compartment: Mapped[str] = mapped_column(Text, server_default="", comment="the case's")
    worker: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text, comment="account_manager | lead | another code, e.g. housing")
    episode: Mapped[int] = mapped_column(Integer)
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), comment="null: still")
    added_by: Mapped[str] = mapped_column(Text)
    ended_by: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("uq_case_member_now", "case_id", "worker", "role", unique=True, postgresql_where=text("until is null")),
        Index("ix_case_member_case_id", "case_id", "since"),
        Index("ix_case_member_worker_now", "worker", "household_id", postgresql_where=text("until is null")),
        Index("ix_case_member_household_id", "household_id"),
        {"comment": "The team around a household, from when to when"},
    )


class CaseReview(Base):
    """A review of a case: what was found, and when it is looked at again. Never changed."""

    __tablename__ = "case_review"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))
    episode: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    by: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    rag: Mapped[str | None] = mapped_column(Text)
    next_review_on: Mapped[date] = mapped_column(Date)

    __table_args__ = (Index("ix_case_review_case_id", "case_id", "at"), {"comment": "Reviews of cases"})


class Approval(Base):
    """What a worker asks their manager to approve."""

    __tablename__ = "case_approval"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))
    episode: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(Text, comment="closing | plan | step_up | step_down | spending | other")
    state: Mapped[str] = mapped_column(Text, comment="asked | returned | approved | withdrawn")
    asked_by: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        # One question of a kind at a time: two who ask at once, one did.
        Index(
            "uq_case_approval_waiting",
            "case_id",
            "kind",
            unique=True,
            postgresql_where=text("state in ('asked', 'returned') and kind <> 'other'"),
        ),
        Index("ix_case_approval_case_id", "case_id", "asked_at"),
        Index("ix_case_approval_state", "state", "asked_at", "id"),
        {"comment": "What managers are asked to approve"},
    )


class ApprovalRemark(Base):
    """One thing said about an approval: what is asked, why it came back, the answer. Never changed, never removed."""

    __tablename__ = "case_approval_remark"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    approval_id: Mapped[UUID] = mapped_column(ForeignKey("case_approval.id"))
    number: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    by: Mapped[str] = mapped_column(Text)
    act: Mapped[str] = mapped_column(Text, comment="asked | returned | asked_again | approved | withdrawn")
    words: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index("uq_case_approval_remark_number", "approval_id", "number", unique=True),
        {"comment": "What was said about approvals: it stays"},
    )


class CaseStep(Base):
    """A step up to a statutory team, or down from one: offered, and done once somebody accepts it by name."""

    __tablename__ = "case_step"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))
    episode: Mapped[int] = mapped_column(Integer)
    direction: Mapped[str] = mapped_column(Text, comment="up | down")
    layer: Mapped[str] = mapped_column(Text, comment="where it goes")
    statutory_service: Mapped[str] = mapped_column(Text, comment="to which, or from which")
    specialism: Mapped[str | None] = mapped_column(Text, comment="of targeted support, on the way down")
    from_worker: Mapped[str] = mapped_column(Text, comment="who holds it until it is accepted")
    offered_by: Mapped[str] = mapped_column(Text)
    to_worker: Mapped[str | None] = mapped_column(Text, comment="to somebody, or to whoever of to_team accepts first")
    to_team: Mapped[str | None] = mapped_column(Text)
    urgency: Mapped[str] = mapped_column(Text)
    resident: Mapped[str] = mapped_column(Text, comment="present | told | not_told")
    not_told_because: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, comment="offered | accepted | declined | withdrawn | lapsed")
    offered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time, like all below")
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    escalated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    accepted_by: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_reason: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_case_step_offered", "case_id", unique=True, postgresql_where=text("state = 'offered'")),
        Index("ix_case_step_case_id", "case_id", "offered_at"),
        Index("ix_case_step_state", "state", "offered_at", "id"),
        {"comment": "Steps up to statutory teams and down from them, accepted by name"},
    )


class Reallocation(Base):
    """One act by which a worker's cases went to others: cover for an absence, or for good."""

    __tablename__ = "case_reallocation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    from_worker: Mapped[str] = mapped_column(Text)
    to_workers: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reason: Mapped[str] = mapped_column(Text, comment="absence | left | workload | conflict | other")
    words: Mapped[str] = mapped_column(Text)
    cover_until: Mapped[date | None] = mapped_column(Date, comment="first day back; null: for good")
    state: Mapped[str] = mapped_column(Text, comment="done | given_back")
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    given_back_by: Mapped[str | None] = mapped_column(Text)
    given_back_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_case_reallocation_at", "at", "id"),
        Index("ix_case_reallocation_from_worker", "from_worker", "at"),
        {"comment": "Bulk reallocations: who covered for whom"},
    )


class ReallocatedCase(Base):
    """One case of a reallocation: who got which part in it."""

    __tablename__ = "case_reallocated"

    reallocation_id: Mapped[UUID] = mapped_column(ForeignKey("case_reallocation.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    role: Mapped[str] = mapped_column(Text, primary_key=True, comment="account_manager | lead")
    to_worker: Mapped[str] = mapped_column(Text)
    given_back: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        CheckConstraint("role in ('account_manager', 'lead')", name="role"),
        {"comment": "The cases of a reallocation"},
    )
