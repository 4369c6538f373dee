"""Contacts, their needs and the decisions about them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from kit.contracts.codes import (
    Channel,
    ContactStatus,
    NeedDomain,
    NeedKind,
    NeedStatus,
    Outcome,
    Stage,
    Urgency,
)
from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime, WorkerId
from kit.contracts.event_type import EventType, Sensitivity, live


class ContactNeed(EventData):
    """One need as the contact lists it."""

    need_id: UUID
    domain: NeedDomain
    kind: NeedKind
    urgency: Urgency
    status: NeedStatus = NeedStatus.OPEN


class Decision(EventData):
    """One decision of a contact; its reason in words stays in triage."""

    decision_id: UUID
    outcome: Outcome
    stage: Stage
    specialism: Code | None = None
    statutory_service: Code | None = None
    need_ids: tuple[UUID, ...] = ()
    decided_by: WorkerId
    decided_at: UtcDatetime


class ContactState(EventData):
    """A contact, whole, as of this version. Unnamed contacts have neither person nor household."""

    contact_id: UUID
    person_id: UUID | None = None
    household_id: UUID | None = None
    channel: Channel
    hub: Code | None = None
    held_by: WorkerId | None = Field(default=None, description="Who answers for it; None only before handovers came")
    occurred_at: UtcDatetime
    stage: Stage
    urgency: Urgency
    state: ContactStatus
    needs: tuple[ContactNeed, ...] = ()
    decisions: tuple[Decision, ...] = ()
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person who made contact and the household they did it for."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When this version came about."""
        return self.changed_at


class ContactReceived(ContactState):
    """A contact's first published version."""

    def happened_at(self) -> datetime:
        """When the contact took place, which may be before it was typed."""
        return self.occurred_at


class ContactDecided(ContactState):
    """A contact with the decision just made (also the one in `decisions` with its id)."""

    decision: Decision

    def happened_at(self) -> datetime:
        """When it was decided."""
        return self.decision.decided_at


class NeedState(EventData):
    """A need, whole, as of this version; goal, strengths and what was tried stay in triage."""

    need_id: UUID
    contact_id: UUID
    person_id: UUID | None = None
    household_id: UUID | None = None
    domain: NeedDomain
    kind: NeedKind
    urgency: Urgency
    status: NeedStatus = NeedStatus.OPEN
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """Whose need it is."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it was recorded or met."""
        return self.changed_at


_SPECIAL = Sensitivity.SPECIAL

EVENTS: tuple[EventType, ...] = (
    live(
        "triage.contact.received",
        ContactReceived,
        "Someone came to the front door, by any channel",
        _SPECIAL,
        "gateway",
        "risk",
        case_fact=True,
    ),
    live(
        "triage.contact.changed",
        ContactState,
        "A contact was completed, corrected or matched to a person",
        _SPECIAL,
        "gateway",
        "risk",
        case_fact=True,
    ),
    live(
        "triage.contact.decided",
        ContactDecided,
        "A named person decided where a contact's needs go",
        _SPECIAL,
        "gateway",
        "risk",
        case_fact=True,
    ),
    live("triage.need.recorded", NeedState, "A need was recorded, once", _SPECIAL, "risk", case_fact=True),
    live("triage.need.met", NeedState, "A recorded need was met", _SPECIAL, case_fact=True),
)
