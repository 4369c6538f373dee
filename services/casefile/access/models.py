"""Who is around a household, who may not see whom, whose glass was broken; and what casefile keeps of every seal."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, DateTime, ForeignKey, Identity, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


def _moment(**more: Any) -> Any:
    return mapped_column(DateTime(timezone=True), **more)


class KnownSeal(Base):
    """One sealed batch of one service's audit rows: a copy its owner cannot rewrite."""

    __tablename__ = "known_seal"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    service: Mapped[str] = mapped_column(Text)
    batch: Mapped[int] = mapped_column(BigInteger)
    entries: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(Text)
    previous_digest: Mapped[str] = mapped_column(Text)
    sealed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_known_seal_service_batch", "service", "batch"),
        {"comment": "Every service's seals, from <service>.access.recorded"},
    )


class ReadElsewhere(Base):
    """One time somebody read or wrote a person's record in another service, as it told us. Never changed."""

    __tablename__ = "read_elsewhere"

    id: Mapped[int] = mapped_column(
        BigInteger,
        Identity(start=-1, increment=-1, maxvalue=-1),
        primary_key=True,
        comment="below zero: never one of our own record's",
    )
    service: Mapped[str] = mapped_column(Text)
    entry: Mapped[int] = mapped_column(BigInteger, comment="of that service's record")
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    actor: Mapped[str] = mapped_column(Text)
    organisation: Mapped[str | None] = mapped_column(Text)
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    purpose: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    record: Mapped[str] = mapped_column(Text)
    person_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    outcome: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index("ix_read_elsewhere_person_ids", "person_ids", postgresql_using="gin"),
        {"comment": "The other services' records of access, from <service>.access.told"},
    )


class Circle(Base):
    """The team around one household as a whole: its version is the one that is announced."""

    __tablename__ = "circle"

    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    members: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, comment="[{worker_id, role, from, to, break_glass_until}] as announced last"
    )
    changed_at: Mapped[datetime] = _moment()

    __table_args__ = ({"comment": "The team around a household, as announced to every service"},)


class Place(Base):
    """A worker who may look inside without being of the case's team, from one moment to another.

    `met`: they registered somebody of it, which counts as a contact. Others are let in by a capability of this service
    (an adviser on abuse, say), with the compartments they need. The team itself is `case_member`.
    """

    __tablename__ = "circle_place"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id", ondelete="CASCADE"))
    worker: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text, comment="met, or why they are let in, e.g. idva")
    parts: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="compartments this place opens besides the inside")
    since: Mapped[datetime] = _moment()
    until: Mapped[datetime | None] = _moment()
    placed_by: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index("ix_circle_place_worker", "worker", "until"),
        Index("ix_circle_place_household_id", "household_id"),
        {"comment": "Who may look inside a household's file besides the team of its case"},
    )


class KnownEncounter(Base):
    """A contact, appointment or handover at triage: whom it is about."""

    __tablename__ = "known_encounter"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    person_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    household_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))

    __table_args__ = ({"comment": "Whom contacts, appointments and handovers are about, from triage's events"},)


class KnownEncounterWorker(Base):
    """A worker who took part in one, and when last."""

    __tablename__ = "known_encounter_worker"

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="of the encounter and the worker together")
    sequence: Mapped[int] = mapped_column(BigInteger)
    encounter_id: Mapped[UUID] = mapped_column()
    worker: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = _moment()

    __table_args__ = (
        Index("ix_known_encounter_worker_worker", "worker", "at"),
        {"comment": "Who took part in contacts, appointments and handovers, and when last"},
    )


class KnownLine(Base):
    """Whose work a manager answers for, and who stands in for somebody away."""

    __tablename__ = "known_line"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    worker: Mapped[str] = mapped_column(Text, unique=True)
    manager: Mapped[str | None] = mapped_column(Text)
    absent_from: Mapped[date | None] = mapped_column(Date)
    absent_until: Mapped[date | None] = mapped_column(Date, comment="first day back")
    covered_by: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("ix_known_line_manager", "manager"),
        Index("ix_known_line_covered_by", "covered_by", postgresql_where=text("covered_by is not null")),
        {"comment": "Managers and stand-ins of workers, from the gateway's events"},
    )


class KnownTeamLine(Base):
    """A team's manager and the workers who belong to it now."""

    __tablename__ = "known_team_line"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    manager: Mapped[str | None] = mapped_column(Text)
    members: Mapped[list[str]] = mapped_column(ARRAY(Text))

    __table_args__ = (
        Index("ix_known_team_line_manager", "manager"),
        Index("ix_known_team_line_members", "members", postgresql_using="gin"),
        {"comment": "Managers of teams, from the gateway's events"},
    )


class Conflict(Base):
    """A worker who may not see somebody: a relative they declared, or one whom the resident barred."""

    __tablename__ = "conflict"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    worker: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, comment="declared (by the worker) | barred (by the resident)")
    relation: Mapped[str] = mapped_column(Text, comment="relative | friend | neighbour | business | other")
    note: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = _moment()
    ended_by: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = _moment()
    end_reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("uq_conflict_standing", "worker", "person_id", unique=True, postgresql_where=text("ended_at is null")),
        Index("ix_conflict_person_id", "person_id"),
        {"comment": "Workers who may not see somebody"},
    )


class Restriction(Base):
    """A record that nobody sees but the workers named, and whoever answers for safeguarding."""

    __tablename__ = "restriction"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    reason: Mapped[str] = mapped_column(Text)
    allowed: Mapped[list[str]] = mapped_column(ARRAY(Text))
    restricted_by: Mapped[str] = mapped_column(Text)
    restricted_at: Mapped[datetime] = _moment()
    lifted_by: Mapped[str | None] = mapped_column(Text)
    lifted_at: Mapped[datetime | None] = _moment()
    lift_reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("uq_restriction_standing", "person_id", unique=True, postgresql_where=text("lifted_at is null")),
        {"comment": "Restricted records: why, and who sees them all the same"},
    )


class BrokenGlass(Base):
    """Somebody outside the team looked inside, for a reason and for a while; a manager looks at it afterwards."""

    __tablename__ = "broken_glass"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    household_id: Mapped[UUID] = mapped_column(comment="stays on record when the household is erased")
    worker: Mapped[str] = mapped_column(Text)
    parts: Mapped[list[str]] = mapped_column(ARRAY(Text))
    purpose: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    broken_at: Mapped[datetime] = _moment(comment="by the real clock, like its end")
    until: Mapped[datetime] = _moment()
    manager: Mapped[str | None] = mapped_column(Text, comment="who was told at once; null: any manager")
    review_due: Mapped[date] = mapped_column(Date)
    overdue: Mapped[bool] = mapped_column(server_default=text("false"))
    reviewed_by: Mapped[str | None] = mapped_column(Text)
    reviewed_at: Mapped[datetime | None] = _moment()
    verdict: Mapped[str | None] = mapped_column(Text, comment="needed | not_needed | misuse")
    review_note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("ix_broken_glass_worker", "worker", "until"),
        Index("ix_broken_glass_household_id", "household_id"),
        Index("ix_broken_glass_waiting", "review_due", "id", postgresql_where=text("verdict is null")),
        {"comment": "Broken glass and its reviews"},
    )


class AccessAlert(Base):
    """Something about how records are read that somebody must look at: for information governance."""

    __tablename__ = "access_alert"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text, comment="the pattern, e.g. many_people")
    worker: Mapped[str] = mapped_column(Text)
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="counts and the window; nobody's id")
    raised_at: Mapped[datetime] = _moment(comment="by the real clock")
    settled_by: Mapped[str | None] = mapped_column(Text)
    settled_at: Mapped[datetime | None] = _moment()
    settlement: Mapped[str | None] = mapped_column(Text, comment="explained | suspended | misuse")
    settle_note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("uq_access_alert_open", "worker", "kind", unique=True, postgresql_where=text("settled_at is null")),
        Index("ix_access_alert_raised_at", "raised_at", "id"),
        {"comment": "Odd patterns of reading; never used to measure anybody's work"},
    )
