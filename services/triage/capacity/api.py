"""The HTTP door of capacity questions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.codes import CapacityAnswer, NeedDomain, Urgency
from kit.contracts.envelope import Code
from kit.web.pages import Page, Paging
from kit.web.preconditions import set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.triage.capacity import commands, queries
from services.triage.capacity.domain import State
from services.triage.capacity.models import CapacityQuestion
from services.triage.capacity.queries import CapacityView, Filters

router = APIRouter(route_class=UnitRoute, tags=["referrals"])

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]


class NewQuestion(BaseModel):
    """Nothing here can name anybody: codes only."""

    model_config = ConfigDict(extra="forbid")

    organisation_id: UUID
    service_id: UUID | None = None
    domain: NeedDomain
    urgency: Urgency = Urgency.ROUTINE
    language: Language | None = Field(None, description="BCP 47, e.g. so")
    ward: Code | None = None


class NewCapacityAnswer(BaseModel):
    """What the partner says."""

    model_config = ConfigDict(extra="forbid")

    answer: CapacityAnswer
    places: int | None = Field(None, ge=1, le=1000, description="With yes")
    wait_days: int | None = Field(None, ge=1, le=730, description="With waiting_list")


def _shown(response: Response, row: CapacityQuestion) -> CapacityView:
    response.headers["Location"] = f"/v1/triage/capacity-questions/{row.id}"
    set_etag(response, row.version)
    return CapacityView.model_validate(row)


@router.post("/capacity-questions", status_code=201, **may("triage.capacity.ask", keyed=True))
async def ask_capacity(unit: Unit, response: Response, body: NewQuestion) -> CapacityView:
    """Ask a partner whether they could help, without a word about whom."""
    question = commands.Question(
        body.organisation_id, body.domain, body.urgency, body.service_id, body.language, body.ward
    )
    return _shown(response, await commands.ask(unit, question))


@router.get("/capacity-questions", **may("triage.capacity.read"))
async def list_capacity(
    unit: Unit, paging: Paging, state: State | None = None, organisation_id: UUID | None = None
) -> Page[CapacityView]:
    """Questions and answers, the latest first. A partner sees its own."""
    rows = await queries.listed(unit, Filters(state, organisation_id), paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of)


@router.get("/capacity-questions/{question_id}", **may("triage.capacity.read", refusals=(404,)))
async def read_capacity(unit: Unit, response: Response, question_id: UUID) -> CapacityView:
    """One of them."""
    view = await queries.question(unit, question_id)
    set_etag(response, view.version)
    return view


# No If-Match: the alarm may have just raised the version, and a second answer is refused anyway.
@router.post(
    "/capacity-questions/{question_id}/answers",
    status_code=201,
    **may("triage.capacity.answer", keyed=True, refusals=(404,)),
)
async def answer_capacity(unit: Unit, response: Response, question_id: UUID, body: NewCapacityAnswer) -> CapacityView:
    """Answer, or write down what a partner said."""
    return _shown(response, await commands.answer(unit, question_id, body.answer, body.places, body.wait_days))
