"""The HTTP door of work journeys and of what a work coach sees."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kit.contracts.envelope import WorkerId
from kit.store.unit import UnitOfWork
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.work import commands, jobs, queries
from services.casefile.work.domain import CheckState
from services.casefile.work.models import WorkJourney
from services.casefile.work.queries import Filters
from services.casefile.work.shapes import (
    CheckBody,
    Closing,
    DueCheck,
    JobEnd,
    JourneyChanges,
    JourneyView,
    NewJob,
    NewJourney,
    NewStep,
    OwnAppointment,
    Progress,
    SharedGoal,
    Sharing,
    StepChanges,
)

router = APIRouter(route_class=UnitRoute, tags=["work"])

Who = Annotated[WorkerId | None, Query()]
_CHANGING = (404, 409, 412, 428)
_ADDING = (404, 412, 428)


async def _answer(unit: UnitOfWork, response: Response, row: WorkJourney) -> JourneyView:
    response.headers["Location"] = f"/v1/casefile/work-journeys/{row.id}"
    set_etag(response, row.version)
    return (await queries.views(unit, [row]))[0]


@router.post("/work-journeys", status_code=201, **may("casefile.work_journey.work", keyed=True, refusals=(404,)))
async def open_work_journey(unit: Unit, response: Response, body: NewJourney) -> JourneyView:
    """Somebody sets out for work. 409 when they are on the way already."""
    return await _answer(unit, response, await commands.open_journey(unit, body))


@router.get("/work-journeys", **may("casefile.work_journey.read"))
async def list_work_journeys(
    unit: Unit,
    paging: Paging,
    person_id: UUID | None = None,
    worker: Who = None,
    state: Literal["open", "closed"] | None = None,
) -> Page[JourneyView]:
    """Journeys, the newest first."""
    filters = Filters(person_id, worker, state)
    return paging.page(await queries.listed(unit, filters, paging.place, paging.limit + 1), queries.place_of)


@router.get("/work-journeys/{journey_id}", **may("casefile.work_journey.read", refusals=(404,)))
async def read_work_journey(unit: Unit, response: Response, journey_id: UUID) -> JourneyView:
    """One of them."""
    view = await queries.view(unit, journey_id)
    set_etag(response, view.version)
    return view


@router.patch("/work-journeys/{journey_id}", **may("casefile.work_journey.work", refusals=_CHANGING))
async def change_work_journey(
    unit: Unit, response: Response, journey_id: UUID, expected: Expected, body: JourneyChanges
) -> JourneyView:
    """The story is another now: the goal, what stops them, where they stand, who goes with them."""
    return await _answer(unit, response, await commands.change(unit, journey_id, expected, body))


@router.post(
    "/work-journeys/{journey_id}/steps",
    status_code=201,
    **may("casefile.work_journey.work", keyed=True, refusals=_ADDING),
)
async def add_work_step(
    unit: Unit, response: Response, journey_id: UUID, expected: Expected, body: NewStep
) -> JourneyView:
    """One more step: childcare, training, an application, an interview."""
    return await _answer(unit, response, await commands.add_step(unit, journey_id, expected, body))


@router.patch("/work-journeys/{journey_id}/steps/{step_id}", **may("casefile.work_journey.work", refusals=_CHANGING))
async def change_work_step(
    unit: Unit, response: Response, journey_id: UUID, step_id: UUID, expected: Expected, body: StepChanges
) -> JourneyView:
    """How a step stands now, and whether the person shares it with their work coach."""
    return await _answer(unit, response, await commands.change_step(unit, journey_id, step_id, expected, body))


@router.put("/work-journeys/{journey_id}/sharing", **may("casefile.work_journey.work", refusals=_CHANGING))
async def share_work_goals(
    unit: Unit, response: Response, journey_id: UUID, expected: Expected, body: Sharing
) -> JourneyView:
    """They share goals with a work coach, as they agreed; null takes it back at once."""
    return await _answer(unit, response, await commands.share(unit, journey_id, expected, body.coach, body.agreed_on))


@router.post(
    "/work-journeys/{journey_id}/jobs",
    status_code=201,
    **may("casefile.work_journey.work", keyed=True, refusals=_ADDING),
)
async def start_work_job(
    unit: Unit, response: Response, journey_id: UUID, expected: Expected, body: NewJob
) -> JourneyView:
    """They started work. It is an outcome too, unless their employment is on record already."""
    return await _answer(unit, response, await jobs.start(unit, journey_id, expected, body))


@router.post("/work-journeys/{journey_id}/jobs/{job_id}/end", **may("casefile.work_journey.work", refusals=_CHANGING))
async def end_work_job(
    unit: Unit, response: Response, journey_id: UUID, job_id: UUID, expected: Expected, body: JobEnd
) -> JourneyView:
    """The job ended; what it did not last to is recorded so."""
    return await _answer(unit, response, await jobs.end(unit, journey_id, job_id, expected, body.ended_on, body.words))


@router.post(
    "/work-journeys/{journey_id}/jobs/{job_id}/checks",
    status_code=201,
    **may("casefile.work_journey.work", keyed=True, refusals=_ADDING),
)
async def check_work_job(
    unit: Unit, response: Response, journey_id: UUID, job_id: UUID, expected: Expected, body: CheckBody
) -> JourneyView:
    """Whether it still stood after 13, or 26, weeks. The answer at 26 weeks is the outcome's too."""
    evidence = [each.as_rules_see_it() for each in body.evidence]
    result = CheckState(body.result)
    row = await jobs.check(unit, journey_id, job_id, expected, body.weeks, result, evidence)
    return await _answer(unit, response, row)


@router.post(
    "/work-journeys/{journey_id}/jobs/{job_id}/progress",
    status_code=201,
    **may("casefile.work_journey.work", keyed=True, refusals=_ADDING),
)
async def record_work_progress(
    unit: Unit, response: Response, journey_id: UUID, job_id: UUID, expected: Expected, body: Progress
) -> JourneyView:
    """They came further: more hours, better pay, a qualification, a better post."""
    return await _answer(unit, response, await jobs.progress(unit, journey_id, job_id, expected, body))


@router.post("/work-journeys/{journey_id}/close", **may("casefile.work_journey.work", refusals=_CHANGING))
async def close_work_journey(
    unit: Unit, response: Response, journey_id: UUID, expected: Expected, body: Closing
) -> JourneyView:
    """The journey ends. A job's checks are asked all the same."""
    return await _answer(unit, response, await commands.close(unit, journey_id, expected, body.reason))


@router.get("/work-checks", **may("casefile.work_journey.read"))
async def list_due_work_checks(unit: Unit, paging: Paging, worker: Who = None) -> Page[DueCheck]:
    """Jobs to ask after today, the longest due first."""
    found = await queries.due_checks(unit, worker, paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of_check)


@router.get("/shared-work-goals", **may("casefile.shared_work_goal.read"))
async def list_shared_work_goals(unit: Unit, paging: Paging) -> Page[SharedGoal]:
    """For a work coach: what people agreed to share with them. Nothing else of them, and nothing that was not done."""
    found = await queries.shared_goals(unit, paging.place, paging.limit + 1)
    return paging.page(found, lambda goal: [str(goal.journey_id)])


@router.get("/own-appointments", **may("casefile.own_appointment.read"))
async def list_own_appointments(unit: Unit, paging: Paging) -> Page[OwnAppointment]:
    """For a work coach: their own appointments from today on. Whether earlier ones were kept is not told."""
    found = await queries.own_appointments(unit, paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [each.starts_at.isoformat(), str(each.id)])
