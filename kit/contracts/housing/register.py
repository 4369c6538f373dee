"""What housing tells of its register and its homes."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live


class HomeFacts(EventData):
    """A home, whole, as of this version: what it is and its state. Never its address, nor who lives there."""

    home_id: UUID
    state: Code
    bedrooms: int = Field(ge=0)
    bed_spaces: int = Field(ge=0)
    kind: Code
    ward: str | None = None
    floor: int | None = None
    lift: bool = False
    access: Code
    landlord: Code
    rent_regime: Code
    scheme_id: UUID | None = None
    void_since: date | None = None
    available_on: date | None = None
    let_on: date | None = None
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When this version came about."""
        return self.changed_at


class HousingLoadState(EventData):
    """A file of homes or applications was worked off."""

    load_id: UUID
    kind: Code
    rows: int = Field(ge=0)
    created: int = Field(ge=0)
    changed: int = Field(ge=0)
    unchanged: int = Field(ge=0)
    refused: int = Field(ge=0)
    finished_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When its last row was taken."""
        return self.finished_at


class RegisterState(EventData):
    """An application for a home, whole, as of this version. Never its reasons: some of them tell of health."""

    application_id: UUID
    person_id: UUID = Field(description="Who applied")
    household_id: UUID
    person_ids: tuple[UUID, ...] = Field(default=(), description="Everybody who is to live there and is known by an id")
    state: Code
    applied_on: date
    band: Code | None = None
    priority_on: date | None = Field(default=None, description="From this day it waits in its band")
    bedrooms_needed: int | None = None
    bedrooms_lacking: int | None = None
    ended_on: date | None = None
    end_reason: Code | None = Field(default=None, description="Of an application that has ended")
    renew_by: date | None = None
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """Who applied, with whom, and their household."""
        return Concerns.of(people=(self.person_id, *self.person_ids), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When this version came about."""
        return self.changed_at


_PERSONAL, _OPEN = Sensitivity.PERSONAL, Sensitivity.OPEN

EVENTS: tuple[EventType, ...] = (
    live(
        "housing.application.registered",
        RegisterState,
        "A household joined the housing register",
        _PERSONAL,
        "risk",
        case_fact=True,
    ),
    live("housing.application.banded", RegisterState, "A household's band was set", _PERSONAL, case_fact=True),
    live(
        "housing.application.suspended",
        RegisterState,
        "A named officer suspended an application",
        _PERSONAL,
        case_fact=True,
    ),
    live(
        "housing.application.restored",
        RegisterState,
        "A suspension was lifted, or a letting fell through",
        _PERSONAL,
        "risk",
        case_fact=True,
    ),
    live(
        "housing.application.ended",
        RegisterState,
        "An application ended, with a reason",
        _PERSONAL,
        "risk",
        case_fact=True,
    ),
    live("housing.application.changed", RegisterState, "Something else changed of an application", _PERSONAL),
    live("housing.home.available", HomeFacts, "A home can be let", _OPEN),
    live("housing.home.changed", HomeFacts, "What is known of a home, or its state, changed", _OPEN),
    live("housing.load.completed", HousingLoadState, "A file of homes or applications was worked off", _OPEN),
)
