"""People and households: who they are to the others, and who lives together."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import ConfigDict, Field

from kit.contracts.envelope import Concerns, EventData, UtcDatetime, WorkerId
from kit.contracts.event_type import SERVICES, EventType, Sensitivity, live, live_sealed


class _Dated(EventData):
    """Something true from one day to another; `to` is the first day it is no longer, or None."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)

    from_: date = Field(alias="from")
    to: date | None = None


class Membership(_Dated):
    """A person's place in one household."""

    household_id: UUID


class Member(_Dated):
    """One person of a household."""

    person_id: UUID


class PersonState(EventData):
    """A person as the others may know them: an id, and what decides who may see the record."""

    person_id: UUID
    households: tuple[Membership, ...] = ()
    restricted: bool = False
    separated_from: tuple[UUID, ...] = ()
    barred_workers: tuple[WorkerId, ...] = ()
    merged_into: UUID | None = None
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person and the households they are in now."""
        current = (each.household_id for each in self.households if each.to is None)
        return Concerns.of(people=(self.person_id, self.merged_into), households=current)

    def happened_at(self) -> datetime:
        """When this version came about."""
        return self.changed_at


class PersonMerge(PersonState):
    """A person found to be another (`survivor_id`), or found not to be after all."""

    survivor_id: UUID

    def concerns(self) -> Concerns:
        """Both of the two, and the households of the one merged."""
        mine = super().concerns()
        return Concerns(mine.person_ids | {self.survivor_id}, mine.household_ids)


class HouseholdState(EventData):
    """A household: who belongs to it, from when to when."""

    household_id: UUID
    members: tuple[Member, ...] = ()
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The household and its members, past ones included."""
        return Concerns.of(people=(each.person_id for each in self.members), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When this version came about."""
        return self.changed_at


class Identity(EventData):
    """A person's details as the register has them now; the highest `version` counts.

    Whoever must not be known of (restricted) is unlisted: id and version, and nothing else.
    """

    person_id: UUID
    version: int = Field(1, ge=1)
    household_id: UUID | None = None
    given: str | None = None
    family: str | None = None
    former_family: str | None = None
    known_as: str | None = None
    born: str | None = None
    nhs_number: str | None = None
    nino: str | None = None
    upn: str | None = None
    lines: tuple[str, ...] = ()
    postcode: str | None = None
    uprn: str | None = None
    ward: str | None = None
    phone: str | None = None
    email: str | None = None
    merged_into: UUID | None = None
    introduced: bool = False
    changed_at: UtcDatetime


class Identities(EventData):
    """Sealed for risk's vault: one person who changed, or as many of a load as fit into one event."""

    people: tuple[Identity, ...]

    def concerns(self) -> Concerns:
        """Everyone in it."""
        return Concerns.of(people=(each.person_id for each in self.people))


def _household(event: str, summary: str) -> EventType:
    return live(
        f"casefile.household.{event}",
        HouseholdState,
        summary,
        Sensitivity.PERSONAL,
        "risk",
        "grants",
        "housing",
        case_fact=True,
    )


def _person(event: str, model: type[PersonState], summary: str) -> EventType:
    return live(f"casefile.person.{event}", model, summary, Sensitivity.SPECIAL, *SERVICES, "gateway", case_fact=True)


EVENTS: tuple[EventType, ...] = (
    _person("registered", PersonState, "A person was registered, and has an id everywhere"),
    _person("changed", PersonState, "What the others may know of a person changed"),
    _person("merged", PersonMerge, "Two records turned out to be one person"),
    _person("unmerged", PersonMerge, "A merge was undone; both records stand again"),
    _household("formed", "A household was formed"),
    _household("changed", "A household's members changed"),
    live_sealed("casefile.identity.changed", Identities, "Identity details for risk's vault", "risk"),
)
