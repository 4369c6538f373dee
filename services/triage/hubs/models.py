"""Tables of hubs: places, rooms and the rota."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.triage.hubs.domain import Hours, Span
from services.triage.tables import Base


class Hub(Base):
    """A place where anybody may walk in."""

    __tablename__ = "hub"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text, comment="how to find it: a public address")
    hours: Mapped[dict[str, Any]] = mapped_column(
        JSONB, comment="{week: {mon: [[opens, closes]]}, bank_holidays: [[opens, closes]], special: {day: [...]}}"
    )
    minutes_each: Mapped[int] = mapped_column(Integer, comment="how long a conversation takes, until it is measured")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = ({"comment": "Places where anybody may walk in"},)

    def opening(self) -> Hours:
        """The hours as the rules see them."""
        special = {date.fromisoformat(day): _spans(each) for day, each in self.hours.get("special", {}).items()}
        week = {day: _spans(each) for day, each in self.hours["week"].items()}
        return Hours(week, _spans(self.hours.get("bank_holidays", ())), special)


def _spans(stored: Any) -> tuple[Span, ...]:
    return tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in stored)


class Room(Base):
    """A room of a hub where people can talk."""

    __tablename__ = "hub_room"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    hub: Mapped[str] = mapped_column(ForeignKey("hub.code"))
    name: Mapped[str] = mapped_column(Text)
    private: Mapped[bool] = mapped_column(Boolean, comment="nobody outside hears what is said")
    seats: Mapped[int] = mapped_column(Integer)

    __table_args__ = (Index("uq_hub_room_hub_name", "hub", "name", unique=True), {"comment": "Rooms to talk in"})


class Shift(Base):
    """Who is there, for what, from when to when."""

    __tablename__ = "hub_shift"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    hub: Mapped[str] = mapped_column(ForeignKey("hub.code"))
    role: Mapped[str] = mapped_column(Text)
    worker: Mapped[str] = mapped_column(Text, comment="the worker's principal id")
    starts_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    state: Mapped[str] = mapped_column(Text, comment="duty | standby | absent")
    covered_by: Mapped[UUID | None] = mapped_column(ForeignKey("hub_shift.id"), comment="who stands in for an absence")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        ExcludeConstraint(
            ("worker", "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            name="ex_hub_shift_worker",
            where=text("state <> 'absent'"),
        ),
        Index("ix_hub_shift_hub", "hub", "starts_at"),
        {"comment": "The rota: nobody is in two places at once"},
    )
