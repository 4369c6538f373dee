"""Referrals to partners."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from kit.contracts.codes import NeedDomain, ReferralStatus, Urgency
from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime, WorkerId
from kit.contracts.event_type import EventType, Sensitivity, live


class ReferralState(EventData):
    """A referral, whole, as of this version; what was shared and what was said stay in triage."""

    referral_id: UUID
    organisation_id: UUID
    service_id: UUID | None = None
    contact_id: UUID | None = None
    need_id: UUID | None = None
    person_id: UUID
    household_id: UUID | None = None
    domain: NeedDomain
    urgency: Urgency
    state: ReferralStatus
    reason: Code | None = Field(default=None, description="Of a refusal, a wait, an end")
    next_step: Code | None = Field(default=None, description="What a refusal or failure asks for next")
    basis: Code
    chases: int = Field(default=0, ge=0)
    escalated_to: WorkerId | None = None
    requested_at: UtcDatetime
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """Whom help was asked for."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


_SPECIAL = Sensitivity.SPECIAL


def _referral(event: str, summary: str, *, case_fact: bool = True) -> EventType:
    # The gateway's one-time links ask for what the state allows.
    return live(f"triage.referral.{event}", ReferralState, summary, _SPECIAL, "gateway", case_fact=case_fact)


EVENTS: tuple[EventType, ...] = (
    _referral("requested", "Help was asked of a partner"),
    _referral("changed", "What was asked of a partner was changed, with a reason"),
    _referral("received", "The partner has the referral"),
    _referral("accepted", "The partner accepted the referral"),
    _referral("rejected", "The partner refused, with a reason"),
    _referral("on_hold", "The partner's help waits, with a reason"),
    _referral("in_progress", "The partner is helping"),
    _referral("completed", "The partner finished, with an outcome"),
    _referral("failed", "The referral could not be carried out"),
    _referral("cancelled", "The referral was withdrawn"),
    _referral("chased", "A silent partner was asked again", case_fact=False),
    _referral("escalated", "A silent referral went to a named manager"),
)
