"""What housing tells of temporary accommodation.

Where somebody stays is never on the bus: no address, no name of a place. A refuge travels as the kind that the
published tables count it under, so that a kind tells nobody of abuse; of a sealed stay the kind is left out too.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live, live_sealed
from kit.contracts.rights import RecipientsNamed


class PlacementState(EventData):
    """A household's stay in one temporary home, whole, as of this version."""

    placement_id: UUID
    household_id: UUID
    person_id: UUID
    person_ids: tuple[UUID, ...] = Field(description="Everybody who was placed, the applicant too")
    case_id: UUID | None = Field(default=None, description="The homelessness case it is under")
    duty: Code = Field(description="The duty or power it is under, e.g. interim_188 or main_193")
    kind: Code | None = Field(default=None, description="One of the published kinds; null where the stay is sealed")
    bed_and_breakfast: bool = Field(description="As SI 2003/3326 means it")
    family: bool = Field(description="Somebody is pregnant or a child depends on them: six weeks at most")
    out_of_area: bool | None = Field(default=None, description="Null where the stay is sealed")
    status: Literal["placed", "ended"]
    entered_on: date
    left_on: date | None = Field(default=None, description="The day they left: no night of it")
    end_reason: Code | None = None
    letting_id: UUID | None = Field(default=None, description="The tenancy that ended it")
    moved_from: UUID | None = Field(default=None, description="The stay they came from")
    alarm_day: int | None = Field(default=None, description="The last day of bed and breakfast that rang: 28, 35 or 42")
    breached_on: date | None = Field(default=None, description="The first day past six weeks")
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """Everybody who was placed, and their household."""
        return Concerns.of(people=(self.person_id, *self.person_ids), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it was said."""
        return self.changed_at


_SPECIAL = Sensitivity.SPECIAL


def _stay(event: str, summary: str, *readers: str, case_fact: bool = True) -> EventType:
    return live(f"housing.placement.{event}", PlacementState, summary, _SPECIAL, *readers, case_fact=case_fact)


EVENTS: tuple[EventType, ...] = (
    live_sealed(
        "housing.rights.recipients_named",
        RecipientsNamed,
        "Who was told of somebody's stay and hears of what was done with their data",
        "casefile",
    ),
    _stay("started", "Temporary accommodation began", "risk"),
    _stay("changed", "What is known of a stay in temporary accommodation changed", "risk", case_fact=False),
    _stay("alarmed", "A family came to day 28, 35 or 42 in bed and breakfast"),
    _stay("breached", "A family passed six weeks in bed and breakfast", "risk"),
    _stay("ended", "Temporary accommodation ended", "risk"),
)
