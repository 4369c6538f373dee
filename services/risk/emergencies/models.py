"""Tables of emergency lists: criteria, counts, the second look, the signature, and the homes."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, DateTime, ForeignKey, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.risk.tables import Base


class EmergencyList(Base):
    """Who may need a call in an emergency: written by one person, looked at by a second, signed by name."""

    __tablename__ = "emergency_list"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text, comment="cold, heat or outbreak")
    title: Mapped[str] = mapped_column(Text)
    forecast: Mapped[str] = mapped_column(Text, comment="who warned of what")
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date, comment="the last day; nobody is called for it afterwards")
    criteria: Mapped[dict[str, Any]] = mapped_column(JSONB)
    standing: Mapped[str] = mapped_column(Text, comment="drafted, checked, signed, handed_over or withdrawn")
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="listed, known, uncertain, ages known, homes")
    hidden: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="what could not serve it, and why")
    author: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    checked_by: Mapped[str | None] = mapped_column(Text)
    checked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    check_note: Mapped[str | None] = mapped_column(Text)
    signed_by: Mapped[str | None] = mapped_column(Text)
    signed_as: Mapped[str | None] = mapped_column(Text, comment="the name and post they signed with")
    signed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    job_id: Mapped[UUID | None]
    handed_over_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    withdrawn_by: Mapped[str | None] = mapped_column(Text)
    withdrawn_because: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("kind in ('cold', 'heat', 'outbreak')", name="kind"),
        CheckConstraint("standing in ('drafted', 'checked', 'signed', 'handed_over', 'withdrawn')", name="standing"),
        CheckConstraint("signed_by is distinct from author", name="signed_by_another"),
        CheckConstraint("(standing = 'withdrawn') = (withdrawn_because is not null)", name="withdrawal_says_why"),
        {"comment": "Emergency lists"},
    )


class EmergencyHome(Base):
    """A home of an emergency list, by pseudonym."""

    __tablename__ = "emergency_home"

    list_id: Mapped[UUID] = mapped_column(ForeignKey("emergency_list.id"), primary_key=True)
    household: Mapped[UUID] = mapped_column(primary_key=True, comment="pseudonym")
    known: Mapped[bool]
    certain: Mapped[bool] = mapped_column(comment="it would be on the list by certain links alone")
    groups: Mapped[list[int]] = mapped_column(ARRAY(Integer), comment="which of the criteria it is on the list for")
    place: Mapped[int | None] = mapped_column(Integer, comment="in the sample that is looked at a second time")
    verdict: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, comment="waiting, called (a signal says how far it is) or passed")
    why: Mapped[str | None] = mapped_column(Text, comment="why it was passed over: a code")

    __table_args__ = (
        CheckConstraint("state in ('waiting', 'called', 'passed')", name="state"),
        CheckConstraint("verdict in ('right', 'wrong', 'unsure')", name="verdict"),
        Index("ix_emergency_home_waiting", "list_id", postgresql_where=text("state = 'waiting'")),
        {"comment": "Homes of emergency lists"},
    )
