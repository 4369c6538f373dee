"""The HTTP door of messages to landlords."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.codes import LandlordMessageKind
from kit.contracts.lawful_basis import LawfulBasis
from kit.web.pages import Page, Paging
from kit.web.preconditions import set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.triage.landlords import commands, queries
from services.triage.landlords.queries import LandlordMessageView

router = APIRouter(route_class=UnitRoute, tags=["referrals"])

Tenancy = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Z0-9][A-Z0-9/.-]*[0-9][A-Z0-9/.-]*$", max_length=40)
]


class NewLandlordMessage(BaseModel):
    """One of the allowed kinds with its dates and amounts. There is no field for words: a landlord gets none."""

    model_config = ConfigDict(extra="forbid")

    organisation_id: UUID = Field(description="The landlord")
    person_id: UUID = Field(description="The tenant")
    household_id: UUID | None = Field(None, description="Left out: where we know them to live")
    tenancy: Tenancy = Field(description="The landlord's own reference of the tenancy: capitals and digits")
    kind: LandlordMessageKind
    amount_pence: int | None = Field(None, ge=1, le=10_000_000)
    every: Literal["week", "fortnight", "month"] | None = None
    on: date | None = None
    basis: LawfulBasis


@router.post("/landlord-messages", status_code=201, **may("triage.landlord.write", keyed=True))
async def write_to_landlord(unit: Unit, response: Response, body: NewLandlordMessage) -> LandlordMessageView:
    """Write to a landlord about mediation or payment. Nothing of needs, benefits, abuse or risk can be said."""
    details = {"amount_pence": body.amount_pence, "every": body.every, "on": body.on}
    row = await commands.write(
        unit,
        commands.Writing(
            body.organisation_id, body.person_id, body.household_id, body.tenancy, body.kind, body.basis, details
        ),
    )
    response.headers["Location"] = f"/v1/triage/landlord-messages/{row.id}"
    set_etag(response, row.version)
    return LandlordMessageView.model_validate(row)


@router.get("/landlord-messages", **may("triage.landlord.read"))
async def list_landlord_messages(
    unit: Unit, paging: Paging, person_id: UUID | None = None
) -> Page[LandlordMessageView]:
    """What landlords were told, the latest first."""
    rows = await queries.messages(unit, person_id, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of)


@router.get("/landlord-messages/{message_id}", **may("triage.landlord.read", refusals=(404,)))
async def read_landlord_message(unit: Unit, response: Response, message_id: UUID) -> LandlordMessageView:
    """One of them."""
    view = await queries.message(unit, message_id)
    set_etag(response, view.version)
    return view
