"""The HTTP door of the pack: fetched each morning by every hub, so that it is there when this door is not."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import Code
from kit.web.pages import Page, Paging
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.papers.downtime import commands, domain, queries
from services.casefile.papers.downtime.domain import Kind
from services.casefile.papers.downtime.queries import PackView, PaperEntryView
from services.casefile.papers.orders import PDF, as_pdf

router = APIRouter(route_class=UnitRoute, tags=["downtime"])


class NewPack(BaseModel):
    """A pack besides the morning's."""

    model_config = ConfigDict(extra="forbid")

    hub: Code


class PackAsked(BaseModel):
    """A pack is being made."""

    job_id: UUID


class NewPaperEntry(BaseModel):
    """What a paper form says."""

    model_config = ConfigDict(extra="forbid")

    form: str = Field(max_length=64, description="The number on the form")
    person_id: UUID
    kind: Kind
    happened_at: datetime = Field(description="When it happened, as the paper says, with its zone")
    words: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=domain.LONGEST_WORDS)]
    written_by: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=120)]


@router.get("/downtime-packs", **may("casefile.downtime_pack.read"))
async def list_downtime_packs(unit: Unit, paging: Paging, hub: Code | None = None) -> Page[PackView]:
    """Packs for outages, the newest first."""
    return paging.page(await queries.packs(unit, hub, paging.place, paging.limit + 1), queries.place_of_pack)


@router.post("/downtime-packs", status_code=202, **may("casefile.downtime_pack.make", keyed=True))
async def make_downtime_pack(unit: Unit, response: Response, pack: NewPack) -> PackAsked:
    """Make one now, besides the one of the morning."""
    job_id = await commands.ask(unit, pack.hub)
    response.headers["Location"] = f"/v1/casefile/jobs/{job_id}"
    return PackAsked(job_id=job_id)


@router.get(
    "/downtime-packs/{pack_id}/file",
    response_class=Response,
    **PDF,
    **may("casefile.downtime_pack.read", refusals=(404,)),
)
async def fetch_downtime_pack(unit: Unit, pack_id: UUID) -> Response:
    """The pack: a PDF under AES-256, which any PDF reader opens with the hub's passphrase."""
    return as_pdf(await queries.file(unit, pack_id))


@router.post("/paper-entries", status_code=201, **may("casefile.paper_entry.type", keyed=True, refusals=(404,)))
async def type_paper_entry(unit: Unit, response: Response, entry: NewPaperEntry) -> PaperEntryView:
    """Type in what was written on a paper form during an outage, once, with the time it happened."""
    row = await commands.type_in(
        unit, entry.form, entry.person_id, entry.kind, entry.happened_at, entry.words, entry.written_by
    )
    response.headers["Location"] = f"/v1/casefile/paper-entries/{row.id}"
    return queries.shown(row)


@router.get("/paper-entries", **may("casefile.paper_entry.read"))
async def list_paper_entries(unit: Unit, paging: Paging, person_id: UUID) -> Page[PaperEntryView]:
    """What was typed in about somebody, the newest happening first."""
    found = await queries.entries(unit, person_id, paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of_entry)


@router.get("/paper-entries/{entry_id}", **may("casefile.paper_entry.read", refusals=(404,)))
async def read_paper_entry(unit: Unit, entry_id: UUID) -> PaperEntryView:
    """One of them."""
    return await queries.entry(unit, entry_id)
