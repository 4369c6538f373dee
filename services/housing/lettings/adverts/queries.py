"""Reads of adverts and of quotas. An advert is about nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select, tuple_

from kit import clock
from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.housing.lettings import bidders, rules
from services.housing.lettings.models import Advert, Letting, LettingQuota
from services.housing.lettings.shapes import RulesView, rules_from
from services.housing.lettings.states import ADVERTS
from services.housing.lettings.states import Advert as AdvertIs


class HomeShown(BaseModel):
    """A home as bidders see it: a road and a district, never a door."""

    road: str
    district: str
    ward: str | None
    kind: str
    floor: int | None
    lift: bool
    landlord: str
    energy_rating: str | None
    service_charge_week_pence: int


class AdvertView(BaseModel):
    """An advert, as anybody may read it while it stands."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    number: int = Field(description="Say H and this number on the telephone or in a text")
    home_id: UUID
    state: AdvertIs
    allowed: list[AdvertIs] = Field(default_factory=list, description="The states that may follow")
    rules: RulesView
    shown: HomeShown
    rent: str | None
    sensitive: bool
    seed_source: str = Field(description="Where the seed of a draw comes from, should bidders tie")
    seed_from: UtcDatetime
    opens_at: UtcDatetime
    closes_at: UtcDatetime
    days_left: int = Field(default=0, description="Whole days until bidding ends")
    ended_reason: str | None

    @classmethod
    def of(cls, row: Advert) -> Self:
        """As it stands now."""
        view = cls.model_validate(row)
        view.allowed = list(ADVERTS[view.state])
        view.days_left = max(0, (row.closes_at - clock.business_now()).days) if view.state is AdvertIs.OPEN else 0
        return view


class MatchesView(BaseModel):
    """How many of the register the home would suit, before anybody bids. Of no one household."""

    looked_at: int
    could_bid: int
    by_band: dict[str, int]
    come_first: int = Field(description="By the advert's own rules")


class QuotaView(BaseModel):
    """A share of homes for a group, and how far this year's lettings are from it."""

    code: str
    version: int
    title: str
    groups: list[str]
    percent: int
    starts_on: date
    ends_on: date | None
    source: str
    lettings: int = Field(description="Of this financial year, so far")
    of_it: int = Field(description="Those that went by this quota")
    short_by: int = Field(description="Homes that it still needs to be met as of now; 0: met")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which adverts a list shows; None does not narrow it."""

    state: AdvertIs | None = None
    bedrooms: int | None = None
    home_id: UUID | None = None


async def advert(unit: UnitOfWork, advert_id: UUID) -> AdvertView:
    """One of them."""
    row = await unit.session.get(Advert, advert_id)
    if row is None:
        raise NotFound("We know of no such advert")
    unit.accessed(f"advert/{advert_id}")
    return AdvertView.of(row)


async def by_number(unit: UnitOfWork, number: int) -> UUID | None:
    """The advert of a number that somebody says or types."""
    found: UUID | None = await unit.session.scalar(select(Advert.id).where(Advert.number == number))
    return found


async def adverts(unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int) -> list[AdvertView]:
    """Up to `most` after `place`, whichever closes first before the others."""
    query = select(Advert)
    if filters.state is not None:
        query = query.where(Advert.state == filters.state)
    if filters.home_id is not None:
        query = query.where(Advert.home_id == filters.home_id)
    if filters.bedrooms is not None:
        query = query.where(Advert.rules["bedrooms"].as_integer() == filters.bedrooms)
    order = (Advert.closes_at, Advert.id)
    if place is not None:
        query = query.where(tuple_(*order) > (datetime.fromisoformat(place[0]), UUID(place[1])))
    return [AdvertView.of(row) for row in await unit.session.scalars(query.order_by(*order).limit(most))]


def place_of(shown: AdvertView) -> list[Any]:
    """Where an advert stands in the list."""
    return [shown.closes_at.isoformat(), str(shown.id)]


async def matches(unit: UnitOfWork, advert_id: UUID) -> MatchesView:
    """Whom of the whole register the home would suit."""
    row = await unit.session.get(Advert, advert_id)
    if row is None:
        raise NotFound("We know of no such advert")
    asked = rules_from(row.rules)
    on = row.closes_at.astimezone(clock.LONDON).date()
    found = await bidders.everybody(unit, asked.bedrooms, rules.needs_of(asked), on)
    fit = [each.bidder for each in found if not rules.refusals(asked, each.bidder)]
    by_band: dict[str, int] = {}
    for each in sorted(fit, key=lambda bidder: bidder.band_rank):
        by_band[each.band] = by_band.get(each.band, 0) + 1
    unit.accessed(f"advert/{advert_id}")
    first = sum(bool(rules.steps(asked, each)) for each in fit)
    return MatchesView(looked_at=len(found), could_bid=len(fit), by_band=by_band, come_first=first)


async def quotas(unit: UnitOfWork) -> list[QuotaView]:
    """Every quota with this financial year's lettings."""
    today = clock.today()
    begins = date(today.year - (today.month < 4), 4, 1)
    counted = await unit.session.execute(
        select(Letting.quota, func.count()).where(Letting.starts_on >= begins).group_by(Letting.quota)
    )
    lettings = {row.quota: int(row[1]) for row in counted.all()}
    whole = sum(lettings.values())
    rows = await unit.session.scalars(select(LettingQuota).order_by(LettingQuota.code))
    return [_quota(row, whole, lettings.get(row.code, 0)) for row in rows]


async def quota(unit: UnitOfWork, code: str) -> QuotaView:
    """One of them."""
    found = [each for each in await quotas(unit) if each.code == code]
    if not found:
        raise NotFound("We know of no such quota")
    return found[0]


def _quota(row: LettingQuota, whole: int, done: int) -> QuotaView:
    wanted = -(-whole * row.percent // 100)
    values = {name: getattr(row, name) for name in QuotaView.model_fields if hasattr(row, name)}
    return QuotaView(**values, lettings=whole, of_it=done, short_by=max(0, wanted - done))
