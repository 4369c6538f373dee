"""Tables of cases: the case, the team around the household, reviews."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
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
