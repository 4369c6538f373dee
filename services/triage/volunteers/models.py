"""Tables of volunteers, their checks, their sessions, and what the desk hands over."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, DateTime, ForeignKey, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.triage.tables import Base


class Volunteer(Base):
    """Someone who gives their time."""

    __tablename__ = "volunteer"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(Text, comment="theirs, told by themselves for this")
    worker: Mapped[str | None] = mapped_column(Text, comment="their principal id, if they sign in")
    organisation_id: Mapped[UUID | None] = mapped_column()
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    skills: Mapped[list[str]] = mapped_column(ARRAY(Text))
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="BCP 47")
    under_18: Mapped[bool] = mapped_column(Boolean)
    guardian_agreed_on: Mapped[date | None] = mapped_column(Date)
    active: Mapped[bool] = mapped_column(Boolean)
    joined_on: Mapped[date] = mapped_column(Date)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    checks: Mapped[list["Check"]] = relationship(order_by="Check.seen_on", lazy="raise", cascade="all, delete-orphan")

    __table_args__ = (
        Index("uq_volunteer_worker", "worker", unique=True, postgresql_where=text("worker is not null")),
        {"comment": "People who give their time"},
    )


class Check(Base):
    """Something seen about a volunteer, until a day. What was seen is not copied."""

    __tablename__ = "volunteer_check"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer.id"))
    kind: Mapped[str] = mapped_column(Text)
    seen_on: Mapped[date] = mapped_column(Date)
    expires_on: Mapped[date | None] = mapped_column(Date, comment="the last day; null: does not run out")
    seen_by: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index("ix_volunteer_check_volunteer_id", "volunteer_id", "kind"),
        Index("ix_volunteer_check_expires_on", "expires_on"),
        {"comment": "Checks of volunteers"},
    )


class Session(Base):
    """A volunteer's hours at a hub: planned, then what they were."""

    __tablename__ = "volunteer_session"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer.id"))
    hub: Mapped[str] = mapped_column(ForeignKey("hub.code"))
    role: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    state: Mapped[str] = mapped_column(Text, comment="planned | given | not_given")
    minutes: Mapped[int] = mapped_column(Integer, comment="given; 0 until then")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        ExcludeConstraint(
            ("volunteer_id", "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            name="ex_volunteer_session_volunteer",
            where=text("state <> 'not_given'"),
        ),
        Index("ix_volunteer_session_hub", "hub", "starts_at", "id"),
        {"comment": "Hours that volunteers give"},
    )


class Task(Base):
    """What the desk hands a volunteer: a first name, a task, a table. Nothing else goes with it."""

    __tablename__ = "volunteer_task"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_session.id"))
    first_name: Mapped[str | None] = mapped_column(Text, comment="gone once the task ends")
    task: Mapped[str] = mapped_column(Text)
    table: Mapped[str] = mapped_column("at_table", Text)
    person_id: Mapped[UUID | None] = mapped_column(comment="for the record of who looked; never shown to them")
    state: Mapped[str] = mapped_column(Text, comment="handed | done | given_back")
    handed_by: Mapped[str] = mapped_column(Text)
    handed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_volunteer_task_session_id", "session_id", "handed_at", "id"),
        {"comment": "Tasks the desk handed to volunteers"},
    )
