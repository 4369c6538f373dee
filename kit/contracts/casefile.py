"""What casefile tells the others: people, households, cases, imports."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from kit.contracts.access import owed_by_every_service
from kit.contracts.codes import CaseStatus, Layer
from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime, WorkerId
from kit.contracts.event_type import (
    SERVICES,
    EventType,
    Sensitivity,
    live,
    live_sealed,
    planned,
)
from kit.contracts.messages import Addressed, MessageOutcome


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


class Workstream(EventData):
    """One strand of a case: the decision that brought it and where it belongs."""

    decision_id: UUID
    layer: Layer
    specialism: Code | None = None
    statutory_service: Code | None = None


class CaseState(EventData):
    """A household's case, whole, as of this version."""

    case_id: UUID
    household_id: UUID
    state: CaseStatus
    layer: Layer
    decision_ids: tuple[UUID, ...] = ()
    account_manager: WorkerId | None = None
    lead: WorkerId | None = None
    workstreams: tuple[Workstream, ...] = ()
    episode: int = Field(ge=1, description="1 for the first time open, one more at each reopening")
    opened_at: UtcDatetime
    closed_at: UtcDatetime | None = None
    close_reason: Code | None = None
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The household; its members are casefile's to add."""
        return Concerns.of(households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When this version came about."""
        return self.changed_at


class ImportState(EventData):
    """A finished bulk import of known people: counts only (one load is one aggregate with one event)."""

    import_id: UUID
    rows: int = Field(ge=0)
    people_created: int = Field(ge=0)
    people_matched: int = Field(ge=0)
    households_created: int = Field(ge=0)
    rows_refused: int = Field(ge=0)
    started_at: UtcDatetime
    finished_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When the import finished."""
        return self.finished_at


class IntroductionState(EventData):
    """Answer to an introduction: who the resident is here. `known` when the case file had the person already.

    Told again when an introduced person was met (`known`, for good) and when nobody met them in time (`erased`: the
    ids lead to nobody any more). Someone who objected to outreach is not answered for: there is no person.
    """

    resident_id: UUID
    person_id: UUID
    household_id: UUID
    outcome: Literal["introduced", "known", "erased"]
    introduced_at: UtcDatetime
    expires_on: date | None = None

    def concerns(self) -> Concerns:
        """The person and the household."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When casefile answered."""
        return self.introduced_at


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


class BreathingSpaceState(EventData):
    """A Breathing Space (Debt Respite Scheme Regulations 2020): creditors stop until it ends."""

    breathing_space_id: UUID
    person_id: UUID
    household_id: UUID
    kind: Literal["standard", "mental_health_crisis"]
    state: Literal["active", "ended", "cancelled"]
    starts_on: date
    ends_on: date | None = None
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person and the household."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it was entered, changed, ended or cancelled."""
        return self.changed_at


_PERSONAL, _SPECIAL = Sensitivity.PERSONAL, Sensitivity.SPECIAL


def _case(event: str, summary: str, *consumers: str) -> EventType:
    return live(f"casefile.case.{event}", CaseState, summary, _SPECIAL, *consumers, case_fact=True)


def _household(event: str, summary: str) -> EventType:
    return live(
        f"casefile.household.{event}",
        HouseholdState,
        summary,
        _PERSONAL,
        "risk",
        "grants",
        "housing",
        case_fact=True,
    )


def _person(event: str, model: type[PersonState], summary: str) -> EventType:
    return live(f"casefile.person.{event}", model, summary, _SPECIAL, *SERVICES, "gateway", case_fact=True)


def _breathing_space(event: str, summary: str) -> EventType:
    # Special: one kind tells of a mental health crisis.
    return live(
        f"casefile.breathing_space.{event}", BreathingSpaceState, summary, _SPECIAL, "triage", "risk", case_fact=True
    )


def _fact(name: str, summary: str, sensitivity: Sensitivity, *consumers: str) -> EventType:
    return planned(f"casefile.{name}", summary, sensitivity, *consumers, case_fact=True)


EVENTS: tuple[EventType, ...] = (
    _person("registered", PersonState, "A person was registered, and has an id everywhere"),
    _person("changed", PersonState, "What the others may know of a person changed"),
    _person("merged", PersonMerge, "Two records turned out to be one person"),
    _person("unmerged", PersonMerge, "A merge was undone; both records stand again"),
    _household("formed", "A household was formed"),
    _household("changed", "A household's members changed"),
    _case("opened", "A triage decision opened the household's case", "risk"),
    _case("workstream_added", "A triage decision joined the household's open case"),
    _case("allocated", "A case was given to a worker"),
    _case("closed", "A case was closed, with a reason", "risk"),
    _case("reopened", "A closed case was opened again as a new episode", "risk"),
    live(
        "casefile.import.completed",
        ImportState,
        "A bulk import of known people finished",
        Sensitivity.OPEN,
    ),
    planned("casefile.people.separated", "Two people must not find each other", _SPECIAL, *SERVICES),
    planned("casefile.people.rejoined", "A separation was lifted by two people", _SPECIAL, *SERVICES),
    planned("casefile.person.restricted", "A record was restricted", _SPECIAL, *SERVICES),
    planned("casefile.person.unrestricted", "A restriction was lifted", _SPECIAL, *SERVICES),
    planned("casefile.access.granted", "A worker joined the team around a household", _PERSONAL, *SERVICES),
    planned("casefile.access.revoked", "A worker left the team around a household", _PERSONAL, *SERVICES),
    planned("casefile.access.broken_glass", "A worker broke the glass, time-boxed", _SPECIAL, *SERVICES),
    _fact("plan.agreed", "A plan was agreed with the person", _PERSONAL, "risk"),
    _fact("goal.achieved", "A goal of the plan was reached", _PERSONAL, "risk"),
    _fact("task.completed", "A task of the plan was done", _PERSONAL),
    _fact("debt.agreed", "An arrangement for a debt was agreed", _PERSONAL, "risk"),
    _breathing_space("started", "A Breathing Space was entered"),
    _breathing_space("changed", "The last day of a Breathing Space became known"),
    _breathing_space("ended", "A Breathing Space ended or was cancelled"),
    _fact("benefit.confirmed", "A gain in benefit was confirmed", _PERSONAL, "risk"),
    _fact("outcome.recorded", "An outcome was recorded with its evidence", _PERSONAL, "risk"),
    planned("casefile.rights.access_requested", "A person asked for their data", _PERSONAL, *SERVICES),
    planned("casefile.rights.erasure_requested", "A person's data must be erased", _PERSONAL, *SERVICES),
    live_sealed("casefile.message.addressed", Addressed, "A message with its safe address", "gateway"),
    live("casefile.message.failed", MessageOutcome, "A message could reach nobody safely", _PERSONAL, "triage"),
    live(
        "casefile.introduction.answered",
        IntroductionState,
        "Who an introduced resident is here",
        _PERSONAL,
        "risk",
        "triage",
    ),
    live_sealed("casefile.identity.changed", Identities, "Identity details for risk's vault", "risk"),
    *owed_by_every_service("casefile"),
)
