"""The HTTP door of equality data: in by the person's word, and never out one by one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.web.routing import Unit, UnitRoute, may
from services.casefile.equality import commands, queries
from services.casefile.equality.domain import GivenBy
from services.casefile.equality.queries import EqualityView

router = APIRouter(route_class=UnitRoute, tags=["equality"])

Code = Annotated[str, StringConstraints(pattern=r"^[a-z_]+$", max_length=64)]


class Answers(BaseModel):
    """What the person says of themselves. Null takes an earlier answer back."""

    model_config = ConfigDict(extra="forbid")

    given_by: GivenBy
    answers: Annotated[dict[Code, Code | None], Field(max_length=20)]


@router.post(
    "/people/{person_id}/equality", status_code=201, **may("casefile.equality.keep", keyed=True, refusals=(404,))
)
async def keep_equality(unit: Unit, response: Response, person_id: UUID, body: Answers) -> EqualityView:
    """Write down what they said, or that they would rather not. The answer shows which questions are answered."""
    await commands.keep(unit, person_id, body.answers, body.given_by)
    response.headers["Location"] = f"/v1/casefile/people/{person_id}/equality"
    return await queries.asked(unit, person_id)


@router.get("/people/{person_id}/equality", **may("casefile.equality.ask", refusals=(404,)))
async def read_equality(unit: Unit, person_id: UUID) -> EqualityView:
    """Which questions they have answered, so that nobody asks again. The answers are shown to nobody."""
    return await queries.asked(unit, person_id)
