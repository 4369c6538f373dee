"""The HTTP door of offers and arrangements."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit import clock
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.money.advisers.queries import check_may_advise
from services.casefile.money.arrangements import commands, domain, queries
from services.casefile.money.arrangements.models import Arrangement
from services.casefile.money.arrangements.queries import Offers, OfferView
from services.casefile.money.pounds import MOST

router = APIRouter(route_class=UnitRoute, tags=["money"])

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Pence = Annotated[int, Field(ge=0, le=MOST, strict=True)]


class Body(BaseModel):
    """Requests refuse fields they do not know."""

    model_config = ConfigDict(extra="forbid")


class NewOffers(Body):
    """Offers to all creditors at once, from what the agreed statement leaves."""

    person_id: UUID
    statement_id: UUID
    first: dict[UUID, Pence] = Field(
        {}, max_length=100, description="What each debt that comes first gets a month; 0: nothing"
    )
    token_pence: Annotated[int, Field(ge=1, le=10_00, strict=True)] = domain.TOKEN_PENCE


class NewOffer(Body):
    """One offer by itself."""

    kind: domain.Kind
    amount_pence: Pence = 0
    words: Line = Field(description="What it is and why, for the adviser")


class OfferStep(Body):
    """What became of it."""

    to: domain.State
    on: date | None = Field(None, description="Left out: today")
    amount_pence: Pence | None = Field(None, description="On acceptance: what the creditor agreed to instead")
    first_due_on: date | None = None
    reason: Line | None = None


def _answer(response: Response, row: Arrangement) -> OfferView:
    response.headers["Location"] = f"/v1/casefile/money/offers/{row.id}"
    set_etag(response, row.version)
    return OfferView.of(row)


@router.post("/money/offers", status_code=201, **may("casefile.debt_offer.make", keyed=True, refusals=(404,)))
async def draft_offers(unit: Unit, response: Response, body: NewOffers) -> Offers:
    """Draft an offer for every debt: first what comes first, the rest pro rata, a token where nothing is left."""
    await check_may_advise(unit)
    made = await commands.draft_all(unit, body.person_id, body.statement_id, body.first, body.token_pence)
    response.headers["Location"] = f"/v1/casefile/money/offers?person_id={body.person_id}"
    return Offers(items=[OfferView.of(row) for row in made])


@router.post(
    "/money/debts/{debt_id}/offers", status_code=201, **may("casefile.debt_offer.make", keyed=True, refusals=(404,))
)
async def draft_offer(unit: Unit, response: Response, debt_id: UUID, body: NewOffer) -> OfferView:
    """Draft one offer: a lump sum in full settlement, a hold, a write-off, or what comes first."""
    await check_may_advise(unit)
    return _answer(response, await commands.draft_one(unit, debt_id, commands.NewOffer(**body.model_dump())))


@router.get("/money/offers", **may("casefile.debt_offer.read"))
async def list_offers(unit: Unit, paging: Paging, person_id: UUID) -> Page[OfferView]:
    """A person's offers and arrangements, the newest first."""
    rows = await queries.of_person(unit, person_id, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of)


@router.get("/money/offers/{offer_id}", **may("casefile.debt_offer.read", refusals=(404,)))
async def read_offer(unit: Unit, response: Response, offer_id: UUID) -> OfferView:
    """One of them."""
    view = await queries.view(unit, offer_id)
    set_etag(response, view.version)
    return view


@router.post("/money/offers/{offer_id}/steps", **may("casefile.debt_offer.make", refusals=(404, 409, 412, 428)))
async def move_offer(unit: Unit, response: Response, offer_id: UUID, expected: Expected, body: OfferStep) -> OfferView:
    """Sent, accepted, refused, withdrawn; kept to the end, or broken. Accepted, its debt is arranged."""
    await check_may_advise(unit)
    told = body.model_dump(exclude={"on"})
    taken = domain.Step(**told, on=body.on or clock.today())
    return _answer(response, await commands.step(unit, offer_id, expected, taken))
