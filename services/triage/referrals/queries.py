"""Reads of referrals. Every one goes on record; those about people kept back do not appear."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select, tuple_

from kit import clock
from kit.contracts.codes import NeedDomain, ReferralStatus
from kit.store.unit import UnitOfWork
from services.triage.capacity import queries as capacity
from services.triage.objections.queries import whole_person
from services.triage.referrals import domain
from services.triage.referrals.domain import Party, S
from services.triage.referrals.models import Referral
from services.triage.referrals.rows import is_shown, load, party_of, visible_to
from services.triage.referrals.shapes import (
    Excluded,
    Moved,
    NextOffers,
    PartnerReferral,
    ReferralSummary,
    ReferralView,
    RoomAt,
    for_partner,
    reference_of,
    whole,
)

_OPEN = tuple(sorted(domain.OPEN))
_TELL_US = (S.REJECTED, S.FAILED)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which referrals a list shows; None does not narrow it."""

    state: ReferralStatus | None = None
    turn: Party | None = None
    organisation_id: UUID | None = None
    person_id: UUID | None = None
    contact_id: UUID | None = None
    sent_by: str | None = None
    escalated_to: str | None = None


async def view(unit: UnitOfWork, referral_id: UUID) -> ReferralView | PartnerReferral:
    """One referral as the caller's party sees it, put on record as read."""
    row = await load(unit, referral_id)
    unit.accessed(f"referral/{row.id}", [row.person_id])
    return whole(row) if party_of(unit.cause) is Party.SENDER else for_partner(row)


async def referrals(
    unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int
) -> Sequence[ReferralSummary]:
    """Up to `most` after `place`, the latest first; one row on record with the people shown."""
    query = select(Referral).where(visible_to(unit.cause))
    for column, value in (
        (Referral.state, filters.state),
        (Referral.organisation_id, filters.organisation_id),
        (Referral.contact_id, filters.contact_id),
        (Referral.sent_by, filters.sent_by),
        (Referral.escalated_to, filters.escalated_to),
    ):
        if value is not None:
            query = query.where(column == value)
    if filters.person_id is not None:
        query = query.where(Referral.person_id.in_(await whole_person(unit, filters.person_id)))
    if filters.turn is Party.RECEIVER:
        query = query.where(Referral.state.in_(_OPEN))
    elif filters.turn is Party.SENDER:
        unfollowed = and_(Referral.followed_up.is_(None), Referral.followed_by.is_(None))
        told = and_(Referral.state.in_(_TELL_US), Referral.next_step != "nothing", unfollowed)
        query = query.where(or_(Referral.state == S.DRAFT, told))
    order = (Referral.created_at, Referral.id)
    if place is not None:
        query = query.where(tuple_(*order) < (datetime.fromisoformat(place[0]), UUID(place[1])))
    rows = (await unit.session.scalars(query.order_by(*(each.desc() for each in order)).limit(most))).all()
    unit.accessed("referrals", {row.person_id for row in rows})
    party = party_of(unit.cause)
    return [ReferralSummary.of(row, party) for row in rows]


def place_of(shown: ReferralSummary) -> list[Any]:
    """Where a referral stands in the list."""
    return [shown.created_at.isoformat(), str(shown.id)]


async def moved(unit: UnitOfWork, row: Referral) -> Moved:
    """What a move brought about. Whoever takes it on is told here whom to help, unless they are kept back since."""
    state = ReferralStatus(row.state)
    party = party_of(unit.cause)
    following = domain.next_of(state, row.reason) if party is Party.SENDER else None
    tells = party is Party.RECEIVER and state in domain.RUNNING and row.disclosures and await is_shown(unit, row)
    told = row.disclosures[-1] if tells else None
    return Moved.model_validate(
        {
            "id": row.id,
            "version": row.version,
            "reference": reference_of(row.id),
            "state": state,
            "allowed": domain.allowed_for(state, party),
            "next_step": following.step if following else None,
            "next_words": following.words if following else None,
            "request": told.request if told else None,
            "shared": told.shared if told else None,
        }
    )


async def next_offers(unit: UnitOfWork, referral_id: UUID) -> NextOffers:
    """What this refusal asks for next: who is not to be offered again, and who lately said that they have room."""
    row = await load(unit, referral_id)
    unit.accessed(f"referral/{row.id}", [row.person_id])
    following = domain.next_of(ReferralStatus(row.state), row.reason)
    excluded = await _excluded(unit, row)
    shut = {each.organisation_id for each in excluded}
    rooms = await capacity.with_room(unit, NeedDomain(row.domain))
    return NextOffers(
        step=following.step if following else None,
        words=following.words if following else None,
        same_partner=following.same_partner if following else None,
        excluded=excluded,
        capacity=[
            RoomAt.model_validate(each, from_attributes=True) for each in rooms if each.organisation_id not in shut
        ],
    )


async def _excluded(unit: UnitOfWork, row: Referral) -> list[Excluded]:
    """Partners whose no still stands, for this person and this kind of need."""
    query = select(Referral.organisation_id, Referral.state, Referral.reason, Referral.moved_at, Referral.until).where(
        Referral.person_id.in_(await whole_person(unit, row.person_id)),
        Referral.domain == row.domain,
        Referral.state.in_(_TELL_US),
    )
    said: dict[UUID, list[domain.Refusal]] = {}
    for each in await unit.session.execute(query.order_by(Referral.moved_at, Referral.id)):
        day = each.moved_at.astimezone(clock.LONDON).date()
        said.setdefault(each.organisation_id, []).append(domain.Refusal(S(each.state), each.reason, day, each.until))
    found = []
    for organisation_id, refusals in said.items():
        day = domain.may_be_asked_from(refusals)
        if day is not None and day > clock.today():
            again = None if day == date.max else day
            found.append(Excluded(organisation_id=organisation_id, reason=refusals[-1].reason, ask_again_on=again))
    return found
