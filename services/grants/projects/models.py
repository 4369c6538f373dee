"""The tables of projects. No participant has a name here."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, DateTime, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.grants.tables import Base

_MOMENT = DateTime(timezone=True)


class Project(Base):
    """A project that residents run."""

    __tablename__ = "project"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    ward: Mapped[str | None] = mapped_column(Text)
    proposal_id: Mapped[UUID | None] = mapped_column(comment="what it came of")
    state: Mapped[str] = mapped_column(Text)
    state_reason: Mapped[str | None] = mapped_column(Text)
    fixer_worker: Mapped[str | None] = mapped_column(Text, comment="clears the way for it")
    started_on: Mapped[date | None] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(_MOMENT, comment="business time, like all below")
    changed_at: Mapped[datetime] = mapped_column(_MOMENT)

    __table_args__ = (Index("ix_project_made_at", "made_at", "id"), {"comment": "Projects that residents run"})


class ProjectSession(Base):
    """One session, and how many came."""

    __tablename__ = "project_session"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    held_on: Mapped[date] = mapped_column(Date)
    place: Mapped[str] = mapped_column(Text)
    counted: Mapped[bool] = mapped_column(Boolean)
    people: Mapped[int] = mapped_column(Integer)
    first_time: Mapped[int] = mapped_column(Integer)
    children: Mapped[int] = mapped_column(Integer)
    recorded_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(_MOMENT)

    __table_args__ = (
        Index("ix_project_session_held_on", "project_id", "held_on", "id"),
        {"comment": "Sessions of projects, people counted without names"},
    )


class ProjectBlocker(Base):
    """What stands in a project's way, who clears it, since when."""

    __tablename__ = "project_blocker"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    kind: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    owner_worker: Mapped[str] = mapped_column(Text)
    raised_on: Mapped[date] = mapped_column(Date)
    raised_by: Mapped[str] = mapped_column(Text)
    cleared_on: Mapped[date | None] = mapped_column(Date)
    cleared_words: Mapped[str | None] = mapped_column(Text)
    cleared_by: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("ix_project_blocker_open", "raised_on", "id", postgresql_where=text("cleared_on is null")),
        Index("ix_project_blocker_project_id", "project_id"),
        {"comment": "Blockers of projects"},
    )


class CommunityBusiness(Base):
    """A business that grew out of the neighbourhood's work."""

    __tablename__ = "community_business"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(Text)
    ward: Mapped[str | None] = mapped_column(Text)
    project_id: Mapped[UUID | None] = mapped_column(ForeignKey("project.id"))
    trading: Mapped[str] = mapped_column(Text, comment="starting | trading | closed")
    jobs: Mapped[int] = mapped_column(Integer)
    started_on: Mapped[date] = mapped_column(Date)
    recorded_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(_MOMENT)

    __table_args__ = ({"comment": "Community businesses"},)
