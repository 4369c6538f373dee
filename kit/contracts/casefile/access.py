"""Who may see a record: the team around a household, restrictions, broken glass."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import ConfigDict, Field

from kit.contracts.casefile.people import PersonState
from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime, WorkerId
from kit.contracts.event_type import SERVICES, EventType, Sensitivity, live


class RestrictedPerson(PersonState):
    """A person whose record was restricted or opened again, whole, as of this version."""

    allowed_workers: tuple[WorkerId, ...] = Field(
        default=(), description="Who sees a restricted record all the same; nobody once it is open again"
    )


class Around(EventData):
    """A worker around a household; `to` is the first day they no longer are."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)

    worker_id: WorkerId
    role: Code
    from_: date = Field(alias="from")
    to: date | None = None
    break_glass_until: UtcDatetime | None = Field(
        default=None, description="They are here by broken glass, until then by the real clock"
    )


class CircleState(EventData):
    """The team around a household, whole, as of this version: who may look inside its file now, and as what.

    Sealed work is not in it: that somebody of such a team exists would tell of it.
    """

    household_id: UUID
    members: tuple[Around, ...] = ()
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The household; its members are casefile's to add."""
        return Concerns.of(households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When this version came about."""
        return self.changed_at


class GlassBroken(CircleState):
    """The team with somebody in it who broke the glass: a manager is told at once and looks at it afterwards."""

    broken_glass_id: UUID
    worker_id: WorkerId
    manager: WorkerId | None = Field(default=None, description="Whom to tell; None: any manager")
    until: UtcDatetime
    review_due: date
    person_ids: tuple[UUID, ...] = ()

    def concerns(self) -> Concerns:
        """The household and those who live in it."""
        return Concerns.of(people=self.person_ids, households=(self.household_id,))


class GlassReviewed(EventData):
    """A review of broken glass that is asked for, given or late. Says nothing of the household."""

    broken_glass_id: UUID
    worker_id: WorkerId
    verdict: Code | None = Field(default=None, description="needed, not_needed or misuse; None: not yet")
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it was reviewed, or the review was late."""
        return self.changed_at


class OddReading(EventData):
    """Records are read in a way that somebody must look at. Counts only: whose they were stays in the record."""

    alert_id: UUID
    kind: Code
    worker_id: WorkerId
    count: int = Field(ge=0)
    minutes: int = Field(ge=1)
    state: Code = Field(description="open, or how it was settled: explained, suspended, misuse")
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it was noticed or settled, by the real clock."""
        return self.changed_at


def _circle(event: str, summary: str) -> EventType:
    return live(f"casefile.access.{event}", CircleState, summary, Sensitivity.SPECIAL, *SERVICES)


def _restricted(event: str, summary: str) -> EventType:
    return live(f"casefile.person.{event}", RestrictedPerson, summary, Sensitivity.SPECIAL, *SERVICES, "gateway")


EVENTS: tuple[EventType, ...] = (
    _restricted("restricted", "A record was restricted, or others may see it now"),
    _restricted("unrestricted", "A restriction was lifted"),
    _circle("granted", "A worker joined the team around a household"),
    _circle("revoked", "A worker left the team around a household"),
    live(
        "casefile.access.broken_glass",
        GlassBroken,
        "A worker broke the glass, time-boxed",
        Sensitivity.SPECIAL,
        *SERVICES,
    ),
    live(
        "casefile.glass_review.asked",
        GlassReviewed,
        "Somebody is to look at broken glass",
        Sensitivity.PERSONAL,
        "gateway",
    ),
    live(
        "casefile.glass_review.given",
        GlassReviewed,
        "A manager looked at broken glass",
        Sensitivity.PERSONAL,
        "gateway",
    ),
    live(
        "casefile.glass_review.overdue",
        GlassReviewed,
        "Nobody looked at broken glass within five working days",
        Sensitivity.PERSONAL,
        "gateway",
    ),
    live(
        "casefile.access_alert.raised",
        OddReading,
        "Records are read in a way that somebody must look at",
        Sensitivity.PERSONAL,
        "gateway",
    ),
    live(
        "casefile.access_alert.settled",
        OddReading,
        "Somebody looked at it, and said what it was",
        Sensitivity.PERSONAL,
        "gateway",
    ),
)
