"""The HTTP door of profiles."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kit.store import access
from kit.store.access import KnownPerson
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.risk.profiles import commands, disputes, queries
from services.risk.profiles.commands import Saying
from services.risk.profiles.domain import DisputeState
from services.risk.profiles.shapes import DefinitionView, DisputeView, NewDispute, NewSettlement, ProfileView

router = APIRouter(route_class=UnitRoute, tags=["profiles"])


@router.get("/people/{person_id}", **may("risk.person.read", refusals=(404,)))
async def read_person(unit: Unit, person_id: UUID) -> KnownPerson:
    """Which households risk has heard that a person belongs to."""
    return await access.person(unit, person_id)


@router.get("/households/{household_id}/profile", **may("risk.profile.read"))
async def read_profile(
    unit: Unit,
    household_id: UUID,
    as_of: Annotated[date | None, Query(description="Under the rules of a past day")] = None,
    person_id: Annotated[UUID | None, Query(description="Whom the worker has before them")] = None,
) -> ProfileView:
    """What is known of a household for this purpose: factor by factor, with source, date, and what would lower it."""
    return await queries.profile(unit, household_id, as_of=as_of, person_id=person_id)


@router.get("/factor-definitions", **may("risk.definition.read"))
async def list_definitions(unit: Unit, paging: Paging) -> Page[DefinitionView]:
    """What each factor means: the rule, its weight, what would lower it, and from when to when it holds."""
    rows = queries.definitions(paging.place, paging.limit + 1)
    return paging.page(rows, lambda shown: [shown.code, shown.version])


@router.post(
    "/factors/{factor_id}/disputes", status_code=201, **may("risk.factor.dispute", keyed=True, refusals=(404,))
)
async def dispute_factor(unit: Unit, response: Response, factor_id: UUID, body: NewDispute) -> DisputeView:
    """Say that a factor is wrong or does not count, with a reason: the profile changes at once.

    It comes back only by facts that are newer than the dispute, or when another person rejects the dispute.
    """
    factor = await disputes.disputable(unit, factor_id)
    saying = Saying(body.said_by, body.reason, body.set_aside)
    row = await commands.dispute(unit, factor.household, factor.household_id, factor.factor, saying)
    response.headers["Location"] = f"/v1/risk/disputes/{row.id}"
    set_etag(response, row.version)
    return disputes.view_of(row)


@router.get("/disputes", **may("risk.dispute.read"))
async def list_disputes(
    unit: Unit, paging: Paging, household_id: UUID | None = None, state: DisputeState | None = None
) -> Page[DisputeView]:
    """Disputes, the latest first."""
    rows = await disputes.disputes(
        unit, household_id=household_id, state=state, place=paging.place, most=paging.limit + 1
    )
    return paging.page(rows, disputes.place_of)


@router.get("/disputes/{dispute_id}", **may("risk.dispute.read", refusals=(404,)))
async def read_dispute(unit: Unit, response: Response, dispute_id: UUID) -> DisputeView:
    """One dispute."""
    view = await disputes.dispute(unit, dispute_id)
    set_etag(response, view.version)
    return view


@router.post(
    "/disputes/{dispute_id}/settlements",
    status_code=201,
    **may("risk.dispute.settle", keyed=True, refusals=(404, 412, 428)),
)
async def settle_dispute(
    unit: Unit, response: Response, dispute_id: UUID, expected: Expected, body: NewSettlement
) -> DisputeView:
    """Uphold or reject a dispute, as another person than the one who recorded it."""
    await disputes.dispute(unit, dispute_id)
    row = await commands.settle(unit, dispute_id, expected, body.state, body.reason)
    set_etag(response, row.version)
    return disputes.view_of(row)
