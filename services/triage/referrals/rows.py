"""Which referrals a caller may reach, as which party, and how one is loaded."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, select
from sqlalchemy.orm import selectinload

from kit.contracts.codes import ReferralStatus
from kit.errors import NotFound
from kit.store.unit import Cause, UnitOfWork
from services.triage.known.knowing import check_not_blind, shown, tell_of_a_stranger
from services.triage.referrals.domain import Party
from services.triage.referrals.models import Referral

_RECEIVING = frozenset({"partner", "answer_link"})
"""Roles of those who were asked for help: an organisation's own system, and a one-time link of ours to it."""


def party_of(cause: Cause) -> Party:
    """A partner is who has no other role here: somebody of ours who also has a partner's sees as we do."""
    return Party.RECEIVER if cause.roles and _RECEIVING.issuperset(cause.roles) else Party.SENDER


def sent_to(cause: Cause) -> ColumnElement[bool]:
    """What was sent to the caller's own organisation, as the gateway vouches for it."""
    try:
        organisation = UUID(cause.organisation or "")
    except ValueError:
        return false()
    return and_(Referral.organisation_id == organisation, Referral.state != ReferralStatus.DRAFT)


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which referral."""
    seen = shown(cause, Referral.person_id.expression, Referral.blind_by.expression)
    if party_of(cause) is Party.SENDER:
        return seen
    return and_(sent_to(cause), Referral.requested_at.is_not(None), seen)


async def load(unit: UnitOfWork, referral_id: UUID, *, for_change: bool = False) -> Referral:
    """The row with its steps and disclosures, locked if it is to change; `NotFound` also when it may not be shown.

    A partner may answer about somebody who is kept back since: the answer tells them nothing, and must not be lost.
    """
    answers = for_change and party_of(unit.cause) is Party.RECEIVER
    rule = and_(sent_to(unit.cause), Referral.requested_at.is_not(None)) if answers else visible_to(unit.cause)
    query = (
        select(Referral)
        .where(Referral.id == referral_id, rule)
        .options(selectinload(Referral.steps), selectinload(Referral.disclosures))
    )
    if for_change:
        query = query.with_for_update(of=Referral)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such referral")
    if for_change and not answers:
        check_not_blind(unit, row.blind_by)
    speak_of(unit, row)
    return row


def speak_of(unit: UnitOfWork, row: Referral) -> None:
    """Events of this transaction speak of the referral's person, or of a stranger if it was taken blindly."""
    tell_of_a_stranger(unit, row.blind_by, row.contact_id or row.id, row.person_id, row.household_id)


async def is_shown(unit: UnitOfWork, row: Referral) -> bool:
    """Whether what was shared may be shown to the caller now."""
    query = select(Referral.id).where(Referral.id == row.id, visible_to(unit.cause))
    return await unit.session.scalar(query) is not None
