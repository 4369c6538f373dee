"""Offers of help before they are asked for, objections to them, and holds on recovery."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from kit.contracts.codes import (
    OfferStatus,
    SignalKind,
)
from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live


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


_PERSONAL = Sensitivity.PERSONAL


def _outreach(event: str, summary: str, *consumers: str) -> EventType:
    return live(f"triage.outreach.{event}", OutreachState, summary, _PERSONAL, "gateway", *consumers, case_fact=True)


def _hold(event: str, summary: str, *consumers: str) -> EventType:
    return live(
        f"triage.recovery_hold.{event}", RecoveryHoldState, summary, _PERSONAL, "gateway", *consumers, case_fact=True
    )


EVENTS: tuple[EventType, ...] = (
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
)
