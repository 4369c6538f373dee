"""What passes between triage and its partners beside referrals: capacity, discharges from hospital, landlords."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from kit.contracts.codes import CapacityAnswer, DischargeCheck, LandlordMessageKind, NeedDomain, Urgency
from kit.contracts.envelope import Concerns, EventData, UtcDatetime, WorkerId
from kit.contracts.event_type import EventType, Sensitivity, live, live_sealed
from kit.contracts.rights import RecipientsTold


class CapacityState(EventData):
    """A partner is asked whether they could help somebody, about whom nothing is said."""

    question_id: UUID
    organisation_id: UUID
    domain: NeedDomain
    urgency: Urgency
    state: Literal["asked", "answered", "unanswered"]
    answer: CapacityAnswer | None = None
    places: int | None = Field(default=None, ge=0)
    wait_days: int | None = Field(default=None, ge=0)
    asked_at: UtcDatetime
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


class DischargeState(EventData):
    """Somebody comes home from hospital: what is ready and what is not. No clinical fact is here or anywhere else."""

    discharge_id: UUID
    organisation_id: UUID | None = None
    person_id: UUID | None = None
    household_id: UUID | None = None
    home_at: UtcDatetime
    call_by: UtcDatetime
    open_checks: tuple[DischargeCheck, ...] = ()
    state: Literal["open", "settled", "cancelled"]
    overdue: bool = False
    escalated_to: WorkerId | None = None
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """Who comes home, once we know who they are."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


class DisclosureNoticeState(EventData):
    """An organisation is told that what was disclosed to it was put right, restricted or erased; not of whom."""

    notice_id: UUID
    organisation_id: UUID
    what: Literal["rectification", "restriction", "erasure"]
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it was told."""
        return self.changed_at


class LandlordMessageState(EventData):
    """A landlord was written to, about mediation or payment and nothing else."""

    landlord_message_id: UUID
    organisation_id: UUID
    person_id: UUID
    household_id: UUID | None = None
    kind: LandlordMessageKind
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The tenant."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it was written."""
        return self.changed_at


class PartnerMessage(EventData):
    """What the gateway is to send to a partner's mailbox: words, and a one-time link where an answer is wanted."""

    partner_message_id: UUID
    organisation_id: UUID
    to: str = Field(description="The mailbox")
    subject: str
    text: str = Field(description="The words; a link, where there is one, comes after them")
    link_kind: Literal["referral", "capacity_question"] | None = None
    link_target: UUID | None = Field(default=None, description="What the link answers")
    link_until: UtcDatetime | None = None
    person_id: UUID | None = None

    def concerns(self) -> Concerns:
        """Whom it is about, where it is about somebody."""
        return Concerns.of(people=(self.person_id,))


_PERSONAL, _SPECIAL = Sensitivity.PERSONAL, Sensitivity.SPECIAL


def _discharge(event: str, summary: str) -> EventType:
    return live(f"triage.discharge.{event}", DischargeState, summary, _SPECIAL, case_fact=True)


def _capacity(event: str, summary: str) -> EventType:
    return live(f"triage.capacity_question.{event}", CapacityState, summary, Sensitivity.OPEN, "gateway")


EVENTS: tuple[EventType, ...] = (
    _capacity("asked", "A partner is asked whether they could help, without a name"),
    _capacity("answered", "A partner said whether they could help"),
    _capacity("unanswered", "A partner did not say in time whether they could help"),
    _discharge("received", "A hospital told us that somebody comes home"),
    _discharge("changed", "What is ready for somebody coming home from hospital changed"),
    _discharge("overdue", "What was due for somebody home from hospital was not done in time"),
    _discharge("settled", "Everything for somebody home from hospital is done"),
    _discharge("cancelled", "A discharge from hospital did not happen"),
    live(
        "triage.landlord_message.sent",
        LandlordMessageState,
        "A landlord was written to about mediation or payment",
        _PERSONAL,
        case_fact=True,
    ),
    live(
        "triage.disclosure_notice.sent",
        DisclosureNoticeState,
        "An organisation was told that what we disclosed to it was put right, restricted or erased",
        Sensitivity.OPEN,
        "gateway",
    ),
    live(
        "triage.rights.recipients_told",
        RecipientsTold,
        "Who had a copy of somebody's data heard of what was done with them",
        Sensitivity.OPEN,
        "casefile",
    ),
    live_sealed(
        "triage.partner_message.addressed",
        PartnerMessage,
        "Words to a partner's mailbox, with a one-time link where an answer is wanted",
        "gateway",
    ),
)
