"""What goes in and out of the HTTP door of appointments."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from kit.contracts.codes import NeedDomain
from kit.contracts.envelope import Code, UtcDatetime, WorkerId
from services.triage.appointments import domain
from services.triage.appointments.models import Appointment
from services.triage.contacts.shapes import Body
from services.triage.hubs.shapes import Moment


class NewAppointment(Body):
    """An appointment, a visit, a call, or a room or a time that is held without a name."""

    kind: domain.Kind
    hub: Code = Field(description="Where it is, or from where the visit or the call is made")
    worker: WorkerId
    person_id: UUID | None = None
    household_id: UUID | None = None
    contact_id: UUID | None = None
    about: NeedDomain | None = None
    starts_at: Moment
    minutes: int = Field(30, ge=5, le=240)
    room_id: UUID | None = Field(None, description="That room")
    private: bool = Field(False, description="Any private room of the hub")
    remind: bool = Field(False, description="They agreed to be told and reminded, by the way that is safe for them")

    @property
    def ends_at(self) -> datetime:
        """When it ends."""
        return self.starts_at + timedelta(minutes=self.minutes)


class Move(Body):
    """Another time, worker, hub or room. What is left out stays; the room is looked for anew where it moves."""

    starts_at: Moment | None = None
    minutes: int | None = Field(None, ge=5, le=240)
    worker: WorkerId | None = None
    hub: Code | None = None
    room_id: UUID | None = None
    private: bool | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("say what changes")
        return self


class NewOutcome(Body):
    """What became of it."""

    outcome: domain.Outcome
    because: domain.MissedBecause | None = Field(None, description="Of a missed one")

    @model_validator(mode="after")
    def _because(self) -> Self:
        if (self.outcome is domain.Outcome.MISSED) != (self.because is not None):
            raise ValueError("because belongs to a missed appointment, and to none else")
        return self


class NewFollowUp(Body):
    """What was done after it was missed."""

    what: domain.FollowUp


class AppointmentView(BaseModel):
    """An appointment. One with somebody you may not know of looks like a room or a time that is held."""

    id: UUID
    version: int
    kind: domain.Kind
    state: domain.State
    hub: Code
    room_id: UUID | None
    worker: WorkerId
    person_id: UUID | None
    household_id: UUID | None
    contact_id: UUID | None
    about: NeedDomain | None
    starts_at: UtcDatetime
    ends_at: UtcDatetime
    remind: bool
    missed_because: domain.MissedBecause | None
    follow_up_due_at: UtcDatetime | None = Field(description="Of a missed one: by when somebody looks after them")
    follow_up: domain.FollowUp | None
    follow_up_late_at: UtcDatetime | None = Field(description="Nobody did in time: since then a manager's")
    booked_by: WorkerId
    booked_at: UtcDatetime
    unsaid: bool = Field(description="Its time is over and nobody has said what became of it")
    worker_absent: bool = Field(description="The rota says that the worker cannot come: somebody else must")
    plan_to_read: bool = Field(description="There is a plan for meeting them: read it before (meeting-plans)")
    must_move: bool = Field(
        description="It cannot stand as it is: see them at another time, elsewhere or by phone. Nobody is told why"
    )

    @classmethod
    def of(cls, row: Appointment, now: datetime, beside: "Beside") -> Self:
        """The appointment as this caller may see it: one they may not know of is a time or a room that is held."""
        own = {"state", "unsaid", "worker_absent", "plan_to_read", "must_move"}
        shown = {name: getattr(row, name) for name in cls.model_fields if name not in own}
        state = domain.State(beside.state)
        if beside.hidden:
            shown |= dict.fromkeys(_NOT_OF_A_HOLD, None)
            # Nor does it change under their eyes when it gives way.
            shown |= {"version": 1, "remind": False}
            shown |= {"kind": domain.Kind.TIME_ONLY if row.room_id is None else domain.Kind.ROOM_ONLY}
        if beside.home_hidden:
            # Held without a name, as most are.
            shown |= dict.fromkeys(("household_id", "contact_id", "about"))
        must_move = not beside.hidden and (row.keeps_place or state is domain.State.TO_REARRANGE)
        return cls(
            **shown,
            state=state,
            unsaid=state is domain.State.BOOKED and row.ends_at < now,
            worker_absent=beside.worker_absent,
            plan_to_read=beside.plan_to_read and not beside.hidden,
            must_move=must_move,
        )


_NOT_OF_A_HOLD = (
    "person_id",
    "household_id",
    "contact_id",
    "about",
    "missed_because",
    "follow_up_due_at",
    "follow_up",
    "follow_up_late_at",
)


@dataclass(frozen=True, slots=True)
class Beside:
    """What is worked out beside the row, for one caller."""

    state: str
    hidden: bool
    home_hidden: bool
    worker_absent: bool
    plan_to_read: bool


class FreeTimes(BaseModel):
    """When it could be. A time that is not listed is not free; which reason there is, nobody is told."""

    hub: Code
    minutes: int
    starts: list[UtcDatetime]
