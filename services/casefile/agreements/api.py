"""The HTTP door of agreements."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.agreements import commands, queries
from services.casefile.agreements.domain import State
from services.casefile.agreements.queries import AgreementView
from services.casefile.agreements.shapes import AgreementFields, Code, NewAgreement, NewDecision

router = APIRouter(route_class=UnitRoute, tags=["agreements"])


@router.get("/agreements", **may("casefile.agreement.read"))
async def list_agreements(
    unit: Unit, paging: Paging, dataset: Code | None = None, state: State | None = None
) -> Page[AgreementView]:
    """The register of agreements."""
    found = await queries.listed(unit, dataset, state, paging.place, paging.limit)
    return paging.page(found, lambda each: [each.code])


@router.post("/agreements", status_code=201, **may("casefile.agreement.keep", keyed=True))
async def draft_agreement(unit: Unit, response: Response, body: NewAgreement) -> AgreementView:
    """A new agreement, as a draft."""
    row = await commands.draft(unit, body)
    response.headers["Location"] = f"/v1/casefile/agreements/{row.id}"
    set_etag(response, row.version)
    return await queries.view(unit, row.id)


@router.get("/agreements/{agreement_id}", **may("casefile.agreement.read", refusals=(404,)))
async def read_agreement(unit: Unit, response: Response, agreement_id: UUID) -> AgreementView:
    """One agreement."""
    view = await queries.view(unit, agreement_id)
    set_etag(response, view.version)
    return view


@router.put("/agreements/{agreement_id}", **may("casefile.agreement.keep", refusals=(404, 409, 412, 428)))
async def change_agreement(
    unit: Unit, response: Response, agreement_id: UUID, expected: Expected, body: AgreementFields
) -> AgreementView:
    """What it says; of one in force only what the board need not decide."""
    row = await commands.change(unit, agreement_id, expected, body)
    set_etag(response, row.version)
    return await queries.view(unit, row.id)


@router.post(
    "/agreements/{agreement_id}/decisions",
    status_code=201,
    **may("casefile.agreement.decide", keyed=True, refusals=(404, 409, 412, 428)),
)
async def record_board_decision(
    unit: Unit, response: Response, agreement_id: UUID, expected: Expected, body: NewDecision
) -> AgreementView:
    """What the board decided, with the votes of the voluntary sector and of residents."""
    await commands.decide(unit, agreement_id, expected, body)
    response.headers["Location"] = f"/v1/casefile/agreements/{agreement_id}"
    view = await queries.view(unit, agreement_id)
    set_etag(response, view.version)
    return view
