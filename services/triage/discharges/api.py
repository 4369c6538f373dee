"""The HTTP door of discharges from hospital."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kit.contracts.codes import DischargeCheck
from kit.contracts.envelope import UtcDatetime
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.triage.discharges import commands, queries
from services.triage.discharges.domain import Cancelled
from services.triage.discharges.queries import DischargeSummary, DischargeView, Filters, State, Taken

router = APIRouter(route_class=UnitRoute, tags=["referrals"])

Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


class Entry(BaseModel):
    """One entry of the Bundle. Of kinds we do not need nothing is read or kept."""

    model_config = ConfigDict(extra="ignore")

    resource: dict[str, Any] = {}


class DischargeBundle(BaseModel):
    """A FHIR R4 message Bundle: MessageHeader, Patient, Encounter (period.end: when they come home), and a

    QuestionnaireResponse with linkIds home_ready, heating, food, key (valueBoolean true: seen to).
    """

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    resource_type: Literal["Bundle"] = Field(alias="resourceType")
    type: Literal["message"]
    id: str | None = Field(None, max_length=300)
    identifier: dict[str, Any] | None = Field(None, description="{system, value}: the message's own id")
    entry: Annotated[list[Entry], Field(min_length=1, max_length=200)]


class DischargeChanges(BaseModel):
    """Who it is, when they come home, or that they do not."""

    model_config = ConfigDict(extra="forbid")

    person_id: UUID | None = Field(None, description="From casefile, once found")
    household_id: UUID | None = None
    home_at: UtcDatetime | None = None
    cancelled: Cancelled | None = None

    @model_validator(mode="after")
    def _something(self) -> "DischargeChanges":
        if self.person_id is None and self.household_id is not None:
            raise ValueError("a household is named with its person")
        if all(each is None for each in (self.person_id, self.home_at, self.cancelled)):
            raise ValueError("say what changes")
        return self


class NewCheck(BaseModel):
    """One thing seen to, or not needed here."""

    model_config = ConfigDict(extra="forbid")

    check: DischargeCheck
    state: Literal["done", "not_needed"]
    note: Note | None = None


@router.post("/discharge-notices", status_code=201, **may("triage.discharge.notify", keyed=True))
async def take_discharge(unit: Unit, response: Response, body: DischargeBundle) -> Taken:
    """A hospital tells us who comes home when. Clinical entries are neither read nor kept: the answer names them."""
    row = await commands.take(unit, body.model_dump(by_alias=True))
    response.headers["Location"] = f"/v1/triage/discharge-notices/{row.id}"
    set_etag(response, row.version)
    return queries.taken(row)


@router.get("/discharge-notices", **may("triage.discharge.read"))
async def list_discharges(
    unit: Unit, paging: Paging, state: State = "open", person_id: UUID | None = None, overdue: bool | None = None
) -> Page[DischargeSummary]:
    """Who comes home, the first first, and what is still to be done."""
    rows = await queries.discharges(unit, Filters(state, person_id, overdue), paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of)


@router.get("/discharge-notices/{discharge_id}", **may("triage.discharge.read", refusals=(404,)))
async def read_discharge(unit: Unit, response: Response, discharge_id: UUID) -> DischargeView:
    """One of them."""
    view = await queries.view(unit, discharge_id)
    set_etag(response, view.version)
    return view


@router.patch("/discharge-notices/{discharge_id}", **may("triage.discharge.work", refusals=(400, 404, 409, 412, 428)))
async def change_discharge(
    unit: Unit, response: Response, discharge_id: UUID, expected: Expected, body: DischargeChanges
) -> DischargeView:
    """Say who it is, put the day right, or say that it did not happen."""
    row = await commands.change(
        unit,
        discharge_id,
        expected,
        person_id=body.person_id,
        household_id=body.household_id,
        home_at=body.home_at,
        cancelled=body.cancelled,
    )
    set_etag(response, row.version)
    return queries.whole(row)


# No If-Match: two people see to two things at once, and neither may fail.
@router.post(
    "/discharge-notices/{discharge_id}/checks",
    status_code=201,
    **may("triage.discharge.work", keyed=True, refusals=(404,)),
)
async def settle_check(unit: Unit, response: Response, discharge_id: UUID, body: NewCheck) -> DischargeView:
    """Say that one thing is done or not needed. The call is due 72 hours after they come home."""
    row = await commands.settle(unit, discharge_id, body.check, body.state, body.note)
    response.headers["Location"] = f"/v1/triage/discharge-notices/{row.id}"
    set_etag(response, row.version)
    return queries.whole(row)
