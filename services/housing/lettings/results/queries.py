"""What is published of lettings. A direct or sensitive letting, or one to somebody protected, shows neither home nor
grounds: only that a home of the month went so."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select, tuple_

from kit import clock
from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.housing.lettings import rows
from services.housing.lettings.adverts.queries import HomeShown
from services.housing.lettings.models import Advert, Letting, Shortlist, ShortlistLine
from services.housing.lettings.shapes import RulesView
from services.housing.lettings.states import Advert as AdvertIs
from services.housing.lettings.states import Letting as LettingIs
from services.housing.lettings.states import OfferKind


class HomeToBidFor(BaseModel):
    """A home that is open for bids, with its rules."""

    number: int
    shown: HomeShown
    rules: RulesView
    rent: str | None
    closes_at: UtcDatetime
    seed_source: str
    seed_from: UtcDatetime


class Result(BaseModel):
    """How one advertised home went. Of the household no more than its band and date."""

    number: int
    state: AdvertIs
    road: str | None = Field(description="Null where who lives there must not be found")
    district: str | None
    bedrooms: int | None
    bidders: int
    left_out: int = Field(description="Bids that did not meet the home's rules")
    hash: str
    place: int | None = Field(description="Of the household that has the home: those before it said no or had another")
    band: str | None
    priority_date: date | None
    comes_first_by: list[str] | None
    closed_at: UtcDatetime


class PastTheList(BaseModel):
    """Homes of a month that were let without an advert: how many, and no more."""

    month: str
    lettings: int


class PublishedList(BaseModel):
    """A frozen list and its draw: everything needed to check it, and nobody on it."""

    number: int
    shortlist: dict[str, Any] = Field(description="Digests in order with the hash of them all")
    draw: dict[str, Any] | None = Field(description="The draw's record, for lottery_verifier.py; null: nobody tied")
    how_to_check: list[str]


HOW = [
    "Your place and grounds come with a digest: find it among the lines of this list.",
    "Without 'hash' and 'order' the list as JSON (sorted keys, no spaces, UTF-8) has this very SHA-256 as its hash.",
    "Save 'draw' as record.json and run: python lottery_verifier.py record.json",
    "Sort the lines by 'first', and those with the same 'first' as the draw orders their tokens: that is 'order'.",
]


async def open_now(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> list[HomeToBidFor]:
    """Homes that may be bid for now, whichever closes first before the others."""
    now = clock.business_now()
    query = select(Advert).where(Advert.state == AdvertIs.OPEN, Advert.opens_at <= now, Advert.closes_at > now)
    order = (Advert.closes_at, Advert.number)
    if place is not None:
        query = query.where(tuple_(*order) > (datetime.fromisoformat(place[0]), place[1]))
    return [
        HomeToBidFor(
            number=row.number,
            shown=HomeShown.model_validate(row.shown),
            rules=RulesView.model_validate(row.rules),
            rent=row.rent,
            closes_at=row.closes_at,
            seed_source=row.seed_source,
            seed_from=row.seed_from,
        )
        for row in await unit.session.scalars(query.order_by(*order).limit(most))
    ]


def place_of_home(shown: HomeToBidFor) -> list[Any]:
    """Where a home stands in the list."""
    return [shown.closes_at.isoformat(), shown.number]


async def results(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> list[Result]:
    """How advertised homes went, the newest first."""
    query = select(Advert, Shortlist).join(Shortlist, Shortlist.advert_id == Advert.id)
    if place is not None:
        query = query.where(Advert.number < place[0])
    found = (await unit.session.execute(query.order_by(Advert.number.desc()).limit(most))).all()
    winners = await _winners(unit, [advert.id for advert, _ in found])
    return [_result(advert, shortlist, winners.get(advert.id)) for advert, shortlist in found]


async def _winners(unit: UnitOfWork, adverts: Sequence[UUID]) -> dict[UUID, ShortlistLine]:
    """Whose line has the home, where that may be told at all."""
    query = (
        select(ShortlistLine)
        .join(Letting, Letting.advert_id == ShortlistLine.advert_id)
        .where(
            ShortlistLine.advert_id.in_(adverts),
            ShortlistLine.outcome == "let",
            ~Letting.sensitive,
            rows.lettings_visible_to(unit.cause),
            rows.lines_visible_to(unit.cause),
        )
    )
    return {row.advert_id: row for row in await unit.session.scalars(query)}


def _result(advert: Advert, shortlist: Shortlist, winner: ShortlistLine | None) -> Result:
    hidden = advert.sensitive or (advert.state == AdvertIs.LET and winner is None)
    told = None if hidden else winner
    return Result(
        number=advert.number,
        state=AdvertIs(advert.state),
        road=None if hidden else advert.shown["road"],
        district=None if hidden else advert.shown["district"],
        bedrooms=None if hidden else advert.rules["bedrooms"],
        bidders=shortlist.bidders,
        left_out=shortlist.left_out,
        hash=shortlist.hash,
        place=told.place if told else None,
        band=told.band if told else None,
        priority_date=told.priority_date if told else None,
        comes_first_by=told.comes_first_by if told else None,
        closed_at=shortlist.frozen_at,
    )


def place_of(shown: Result) -> list[Any]:
    """Where a result stands in the list."""
    return [shown.number]


async def past_the_list(unit: UnitOfWork) -> list[PastTheList]:
    """How many homes were let without an advert, month by month, the newest first; of months that are over."""
    this = clock.today().replace(day=1)
    query = select(Letting.starts_on).where(
        Letting.advert_id.is_(None), Letting.kind != OfferKind.CHOICE, Letting.starts_on < this,
        Letting.state.in_(list(LettingIs)),
    )  # fmt: skip
    counts: dict[str, int] = {}
    for starts_on in await unit.session.scalars(query):
        month = f"{starts_on:%Y-%m}"
        counts[month] = counts.get(month, 0) + 1
    return [PastTheList(month=each, lettings=counts[each]) for each in sorted(counts, reverse=True)]


async def published(unit: UnitOfWork, number: int) -> PublishedList:
    """One advert's frozen list and draw."""
    query = select(Shortlist).join(Advert, Advert.id == Shortlist.advert_id).where(Advert.number == number)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("No list of this number is published: bidding may not be over")
    return PublishedList(number=number, shortlist=row.published, draw=row.draw, how_to_check=HOW)
