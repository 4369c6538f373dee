"""What triage tells the others: contacts, needs, decisions, safeguarding concerns."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from kit.contracts.access import owed_by_every_service
from kit.contracts.codes import (
    Channel,
    ConcernKind,
    ConcernLevel,
    ConcernStatus,
    ContactStatus,
    NeedDomain,
    NeedKind,
    NeedStatus,
    OfferStatus,
    Outcome,
    SignalKind,
    Stage,
    Urgency,
)
from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime, WorkerId
from kit.contracts.event_type import EventType, Sensitivity, live, planned


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


class SafeguardingState(EventData):
    """A safeguarding concern, whole, as of this version. Nothing but its id, kind and raiser is required."""

    concern_id: UUID
    kind: ConcernKind
    level: ConcernLevel | None = None
    contact_id: UUID | None = None
    person_ids: tuple[UUID, ...] = ()
    household_id: UUID | None = None
    state: ConcernStatus
    raised_by: WorkerId
    raised_at: UtcDatetime
    due_at: UtcDatetime | None = None
    acknowledged_by: WorkerId | None = None
    acknowledged_at: UtcDatetime | None = None
    escalated_at: UtcDatetime | None = None
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The people it is about, as far as known."""
        return Concerns.of(people=self.person_ids, households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it was raised, acknowledged or escalated."""
        return self.changed_at


class OutreachState(EventData):
    """An offer of help, whole, as of this version; what was said stays in triage."""

    offer_id: UUID
    signal_id: UUID | None = None
    kind: SignalKind
    offer: Code
    person_id: UUID
    household_id: UUID
    status: OfferStatus
    attempts: int = Field(0, ge=0)
    last_channel: Code | None = None
    last_outcome: Code | None = None
    held_until: date | None = None
    hold_reason: Code | None = None
    outcome: Code | None = None
    offered_at: UtcDatetime
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person and the household."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


class ObjectionState(EventData):
    """An adult objects to one purpose, or takes that back. Never on the timeline: it is a right they used."""

    objection_id: UUID
    person_id: UUID
    purpose: Code
    state: Literal["standing", "withdrawn"]
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person alone: it is their own, not the household's."""
        return Concerns.of(people=(self.person_id,))

    def happened_at(self) -> datetime:
        """When they objected or took it back."""
        return self.changed_at


class RecoveryHoldState(EventData):
    """A council creditor is asked to hold recovery for 30 days: asked, granted or refused."""

    hold_id: UUID
    person_id: UUID
    household_id: UUID
    creditor: Code
    state: Literal["requested", "granted", "refused", "unanswered"]
    offer_id: UUID | None = None
    until: date | None = None
    reason: Code | None = None
    requested_at: UtcDatetime
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person and the household."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


_PERSONAL, _SPECIAL = Sensitivity.PERSONAL, Sensitivity.SPECIAL


def _outreach(event: str, summary: str, *consumers: str) -> EventType:
    return live(f"triage.outreach.{event}", OutreachState, summary, _PERSONAL, *consumers, case_fact=True)


def _hold(event: str, summary: str, *consumers: str) -> EventType:
    return live(f"triage.recovery_hold.{event}", RecoveryHoldState, summary, _PERSONAL, *consumers, case_fact=True)


def _fact(name: str, summary: str, sensitivity: Sensitivity, *consumers: str) -> EventType:
    return planned(f"triage.{name}", summary, sensitivity, *consumers, case_fact=True)


EVENTS: tuple[EventType, ...] = (
    live(
        "triage.contact.received",
        ContactReceived,
        "Someone came to the front door, by any channel",
        _SPECIAL,
        case_fact=True,
    ),
    live(
        "triage.contact.changed",
        ContactState,
        "A contact was completed, corrected or matched to a person",
        _SPECIAL,
        case_fact=True,
    ),
    live(
        "triage.contact.decided",
        ContactDecided,
        "A named person decided where a contact's needs go",
        _SPECIAL,
        case_fact=True,
    ),
    live("triage.need.recorded", NeedState, "A need was recorded, once", _SPECIAL, "risk", case_fact=True),
    live("triage.need.met", NeedState, "A recorded need was met", _SPECIAL, case_fact=True),
    live(
        "triage.safeguarding.raised",
        SafeguardingState,
        "A safeguarding concern was raised",
        _SPECIAL,
        case_fact=True,
    ),
    live(
        "triage.safeguarding.acknowledged",
        SafeguardingState,
        "A named person in the statutory team took the concern",
        _SPECIAL,
        case_fact=True,
    ),
    live(
        "triage.safeguarding.escalated",
        SafeguardingState,
        "Nobody acknowledged the concern in time",
        _SPECIAL,
        case_fact=True,
    ),
    _fact("handover.offered", "A worker offered a warm handover", _PERSONAL),
    _fact("handover.accepted", "The receiver accepted a handover by name", _PERSONAL),
    _fact("referral.requested", "Help was asked of a partner", _SPECIAL, "gateway"),
    _fact("referral.received", "The partner has the referral", _SPECIAL, "gateway"),
    _fact("referral.accepted", "The partner accepted the referral", _SPECIAL, "gateway", "grants"),
    _fact("referral.rejected", "The partner refused, with a reason", _SPECIAL, "gateway"),
    _fact("referral.in_progress", "The partner is helping", _SPECIAL, "gateway"),
    _fact("referral.completed", "The partner finished, with an outcome", _SPECIAL, "gateway", "grants"),
    _fact("referral.failed", "The referral could not be carried out", _SPECIAL, "gateway"),
    _fact("referral.cancelled", "The referral was withdrawn", _SPECIAL, "gateway"),
    _fact("referral.escalated", "A silent referral went to a named manager", _SPECIAL),
    _outreach("offered", "Help is to be offered before it is asked for", "risk"),
    _outreach("attempted", "Someone tried to reach them with an offer of help"),
    _outreach("held", "An offer of help waits, for a Breathing Space or a hold asked for"),
    _outreach("resumed", "An offer of help that waited goes on"),
    _outreach("accepted", "An offer of help was taken up", "risk"),
    _outreach("declined", "An offer of help was declined", "risk"),
    _outreach("closed", "An offer of help ended without an answer"),
    live("triage.objection.recorded", ObjectionState, "An adult objects to one purpose", _PERSONAL, "casefile", "risk"),
    live("triage.objection.withdrawn", ObjectionState, "An objection was taken back", _PERSONAL, "casefile", "risk"),
    _hold("requested", "A 30-day hold on recovery was asked for"),
    _hold("granted", "Recovery of a debt is on hold"),
    _hold("refused", "A hold on recovery was refused"),
    _hold("unanswered", "A hold asked for was not answered in time and went to a manager"),
    _fact("appointment.booked", "An appointment or visit was booked", _PERSONAL),
    _fact("appointment.missed", "An appointment or visit was missed", _PERSONAL),
    _fact("duty_to_refer.received", "A listed body referred someone (HA 1996 s213B)", _SPECIAL, "housing"),
    planned("triage.queue_entry.added", "A contact joined the queue", _PERSONAL),
    planned("triage.queue_entry.moved", "A contact changed place in the queue", _PERSONAL),
    planned("triage.queue_entry.removed", "A contact left the queue", _PERSONAL),
    *owed_by_every_service("triage"),
)
