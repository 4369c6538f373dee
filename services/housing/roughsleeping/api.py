"""The HTTP door of rough sleeping."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kit import clock
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.housing.roughsleeping import commands, queries, rows
from services.housing.roughsleeping.domain import Need, SightingState, StayState
from services.housing.roughsleeping.models import NightBed, NightCount, SevereWeather, StreetStay
from services.housing.roughsleeping.shapes import (
    BedAnswer,
    BedSaid,
    BedView,
    CountView,
    Day,
    Declaration,
    FiguresView,
    Look,
    NewBedOffer,
    NewCount,
    NewSighting,
    NewStay,
    OfferView,
    SightingView,
    StayView,
    Step,
    WeatherView,
)

router = APIRouter(route_class=UnitRoute, tags=["rough sleeping"])

Month = Annotated[str | None, Query(pattern=r"^20\d\d-(0[1-9]|1[0-2])$", description="This month unless said")]
CHANGES = (404, 409, 412, 428)
WORK, READ = "housing.rough_sleeping.work", "housing.rough_sleeping.read"


@router.get("/sightings", **may(READ))
async def list_sightings(unit: Unit, paging: Paging, state: SightingState | None = None) -> Page[SightingView]:
    """Sightings of people sleeping rough, those to be looked at first first."""
    found = await queries.sightings(unit, state, paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of_sighting)


@router.post("/sightings", status_code=201, **may("housing.sighting.record", keyed=True))
async def record_sighting(unit: Unit, response: Response, body: NewSighting) -> SightingView:
    """Somebody was seen: where and when, and never who."""
    row = await commands.sight(unit, body)
    response.headers["Location"] = f"/v1/housing/sightings/{row.id}"
    set_etag(response, row.version)
    return SightingView.of(row, clock.business_now())


@router.get("/sightings/{sighting_id}", **may(READ, refusals=(404,)))
async def read_sighting(unit: Unit, response: Response, sighting_id: UUID) -> SightingView:
    """One of them."""
    view = await queries.sighting(unit, sighting_id)
    set_etag(response, view.version)
    return view


@router.post("/sightings/{sighting_id}/looks", **may(WORK, refusals=CHANGES))
async def look_at_sighting(
    unit: Unit, response: Response, sighting_id: UUID, expected: Expected, body: Look
) -> SightingView:
    """Somebody went and looked, and this is whom they found."""
    row, found = await commands.look(unit, sighting_id, expected, body)
    set_etag(response, row.version)
    return SightingView.of(row, clock.business_now(), found)


async def _stay(unit: Unit, response: Response, row: StreetStay, *, made: bool = False) -> StayView:
    if made:
        response.headers["Location"] = f"/v1/housing/street-stays/{row.id}"
    set_etag(response, row.version)
    return await queries.shown(unit, row)


@router.get("/street-stays", **may(READ))
async def list_street_stays(unit: Unit, paging: Paging, state: StayState | None = None) -> Page[StayView]:
    """People on the street and off it again, those longest not met first."""
    found = await queries.stays(unit, state, paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of_stay)


@router.post("/street-stays", status_code=201, **may(WORK, keyed=True, refusals=(409,)))
async def meet_somebody(unit: Unit, response: Response, body: NewStay) -> StayView:
    """Outreach met somebody whom nobody knew on the street. A person's id only once they agreed to be known."""
    return await _stay(unit, response, await commands.begin(unit, body), made=True)


@router.get("/street-stays/{stay_id}", **may(READ, refusals=(404,)))
async def read_street_stay(unit: Unit, response: Response, stay_id: UUID) -> StayView:
    """One person's way: nights met, how often they came back, for how many months they have been off the street."""
    view = await queries.stay(unit, stay_id)
    set_etag(response, view.version)
    return view


@router.post("/street-stays/{stay_id}/steps", **may(WORK, refusals=CHANGES))
async def step_street_stay(unit: Unit, response: Response, stay_id: UUID, expected: Expected, body: Step) -> StayView:
    """They were met again, left the street, came back, or agreed to be known."""
    return await _stay(unit, response, await commands.step(unit, stay_id, expected, body))


async def _bed(unit: Unit, response: Response, row: NightBed, *, made: bool = False) -> BedView:
    if made:
        response.headers["Location"] = f"/v1/housing/night-beds/{row.id}"
    set_etag(response, row.version)
    return await queries.bed(unit, row)


@router.get("/night-beds", **may(READ))
async def list_night_beds(
    unit: Unit,
    paging: Paging,
    night: Annotated[Day | None, Query(description="Named by the day it begins on; tonight unless said")] = None,
    free: Annotated[bool, Query(description="Only places that fit what is said below and have a bed left")] = False,
    woman: bool = False,
    under_25: bool = False,
    couple: bool = False,
    dog: bool = False,
    step_free: bool = False,
) -> Page[BedView]:
    """Beds for a night. In severe weather those opened for it are among them."""
    need = Need(woman, under_25, couple, dog, step_free) if free else None
    found = await queries.beds(unit, night, need, paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of_bed)


@router.post("/night-beds", status_code=201, **may("housing.night_bed.keep", keyed=True))
async def add_night_bed(unit: Unit, response: Response, body: BedSaid) -> BedView:
    """A place with beds."""
    return await _bed(unit, response, await commands.keep_bed(unit, body), made=True)


@router.get("/night-beds/{bed_id}", **may(READ, refusals=(404,)))
async def read_night_bed(unit: Unit, response: Response, bed_id: UUID) -> BedView:
    """One of them, tonight."""
    return await _bed(unit, response, await rows.bed(unit, bed_id))


@router.put("/night-beds/{bed_id}", **may("housing.night_bed.keep", refusals=CHANGES))
async def change_night_bed(unit: Unit, response: Response, bed_id: UUID, expected: Expected, body: BedSaid) -> BedView:
    """Put it right, or close it."""
    return await _bed(unit, response, await commands.keep_bed(unit, body, bed_id, expected))


@router.get("/night-beds/{bed_id}/offers", **may(READ))
async def list_bed_offers(
    unit: Unit, bed_id: UUID, night: Annotated[Day | None, Query(description="Tonight unless said")] = None
) -> list[OfferView]:
    """Who is expected there on a night."""
    return list(await queries.offers(unit, bed_id, night))


@router.post("/night-beds/{bed_id}/offers", status_code=201, **may(WORK, keyed=True, refusals=(404, 409)))
async def offer_night_bed(unit: Unit, response: Response, bed_id: UUID, body: NewBedOffer) -> OfferView:
    """Hold a bed for somebody tonight. 409 when none is left, or one is held for them."""
    row = await commands.offer_bed(unit, bed_id, body)
    response.headers["Location"] = f"/v1/housing/night-beds/{bed_id}/offers/{row.id}"
    return OfferView.of(row)


@router.get("/night-beds/{bed_id}/offers/{offer_id}", **may(READ, refusals=(404,)))
async def read_bed_offer(unit: Unit, bed_id: UUID, offer_id: UUID) -> OfferView:
    """One of them."""
    return OfferView.of(await rows.offer(unit, bed_id, offer_id))


# No If-Match: an offer goes one way, and each second answer is refused anyway.
@router.post("/night-beds/{bed_id}/offers/{offer_id}/answers", **may(WORK, refusals=(404, 409)))
async def answer_night_bed(unit: Unit, bed_id: UUID, offer_id: UUID, body: BedAnswer) -> OfferView:
    """They took it, did not want it, or did not come: then it is free for the next."""
    return OfferView.of(await commands.answer_bed(unit, bed_id, offer_id, body))


def _weather(response: Response, row: SevereWeather, *, made: bool = False) -> WeatherView:
    if made:
        response.headers["Location"] = f"/v1/housing/severe-weather/{row.id}"
    set_etag(response, row.version)
    return WeatherView.of(row)


@router.get("/severe-weather", **may(READ))
async def list_severe_weather(unit: Unit, paging: Paging) -> Page[WeatherView]:
    """When the severe weather protocol stood, the newest first."""
    found = await queries.weather(unit, paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of_weather)


@router.post("/severe-weather", status_code=201, **may("housing.severe_weather.declare", keyed=True, refusals=(409,)))
async def declare_severe_weather(unit: Unit, response: Response, body: Declaration) -> WeatherView:
    """From now a bed for everybody who wants one, whoever they are; sightings are looked at within three hours."""
    return _weather(response, await commands.declare(unit, body), made=True)


@router.get("/severe-weather/{weather_id}", **may(READ, refusals=(404,)))
async def read_severe_weather(unit: Unit, response: Response, weather_id: UUID) -> WeatherView:
    """One of them."""
    return _weather(response, await rows.weather(unit, weather_id))


@router.post("/severe-weather/{weather_id}/ends", **may("housing.severe_weather.declare", refusals=CHANGES))
async def end_severe_weather(unit: Unit, response: Response, weather_id: UUID, expected: Expected) -> WeatherView:
    """It is over."""
    return _weather(response, await commands.end_weather(unit, weather_id, expected))


async def _count(unit: Unit, response: Response, row: NightCount, *, made: bool = False) -> CountView:
    if made:
        response.headers["Location"] = f"/v1/housing/night-counts/{row.id}"
    set_etag(response, row.version)
    return await queries.counted(unit, row)


@router.get("/night-counts", **may("housing.rough_sleeping_count.read"))
async def list_night_counts(unit: Unit, paging: Paging) -> Page[CountView]:
    """How many were found on each night that was counted, the newest first."""
    found = await queries.counts(unit, paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of_count)


@router.post("/night-counts", status_code=201, **may(WORK, keyed=True, refusals=(409,)))
async def count_night(unit: Unit, response: Response, body: NewCount) -> CountView:
    """A night's count. It stands once somebody else has verified it."""
    row = await commands.count(unit, body)
    await unit.session.flush()
    return await _count(unit, response, row, made=True)


@router.get("/night-counts/{count_id}", **may("housing.rough_sleeping_count.read", refusals=(404,)))
async def read_night_count(unit: Unit, response: Response, count_id: UUID) -> CountView:
    """One of them."""
    return await _count(unit, response, await rows.count(unit, count_id))


@router.post("/night-counts/{count_id}/verifications", **may(WORK, refusals=CHANGES))
async def verify_night_count(unit: Unit, response: Response, count_id: UUID, expected: Expected) -> CountView:
    """Somebody else than who counted says that it is right."""
    return await _count(unit, response, await commands.verify(unit, count_id, expected))


@router.get("/rough-sleeping/figures", **may("housing.rough_sleeping_count.read"))
async def read_rough_sleeping_figures(unit: Unit, month: Month = None) -> FiguresView:
    """A month on the street: new, returning, long-term; and how many have stayed off it for how long."""
    first = date.fromisoformat(f"{month}-01") if month else clock.today().replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    return await queries.figures(unit, first, after - timedelta(days=1))
