"""What waits follows what it is about: contacts and referrals in their transaction, concerns in one of their own."""

from datetime import datetime, time
from typing import Final
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.contracts.codes import ConcernStatus, ContactStatus, QueueKind, ReferralStatus, Urgency
from kit.store.unit import UnitOfWork
from services.triage.contacts.models import Contact
from services.triage.queue import facts
from services.triage.queue.commands import Waiting, enter, leave
from services.triage.referrals import domain as referrals
from services.triage.referrals.models import Referral
from services.triage.safeguarding.models import Concern

_CLOSES: Final = time(17)


async def follow_contact(unit: UnitOfWork, contact: Contact) -> None:
    """A contact waits until every need of it has a final decision."""
    if contact.state == ContactStatus.CLOSED:
        await leave(unit, QueueKind.CONTACT, contact.id, "decided")
        return
    known = facts.of_contact(contact)
    people = (contact.person_id,) if contact.person_id else ()
    await enter(
        unit,
        Waiting(
            kind=QueueKind.CONTACT,
            subject_id=contact.id,
            person_ids=people,
            household_id=contact.household_id,
            blind_by=contact.blind_by,
            hub=contact.hub,
            urgency=Urgency(next(iter(known["urgency"]))),
            facts=known,
            arrived_at=contact.occurred_at,
        ),
    )


async def follow_concern(unit: UnitOfWork, concern_id: UUID) -> None:
    """A concern waits until somebody has acknowledged it. One about staff has a route of its own, and no queue."""
    concern = (await unit.session.scalars(select(Concern).where(Concern.id == concern_id).with_for_update())).one()
    if concern.about_staff:
        return
    if concern.state not in (ConcernStatus.RAISED, ConcernStatus.ESCALATED):
        await leave(unit, QueueKind.SAFEGUARDING, concern.id, "acknowledged")
        return
    known = facts.of_concern(concern)
    await enter(
        unit,
        Waiting(
            kind=QueueKind.SAFEGUARDING,
            subject_id=concern.id,
            person_ids=tuple(concern.person_ids),
            household_id=concern.household_id,
            blind_by=concern.blind_by,
            hub=None,
            urgency=Urgency(next(iter(known["urgency"]))),
            facts=known,
            arrived_at=concern.raised_at,
            own_due_at=concern.due_at,
        ),
    )


async def follow_referral(unit: UnitOfWork, referral: Referral) -> None:
    """A refusal, a failure or a silence that went to a manager waits until somebody has seen to it.

    They keep their place: they have waited since help was asked for them, not since it was refused.
    """
    if not _came_back(referral):
        await leave(unit, QueueKind.REFERRAL, referral.id, "seen_to")
        return
    moved_on = (referral.escalated_at or referral.moved_at).astimezone(clock.LONDON).date()
    follow_up_on = clock.add_working_days(moved_on, 1)
    await enter(
        unit,
        Waiting(
            kind=QueueKind.REFERRAL,
            subject_id=referral.id,
            person_ids=(referral.person_id,),
            household_id=referral.household_id,
            hub=None,
            urgency=Urgency(referral.urgency),
            facts=facts.of_referral(referral),
            arrived_at=referral.requested_at or referral.created_at,
            own_due_at=datetime.combine(follow_up_on, _CLOSES, clock.LONDON),
        ),
    )


def _came_back(referral: Referral) -> bool:
    state = ReferralStatus(referral.state)
    if state in referrals.UNANSWERED:
        return referral.escalated_at is not None
    turn = referrals.whose_turn(state, referral.next_step, followed_up=referral.seen_to)
    return state in referrals.ENDED and turn is referrals.Party.SENDER
