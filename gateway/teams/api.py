"""The HTTP door of teams."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Response

from gateway.teams import commands, queries
from gateway.teams.commands import TeamEntry
from gateway.teams.queries import TeamView
from kit.web.pages import Page, Paging
from kit.web.preconditions import expected_version, set_etag
from kit.web.routing import Unit, UnitRoute, may

router = APIRouter(route_class=UnitRoute, prefix="/v1/teams", tags=["teams"])

TeamCode = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


@router.get("", **may("gateway.worker.read"))
async def list_teams(unit: Unit, paging: Paging) -> Page[TeamView]:
    """The teams, page by page."""
    after = str(paging.place[0]) if paging.place else None
    found = await queries.listed(unit, after=after, limit=paging.limit + 1)
    return paging.page(found, lambda team: [team.code])


@router.get("/{code}", **may("gateway.worker.read", refusals=(404,)))
async def read_team(response: Response, unit: Unit, code: TeamCode) -> TeamView:
    """One team."""
    found = await queries.one(unit, code)
    set_etag(response, found.version)
    return found


@router.put("/{code}", **may("gateway.worker.change", made=TeamView, refusals=(409, 412, 428)))
async def put_team(
    response: Response,
    unit: Unit,
    code: TeamCode,
    entry: TeamEntry,
    if_match: Annotated[str | None, Header()] = None,
) -> TeamView:
    """Put a team in place of the one you read (If-Match), or make a new one."""
    expected = expected_version(if_match) if if_match is not None else None
    team, created = await commands.put_team(unit, code, entry, expected)
    if created:
        response.status_code = 201
        response.headers["Location"] = f"/v1/teams/{code}"
    set_etag(response, team.version)
    return team
