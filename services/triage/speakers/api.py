"""The HTTP door of who may speak about a person."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.codes import NeedDomain
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.triage.speakers import commands, queries
from services.triage.speakers.domain import Capacity, Proof
from services.triage.speakers.queries import SpeakerView

router = APIRouter(route_class=UnitRoute, tags=["who may speak"])

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=100)]
Scope = Annotated[list[NeedDomain], Field(max_length=len(NeedDomain))]


class NewSpeaker(BaseModel):
    """Who may speak about a person: themself by a word, or somebody for them."""

    model_config = ConfigDict(extra="forbid")

    person_id: UUID
    capacity: Capacity
    name: Line | None = None
    scope: Scope = Field([], description="What about; empty: everything")
    proof: Proof | None = Field(None, description="What we saw; without it they are noted and may not speak yet")
    expires_on: date | None = Field(None, description="The last day; needed where it rests on consent")
    word: Word | None = Field(None, description="Chosen by them, to be said on the phone; never shown again")


class SpeakerChanges(BaseModel):
    """What changes; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    scope: Scope | None = None
    proof: Proof | None = None
    expires_on: date | None = None
    word: Word | None = None
    ended: bool = False


class Call(BaseModel):
    """What a caller says."""

    model_config = ConfigDict(extra="forbid")

    person_id: UUID
    word: Annotated[str, StringConstraints(max_length=100)]
    about: NeedDomain | None = None


class Checked(BaseModel):
    """Confirmed, with who it is. Not confirmed is one answer for every reason: say nothing of anybody."""

    confirmed: bool
    speaker_id: UUID | None = None
    capacity: Capacity | None = None
    scope: list[NeedDomain] = []
    say: str


NOT_CONFIRMED = "I can't talk about anyone on this call. We can ring back on a number we hold, or you can come in."


@router.post("/speakers", status_code=201, **may("triage.speaker.keep", keyed=True))
async def record_speaker(unit: Unit, response: Response, body: NewSpeaker) -> SpeakerView:
    """Record who may speak about a person, in what capacity, how far, on what proof and until when."""
    fields = body.model_dump(exclude={"scope"})
    row = await commands.record(unit, commands.New(scope=tuple(body.scope), **fields))
    response.headers["Location"] = f"/v1/triage/speakers/{row.id}"
    set_etag(response, row.version)
    return queries.view_of(row)


@router.get("/speakers", **may("triage.speaker.read"))
async def list_speakers(unit: Unit, paging: Paging, person_id: UUID) -> Page[SpeakerView]:
    """Who may speak about a person."""
    rows = await queries.speakers(unit, person_id, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of)


@router.patch("/speakers/{speaker_id}", **may("triage.speaker.keep", refusals=(404, 409, 412, 428)))
async def change_speaker(
    unit: Unit, response: Response, speaker_id: UUID, expected: Expected, body: SpeakerChanges
) -> SpeakerView:
    """Change how far it goes, its proof, its end or its word; or end it."""
    scope = None if body.scope is None else tuple(body.scope)
    row = await commands.change(
        unit, speaker_id, expected, commands.Changes(scope, body.proof, body.expires_on, body.word, body.ended)
    )
    set_etag(response, row.version)
    return queries.view_of(row)


# A look-up whose question must not be in an address; a repeat is another try, so no key.
@router.post("/speakers/checks", **may("triage.speaker.check"))
async def check_caller(unit: Unit, body: Call) -> Checked:
    """Is the caller who they say, and may they speak about this? A failed call confirms nothing, whatever failed."""
    row = await commands.check(unit, body.person_id, body.word, body.about)
    if row is None:
        return Checked(confirmed=False, say=NOT_CONFIRMED)
    view = queries.view_of(row)
    say = "Confirmed. Talk only about what their scope names." if view.scope else "Confirmed."
    return Checked(confirmed=True, speaker_id=view.id, capacity=view.capacity, scope=view.scope, say=say)
