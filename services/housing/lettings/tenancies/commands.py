"""Writes of tenancies. What else must be true the moment somebody has a home happens in the same transaction."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from kit import clock
from kit.errors import Conflict, invalid
from kit.ids import new_id
from kit.store import access
from kit.store.unit import UnitOfWork
from services.housing.homes import commands as homes
from services.housing.homes.domain import Vacancy
from services.housing.lettings import rows, states
from services.housing.lettings.adverts import commands as adverts
from services.housing.lettings.commands import tell_letting
from services.housing.lettings.models import Letting, Offer
from services.housing.lettings.offers import commands as offers
from services.housing.lettings.shortlists import commands as shortlists
from services.housing.lettings.states import Letting as LettingIs
from services.housing.lettings.states import Offer as OfferIs
from services.housing.lettings.tenancies import domain
from services.housing.lettings.tenancies.domain import Tenancy, WhyEnded
from services.housing.rents import queries as rents

Follow = Callable[[UnitOfWork, Letting], Awaitable[None]]

AFTER_START: list[Follow] = []
"""What belongs to the same act: the register's file, temporary accommodation, the right to return, the CORE log."""
AFTER_END: list[Follow] = []
AFTER_FALL: list[Follow] = []
"""What is put back when somebody never moved in."""


@dataclass(frozen=True, slots=True)
class Start:
    """What is signed."""

    starts_on: date
    tenancy: Tenancy
    tenants: Sequence[UUID]
    weekly_rent_pence: int | None
    """None: the rent that is set for this home and them."""


async def start(unit: UnitOfWork, offer_id: UUID, expected: int, signed: Start) -> Letting:
    """An accepted offer becomes a home. `Conflict` when the home has a tenancy on one of these days."""
    offer = await rows.offer(unit, offer_id, expected)
    states.offer_to(OfferIs(offer.state), OfferIs.LET)
    made_on = offer.made_at.astimezone(clock.LONDON).date()
    domain.check_start(signed.starts_on, made_on, clock.today())
    domain.check_tenants(signed.tenants, offer.person_id)
    home = await homes.load(unit, offer.home_id)
    rent, pence = await _rent(unit, offer, home.rent_regime, signed.weekly_rent_pence)
    await _check_free(unit, offer.home_id, signed.starts_on)
    row = Letting(
        id=new_id(),
        version=1,
        offer_id=offer.id,
        advert_id=offer.advert_id,
        home_id=offer.home_id,
        application_id=offer.application_id,
        person_id=offer.person_id,
        household_id=offer.household_id,
        person_ids=list(signed.tenants),
        kind=offer.kind,
        sensitive=offer.sensitive,
        quota=None,
        tenancy=signed.tenancy,
        rent=rent,
        weekly_rent_pence=pence,
        state=LettingIs.STARTED,
        starts_on=signed.starts_on,
        started_by=unit.cause.actor,
        changed_at=clock.business_now(),
    )
    await _settle_list(unit, offer, row)
    unit.session.add(row)
    try:
        await unit.session.flush()
    except IntegrityError:
        raise Conflict("This home has a tenancy on one of these days already", allowed=[]) from None
    await homes.let(unit, row.home_id, row.starts_on)
    offers.let(unit, offer)
    for follow in AFTER_START:
        await follow(unit, row)
    tell_letting(unit, row)
    return row


async def _rent(unit: UnitOfWork, offer: Offer, regime: str, said: int | None) -> tuple[str, int]:
    """The rent's kind and pence a week: as it was set from their income, else as it is said."""
    found = (await rents.set_for(unit, [offer.home_id])).get(offer.home_id)
    if found is not None and found.person_id in await access.same_person(unit, offer.person_id):
        if said is not None and said != found.rent_week_pence:
            raise invalid("/weekly_rent_pence", "Another rent is set for them and this home.", "rent-as-set")
        return found.product.value, found.rent_week_pence
    if said is None:
        raise invalid("/weekly_rent_pence", "No rent is set for them and this home: say which.", "rent-known")
    return regime, said


async def _settle_list(unit: UnitOfWork, offer: Offer, row: Letting) -> None:
    await shortlists.mark(unit, offer.advert_id, offer.bid_id, "let")
    if offer.advert_id is not None:
        advert = await rows.advert(unit, offer.advert_id)
        row.quota = advert.rules.get("quota")
        adverts.let(unit, advert)


async def _check_free(unit: UnitOfWork, home_id: UUID, starts_on: date) -> None:
    """In words, before the database says it: it catches who is quicker."""
    ends = func.coalesce(Letting.ends_on, date.max)
    here = (Letting.home_id == home_id, Letting.state != LettingIs.FELL_THROUGH, ends >= starts_on)
    query = select(Letting.starts_on, Letting.ends_on).where(*here)
    found = (await unit.session.execute(query.limit(1))).one_or_none()
    if found is not None:
        until = f"until {found.ends_on}" if found.ends_on else "without an end"
        raise Conflict(f"This home has a tenancy from {found.starts_on} {until}", allowed=[])


async def fall_through(unit: UnitOfWork, letting_id: UUID, expected: int, reason: str) -> Letting:
    """They never moved in: everybody stands where they stood, and whoever is next may be asked."""
    row = await rows.letting(unit, letting_id, expected)
    if row.state != LettingIs.STARTED:
        raise Conflict("This tenancy has ended", state=row.state, allowed=[])
    row.state, row.end_reason = LettingIs.FELL_THROUGH, reason
    row.version, row.changed_at = row.version + 1, clock.business_now()
    await homes.undo_let(unit, row.home_id)
    offer = await unit.session.get_one(Offer, row.offer_id, with_for_update=True)
    offers.fell_through(unit, offer, reason)
    await shortlists.mark(unit, offer.advert_id, offer.bid_id, "refused")
    if row.advert_id is not None:
        adverts.not_let(unit, await rows.advert(unit, row.advert_id))
    for follow in AFTER_FALL:
        await follow(unit, row)
    tell_letting(unit, row)
    return row


async def end(unit: UnitOfWork, letting_id: UUID, expected: int, ends_on: date, why: WhyEnded) -> Letting:
    """The tenancy's last day; the home is empty from the next."""
    row = await rows.letting(unit, letting_id, expected)
    if row.state != LettingIs.STARTED:
        raise Conflict("This tenancy has ended", state=row.state, allowed=[])
    domain.check_end(row.starts_on, ends_on)
    if ends_on >= clock.today():
        raise Conflict("Say so once the last day is over: until then the home is theirs", state=row.state, allowed=[])
    row.state, row.ends_on, row.end_reason = LettingIs.ENDED, ends_on, why
    row.version, row.changed_at = row.version + 1, clock.business_now()
    await homes.vacate(unit, row.home_id, ends_on + timedelta(days=1), Vacancy(why.value))
    for follow in AFTER_END:
        await follow(unit, row)
    tell_letting(unit, row)
    return row
