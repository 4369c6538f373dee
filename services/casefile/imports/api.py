"""The HTTP door of imports: a streamed file, 202, progress at the job's address."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel
from starlette.requests import ClientDisconnect

from kit.errors import DomainError
from kit.web.pages import Page, Paging
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.imports import commands, queries
from services.casefile.imports.domain import NotReadable
from services.casefile.imports.queries import LoadedPerson

router = APIRouter(route_class=UnitRoute, tags=["imports"])


class Accepted(BaseModel):
    """The file is stored whole; its rows are being worked off."""

    job_id: UUID


class UnknownForm(DomainError):
    """We read CSV and newline-delimited JSON."""

    slug = "unsupported-media-type"
    title = "We cannot read that kind of content"
    status = 415


async def _body(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        raise NotReadable("The file broke off before its end: nothing of it was stored") from None


@router.post(
    "/imports", status_code=202, **may("casefile.person.import", keyed=True, streamed=True, refusals=(413, 415))
)
async def import_people(
    request: Request, response: Response, unit: Unit, content_type: Annotated[str, Header()] = ""
) -> Accepted:
    """Load known people and households: `text/csv` with a header row, or `application/x-ndjson`.

    Loading the same file again changes nothing. Rows that fail are left out, by line, field and rule.
    """
    form = content_type.partition(";")[0].strip().lower()
    if form not in {"text/csv", "application/x-ndjson"}:
        raise UnknownForm("Send text/csv with a header row, or application/x-ndjson with one object a line")
    job_id = await commands.receive(unit, _body(request), as_csv=form == "text/csv")
    response.headers["Location"] = f"/v1/casefile/jobs/{job_id}"
    return Accepted(job_id=job_id)


@router.get("/imports/people", **may("casefile.person.import"))
async def list_loaded_people(
    unit: Unit, paging: Paging, source: Annotated[str, Query(min_length=1, max_length=200)]
) -> Page[LoadedPerson]:
    """Whom a source's references became: for what else is migrated with the same people. Ids, no names."""
    rows = await queries.people(unit, source, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of)
