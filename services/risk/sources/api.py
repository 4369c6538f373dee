"""The HTTP door of sources: the register, files in one stream or in pieces, single records, quarantine.

Files in pieces: `POST .../uploads` announces the file, `PUT .../uploads/{id}` with `Upload-Offset` sends the piece that
begins there, as often as needed; after a break `GET` tells where to go on. `POST .../uploads/{id}/loads` loads it.
"""

from collections.abc import AsyncIterator
from datetime import date
from email.message import Message
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Request, Response
from starlette.requests import ClientDisconnect

from kit.errors import DomainError
from kit.store.unit import UnitOfWork
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.risk.sources import commands, loads, queries, singly, standing
from services.risk.sources.commands import BrokeOff, Sending
from services.risk.sources.domain import Extract
from services.risk.sources.models import DataProduct
from services.risk.sources.shapes import (
    Accepted,
    Confirmation,
    Covered,
    DisposalView,
    Form,
    LoadView,
    NewProduct,
    NewRecord,
    NewUpload,
    ProductChanges,
    ProductView,
    QuarantineView,
    RecordTaken,
    UploadView,
)

router = APIRouter(route_class=UnitRoute, tags=["sources"])

Code = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{1,63}$", description="The source's code")]
Holds = Annotated[
    Extract | None,
    Query(description="delta: this file has only what is new or changed, though the source sends full extracts"),
]
ExtractedOn = Annotated[date | None, Query(description="The day the extract shows; today unless said")]

_FORMS: dict[str, Form] = {"text/csv": "csv", "application/vnd.apache.parquet": "parquet"}


class UnknownForm(DomainError):
    """We read CSV and Parquet."""

    slug = "unsupported-media-type"
    title = "We cannot read that kind of content"
    status = 415


async def _body(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            if chunk:
                yield chunk
    except ClientDisconnect:
        raise BrokeOff("The file broke off before its end") from None


def _sending(content_type: str, extracted_on: date | None, extract: Extract | None) -> Sending:
    told = Message()
    told["Content-Type"] = content_type
    form = _FORMS.get(told.get_content_type()) if content_type else None
    if form is None:
        raise UnknownForm(
            "Send text/csv with a header row (profile=savvi for the standard form), or application/vnd.apache.parquet"
        )
    if form == "csv" and str(told.get_param("profile", "")).lower() == "savvi":
        form = "savvi"
    return Sending(form, str(told.get_param("charset", "") or ""), extracted_on, extract)


async def _answer(unit: UnitOfWork, response: Response, row: DataProduct, *, made: bool = False) -> ProductView:
    set_etag(response, row.version)
    if made:
        response.headers["Location"] = f"/v1/risk/sources/{row.code}"
    return ProductView.of(row, (await standing.agreements(unit.session)).get(row.code, ()))


def _accepted(response: Response, load_id: UUID) -> Accepted:
    response.headers["Location"] = f"/v1/risk/loads/{load_id}"
    return Accepted(load_id=load_id, job_id=load_id)


# The register ---------------------------------------------------------------------------------------------


@router.get("/sources", **may("risk.source.read"))
async def list_sources(unit: Unit, paging: Paging) -> Page[ProductView]:
    """The register of data products: owner, purpose, legal gateway of each field, agreement, and whether it runs."""
    return paging.page(await queries.products(unit, paging.place, paging.limit + 1), lambda each: [each.code])


@router.post("/sources", status_code=201, **may("risk.source.keep", keyed=True))
async def add_source(unit: Unit, response: Response, body: NewProduct) -> ProductView:
    """Put a source into the register. It supplies data in SAVVI's standard form."""
    return await _answer(unit, response, await commands.add(unit, body), made=True)


@router.get("/sources/{code}", **may("risk.source.read", refusals=(404,)))
async def read_source(unit: Unit, response: Response, code: Code) -> ProductView:
    """One source."""
    return await _answer(unit, response, await queries.product(unit, code))


@router.patch("/sources/{code}", **may("risk.source.keep", refusals=(400, 404, 412, 428)))
async def change_source(
    unit: Unit, response: Response, code: Code, expected: Expected, body: ProductChanges
) -> ProductView:
    """Change an agreement, pause a source with its reason, or let it go on. It counts from this moment."""
    return await _answer(unit, response, await commands.change(unit, code, expected, body))


@router.get("/kinds", **may("risk.kind.read"))
async def list_kinds(unit: Unit, paging: Paging) -> Page[Covered]:
    """Every kind of fact: which sources show it for the purpose you state, what is hidden from it, and why."""
    return paging.page(await queries.covered(unit, paging.place, paging.limit + 1), lambda each: [each.kind])


# Files ----------------------------------------------------------------------------------------------------


@router.post(
    "/sources/{code}/loads",
    status_code=202,
    **may("risk.source.load", keyed=True, streamed=True, refusals=(404, 413, 415)),
)
async def load_source(
    request: Request,
    response: Response,
    unit: Unit,
    code: Code,
    content_type: Annotated[str, Header()] = "",
    extracted_on: ExtractedOn = None,
    extract: Holds = None,
) -> Accepted:
    """Load an extract: `text/csv` (`profile=savvi` for SAVVI's standard form) or `application/vnd.apache.parquet`.

    Wrong columns are refused before anything is stored, saying which. Rows that fail are put aside by row, field and
    rule, the rest load, and loading twice changes nothing. Progress is at the load's address. What a full extract no
    longer has is withdrawn or ends; one that lacks too much is held, and waits for a confirmation.
    """
    sending = _sending(content_type, extracted_on, extract)
    return _accepted(response, await commands.receive(unit, code, sending, _body(request)))


@router.get("/sources/{code}/loads", **may("risk.load.read", refusals=(404,)))
async def list_loads(unit: Unit, code: Code, paging: Paging) -> Page[LoadView]:
    """A source's loads, the latest first."""
    rows = await queries.loads(unit, code, paging.place, paging.limit + 1)
    return paging.page(rows, lambda each: [str(each.id)])


@router.post("/sources/{code}/uploads", status_code=201, **may("risk.source.load", keyed=True, refusals=(404,)))
async def begin_upload(unit: Unit, response: Response, code: Code, body: NewUpload) -> UploadView:
    """Announce a file that comes in pieces, with its size and, better, its SHA-256."""
    row = await commands.begin_upload(unit, code, body)
    response.headers["Location"] = f"/v1/risk/sources/{code}/uploads/{row.id}"
    response.headers["Upload-Offset"] = "0"
    return UploadView.of(row, 0)


@router.get("/sources/{code}/uploads/{upload_id}", **may("risk.source.load", refusals=(404,)))
async def read_upload(unit: Unit, response: Response, code: Code, upload_id: UUID) -> UploadView:
    """How far a file has come: the next piece begins at `received`."""
    view = await queries.upload(unit, code, upload_id)
    response.headers["Upload-Offset"] = str(view.received)
    return view


@router.put(
    "/sources/{code}/uploads/{upload_id}",
    **may("risk.source.load", streamed=True, refusals=(400, 404, 409, 413)),
)
async def send_piece(
    request: Request,
    response: Response,
    unit: Unit,
    code: Code,
    upload_id: UUID,
    upload_offset: Annotated[int, Header(ge=0)],
) -> UploadView:
    """Send the piece that begins at `Upload-Offset`. What came before a break is kept: ask where to go on.

    409 with `received` when the file ends elsewhere: the same piece sent twice does no harm.
    """
    await commands.append(unit, code, upload_id, upload_offset, _body(request))
    view = await queries.upload(unit, code, upload_id)
    response.headers["Upload-Offset"] = str(view.received)
    return view


@router.post(
    "/sources/{code}/uploads/{upload_id}/loads",
    status_code=202,
    **may("risk.source.load", keyed=True, refusals=(404,)),
)
async def load_upload(
    response: Response,
    unit: Unit,
    code: Code,
    upload_id: UUID,
    extracted_on: ExtractedOn = None,
    extract: Holds = None,
    charset: Annotated[str, Query(max_length=40)] = "",
) -> Accepted:
    """Load a file that has come in whole. Asked twice, it answers with the same load."""
    sending = Sending("csv", charset, extracted_on, extract)
    return _accepted(response, await commands.load_upload(unit, code, upload_id, sending))


@router.get("/loads/{load_id}", **may("risk.load.read", refusals=(404,)))
async def read_load(unit: Unit, load_id: UUID) -> LoadView:
    """One load: how far it is, and what became of its rows."""
    return await queries.load(unit, load_id)


@router.post("/loads/{load_id}/confirmations", **may("risk.load.confirm", keyed=True, refusals=(404,)))
async def confirm_load(unit: Unit, load_id: UUID, body: Confirmation) -> LoadView:
    """Say of a full extract that is held whether it is right that so much is missing, and why: it goes on, or ends."""
    return LoadView.of(await loads.confirm(unit, load_id, body))


@router.get("/loads/{load_id}/quarantine", **may("risk.load.read", refusals=(404,)))
async def list_quarantine(unit: Unit, load_id: UUID, paging: Paging) -> Page[QuarantineView]:
    """What a load put aside, by row, field and rule; never a value."""
    rows = await queries.quarantine(unit, load_id, paging.place, paging.limit + 1)
    return paging.page(rows, lambda each: [each.row, each.field, each.rule])


@router.get("/disposals", **may("risk.load.read"))
async def list_disposals(unit: Unit, paging: Paging) -> Page[DisposalView]:
    """Proofs that facts were dropped when their time was over: counts by source and kind."""
    rows = [DisposalView.of(row) for row in await queries.disposals(unit, paging.place, paging.limit + 1)]
    return paging.page(rows, lambda each: [str(each.id)])


# One record -----------------------------------------------------------------------------------------------


@router.post("/sources/{code}/records", status_code=201, **may("risk.record.take", keyed=True, refusals=(404,)))
async def take_record(unit: Unit, code: Code, body: NewRecord) -> RecordTaken:
    """Take one record with its facts: placed at once, and the household's profile computed anew."""
    return await singly.take(unit, code, body)
