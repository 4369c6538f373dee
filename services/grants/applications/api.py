"""The HTTP door of applications and their assessment."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from kit.contracts.envelope import Code
from kit.errors import invalid
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.grants.applications import assessing, commands, queries
from services.grants.applications.domain import Score, State
from services.grants.applications.identifiers import Group, GroupKind
from services.grants.applications.models import GrantApplication
from services.grants.applications.queries import ApplicationView, CheckedView, FileView
from services.grants.funds.domain import MOST_PENCE
from services.grants.rounds.shapes import Line, Pence, Ward, Words

router = APIRouter(route_class=UnitRoute, tags=["applications"])

Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
WORK = "grants.application.assess"
APPLY = "grants.application.write"


class ContactBody(BaseModel):
    """Whom to write to. Read by those who run grants, never published."""

    model_config = ConfigDict(extra="forbid")

    name: Line
    email: Line | None = None
    phone: Line | None = None
    person_id: UUID | None = None


class GroupBody(BaseModel):
    """The group that applies."""

    model_config = ConfigDict(extra="forbid")

    name: Line
    kind: GroupKind
    charity_number: Number | None = None
    company_number: Number | None = None
    constituted: StrictBool = False
    unrelated_signatories: int = Field(0, ge=0, le=100, strict=True)
    contact: ContactBody | None = None

    def as_group(self) -> commands.NewGroup:
        """As commands take it."""
        group = Group(self.kind, self.charity_number, self.company_number, self.constituted, self.unrelated_signatories)
        contact = commands.Contact(**self.contact.model_dump()) if self.contact else None
        return commands.NewGroup(self.name, group, contact)


class BudgetBody(BaseModel):
    """What part of the money is for."""

    model_config = ConfigDict(extra="forbid")

    item: Line
    pence: Pence


class WishBody(BaseModel):
    """What a group asks for. Amounts in whole pence."""

    model_config = ConfigDict(extra="forbid")

    title: Line
    purpose: Words
    asked_pence: Pence
    other_pence: int = Field(0, ge=0, le=MOST_PENCE, strict=True, description="From elsewhere")
    budget: list[BudgetBody] = Field(default=[], max_length=100)
    documents: list[Code] = Field(default=[], max_length=50, description="The papers that came with it")
    wards: list[Ward] = Field(default=[], max_length=100)
    people_reached: int | None = Field(None, ge=0, le=1_000_000, strict=True)
    starts_on: date | None = None
    ends_on: date | None = None

    def as_wish(self) -> commands.Wish:
        """As commands take it."""
        return commands.Wish(
            self.title,
            self.purpose,
            self.asked_pence,
            self.other_pence,
            [each.model_dump() for each in self.budget],
            self.documents,
            self.wards,
            self.people_reached,
            self.starts_on,
            self.ends_on,
        )


class NewApplication(WishBody):
    """A group applies in a round. A draft is its writer's alone until it is sent."""

    round_id: UUID
    applicant: GroupBody
    draft: StrictBool = False


class Reason(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")

    reason: Words


class Eligibility(BaseModel):
    """An officer's word on whether it goes on."""

    model_config = ConfigDict(extra="forbid")

    eligible: StrictBool
    reason: Annotated[Words | None, Field(description="Told to the group")] = None


class Diligence(BaseModel):
    """What was looked into."""

    model_config = ConfigDict(extra="forbid")

    check: Code
    passed: StrictBool
    note: Words


class InterestBody(BaseModel):
    """You have an interest in this application."""

    model_config = ConfigDict(extra="forbid")

    nature: Words


class ScoreBody(BaseModel):
    """A mark with the reason that the group will read."""

    model_config = ConfigDict(extra="forbid")

    criterion: Code
    score: int = Field(ge=0, le=100, strict=True)
    reason: Words


class AssessmentBody(BaseModel):
    """Your scores. By sending them you say that you have no interest in this application."""

    model_config = ConfigDict(extra="forbid")

    no_interest: Annotated[bool, Field(strict=True, description="true: you have none. Otherwise declare it instead")]
    scores: list[ScoreBody] = Field(min_length=1, max_length=20)
    comment: Words | None = None


class ModerationBody(BaseModel):
    """A third officer's scores, which count, with the reason."""

    model_config = ConfigDict(extra="forbid")

    scores: list[ScoreBody] = Field(min_length=1, max_length=20)
    reason: Words


async def _answer(unit: Unit, response: Response, row: GrantApplication) -> ApplicationView:
    response.headers["Location"] = f"/v1/grants/applications/{row.id}"
    set_etag(response, row.version)
    return await queries.shown(unit, row)


def _scores(given: list[ScoreBody]) -> list[Score]:
    return [Score(each.criterion, each.score, each.reason) for each in given]


@router.post("/applications", status_code=201, **may(APPLY, keyed=True, refusals=(404,)))
async def apply_for_grant(unit: Unit, response: Response, body: NewApplication) -> ApplicationView:
    """Apply in an open round. The answer says of each of its rules whether it is met."""
    group = body.applicant.as_group()
    row = await commands.make(unit, body.round_id, group, body.as_wish(), send=not body.draft)
    return await _answer(unit, response, row)


@router.get("/applications", **may("grants.application.read"))
async def list_applications(
    unit: Unit, paging: Paging, round_id: UUID | None = None, state: State | None = None
) -> Page[ApplicationView]:
    """Applications as they came: all of them for those who run grants, their own for anyone else."""
    rows = await queries.applications(unit, round_id, state, paging.place, paging.limit + 1)
    return paging.page(rows, lambda view: [view.id])


@router.get("/applications/{application_id}", **may("grants.application.read", refusals=(404,)))
async def read_application(unit: Unit, response: Response, application_id: UUID) -> ApplicationView:
    """One of them."""
    view = await queries.application(unit, application_id)
    set_etag(response, view.version)
    return view


@router.get("/applications/{application_id}/checks", **may("grants.application.read", refusals=(404,)))
async def check_application(unit: Unit, application_id: UUID) -> list[CheckedView]:
    """What the round's rules say of it today, sent or not. Asking decides nothing."""
    return await queries.checked_now(unit, application_id)


@router.get("/applications/{application_id}/file", **may(WORK, refusals=(404,)))
async def read_file(unit: Unit, application_id: UUID) -> FileView:
    """What the officers hold about it. Others' scores show once both assessors' are in."""
    return await queries.file(unit, application_id)


@router.patch("/applications/{application_id}", **may(APPLY, refusals=(404, 409, 412, 428)))
async def change_application(
    unit: Unit, response: Response, application_id: UUID, expected: Expected, body: WishBody
) -> ApplicationView:
    """Write it anew, while the round is open and nobody has decided on it."""
    row = await commands.change(unit, application_id, expected, body.as_wish())
    return await _answer(unit, response, row)


@router.post("/applications/{application_id}/submission", **may(APPLY, refusals=(404, 409, 412, 428)))
async def send_application(unit: Unit, response: Response, application_id: UUID, expected: Expected) -> ApplicationView:
    """Send what was a draft."""
    return await _answer(unit, response, await commands.send(unit, application_id, expected))


@router.post("/applications/{application_id}/withdrawal", **may(APPLY, refusals=(404, 409, 412, 428)))
async def withdraw_application(
    unit: Unit, response: Response, application_id: UUID, expected: Expected, body: Reason
) -> ApplicationView:
    """Take it back."""
    return await _answer(unit, response, await commands.withdraw(unit, application_id, expected, body.reason))


@router.post("/applications/{application_id}/eligibility", **may(WORK, refusals=(404, 409, 412, 428)))
async def decide_eligibility(
    unit: Unit, response: Response, application_id: UUID, expected: Expected, body: Eligibility
) -> ApplicationView:
    """Say, by name, whether it goes on. Nobody can waive a rule the round opened with: 409."""
    row = await commands.decide_eligibility(unit, application_id, expected, body.eligible, body.reason)
    return await _answer(unit, response, row)


@router.post("/applications/{application_id}/due-diligence", status_code=201, **may(WORK, keyed=True, refusals=(404,)))
async def record_due_diligence(unit: Unit, response: Response, application_id: UUID, body: Diligence) -> FileView:
    """Record what was looked into; the latest answer to each check counts."""
    await commands.record_check(unit, application_id, body.check, body.passed, body.note)
    response.headers["Location"] = f"/v1/grants/applications/{application_id}/file"
    return await queries.file(unit, application_id)


@router.post("/applications/{application_id}/interests", status_code=201, **may(WORK, keyed=True, refusals=(404,)))
async def declare_interest(unit: Unit, response: Response, application_id: UUID, body: InterestBody) -> FileView:
    """Declare your interest: from now on you keep out of it."""
    await assessing.declare_interest(unit, application_id, body.nature)
    response.headers["Location"] = f"/v1/grants/applications/{application_id}/file"
    return await queries.file(unit, application_id)


@router.post("/applications/{application_id}/assessments", status_code=201, **may(WORK, keyed=True, refusals=(404,)))
async def assess_application(unit: Unit, response: Response, application_id: UUID, body: AssessmentBody) -> FileView:
    """Score it. You see the other assessor's scores once yours are in."""
    if not body.no_interest:
        raise invalid("/no_interest", "Declare your interest instead: somebody else assesses it.", "no-interest")
    await assessing.assess(unit, application_id, _scores(body.scores), body.comment)
    response.headers["Location"] = f"/v1/grants/applications/{application_id}/file"
    await unit.session.flush()
    return await queries.file(unit, application_id)


@router.post("/applications/{application_id}/moderation", **may(WORK, refusals=(404, 409)))
async def moderate_application(
    unit: Unit, response: Response, application_id: UUID, body: ModerationBody
) -> ApplicationView:
    """Settle scores that are far apart, as a third officer. All three sheets stand."""
    row = await assessing.moderate(unit, application_id, _scores(body.scores), body.reason)
    return await _answer(unit, response, row)
