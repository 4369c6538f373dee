"""Writes of offers. One live offer for a household and for a home; a refusal counts only when an officer says so."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from kit import clock
from kit.errors import Conflict, Invalid, NotFound, invalid
from kit.events import messages
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.housing.homes import queries as homes
from services.housing.homes.domain import HomeState
from services.housing.lettings import bidders, rows, states
from services.housing.lettings.commands import tell_offer
from services.housing.lettings.models import Advert, Bid, Offer, OfferStep
from services.housing.lettings.rules import Step
from services.housing.lettings.shortlists import commands as shortlists
from services.housing.lettings.shortlists.entering import WAITING
from services.housing.lettings.states import Advert as AdvertIs
from services.housing.lettings.states import Channel, OfferKind, Refused, WhyDirect, WhyRefused
from services.housing.lettings.states import Offer as OfferIs


@dataclass(frozen=True, slots=True)
class Direct:
    """A home offered past the list, with the scheme's own reason and the officer's words."""

    home_id: UUID
    application_id: UUID
    why: WhyDirect
    words: str
    answer_by: date
    sensitive: bool = False


async def offer_next(unit: UnitOfWork, advert_id: UUID, expected: int, answer_by: date) -> Offer:
    """Offer the home to whoever is next on its list. `Conflict` when it is offered, or nobody is left."""
    states.check_answer_by(answer_by, clock.today())
    advert = await rows.advert(unit, advert_id, expected)
    if advert.state != AdvertIs.SHORTLISTED:
        raise Conflict("An offer is made from a final list", state=advert.state, allowed=[AdvertIs.SHORTLISTED])
    if await _live(unit, home_id=advert.home_id):
        raise Conflict("This home is offered to somebody already", allowed=["withdrawn"])
    home = (await homes.by_ids(unit, [advert.home_id])).get(advert.home_id)
    if home is None or home.state is not HomeState.AVAILABLE:
        raise Conflict("The home cannot be let at the moment", state=home.state if home else None, allowed=[])
    line = await shortlists.next_line(unit, advert)
    bid = await unit.session.get_one(Bid, line.bid_id)
    await shortlists.mark(unit, line.advert_id, line.bid_id, "offered")
    return await _make(
        unit,
        advert_id=advert.id,
        bid_id=line.bid_id,
        home_id=advert.home_id,
        application_id=line.application_id,
        person_id=line.person_id,
        household_id=line.household_id,
        kind=OfferKind.RIGHT_TO_RETURN if Step.RETURNS in line.comes_first_by else OfferKind.CHOICE,
        sensitive=advert.sensitive,
        auto_bid=bid.channel == Channel.AUTO,
        answer_by=answer_by,
    )


async def offer_direct(unit: UnitOfWork, said: Direct) -> Offer:
    """Offer a home past the list, for a reason that is published as a number."""
    states.check_answer_by(said.answer_by, clock.today())
    home = (await homes.by_ids(unit, [said.home_id])).get(said.home_id)
    if home is None:
        raise invalid("/home_id", "We know of no such home.", "known-home")
    if home.state is not HomeState.AVAILABLE:
        raise Conflict(f"Only a home that can be let is offered; this one is {home.state}", state=home.state)
    applicant = (await bidders.applicants(unit, [said.application_id], clock.today())).get(said.application_id)
    if applicant is None or not await bidders.shown(unit, applicant):
        raise NotFound("We know of no such application")
    if not applicant.bidder.stands:
        raise Invalid("This application cannot be made an offer", *invalid(
            "/application_id", applicant.bidder.why_not or "It is not active.", "active").errors)  # fmt: skip
    await _check_not_promised(unit, said.home_id)
    returns = said.why is WhyDirect.RIGHT_TO_RETURN
    if returns and home.scheme_id not in applicant.bidder.returns_to:
        raise invalid("/why", "This household has no right to return to this scheme.", "right-to-return")
    return await _make(
        unit,
        home_id=home.id,
        application_id=applicant.application_id,
        person_id=applicant.person_id,
        household_id=applicant.household_id,
        kind=OfferKind.RIGHT_TO_RETURN if returns else OfferKind.DIRECT,
        why_direct=said.why,
        words=said.words,
        sensitive=said.sensitive or said.why in states.SENSITIVE,
        auto_bid=False,
        answer_by=said.answer_by,
    )


async def _check_not_promised(unit: UnitOfWork, home_id: UUID) -> None:
    """What is advertised goes to the list: who bids may rely on it."""
    query = select(Advert.number).where(Advert.home_id == home_id, Advert.state.in_(("open", "closed", "shortlisted")))
    number = await unit.session.scalar(query)
    if number is not None:
        raise Conflict(f"This home is advertised as H-{number}: it goes to the list, or the advert is withdrawn first")


async def _live(unit: UnitOfWork, **where: UUID | None) -> bool:
    query = select(Offer.id).where(Offer.state.in_(states.LIVE))
    for name, value in where.items():
        query = query.where(getattr(Offer, name) == value)
    return await unit.session.scalar(query) is not None


async def _make(unit: UnitOfWork, **values: object) -> Offer:
    now = clock.business_now()
    row: Offer | None = await unit.session.scalar(
        insert(Offer)
        .values(
            id=new_id(),
            version=0,
            state=OfferIs.MADE,
            final=False,
            checked_with_household=False,
            counts=False,
            made_by=unit.cause.actor,
            made_at=now,
            changed_at=now,
            **values,
        )
        .on_conflict_do_nothing()
        .returning(Offer)
    )
    if row is None:
        raise Conflict("Another offer stands: of this home, or to this household", allowed=["withdrawn"])
    _note(unit, row, None, None)
    tell_offer(unit, row, "housing.offer.made")
    messages.request(
        unit,
        person_id=row.person_id,
        template="letting.offered",
        codes={"date": row.answer_by.isoformat()},
        about_id=row.id,
    )
    return row


async def answer(
    unit: UnitOfWork, offer_id: UUID, expected: int, accepts: bool, because: WhyRefused | None, words: str | None
) -> Offer:
    """They said yes or no. A no counts for nothing until an officer decides otherwise."""
    row = await rows.offer(unit, offer_id, expected)
    if accepts == (because is not None):
        raise invalid("/because", "Say why exactly when they refuse.", "reason-of-refusal")
    _move(unit, row, OfferIs.ACCEPTED if accepts else OfferIs.REFUSED, words)
    row.refused_because, row.answer_words, row.answered_at = because, words, clock.business_now()
    if not accepts:
        await shortlists.mark(unit, row.advert_id, row.bid_id, "refused")
    tell_offer(unit, row, "housing.offer.accepted" if accepts else "housing.offer.refused")
    return row


async def check(
    unit: UnitOfWork, offer_id: UUID, expected: int, suitable: bool, with_household: bool, words: str
) -> Offer:
    """An officer looked at whether the home suits them (HA 1996 ss206, 210), with them or alone."""
    row = await rows.offer(unit, offer_id, expected)
    if row.state == OfferIs.LET or row.counts:
        raise Conflict("What was decided on this stands already", state=row.state, allowed=[])
    row.suitable, row.checked_with_household, row.checked_words = suitable, with_household, words
    row.checked_by, row.checked_at = unit.cause.actor, clock.business_now()
    if not suitable:
        row.final = False
    _note(unit, row, row.state, words)
    tell_offer(unit, row, "housing.offer.changed")
    return row


async def make_final(unit: UnitOfWork, offer_id: UUID, expected: int, words: str) -> Offer:
    """From now on it is a final offer; the letter says that they may accept it and ask for a review."""
    row = await rows.offer(unit, offer_id, expected)
    if row.state != OfferIs.MADE:
        raise Conflict("Only an offer that is not answered becomes final", state=row.state, allowed=[])
    with_them = bool(row.suitable) and (row.checked_with_household or not row.auto_bid)
    states.check_final(True, row.auto_bid, with_them)
    row.final = True
    _note(unit, row, row.state, words)
    tell_offer(unit, row, "housing.offer.changed")
    return row


async def count(unit: UnitOfWork, offer_id: UUID, expected: int, words: str) -> Offer:
    """A named officer counts the refusal, with reasons. Another one reviews it, if they ask."""
    row = await rows.offer(unit, offer_id, expected)
    states.check_counting(
        Refused(
            OfferIs(row.state),
            row.auto_bid,
            row.suitable,
            row.checked_with_household,
            row.refused_because,
            unit.cause.actor != row.made_by,
        )
    )
    row.counts, row.counted_by, row.counted_words = True, unit.cause.actor, words
    _note(unit, row, row.state, words)
    tell_offer(unit, row, "housing.offer.changed")
    return row


async def withdraw(unit: UnitOfWork, offer_id: UUID, expected: int, reason: str) -> Offer:
    """Take the offer back: it counts against nobody, and whoever is next may be asked."""
    row = await rows.offer(unit, offer_id, expected)
    if row.state == OfferIs.LET:
        raise Conflict("They have the home: the letting ends or falls through first", state=row.state, allowed=[])
    _move(unit, row, OfferIs.WITHDRAWN, reason)
    # Back in their place: it was not they who said no.
    await shortlists.mark(unit, row.advert_id, row.bid_id, WAITING)
    tell_offer(unit, row, "housing.offer.withdrawn")
    return row


async def undo(unit: UnitOfWork, offer_id: UUID, expected: int, reason: str) -> Offer:
    """Put right what was put down by mistake: the offer stands unanswered again, if nobody has the home since."""
    row = await rows.offer(unit, offer_id, expected)
    if row.counts:
        raise Conflict("An officer has counted this refusal: that decision is reviewed first", state=row.state)
    others = select(Offer.id).where(
        Offer.id != row.id,
        Offer.state.in_(states.LIVE),
        (Offer.home_id == row.home_id) | (Offer.application_id == row.application_id),
    )
    if await unit.session.scalar(others.limit(1)) is not None:
        raise Conflict("Another offer stands since: of this home, or to this household", state=row.state)
    home = (await homes.by_ids(unit, [row.home_id])).get(row.home_id)
    if home is None or home.state is not HomeState.AVAILABLE:
        raise Conflict("The home cannot be let any more", state=row.state, allowed=[])
    _move(unit, row, OfferIs.MADE, reason)
    row.refused_because = row.answer_words = row.answered_at = None
    await shortlists.mark(unit, row.advert_id, row.bid_id, "offered")
    try:
        await unit.session.flush()
    except IntegrityError:
        raise Conflict("Another offer stands since: of this home, or to this household") from None
    tell_offer(unit, row, "housing.offer.changed")
    return row


def let(unit: UnitOfWork, row: Offer) -> None:
    """The tenancy began; for `tenancies` alone, which tells of it."""
    _move(unit, row, OfferIs.LET, None)
    row.version, row.changed_at = row.version + 1, clock.business_now()


def fell_through(unit: UnitOfWork, row: Offer, why: str) -> None:
    """The letting fell through; for `tenancies` alone."""
    _move(unit, row, OfferIs.WITHDRAWN, why)
    tell_offer(unit, row, "housing.offer.withdrawn")


def _move(unit: UnitOfWork, row: Offer, to: OfferIs, why: str | None) -> None:
    was = OfferIs(row.state)
    row.state = states.offer_to(was, to)
    _note(unit, row, was, why)


def _note(unit: UnitOfWork, row: Offer, was: str | None, why: str | None) -> None:
    unit.session.add(
        OfferStep(
            id=new_id(),
            offer_id=row.id,
            was=was,
            became=row.state,
            why=why,
            done_by=unit.cause.actor,
            done_at=clock.business_now(),
        )
    )
