"""What goes in and out of the HTTP door of outreach."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.codes import OfferStatus, SignalKind
from kit.contracts.envelope import Code, UtcDatetime
from services.triage.contacts.shapes import SafeContact, Way, Words
from services.triage.objections.domain import Route, Said
from services.triage.outreach import domain
from services.triage.outreach.models import Offer
from services.triage.recovery_holds.queries import RecoveryHoldView


class Body(BaseModel):
    """Requests refuse fields they do not know: a slip in a name must not lose what was typed."""

    model_config = ConfigDict(extra="forbid")


# In -------------------------------------------------------------------------------------------------------


class NewOffer(Body):
    """An offer that a worker sees cause for."""

    person_id: UUID
    household_id: UUID
    kind: Literal[SignalKind.FIRST_MISSED_COUNCIL_TAX, SignalKind.RENT_ARREARS_JUMP]
    offer: Code = "money_help"
    observed_on: date | None = Field(None, description="Left out: today")


class Assignment(Body):
    """Who works on it; null takes it away."""

    team: Code | None = None
    hub: Code | None = None


class NewAttempt(Body):
    """One try to reach them."""

    channel: Way
    outcome: domain.AttemptOutcome
    made_at: UtcDatetime | None = Field(None, description="Left out: now. Never in the future")
    note: Words | None = Field(None, description="Stays here: nobody else is told")


class NewOutcome(Body):
    """How an offer ends."""

    outcome: Literal[OfferStatus.ACCEPTED, OfferStatus.DECLINED, OfferStatus.CLOSED]
    reason: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,64}$")] | None = Field(
        None,
        description=f"Of a decline: {', '.join(domain.DeclineReason)}. Of a close: {', '.join(domain.CloseReason)}",
    )
    hub: Code | None = Field(None, description="Where a taken-up offer goes on")


class NewObjection(Body):
    """Someone objects to a purpose. Their own word, and how we were sure of it."""

    person_id: UUID
    purpose: Code = "outreach"
    said_by: Said
    confirmed_by: Route


class Withdrawal(Body):
    """Someone takes an objection back."""

    said_by: Said
    confirmed_by: Route


# Out ------------------------------------------------------------------------------------------------------


class AttemptView(BaseModel):
    """A try, as it was recorded."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    channel: Way
    outcome: domain.AttemptOutcome
    note: str | None
    against_safe_route: bool = Field(description="By a way they had told us never to use")
    made_at: UtcDatetime
    made_by: str


class CallView(BaseModel):
    """A call in progress: what to do with it is recorded as an attempt, which ends it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    offer_id: UUID
    started_by: str
    started_at: UtcDatetime
    until: UtcDatetime = Field(description="Over by then, whether an attempt was recorded or not")


class OfferSummary(BaseModel):
    """An offer in the list: codes and ids, no reason, no score."""

    id: UUID
    version: int
    person_id: UUID
    household_id: UUID
    offer: str
    status: OfferStatus
    held_until: date | None
    hold_reason: str | None
    team: str | None
    hub: str | None
    attempts_made: int
    offered_at: UtcDatetime

    @classmethod
    def of(cls, row: Offer) -> Self:
        return cls(**_columns(cls, row), attempts_made=len(row.attempts))


class OfferView(OfferSummary):
    """An offer as its caller sees it: how to begin, a safe way, and what may be said to the person and nobody else."""

    opening_line: str = Field(description="Say this first, whoever answers")
    if_someone_else_answers: str
    honest_reason: str = Field(description="For the person alone, once you are sure that it is they")
    safe_route: SafeContact | None = Field(description="As they told us; null: nobody has asked yet")
    route_note: str
    attempts: Sequence[AttemptView]
    recovery_holds: Sequence[RecoveryHoldView] = Field(description="Which creditors were asked to wait, and said what")
    outcome: str | None
    contact_id: UUID | None = Field(description="The contact that taking it up opened")
    settled_by: str | None

    @classmethod
    def shown(cls, row: Offer, safe: Mapping[str, Any] | None, holds: Sequence[RecoveryHoldView]) -> Self:
        route = SafeContact.model_validate(safe) if safe else None
        return cls(
            **{name: value for name, value in _columns(cls, row).items() if name != "attempts"},
            attempts_made=len(row.attempts),
            opening_line=domain.OPENING_LINE,
            if_someone_else_answers=domain.IF_SOMEONE_ELSE_ANSWERS,
            honest_reason=domain.honest_reason(row.kind, row.offer),
            safe_route=route,
            route_note="Only by a way they call safe." if route else domain.NO_KNOWN_ROUTE,
            attempts=[AttemptView.model_validate(each) for each in row.attempts],
            recovery_holds=holds,
        )


def _columns(view: type[BaseModel], row: Offer) -> dict[str, Any]:
    return {name: getattr(row, name) for name in view.model_fields if hasattr(row, name)}
