"""What housing tells of rents, decants and schemes: ids, codes, days and amounts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live


class RentState(EventData):
    """The rent of one tenancy, whole, as of this version; amounts in pence a week. The income stays with housing."""

    rent_id: UUID
    home_id: UUID
    letting_id: UUID | None = None
    person_id: UUID
    household_id: UUID | None = None
    product: Code = Field(description="social, london_affordable, market_50, market_60, market_80, london_living")
    percent_of_market: int | None = None
    rent_week_pence: int = Field(ge=0)
    service_week_pence: int = Field(ge=0)
    change: Code = Field(description="set, lowered, raised, or yearly")
    effective_from: date
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """Who pays it."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When an officer set it so."""
        return self.changed_at


class DecantState(EventData):
    """A household that must leave its home for a scheme, whole, as of this version, with its right to return."""

    decant_id: UUID
    scheme_id: UUID
    person_id: UUID
    household_id: UUID | None = None
    move: Literal["temporary", "permanent", "single"]
    right: Code = Field(description="waiting, offered, returned, waived, lapsed, or none")
    bedrooms_needed: int = Field(ge=0)
    recorded_on: date
    moved_on: date | None = None
    returned_on: date | None = None
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """Who has to move."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it came to stand so."""
        return self.changed_at


class Milestone(EventData):
    """A gateway or a day of the programme that a scheme has passed."""

    milestone: Code
    phase: int = Field(ge=0, description="0: of the whole scheme")
    reached_on: date


class HomesPlanned(EventData):
    """So many homes of one size and tenure."""

    bedrooms: int = Field(ge=0)
    tenure: Code
    homes: int = Field(ge=0)


class JobsState(EventData):
    """What a scheme promised of one kind, and what came of it."""

    kind: Code = Field(description="job, apprenticeship, training_place, or affordable_space_m2")
    promised: int = Field(ge=0)
    delivered: int = Field(ge=0)


class SchemeState(EventData):
    """A scheme, whole, as of this version. Of nobody."""

    scheme_id: UUID
    state: Code
    ward: str | None = None
    demolished: int = Field(ge=0)
    built: int = Field(ge=0, description="As the mix that stands plans them")
    handed_over: int = Field(ge=0)
    mix: tuple[HomesPlanned, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    jobs: tuple[JobsState, ...] = ()
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it came to stand so."""
        return self.changed_at


class HomesHandedOver(EventData):
    """Finished homes of a scheme came to lettings."""

    handover_id: UUID
    scheme_id: UUID
    phase: int = Field(ge=0)
    home_ids: tuple[UUID, ...]
    handed_over_on: date
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When they were handed over."""
        return self.changed_at


_PERSONAL, _OPEN = Sensitivity.PERSONAL, Sensitivity.OPEN

EVENTS: tuple[EventType, ...] = (
    live("housing.rent.set", RentState, "A rent was set from evidenced income", _PERSONAL, "risk", case_fact=True),
    live(
        "housing.decant.recorded",
        DecantState,
        "A household must leave for a scheme, with a right to return",
        _PERSONAL,
        "housing",
        case_fact=True,
    ),
    live(
        "housing.decant.changed", DecantState, "A decanted household's right or its move changed", _PERSONAL, "housing"
    ),
    live("housing.decant.returned", DecantState, "A decanted household returned", _PERSONAL, "housing", case_fact=True),
    live("housing.scheme.milestone_reached", SchemeState, "A scheme passed a milestone", _OPEN),
    live("housing.scheme.jobs_committed", SchemeState, "A scheme committed jobs or apprenticeships", _OPEN),
    live("housing.scheme.changed", SchemeState, "A scheme's mix, programme or state changed", _OPEN),
    live("housing.homes.handed_over", HomesHandedOver, "Finished homes came to lettings", _OPEN),
)
