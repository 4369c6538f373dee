"""The HTTP door of the work against domestic abuse."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.abuse import commands, queries
from services.casefile.abuse.shapes import (
    ActionIn,
    ActionView,
    AssessmentView,
    DoneIn,
    HearingIn,
    NewAssessment,
    NewReferral,
    NewWork,
    ReferralView,
    SafetyPlanIn,
    SafetyPlanView,
    WorkChanges,
    WorkView,
)

router = APIRouter(route_class=UnitRoute, tags=["abuse"])
_MADE = (404, 409)
_LATER = (404, 409, 412, 428)


@router.post("/abuse/assessments", status_code=201, **may("casefile.abuse.assess", keyed=True, refusals=_MADE))
async def put_down_assessment(unit: Unit, response: Response, body: NewAssessment) -> AssessmentView:
    """Put down the checklist's total, what made it graver, and your own judgement; learn what follows."""
    row = await commands.assess(unit, body)
    await unit.session.flush()
    response.headers["Location"] = f"/v1/casefile/abuse/assessments?person_id={row.person_id}"
    set_etag(response, row.version)
    return await queries.assessment_view(unit, row)


@router.get("/abuse/assessments", **may("casefile.abuse.read"))
async def list_assessments(unit: Unit, paging: Paging, person_id: UUID) -> Page[AssessmentView]:
    """What was found of somebody, the newest first."""
    found = await queries.assessments(unit, person_id, paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [each.made_at.isoformat(), str(each.id)])


@router.post("/abuse/works", status_code=201, **may("casefile.abuse.work", keyed=True, refusals=_MADE))
async def begin_abuse_work(unit: Unit, response: Response, body: NewWork) -> WorkView:
    """Begin the work with somebody who is abused."""
    row = await commands.begin(unit, body)
    await unit.session.flush()
    response.headers["Location"] = f"/v1/casefile/abuse/works/{row.id}"
    set_etag(response, row.version)
    return await queries.work_view(unit, row)


@router.get("/abuse/works", **may("casefile.abuse.read"))
async def list_abuse_works(unit: Unit, paging: Paging, person_id: UUID | None = None) -> Page[WorkView]:
    """The work you may see, the newest first."""
    found = await queries.works(unit, person_id, paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [each.begun_at.isoformat(), str(each.id)])


@router.get("/abuse/works/{work_id}", **may("casefile.abuse.read", refusals=(404,)))
async def read_abuse_work(unit: Unit, response: Response, work_id: UUID) -> WorkView:
    """Who advises her, who works with the other one, when it is safe to ring."""
    shown = await queries.work(unit, work_id)
    set_etag(response, shown.version)
    return shown


@router.patch("/abuse/works/{work_id}", **may("casefile.abuse.work", refusals=_LATER))
async def change_abuse_work(
    unit: Unit, response: Response, work_id: UUID, expected: Expected, body: WorkChanges
) -> WorkView:
    """Change it. Whoever works with the other one is never somebody who works with her."""
    row = await commands.change(unit, work_id, expected, body)
    await unit.session.flush()
    set_etag(response, row.version)
    return await queries.work_view(unit, row)


@router.post(
    "/abuse/works/{work_id}/safety-plans",
    status_code=201,
    **may("casefile.abuse.work", keyed=True, refusals=(404,)),
)
async def write_safety_plan(unit: Unit, response: Response, work_id: UUID, body: SafetyPlanIn) -> SafetyPlanView:
    """Write down her safety plan as she says it now; the versions before are kept."""
    row = await commands.plan(unit, work_id, body)
    response.headers["Location"] = f"/v1/casefile/abuse/works/{work_id}"
    return queries.plan_view(row)


@router.post("/abuse/marac-referrals", status_code=201, **may("casefile.abuse.work", keyed=True, refusals=_MADE))
async def refer_to_marac(unit: Unit, response: Response, body: NewReferral) -> ReferralView:
    """Bring her to the MARAC, on what one talk found."""
    row = await commands.refer(unit, body)
    await unit.session.flush()
    response.headers["Location"] = f"/v1/casefile/abuse/marac-referrals/{row.id}"
    set_etag(response, row.version)
    return await queries.referral_view(unit, row)


@router.get("/abuse/marac-referrals", **may("casefile.abuse.read"))
async def list_marac_referrals(unit: Unit, paging: Paging, person_id: UUID | None = None) -> Page[ReferralView]:
    """Referrals you may see, the newest first."""
    found = await queries.referrals(unit, person_id, paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [each.referred_at.isoformat(), str(each.id)])


@router.get("/abuse/marac-referrals/{referral_id}", **may("casefile.abuse.read", refusals=(404,)))
async def read_marac_referral(unit: Unit, response: Response, referral_id: UUID) -> ReferralView:
    """One referral, with what the conference asked for."""
    shown = await queries.referral(unit, referral_id)
    set_etag(response, shown.version)
    return shown


@router.post("/abuse/marac-referrals/{referral_id}/hearing", **may("casefile.abuse.work", refusals=_LATER))
async def hear_marac_referral(
    unit: Unit, response: Response, referral_id: UUID, expected: Expected, body: HearingIn
) -> ReferralView:
    """A conference heard it: a new incident within twelve months is a repeat."""
    row = await commands.hear(unit, referral_id, expected, body)
    set_etag(response, row.version)
    return await queries.referral_view(unit, row)


@router.post(
    "/abuse/marac-referrals/{referral_id}/actions",
    status_code=201,
    **may("casefile.abuse.work", keyed=True, refusals=_MADE),
)
async def give_out_marac_action(unit: Unit, response: Response, referral_id: UUID, body: ActionIn) -> ActionView:
    """What the conference asked somebody to do."""
    row = await commands.give_out(unit, referral_id, body)
    response.headers["Location"] = f"/v1/casefile/abuse/marac-referrals/{referral_id}"
    set_etag(response, row.version)
    return ActionView.model_validate(row)


@router.post("/abuse/marac-actions/{action_id}/done", **may("casefile.abuse.work", refusals=_LATER))
async def do_marac_action(
    unit: Unit, response: Response, action_id: UUID, expected: Expected, body: DoneIn
) -> ActionView:
    """An action was done."""
    row = await commands.done(unit, action_id, expected, body)
    set_etag(response, row.version)
    return ActionView.model_validate(row)
