"""The HTTP door of offers."""

from datetime import date
from typing import Self
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.housing.lettings.models import Offer
from services.housing.lettings.offers import commands, queries
from services.housing.lettings.offers.commands import Direct
from services.housing.lettings.offers.queries import Filters, OfferDetail, OfferLetter, OfferView
from services.housing.lettings.shapes import Words
from services.housing.lettings.states import Offer as OfferIs
from services.housing.lettings.states import WhyDirect, WhyRefused

router = APIRouter(route_class=UnitRoute, tags=["lettings"])


class NextOffer(BaseModel):
    """Until when whoever is next may think about it."""

    model_config = ConfigDict(extra="forbid")

    answer_by: date


class DirectOffer(BaseModel):
    """A home offered past the list: the scheme's reason, and the officer's words."""

    model_config = ConfigDict(extra="forbid")

    home_id: UUID
    application_id: UUID
    why: WhyDirect
    words: Words
    answer_by: date
    sensitive: StrictBool = False


class AnswerBody(BaseModel):
    """What they said."""

    model_config = ConfigDict(extra="forbid")

    accepts: StrictBool
    because: WhyRefused | None = Field(default=None, description="When they refuse")
    words: Words | None = None

    @model_validator(mode="after")
    def _reason(self) -> Self:
        if self.accepts == (self.because is not None):
            raise ValueError("Say why exactly when they refuse")
        return self


class CheckBody(BaseModel):
    """Whether the home suits them."""

    model_config = ConfigDict(extra="forbid")

    suitable: StrictBool
    with_household: StrictBool = Field(description="It was talked over with them")
    words: Words


class Why(BaseModel):
    """Facts and reasons, in words they will read."""

    model_config = ConfigDict(extra="forbid")

    words: Words


def _answer(response: Response, row: Offer) -> OfferView:
    response.headers["Location"] = f"/v1/housing/offers/{row.id}"
    set_etag(response, row.version)
    return queries.view(row)


@router.post(
    "/adverts/{advert_id}/offers",
    status_code=201,
    **may("housing.offer.make", keyed=True, refusals=(404, 412, 428)),
)
async def offer_next(unit: Unit, response: Response, advert_id: UUID, expected: Expected, body: NextOffer) -> OfferView:
    """Offer the home to whoever is next on its list and holds no other offer."""
    return _answer(response, await commands.offer_next(unit, advert_id, expected, body.answer_by))


@router.post("/offers", status_code=201, **may("housing.offer.direct", keyed=True, refusals=(404,)))
async def offer_direct(unit: Unit, response: Response, body: DirectOffer) -> OfferView:
    """Offer a home past the list, for one of the scheme's reasons."""
    said = Direct(body.home_id, body.application_id, body.why, body.words, body.answer_by, body.sensitive)
    return _answer(response, await commands.offer_direct(unit, said))


@router.get("/offers", **may("housing.offer.read"))
async def list_offers(
    unit: Unit,
    paging: Paging,
    state: OfferIs | None = None,
    advert_id: UUID | None = None,
    home_id: UUID | None = None,
    application_id: UUID | None = None,
    person_id: UUID | None = None,
    late: bool | None = None,
) -> Page[OfferView]:
    """Offers, the oldest first. `late`: not answered in time, for somebody to call them."""
    filters = Filters(state, advert_id, home_id, application_id, person_id, late)
    return paging.page(await queries.offers(unit, filters, paging.place, paging.limit + 1), queries.place_of)


@router.get("/offers/{offer_id}", **may("housing.offer.read", refusals=(404,)))
async def read_offer(unit: Unit, response: Response, offer_id: UUID) -> OfferDetail:
    """One of them, with its story."""
    view = await queries.offer(unit, offer_id)
    set_etag(response, view.version)
    return view


@router.get("/offers/{offer_id}/letter", **may("housing.offer.read", refusals=(404,)))
async def read_letter(unit: Unit, offer_id: UUID) -> OfferLetter:
    """The offer as we write it. A final one says that they may accept it and ask for a review."""
    return await queries.letter(unit, offer_id)


@router.post("/offers/{offer_id}/answer", **may("housing.offer.answer", refusals=(404, 409, 412, 428)))
async def answer_offer(
    unit: Unit, response: Response, offer_id: UUID, expected: Expected, body: AnswerBody
) -> OfferView:
    """They said yes or no. A no counts for nothing until an officer decides otherwise."""
    return _answer(response, await commands.answer(unit, offer_id, expected, body.accepts, body.because, body.words))


@router.post("/offers/{offer_id}/suitability", **may("housing.offer.check", refusals=(404, 409, 412, 428)))
async def check_offer(unit: Unit, response: Response, offer_id: UUID, expected: Expected, body: CheckBody) -> OfferView:
    """Whether the home suits them, looked at with them or alone."""
    row = await commands.check(unit, offer_id, expected, body.suitable, body.with_household, body.words)
    return _answer(response, row)


@router.post("/offers/{offer_id}/final", **may("housing.offer.decide", refusals=(404, 409, 412, 428)))
async def make_offer_final(unit: Unit, response: Response, offer_id: UUID, expected: Expected, body: Why) -> OfferView:
    """Make it a final offer (HA 1996 s193(7)), once it was found suitable."""
    return _answer(response, await commands.make_final(unit, offer_id, expected, body.words))


@router.post("/offers/{offer_id}/counting", **may("housing.offer.decide", refusals=(404, 409, 412, 428)))
async def count_refusal(unit: Unit, response: Response, offer_id: UUID, expected: Expected, body: Why) -> OfferView:
    """Count a refusal, as another officer than the one who made the offer."""
    return _answer(response, await commands.count(unit, offer_id, expected, body.words))


@router.post("/offers/{offer_id}/withdrawal", **may("housing.offer.make", refusals=(404, 409, 412, 428)))
async def withdraw_offer(unit: Unit, response: Response, offer_id: UUID, expected: Expected, body: Why) -> OfferView:
    """Take it back: it counts against nobody."""
    return _answer(response, await commands.withdraw(unit, offer_id, expected, body.words))


@router.post("/offers/{offer_id}/undo", **may("housing.offer.answer", refusals=(404, 409, 412, 428)))
async def undo_offer(unit: Unit, response: Response, offer_id: UUID, expected: Expected, body: Why) -> OfferView:
    """Put right what was put down by mistake: it is unanswered again, if nobody has the home since."""
    return _answer(response, await commands.undo(unit, offer_id, expected, body.words))
