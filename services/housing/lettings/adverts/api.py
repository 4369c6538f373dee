"""The HTTP door of adverts and quotas."""

from datetime import UTC, date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, expected_version, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.housing.lettings.adverts import commands, queries
from services.housing.lettings.adverts.commands import NewAdvert
from services.housing.lettings.adverts.queries import AdvertView, Filters, MatchesView, QuotaView
from services.housing.lettings.models import Advert
from services.housing.lettings.rules import Group, Rules
from services.housing.lettings.shapes import RulesBody, Words
from services.housing.lettings.states import Advert as AdvertIs

router = APIRouter(route_class=UnitRoute, tags=["lettings"])

SeedSource = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500, pattern=r"^[^\x00]*$")
]
# Of this century: beyond it the calendar's own arithmetic ends.
Moment = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), le=datetime(2099, 12, 31, tzinfo=UTC))]
Witness = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00]*$")]
QuotaCode = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class AdvertBody(BaseModel):
    """A home to be advertised. What it is comes from the home; nothing of this is changed while it is open."""

    model_config = ConfigDict(extra="forbid")

    home_id: UUID
    rules: RulesBody = Field(default_factory=RulesBody)
    opens_at: Moment | None = Field(default=None, description="Now, unless it is said")
    closes_at: Moment
    seed_source: SeedSource = Field(description="Where the seed of a draw comes from, should bidders tie")
    seed_from: Moment = Field(description="The first moment at which it can be known: after bidding")
    sensitive: bool = Field(default=False, description="Results name neither home nor grounds")


class Reason(BaseModel):
    """Why, in words."""

    model_config = ConfigDict(extra="forbid")

    reason: Words


class Seed(BaseModel):
    """The seed as its source gives it, and who saw it being entered."""

    model_config = ConfigDict(extra="forbid")

    seed: Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=500, pattern=r"^[^\x00]*$")]
    witnessed_by: Witness


class QuotaBody(BaseModel):
    """A share of homes that goes to a group first."""

    model_config = ConfigDict(extra="forbid")

    title: Words
    groups: list[Group] = Field(min_length=1, max_length=10)
    percent: int = Field(ge=1, le=100)
    starts_on: date
    ends_on: date | None = None
    source: Words = Field(description="Where it was decided")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError("It ends after it starts")
        return self


def _answer(response: Response, row: Advert) -> AdvertView:
    response.headers["Location"] = f"/v1/housing/adverts/{row.id}"
    set_etag(response, row.version)
    return AdvertView.of(row)


@router.post("/adverts", status_code=201, **may("housing.advert.open", keyed=True, refusals=(404,)))
async def open_advert(unit: Unit, response: Response, body: AdvertBody) -> AdvertView:
    """Advertise a home that can be let, with its rules and where a draw's seed would come from."""
    said = body.rules.model_dump()
    asked = Rules(**{**said, "bands": frozenset(body.rules.bands), "groups": frozenset(body.rules.groups)}, bedrooms=0)
    new = NewAdvert(
        body.home_id, asked, body.closes_at, body.seed_source, body.seed_from, body.opens_at, body.sensitive
    )
    return _answer(response, await commands.open_(unit, new))


@router.get("/adverts", **may("housing.advert.read"))
async def list_adverts(
    unit: Unit,
    paging: Paging,
    state: AdvertIs | None = None,
    bedrooms: Annotated[int | None, Query(ge=0, le=10)] = None,
    home_id: UUID | None = None,
) -> Page[AdvertView]:
    """Adverts, whichever closes first before the others."""
    rows = await queries.adverts(unit, Filters(state, bedrooms, home_id), paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of)


@router.get("/adverts/{advert_id}", **may("housing.advert.read", refusals=(404,)))
async def read_advert(unit: Unit, response: Response, advert_id: UUID) -> AdvertView:
    """One of them."""
    view = await queries.advert(unit, advert_id)
    set_etag(response, view.version)
    return view


@router.get("/adverts/{advert_id}/matches", **may("housing.advert.match", refusals=(404,)))
async def count_matches(unit: Unit, advert_id: UUID) -> MatchesView:
    """How many of the register the home would suit. Of no one household."""
    return await queries.matches(unit, advert_id)


@router.post("/adverts/{advert_id}/close", **may("housing.advert.close", refusals=(404, 409, 412, 428)))
async def close_advert(unit: Unit, response: Response, advert_id: UUID, expected: Expected) -> AdvertView:
    """End bidding, once its time is over: the list is frozen. It happens by itself; 409 before its time."""
    return _answer(response, await commands.close(unit, advert_id, expected))


@router.post("/adverts/{advert_id}/draw", **may("housing.advert.draw", refusals=(404, 409, 412, 428)))
async def draw_ties(unit: Unit, response: Response, advert_id: UUID, expected: Expected, body: Seed) -> AdvertView:
    """Enter the seed of the public draw, with a witness: the ties are settled, the list is final."""
    return _answer(response, await commands.draw(unit, advert_id, expected, body.seed, body.witnessed_by))


@router.post("/adverts/{advert_id}/withdrawal", **may("housing.advert.open", refusals=(404, 409, 412, 428)))
async def withdraw_advert(
    unit: Unit, response: Response, advert_id: UUID, expected: Expected, body: Reason
) -> AdvertView:
    """Take the advert back, for everybody to read why."""
    return _answer(response, await commands.withdraw(unit, advert_id, expected, body.reason))


@router.get("/letting-quotas", **may("housing.letting_quota.read"))
async def list_quotas(unit: Unit) -> list[QuotaView]:
    """The shares of the allocation scheme, and how far this year's lettings are from them."""
    return await queries.quotas(unit)


@router.put("/letting-quotas/{code}", **may("housing.letting_quota.keep", refusals=(404, 412)))
async def keep_quota(
    unit: Unit,
    response: Response,
    code: QuotaCode,
    body: QuotaBody,
    if_match: Annotated[str | None, Header()] = None,
) -> QuotaView:
    """Write a share down, or change it. Send If-Match to change one."""
    expected = expected_version(if_match) if if_match else None
    values = {**body.model_dump(), "groups": [each.value for each in body.groups]}
    row = await commands.keep_quota(unit, code, expected, values)
    set_etag(response, row.version)
    return await queries.quota(unit, code)
