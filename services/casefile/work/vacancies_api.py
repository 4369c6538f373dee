"""The HTTP door of vacancies that open here first, and of their offers."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.work import queries, vacancies
from services.casefile.work.offers import OfferState
from services.casefile.work.rows import load
from services.casefile.work.shapes import (
    NewOffer,
    NewVacancy,
    OfferAnswer,
    OfferView,
    PlaceView,
    VacancyChanges,
    VacancyView,
)

router = APIRouter(route_class=UnitRoute, tags=["work"])


@router.post("/work-vacancies", status_code=201, **may("casefile.work_vacancy.keep", keyed=True))
async def enter_work_vacancy(unit: Unit, response: Response, body: NewVacancy) -> VacancyView:
    """A scheme's vacancy opens here, some working days before it opens to others."""
    row = await vacancies.enter(unit, body)
    response.headers["Location"] = f"/v1/casefile/work-vacancies/{row.id}"
    set_etag(response, row.version)
    return await queries.vacancy(unit, row.id)


@router.get("/work-vacancies", **may("casefile.work_vacancy.read"))
async def list_vacancies(
    unit: Unit, paging: Paging, state: Literal["open", "closed"] | None = None
) -> Page[VacancyView]:
    """Vacancies, the newest first, and who may have them today."""
    found = await queries.vacancies(unit, state, paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of_vacancy)


@router.get("/work-vacancies/{vacancy_id}", **may("casefile.work_vacancy.read", refusals=(404,)))
async def read_vacancy(unit: Unit, response: Response, vacancy_id: UUID) -> VacancyView:
    """One of them."""
    view = await queries.vacancy(unit, vacancy_id)
    set_etag(response, view.version)
    return view


@router.patch("/work-vacancies/{vacancy_id}", **may("casefile.work_vacancy.keep", refusals=(404, 412, 428)))
async def change_work_vacancy(
    unit: Unit, response: Response, vacancy_id: UUID, expected: Expected, body: VacancyChanges
) -> VacancyView:
    """More places or fewer, closed, or open again."""
    row = await vacancies.change(unit, vacancy_id, expected, body)
    set_etag(response, row.version)
    return await queries.vacancy(unit, row.id)


@router.get("/work-vacancies/{vacancy_id}/order", **may("casefile.work_offer.make", refusals=(404,)))
async def read_work_order(unit: Unit, paging: Paging, vacancy_id: UUID) -> Page[PlaceView]:
    """In which order a place is offered, furthest from work first, and why: as far as the caller may see."""
    shown = await queries.vacancy(unit, vacancy_id)
    places = await vacancies.order(unit, shown.hours)
    skip = int(paging.place[0]) if paging.place else 0
    found = await queries.of_the_order(unit, places, paging.limit + 1, skip)
    return paging.page(found, lambda place: [place.place])


@router.post(
    "/work-vacancies/{vacancy_id}/offers",
    status_code=201,
    **may("casefile.work_offer.make", keyed=True, refusals=(404,)),
)
async def make_work_offer(unit: Unit, response: Response, vacancy_id: UUID, body: NewOffer) -> OfferView:
    """Offer a place. Whoever passes over somebody further from work says why."""
    row = await vacancies.offer(unit, vacancy_id, body.journey_id, body.reason)
    response.headers["Location"] = f"/v1/casefile/work-offers/{row.id}"
    set_etag(response, row.version)
    return queries.offer_view(row, await load(unit, body.journey_id))


@router.get("/work-offers", **may("casefile.work_offer.read"))
async def list_work_offers(
    unit: Unit, paging: Paging, journey_id: UUID | None = None, vacancy_id: UUID | None = None
) -> Page[OfferView]:
    """Offers to people whose file the caller may see, the newest first."""
    found = await queries.offers_listed(unit, journey_id, vacancy_id, paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of_offer)


@router.post("/work-offers/{offer_id}/answer", **may("casefile.work_offer.answer", refusals=(404, 409, 412, 428)))
async def answer_work_offer(
    unit: Unit, response: Response, offer_id: UUID, expected: Expected, body: OfferAnswer
) -> OfferView:
    """Accepted, declined or withdrawn. Nothing follows from it but that the place is taken or free."""
    row, journey = await vacancies.answer(unit, offer_id, expected, OfferState(body.answer))
    set_etag(response, row.version)
    return queries.offer_view(row, journey)
