"""What goes in and out of the HTTP door of hubs."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import Code, UtcDatetime, WorkerId
from services.triage.contacts.shapes import Body, Line
from services.triage.hubs.domain import WEEKDAYS, DutyRole, Hours, ShiftState, Span, check_spans
from services.triage.hubs.models import Hub, Room, Shift

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _near(value: date) -> date:
    if not 2000 <= value.year <= 2100:
        raise ValueError("between the years 2000 and 2100")
    return value


def _soon(value: datetime) -> datetime:
    _near(value.date())
    return value


Day = Annotated[date, AfterValidator(_near)]
"""A day that can be reckoned with."""
Moment = Annotated[UtcDatetime, AfterValidator(_soon)]
"""A moment that can be reckoned with."""
HubCode = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class Open(Body):
    """Open from one time to another, as the clock in London shows it."""

    opens: Clock
    closes: Clock

    def span(self) -> Span:
        """As the rules see it."""
        return time.fromisoformat(self.opens), time.fromisoformat(self.closes)


class OpeningHours(Body):
    """When the doors are open. A weekday left out is closed; so is a bank holiday unless it is given."""

    week: dict[Weekday, Annotated[list[Open], Field(max_length=4)]]
    bank_holidays: Annotated[list[Open], Field(max_length=4)] = Field(default=[], description="Left out: closed")
    special: Annotated[dict[date, Annotated[list[Open], Field(max_length=4)]], Field(max_length=100)] = Field(
        default={}, description="Days unlike the others: they beat the weekday and the bank holiday"
    )

    def stored(self) -> dict[str, object]:
        """As the table holds it; `Invalid` for times that run backwards or overlap."""
        days: Mapping[str, list[Open]] = {
            **{f"week/{day}": self.week.get(day, []) for day in WEEKDAYS},
            "bank_holidays": self.bank_holidays,
            **{f"special/{day.isoformat()}": spans for day, spans in self.special.items()},
        }
        for place, spans in days.items():
            check_spans([each.span() for each in spans], f"/hours/{place}")
        return {
            "week": {day: _pairs(spans) for day, spans in self.week.items()},
            "bank_holidays": _pairs(self.bank_holidays),
            "special": {day.isoformat(): _pairs(spans) for day, spans in self.special.items()},
        }

    @classmethod
    def of(cls, hours: Hours) -> Self:
        """As it is shown."""
        return cls.model_validate(
            {
                "week": {day: _shown(spans) for day, spans in hours.week.items()},
                "bank_holidays": _shown(hours.bank_holidays),
                "special": {day: _shown(spans) for day, spans in (hours.special or {}).items()},
            }
        )


def _pairs(spans: list[Open]) -> list[list[str]]:
    return [[each.opens, each.closes] for each in spans]


def _shown(spans: Sequence[Span]) -> list[dict[str, str]]:
    return [{"opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"} for opens, closes in spans]


class HubEntry(Body):
    """A hub, put in place of what stood."""

    name: Line
    place: Line
    hours: OpeningHours
    minutes_each: int = Field(12, ge=1, le=240, description="How long a conversation takes, until it is measured")


class HubView(BaseModel):
    """A hub, and whether it is open now."""

    code: Code
    version: int
    name: str
    place: str
    hours: OpeningHours
    minutes_each: int
    open_now: bool
    opens_next: UtcDatetime | None = Field(description="When the doors open next; null: not within two months")

    @classmethod
    def of(cls, hub: Hub, now: datetime) -> Self:
        """The hub as it is at that moment."""
        hours = hub.opening()
        return cls(
            code=hub.code,
            version=hub.version,
            name=hub.name,
            place=hub.place,
            hours=OpeningHours.of(hours),
            minutes_each=hub.minutes_each,
            open_now=hours.open_at(now),
            opens_next=hours.next_opening(now),
        )


class NewRoom(Body):
    """A room to talk in."""

    name: Line
    private: bool = Field(description="Nobody outside hears what is said")
    seats: int = Field(3, ge=1, le=200)


class RoomView(BaseModel):
    """A room."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    hub: Code
    name: str
    private: bool
    seats: int

    @classmethod
    def of(cls, room: Room) -> Self:
        """The room as it is shown."""
        return cls.model_validate(room)


class NewShift(Body):
    """Who is there, for what, from when to when."""

    worker: WorkerId
    role: DutyRole
    starts_at: Moment
    ends_at: Moment
    standby: bool = Field(False, description="Stands in for whoever of that role is absent")


class Cover(Body):
    """Who stands in for an absence that nobody stood by for."""

    worker: WorkerId


class ShiftView(BaseModel):
    """A shift of the rota. Why somebody is absent is not kept here."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    hub: Code
    worker: WorkerId
    role: DutyRole
    starts_at: UtcDatetime
    ends_at: UtcDatetime
    state: ShiftState
    covered_by: UUID | None = Field(description="The shift that stands in")
    gap: bool = Field(description="Somebody is absent and nobody stands in")

    @classmethod
    def of(cls, shift: Shift) -> Self:
        """The shift as it is shown."""
        shown = {name: getattr(shift, name) for name in cls.model_fields if name != "gap"}
        return cls(**shown, gap=shift.state == ShiftState.ABSENT and shift.covered_by is None)


class Candidate(BaseModel):
    """Someone who could stand in: did this role in the last 90 days, and is nowhere else then."""

    worker: WorkerId
    last_did_it_at: UtcDatetime
