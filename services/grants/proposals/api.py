"""The HTTP door of proposals and consultations, for residents with an account, with a pass, and for moderators."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import WorkerId
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.grants.cacheable import anyone_may_keep
from services.grants.proposals import commands, queries
from services.grants.proposals.domain import Becomes, Kind, Moderation, State
from services.grants.proposals.models import Proposal, ProposalComment
from services.grants.proposals.queries import CommentView, Filters, ProposalView

router = APIRouter(route_class=UnitRoute, tags=["proposals"])

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Ward = Annotated[str, StringConstraints(pattern=r"^E05\d{6}$")]
Postcode = Annotated[str, StringConstraints(max_length=10)]
Pass = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22}$")]
_MADE = (404, 409, 412, 428)


class NewProposal(BaseModel):
    """What should be done, and where."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    words: Words
    ward: Ward | None = None
    supports_needed: int = Field(50, ge=1, le=100_000, description="With so many the council owes an answer")


class NewProposalByPass(NewProposal):
    """As a proposal, by somebody without an account."""

    pass_: Pass = Field(alias="pass")


class NewConsultation(BaseModel):
    """What the council asks everybody."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    words: Words
    ward: Ward | None = None
    closes_at: AwareDatetime


class NewComment(BaseModel):
    """A comment."""

    model_config = ConfigDict(extra="forbid")

    words: Words


class NewCommentByPass(NewComment):
    """As a comment, by somebody without an account."""

    pass_: Pass = Field(alias="pass")


class ByPass(BaseModel):
    """Somebody without an account."""

    model_config = ConfigDict(extra="forbid")

    pass_: Pass = Field(alias="pass")


class Verdict(BaseModel):
    """Shown, or not: then with a reason that is published."""

    model_config = ConfigDict(extra="forbid")

    verdict: Moderation
    words: Words | None = None


class Answer(BaseModel):
    """What the council makes of it. Published."""

    model_config = ConfigDict(extra="forbid")

    becomes: Becomes | None = Field(None, description="Left out: it is declined")
    words: Words
    ballot_id: UUID | None = Field(None, description="A ballot still being drawn up")
    ref: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,20}$")] | None = None
    cost_pence: int | None = Field(None, ge=1, le=10_000_000_000)
    fixer: WorkerId | None = Field(None, description="As a project: who clears the way for it")
    became: Annotated[str, StringConstraints(max_length=300)] | None = None


class NewCodes(BaseModel):
    """Letters with a code: a postcode for each letter."""

    model_config = ConfigDict(extra="forbid")

    postcodes: list[Postcode] = Field(min_length=1, max_length=2000)


class Code(BaseModel):
    """A code, shown this once."""

    postcode: str
    code: str


class Codes(BaseModel):
    """The codes of one batch."""

    codes: list[Code]


class CodeGiven(BaseModel):
    """The code of a letter, and the postcode it was sent to."""

    model_config = ConfigDict(extra="forbid")

    postcode: Postcode
    code: Annotated[str, StringConstraints(min_length=10, max_length=20)]


class PassView(BaseModel):
    """Lets somebody take part without an account. Keep it: it is shown this once."""

    model_config = ConfigDict(populate_by_name=True)

    pass_: str = Field(serialization_alias="pass")
    until: str


async def _answer(unit: Unit, response: Response, row: Proposal) -> ProposalView:
    response.headers["Location"] = f"/v1/grants/proposals/{row.id}"
    set_etag(response, row.version)
    await unit.session.flush()
    return queries.shown(row)


async def _said(unit: Unit, response: Response, row: ProposalComment, *, moderators: bool) -> CommentView:
    response.headers["Location"] = f"/v1/grants/proposals/{row.proposal_id}/comments"
    set_etag(response, row.version)
    await unit.session.flush()
    return queries.shown_comment(row, moderators=moderators)


def _raised(body: NewProposal) -> commands.Raised:
    return commands.Raised(Kind.PROPOSAL, body.title, body.words, body.ward, body.supports_needed, None)


@router.post("/proposals", status_code=201, **may("grants.proposal.take_part", keyed=True))
async def raise_proposal(unit: Unit, response: Response, body: NewProposal) -> ProposalView:
    """Raise a proposal, signed in."""
    return await _answer(unit, response, await commands.raise_(unit, _raised(body), commands.mark_of_account(unit)))


@router.post(
    "/proposals/{proposal_id}/supports",
    status_code=201,
    **may("grants.proposal.take_part", keyed=True, refusals=(404,)),
)
async def support_proposal(unit: Unit, response: Response, proposal_id: UUID) -> ProposalView:
    """Support a proposal, signed in. Once."""
    return await _answer(unit, response, await commands.support(unit, proposal_id, commands.mark_of_account(unit)))


@router.delete("/proposals/{proposal_id}/supports", **may("grants.proposal.take_part", refusals=(404, 409)))
async def withdraw_support(unit: Unit, response: Response, proposal_id: UUID) -> ProposalView:
    """Support it no longer."""
    mark = commands.mark_of_account(unit)
    return await _answer(unit, response, await commands.withdraw_support(unit, proposal_id, mark))


@router.post(
    "/proposals/{proposal_id}/comments",
    status_code=201,
    **may("grants.proposal.take_part", keyed=True, refusals=(404,)),
)
async def comment_on_proposal(unit: Unit, response: Response, proposal_id: UUID, body: NewComment) -> CommentView:
    """Comment on a proposal or a consultation, signed in. A moderator looks first."""
    said = await commands.comment(unit, proposal_id, body.words, commands.mark_of_account(unit))
    return await _said(unit, response, said, moderators=True)


# Without an account: published ---------------------------------------------------------------------------


@router.post("/participation-passes", status_code=201, **may("grants.participation.by_code", keyed=True))
async def change_code_into_pass(unit: Unit, body: CodeGiven) -> PassView:
    """A pass for the code of a letter and its postcode."""
    secret, row = await commands.exchange(unit, body.code, body.postcode)
    return PassView(pass_=secret, until=row.until.isoformat())


@router.post("/proposals-by-pass", status_code=201, **may("grants.participation.by_code", keyed=True))
async def raise_proposal_by_pass(unit: Unit, response: Response, body: NewProposalByPass) -> ProposalView:
    """Raise a proposal without an account."""
    mark = await commands.mark_of_pass(unit, body.pass_)
    return await _answer(unit, response, await commands.raise_(unit, _raised(body), mark))


@router.post(
    "/proposals/{proposal_id}/supports-by-pass",
    status_code=201,
    **may("grants.participation.by_code", keyed=True, refusals=(404,)),
)
async def support_proposal_by_pass(unit: Unit, response: Response, proposal_id: UUID, body: ByPass) -> ProposalView:
    """Support a proposal without an account. Once."""
    mark = await commands.mark_of_pass(unit, body.pass_)
    return await _answer(unit, response, await commands.support(unit, proposal_id, mark))


@router.post(
    "/proposals/{proposal_id}/comments-by-pass",
    status_code=201,
    **may("grants.participation.by_code", keyed=True, refusals=(404,)),
)
async def comment_on_proposal_by_pass(
    unit: Unit, response: Response, proposal_id: UUID, body: NewCommentByPass
) -> CommentView:
    """Comment without an account. A moderator looks first."""
    mark = await commands.mark_of_pass(unit, body.pass_)
    return await _said(unit, response, await commands.comment(unit, proposal_id, body.words, mark), moderators=True)


@router.get("/proposals", **may("grants.proposal.read"))
async def list_proposals(
    unit: Unit,
    response: Response,
    paging: Paging,
    kind: Kind | None = None,
    state: State | None = None,
    ward: Ward | None = None,
) -> Page[ProposalView]:
    """Proposals and consultations, the newest first."""
    anyone_may_keep(response)
    filters = Filters(kind, state, ward)
    rows = await queries.listed(unit, filters, paging.place, paging.limit + 1, moderators=False)
    return paging.page(rows, queries.place_of)


@router.get("/proposals/{proposal_id}", **may("grants.proposal.read", refusals=(404,)))
async def read_proposal(unit: Unit, response: Response, proposal_id: UUID) -> ProposalView:
    """One of them."""
    found = await queries.view(unit, proposal_id)
    anyone_may_keep(response, found.version)
    return found


@router.get("/proposals/{proposal_id}/comments", **may("grants.proposal.read", refusals=(404,)))
async def list_comments(unit: Unit, paging: Paging, proposal_id: UUID) -> Page[CommentView]:
    """What was said of it, the oldest first."""
    rows = await queries.comments(unit, proposal_id, paging.place, paging.limit + 1, moderators=False)
    return paging.page(rows, queries.place_of_comment)


# Moderators ----------------------------------------------------------------------------------------------


@router.post("/consultations", status_code=201, **may("grants.proposal.moderate", keyed=True))
async def open_consultation(unit: Unit, response: Response, body: NewConsultation) -> ProposalView:
    """Ask everybody."""
    asked = commands.Raised(Kind.CONSULTATION, body.title, body.words, body.ward, None, body.closes_at)
    return await _answer(unit, response, await commands.raise_(unit, asked, commands.mark_of_account(unit)))


@router.get("/moderation/proposals", **may("grants.proposal.moderate"))
async def list_for_moderators(
    unit: Unit, paging: Paging, state: State | None = None, overdue: bool = False
) -> Page[ProposalView]:
    """Every proposal, those that wait too; or those whose answer is overdue."""
    filters = Filters(state=state, overdue=overdue)
    rows = await queries.listed(unit, filters, paging.place, paging.limit + 1, moderators=True)
    return paging.page(rows, queries.place_of)


@router.get("/moderation/proposals/{proposal_id}", **may("grants.proposal.moderate", refusals=(404,)))
async def read_for_moderators(unit: Unit, response: Response, proposal_id: UUID) -> ProposalView:
    """One of them, also one that waits."""
    found = await queries.view(unit, proposal_id, moderators=True)
    set_etag(response, found.version)
    return found


@router.get("/moderation/proposals/{proposal_id}/comments", **may("grants.proposal.moderate", refusals=(404,)))
async def list_comments_for_moderators(unit: Unit, paging: Paging, proposal_id: UUID) -> Page[CommentView]:
    """Every comment, those that wait too."""
    rows = await queries.comments(unit, proposal_id, paging.place, paging.limit + 1, moderators=True)
    return paging.page(rows, queries.place_of_comment)


@router.post("/moderation/proposals/{proposal_id}/verdict", **may("grants.proposal.moderate", refusals=_MADE))
async def moderate_proposal(
    unit: Unit, response: Response, proposal_id: UUID, expected: Expected, body: Verdict
) -> ProposalView:
    """Show it, or not, with a reason."""
    return await _answer(unit, response, await commands.moderate(unit, proposal_id, expected, body.verdict, body.words))


@router.post("/moderation/comments/{comment_id}/verdict", **may("grants.proposal.moderate", refusals=_MADE))
async def moderate_comment(
    unit: Unit, response: Response, comment_id: UUID, expected: Expected, body: Verdict
) -> CommentView:
    """Show it, or take it away, with a reason."""
    said = await commands.moderate_comment(unit, comment_id, expected, body.verdict, body.words)
    return await _said(unit, response, said, moderators=True)


@router.post("/proposals/{proposal_id}/answer", **may("grants.proposal.answer", refusals=_MADE))
async def answer_proposal(
    unit: Unit, response: Response, proposal_id: UUID, expected: Expected, body: Answer
) -> ProposalView:
    """Adopt it as a project, a vote, an application or a debate, or decline it; in public."""
    said = commands.Answer(body.becomes, body.words, body.ballot_id, body.ref, body.cost_pence, body.fixer, body.became)
    return await _answer(unit, response, await commands.answer(unit, proposal_id, expected, said))


@router.post("/participation-codes", status_code=201, **may("grants.participation.issue", keyed=True))
async def issue_participation_codes(unit: Unit, body: NewCodes) -> Codes:
    """Codes for letters, for those who take part without an account."""
    made = await commands.issue_codes(unit, body.postcodes)
    return Codes(codes=[Code(postcode=where, code=code) for where, code in made])
