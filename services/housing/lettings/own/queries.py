"""What somebody sees who bids themselves: their application, every open home with why or why not, their bids.

It is their own: what is kept back from those who work here (a restricted record) is not kept from them.
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select

from kit import clock
from kit.contracts.envelope import UtcDatetime
from kit.store.unit import UnitOfWork
from services.housing.lettings import bidders, rules, states
from services.housing.lettings.adverts.queries import HomeShown
from services.housing.lettings.bidders import Applicant
from services.housing.lettings.bids import domain as bidding
from services.housing.lettings.bids import queries as bids
from services.housing.lettings.bids.queries import PlaceView
from services.housing.lettings.models import Advert, Bid
from services.housing.lettings.own import domain
from services.housing.lettings.shapes import RulesView, rules_from
from services.housing.lettings.states import Advert as AdvertIs
from services.housing.register.models import Application
from services.housing.register.states import Standing, words

_MOST_HOMES = 200
_MOST_BIDS = 50


class OwnApplication(BaseModel):
    """Where their application stands."""

    number: str
    state: str = Field(description="In words")
    band: str | None
    priority_date: date | None
    bedrooms_needed: int | None
    renew_by: date | None
    may_bid: bool
    why_not: str


class OwnHome(BaseModel):
    """A home that is open for bids, and whether it is one for them."""

    number: int
    shown: HomeShown
    rules: RulesView
    rent: str | None
    closes_at: UtcDatetime
    may_bid: bool
    why_not: list[str] = Field(description="Every rule that they do not meet; empty when they may bid")
    bid_stands: bool


class OwnBid(BaseModel):
    """A bid of theirs: what they do with it now, and where it stood once bidding was over."""

    id: UUID
    version: int
    number: int = Field(description="The home's")
    road: str
    state: str = Field(description="placed | withdrawn")
    channel: states.Channel
    placed_at: UtcDatetime
    closes_at: UtcDatetime
    may_take_back: bool
    receipt: str = Field(description="Theirs alone: with it they find their line on the published list")
    place: PlaceView | None = Field(description="Null while bidding goes on: others may still bid")


class OwnPage(BaseModel):
    """All of it."""

    application: OwnApplication
    bids_left: int = Field(description="How many more may stand at once")
    homes: list[OwnHome]
    bids: list[OwnBid]


async def page(unit: UnitOfWork, application_id: UUID) -> OwnPage:
    """What is theirs; on record as their own look."""
    row = await unit.session.get_one(Application, application_id)
    unit.accessed(f"application/{application_id}", [row.person_id])
    mine = await _bids(unit, application_id)
    standing = {advert.id for bid, advert in mine if bid.state == "placed"}
    homes = await _homes(unit, application_id, standing)
    them = await _on(unit, application_id, {clock.today()})
    bidder = them[clock.today()].bidder
    left = sum(
        bid.state == "placed" and advert.state == AdvertIs.OPEN and bid.channel != states.Channel.AUTO
        for bid, advert in mine
    )
    return OwnPage(
        application=OwnApplication(
            number=row.number,
            state=words(Standing(row.state)),
            band=row.band,
            priority_date=row.priority_on,
            bedrooms_needed=row.bedrooms_needed,
            renew_by=row.renew_by,
            may_bid=bidder.stands,
            why_not=bidder.why_not,
        ),
        bids_left=max(0, bidding.MOST_STANDING - left),
        homes=homes,
        bids=[await _bid(unit, bid, advert) for bid, advert in mine],
    )


async def _on(unit: UnitOfWork, application_id: UUID, days: set[date]) -> Mapping[date, Applicant]:
    """Themselves as the rules see them on each of these days: ages count on the day a home closes."""
    return {day: (await bidders.applicants(unit, [application_id], day))[application_id] for day in days}


async def _homes(unit: UnitOfWork, application_id: UUID, standing: set[UUID]) -> list[OwnHome]:
    now = clock.business_now()
    query = select(Advert).where(Advert.state == AdvertIs.OPEN, Advert.opens_at <= now, Advert.closes_at > now)
    found = (await unit.session.scalars(query.order_by(Advert.closes_at, Advert.number).limit(_MOST_HOMES))).all()
    closing = {row.id: row.closes_at.astimezone(clock.LONDON).date() for row in found}
    them = await _on(unit, application_id, set(closing.values()))
    homes = []
    for row in found:
        why_not = domain.why_not(rules.refusals(rules_from(row.rules), them[closing[row.id]].bidder))
        homes.append(
            OwnHome(
                number=row.number,
                shown=HomeShown.model_validate(row.shown),
                rules=RulesView.model_validate(row.rules),
                rent=row.rent,
                closes_at=row.closes_at,
                may_bid=not why_not,
                why_not=why_not,
                bid_stands=row.id in standing,
            )
        )
    return sorted(homes, key=lambda home: not home.may_bid)


async def _bids(unit: UnitOfWork, application_id: UUID) -> list[tuple[Bid, Advert]]:
    query = select(Bid, Advert).join(Advert, Advert.id == Bid.advert_id).where(Bid.application_id == application_id)
    found = await unit.session.execute(query.order_by(Bid.placed_at.desc(), Bid.id.desc()).limit(_MOST_BIDS))
    return [(bid, advert) for bid, advert in found.all()]


async def _bid(unit: UnitOfWork, bid: Bid, advert: Advert) -> OwnBid:
    bidding_goes_on = advert.state == AdvertIs.OPEN and clock.business_now() < advert.closes_at
    over = advert.state not in (AdvertIs.OPEN, AdvertIs.WITHDRAWN)
    return OwnBid(
        id=bid.id,
        version=bid.version,
        number=advert.number,
        road=advert.shown["road"],
        state=bid.state,
        channel=states.Channel(bid.channel),
        placed_at=bid.placed_at,
        closes_at=advert.closes_at,
        may_take_back=bidding_goes_on and bid.state == "placed",
        receipt=bid.receipt,
        place=await bids.place_of_bid(unit, bid, advert) if over else None,
    )
