"""Reads of bids: whose they are, and where they stand, with the grounds in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select, tuple_

from kit import clock
from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.housing.lettings import bidders, order, rows
from services.housing.lettings.models import Advert, AutoBid, Bid, Shortlist, ShortlistLine
from services.housing.lettings.order import Line
from services.housing.lettings.rules import Bidder, Standing, Step
from services.housing.lettings.shapes import rules_from
from services.housing.lettings.states import Channel


class BidView(BaseModel):
    """A bid. The token stands in the public draw, should it be tied; the receipt is for the bidder alone."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    advert_id: UUID
    application_id: UUID
    person_id: UUID
    household_id: UUID | None
    channel: Channel
    state: str = Field(description="placed | withdrawn")
    token: str
    receipt: str
    placed_at: UtcDatetime


class PlaceView(BaseModel):
    """Where a bid stands, or stood, and why: to be read to whoever asks."""

    bid_id: UUID
    number: int = Field(description="The advert's")
    final: bool = Field(description="False: as it is now; others may still bid, or a draw is to come")
    place: int | None
    first: int | None = Field(description="They share places from here")
    last: int | None = Field(description="to here")
    of: int
    outcome: str
    grounds: list[str]
    your_line: dict[str, Any] | None = Field(description="What the digest of their line is made of")
    your_digest: str | None = Field(description="Find it on the published list")
    token: str


class AutoBidView(BaseModel):
    """What was agreed with a household for whom bids are placed."""

    model_config = ConfigDict(from_attributes=True)

    application_id: UUID
    version: int
    person_id: UUID
    wards: list[str]
    top_floor: int | None
    why: str
    agreed_on: date
    set_by: str
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which bids a list shows; None does not narrow it."""

    advert_id: UUID | None = None
    application_id: UUID | None = None
    person_id: UUID | None = None


async def bid(unit: UnitOfWork, bid_id: UUID) -> BidView:
    """One of them."""
    row = await _load(unit, bid_id)
    unit.accessed(f"bid/{row.id}", [row.person_id])
    return BidView.model_validate(row)


async def _load(unit: UnitOfWork, bid_id: UUID) -> Bid:
    row = (
        await unit.session.scalars(select(Bid).where(Bid.id == bid_id, rows.bids_visible_to(unit.cause)))
    ).one_or_none()
    if row is None:
        raise NotFound("We know of no such bid")
    return row


async def bids(unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int) -> list[BidView]:
    """Up to `most` after `place`, the oldest first."""
    query = select(Bid).where(rows.bids_visible_to(unit.cause))
    for name in Filters.__slots__:
        if (wanted := getattr(filters, name)) is not None:
            query = query.where(getattr(Bid, name) == wanted)
    order_by = (Bid.placed_at, Bid.id)
    if place is not None:
        query = query.where(tuple_(*order_by) > (datetime.fromisoformat(place[0]), UUID(place[1])))
    found = (await unit.session.scalars(query.order_by(*order_by).limit(most))).all()
    unit.accessed("bids", {row.person_id for row in found})
    return [BidView.model_validate(row) for row in found]


def place_of(shown: BidView) -> list[Any]:
    """Where a bid stands in the list."""
    return [shown.placed_at.isoformat(), str(shown.id)]


async def where(unit: UnitOfWork, bid_id: UUID) -> PlaceView:
    """Where a bid stands: by the frozen list once bidding is over, before that as if it ended now."""
    row = await _load(unit, bid_id)
    advert = await unit.session.get_one(Advert, row.advert_id)
    unit.accessed(f"bid/{row.id}", [row.person_id])
    return await place_of_bid(unit, row, advert)


async def place_of_bid(unit: UnitOfWork, row: Bid, advert: Advert) -> PlaceView:
    """The same for whoever was found to be allowed to see this bid."""
    shortlist = await unit.session.get(Shortlist, advert.id)
    if shortlist is None:
        return await _as_of_now(unit, row, advert)
    kept = (await unit.session.scalars(select(ShortlistLine).where(ShortlistLine.advert_id == advert.id))).all()
    mine = next((each for each in kept if each.bid_id == row.id), None)
    if mine is None:
        return _nowhere(row, advert, "withdrawn", ["This bid was taken back before bidding ended."], shortlist.bidders)
    if mine.first is None:
        said = [each["words"] for each in mine.refusals]
        return _nowhere(row, advert, mine.outcome, said, shortlist.bidders)
    line = _line(mine, row.receipt)
    ahead = [each for each in kept if each.first is not None and _before(each, mine)]
    said = list(order.grounds(line, [_line(each, "") for each in ahead], mine.place, shortlist.bidders))
    if mine.outcome == "passed":
        said.append(f"An officer passed you by: {mine.passed_words}")
    return _place(row, advert, line, mine.place, shortlist.bidders, mine.outcome, said, final=shortlist.drawn)


def _before(other: ShortlistLine, mine: ShortlistLine) -> bool:
    if mine.place is not None and other.place is not None:
        return other.place < mine.place
    return (other.last or 0) < (mine.first or 0)


async def _as_of_now(unit: UnitOfWork, row: Bid, advert: Advert) -> PlaceView:
    asked = rules_from(advert.rules)
    found = await bidders.bidding(unit, advert.id, asked, advert.closes_at.astimezone(clock.LONDON).date())
    made = order.line_up(asked, [each.bid for each in found])
    for at, line in enumerate(made.lines):
        if line.bid.token == row.token:
            ahead = [each for each in made.lines[:at] if each.last < line.first]
            place = None if line.tied else line.first
            said = [
                "Bidding goes on: others may still bid.",
                *order.grounds(line, ahead, place, len(made.lines)),
            ]
            return _place(row, advert, line, place, len(made.lines), "bidding", said, final=False)
    said = [each.words for bid, why in made.left_out if bid.token == row.token for each in why]
    return _nowhere(row, advert, "bidding" if said else row.state, said, len(made.lines))


def _line(kept: ShortlistLine, receipt: str) -> Line:
    has = frozenset(Step(each) for each in kept.comes_first_by)
    standing = Standing(tuple(each not in has for each in Step), kept.band_rank, kept.priority_date, has)
    bidder = Bidder(kept.band, kept.band_rank, kept.priority_date, 0, 0)
    return Line(order.Bid(kept.token, receipt, bidder), standing, kept.first or 0, kept.last or 0)


def _place(
    row: Bid, advert: Advert, line: Line, place: int | None, of: int, outcome: str, said: list[str], *, final: bool
) -> PlaceView:
    told = order.entry_of(line)
    return PlaceView(
        bid_id=row.id,
        number=advert.number,
        final=final,
        place=place,
        first=line.first,
        last=line.last,
        of=of,
        outcome=outcome,
        grounds=said,
        your_line=told,
        your_digest=order.digest_of(told),
        token=row.token,
    )


def _nowhere(row: Bid, advert: Advert, outcome: str, said: Sequence[str], of: int) -> PlaceView:
    return PlaceView(
        bid_id=row.id,
        number=advert.number,
        final=outcome != "bidding",
        place=None,
        first=None,
        last=None,
        of=of,
        outcome=outcome,
        grounds=list(said),
        your_line=None,
        your_digest=None,
        token=row.token,
    )


async def auto_bid(unit: UnitOfWork, application_id: UUID) -> AutoBidView:
    """What was agreed with one household."""
    query = select(AutoBid).where(AutoBid.application_id == application_id, rows.auto_bids_visible_to(unit.cause))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("No bids are placed for this application")
    unit.accessed(f"auto_bid/{application_id}", [row.person_id])
    return AutoBidView.model_validate(row)
