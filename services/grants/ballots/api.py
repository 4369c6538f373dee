"""The HTTP door of ballots. What needs no sign-in is PUBLISHED in gateway/routes/ballots.py."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.grants.ballots import commands, domain, queries, results
from services.grants.ballots.counting.count import Rule
from services.grants.ballots.counting.election import Kind
from services.grants.ballots.domain import Answer, Channel
from services.grants.ballots.models import Ballot
from services.grants.ballots.queries import BallotView, CountView, ReceiptView
from services.grants.cacheable import SECONDS, anyone_may_keep

router = APIRouter(route_class=UnitRoute, tags=["ballots"])

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Ref = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,20}$")]
Ward = Annotated[str, StringConstraints(pattern=r"^(E05\d{6})?$")]
Pence = Annotated[int, Field(ge=1, le=10_000_000_000, strict=True, description="Whole pence")]
_MADE = (404, 409, 412, 428)


class NewProject(BaseModel):
    """A project to be voted on. Its cost is final once the ballot opens."""

    model_config = ConfigDict(extra="forbid")

    ref: Ref = Field(description='What the paper calls it, e.g. "A7"')
    title: Title
    summary: Words | None = None
    ward: Annotated[str, StringConstraints(pattern=r"^E05\d{6}$")] | None = None
    cost_pence: Pence


class NewBallot(BaseModel):
    """A ballot, to be worked on until it opens; then its rules are frozen."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    kind: Kind = Kind.APPROVAL
    rule: Rule = Rule.EQUAL_SHARES
    budget_pence: Pence
    step_pence: Pence = Field(100, description="By how much Equal Shares raises each voter's share at a time")
    most_choices: int | None = Field(None, ge=1, le=domain.MOST_PROJECTS)
    most_points: int | None = Field(None, ge=1, le=1000, description="Points ballots: how many each voter has")
    opens_at: AwareDatetime
    closes_at: AwareDatetime
    projects: list[NewProject] = Field(default=[], max_length=domain.MOST_PROJECTS)

    def draft(self) -> commands.Draft:
        """As the writes take it."""
        return commands.Draft(
            self.title,
            self.kind,
            self.rule,
            self.budget_pence,
            self.step_pence,
            self.most_choices,
            self.most_points,
            self.opens_at,
            self.closes_at,
            [
                commands.OnBallot(each.ref, each.title, each.summary, each.ward, each.cost_pence)
                for each in self.projects
            ],
        )


class NewCodes(BaseModel):
    """Letters with a voting code: a postcode for each letter."""

    model_config = ConfigDict(extra="forbid")

    postcodes: list[Annotated[str, StringConstraints(max_length=10)]] = Field(min_length=1, max_length=2000)


class CodeView(BaseModel):
    """A code, shown this once."""

    postcode: str
    code: str


class Codes(BaseModel):
    """The codes of one batch."""

    codes: list[CodeView]


class VoterView(BaseModel):
    """Who votes: so that each votes once, whichever way. It is not kept, only a digest that the close destroys."""

    model_config = ConfigDict(extra="forbid")

    family_name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    date_of_birth: date
    postcode: Annotated[str, StringConstraints(max_length=10)]

    def as_rules_see_it(self) -> domain.Voter:
        """As the rules take it."""
        return domain.Voter(self.family_name, self.date_of_birth, self.postcode)


class NewVote(BaseModel):
    """A vote. Choices or points, as the ballot asks; neither is a blank vote."""

    model_config = ConfigDict(extra="forbid")

    voter: VoterView
    choices: list[Ref] = Field(default=[], max_length=domain.MOST_PROJECTS, description="Best first on a ranking")
    points: dict[Ref, Annotated[int, Field(ge=0, le=1000, strict=True)]] = Field(
        default={}, max_length=domain.MOST_PROJECTS
    )
    ward: Ward = ""
    age_band: Literal["", "under_18", "18_24", "25_34", "35_49", "50_64", "65_and_over"] = ""
    noise: Annotated[str, StringConstraints(min_length=16, max_length=100)] = Field(
        description="Random text: so that what we keep of your request for a day tells nobody your vote"
    )

    def cast(self) -> commands.Cast:
        """As the writes take it."""
        return commands.Cast(self.choices, self.points, self.ward, self.age_band)


class CodedVote(NewVote):
    """A vote without an account: by the code that came to the address."""

    code: Annotated[str, StringConstraints(min_length=10, max_length=20)]


class EnteredVote(NewVote):
    """A vote on paper, or given with help. On paper the code is on the paper, where it came by letter."""

    channel: Literal["paper", "assisted"]
    code: Annotated[str, StringConstraints(min_length=10, max_length=20)] | None = None


class Receipt(BaseModel):
    """Proof that a vote is in, not what it was."""

    receipt: str


class Closing(BaseModel):
    """Why it closes before its hour. Published."""

    model_config = ConfigDict(extra="forbid")

    reason: Words


class Verdict(BaseModel):
    """What the delegated officer decides. All of it is published."""

    model_config = ConfigDict(extra="forbid")

    statement: Words
    returned: dict[Ref, Words] = Field(default={}, max_length=domain.MOST_PROJECTS, description="Project and reason")
    subsidy_control: Words = Field(description="What the check under the Subsidy Control Act 2022 found")
    addresses_development: Words = Field(description="CIL Regulations 2010 reg 59F(3): what demands it addresses")
    interests: Words = Field(description="Interests declared by those who decided, or that there are none")


class PanelAnswer(BaseModel):
    """What the panel says to a returned project. Published."""

    model_config = ConfigDict(extra="forbid")

    ref: Ref
    answer: Answer
    reason: Words


async def _answer(unit: Unit, response: Response, row: Ballot) -> BallotView:
    response.headers["Location"] = f"/v1/grants/ballots/{row.id}"
    set_etag(response, row.version)
    await unit.session.flush()
    return await queries.view(unit, row.id, drafts=True)


@router.post("/ballot-drafts", status_code=201, **may("grants.ballot.keep", keyed=True))
async def draw_up_ballot(unit: Unit, response: Response, body: NewBallot) -> BallotView:
    """Draw up a ballot."""
    return await _answer(unit, response, await commands.draw_up(unit, body.draft()))


@router.get("/ballot-drafts", **may("grants.ballot.keep"))
async def list_ballot_drafts(unit: Unit, paging: Paging) -> Page[BallotView]:
    """Every ballot, drafts too, the newest first."""
    return paging.page(await queries.listed(unit, paging.place, paging.limit + 1, drafts=True), queries.place_of)


@router.get("/ballot-drafts/{ballot_id}", **may("grants.ballot.keep", refusals=(404,)))
async def read_ballot_draft(unit: Unit, response: Response, ballot_id: UUID) -> BallotView:
    """One of them."""
    found = await queries.view(unit, ballot_id, drafts=True)
    set_etag(response, found.version)
    return found


@router.put("/ballot-drafts/{ballot_id}", **may("grants.ballot.keep", refusals=_MADE))
async def change_ballot_draft(
    unit: Unit, response: Response, ballot_id: UUID, expected: Expected, body: NewBallot
) -> BallotView:
    """Another draft in its place, until it opens."""
    return await _answer(unit, response, await commands.redraw(unit, ballot_id, expected, body.draft()))


@router.post("/ballots/{ballot_id}/open", **may("grants.ballot.keep", refusals=_MADE))
async def open_ballot(unit: Unit, response: Response, ballot_id: UUID, expected: Expected) -> BallotView:
    """Freeze the rules with their hash, draw the order on the paper, take votes from the hour named."""
    return await _answer(unit, response, await commands.open_(unit, ballot_id, expected))


@router.post("/ballots/{ballot_id}/codes", status_code=201, **may("grants.ballot.issue", keyed=True, refusals=(404,)))
async def issue_voting_codes(unit: Unit, ballot_id: UUID, body: NewCodes) -> Codes:
    """Codes for letters to addresses, for those who vote without an account."""
    made = await commands.issue_codes(unit, ballot_id, body.postcodes)
    return Codes(codes=[CodeView(postcode=where, code=code) for where, code in made])


@router.post("/ballots/{ballot_id}/votes", status_code=201, **may("grants.vote.cast", keyed=True, refusals=(404,)))
async def cast_vote(unit: Unit, ballot_id: UUID, body: NewVote) -> Receipt:
    """Vote, signed in. Once, and for good."""
    voter, account = body.voter.as_rules_see_it(), unit.cause.actor
    return Receipt(receipt=await commands.vote(unit, ballot_id, body.cast(), Channel.ONLINE, voter, account=account))


@router.post(
    "/ballots/{ballot_id}/coded-votes", status_code=201, **may("grants.vote.by_code", keyed=True, refusals=(404,))
)
async def cast_coded_vote(unit: Unit, ballot_id: UUID, body: CodedVote) -> Receipt:
    """Vote without an account, by postcode and code. Once, and for good."""
    voter = body.voter.as_rules_see_it()
    return Receipt(receipt=await commands.vote(unit, ballot_id, body.cast(), Channel.CODE, voter, code=body.code))


@router.post("/ballots/{ballot_id}/papers", status_code=201, **may("grants.vote.enter", keyed=True, refusals=(404,)))
async def enter_vote(unit: Unit, ballot_id: UUID, body: EnteredVote) -> Receipt:
    """Enter a paper vote, or one given with help: it counts in the same total. The receipt is the voter's."""
    voter = body.voter.as_rules_see_it()
    return Receipt(
        receipt=await commands.vote(unit, ballot_id, body.cast(), Channel(body.channel), voter, code=body.code)
    )


@router.post("/ballots/{ballot_id}/close", **may("grants.ballot.keep", refusals=_MADE))
async def close_ballot(
    unit: Unit, response: Response, ballot_id: UUID, expected: Expected, body: Closing
) -> BallotView:
    """Close it before its hour, with a public reason. It closes by itself at its hour."""
    return await _answer(unit, response, await commands.close_early(unit, ballot_id, expected, body.reason))


@router.post("/ballots/{ballot_id}/decision", **may("grants.ballot.decide", refusals=_MADE))
async def decide_on_ballot(
    unit: Unit, response: Response, ballot_id: UUID, expected: Expected, body: Verdict
) -> BallotView:
    """Adopt the recommendation, or return it once, whole or in parts, with public reasons."""
    verdict = results.Verdict(
        body.statement, body.returned, body.subsidy_control, body.addresses_development, body.interests
    )
    return await _answer(unit, response, await results.decide(unit, ballot_id, expected, verdict))


@router.post("/ballots/{ballot_id}/answers", **may("grants.ballot.answer", refusals=_MADE))
async def answer_returned_project(
    unit: Unit, response: Response, ballot_id: UUID, expected: Expected, body: PanelAnswer
) -> BallotView:
    """What the panel says to a project that was returned to it."""
    return await _answer(
        unit, response, await results.answer(unit, ballot_id, expected, body.ref, body.answer, body.reason)
    )


# Published: no sign-in ------------------------------------------------------------------------------------


@router.get("/ballots", **may("grants.ballot.read"))
async def list_ballots(unit: Unit, response: Response, paging: Paging) -> Page[BallotView]:
    """Ballots that have opened, the newest first."""
    anyone_may_keep(response)
    return paging.page(await queries.listed(unit, paging.place, paging.limit + 1, drafts=False), queries.place_of)


@router.get("/ballots/{ballot_id}", **may("grants.ballot.read", refusals=(404,)))
async def read_ballot(unit: Unit, response: Response, ballot_id: UUID) -> BallotView:
    """One ballot, with its frozen rules and their hash."""
    found = await queries.view(unit, ballot_id)
    anyone_may_keep(response, found.version)
    return found


@router.get("/ballots/{ballot_id}/result", **may("grants.ballot.read", refusals=(404,)))
async def read_result(unit: Unit, response: Response, ballot_id: UUID) -> CountView:
    """What won, and why each project won or lost; what the officer made of it, with reasons."""
    found = await queries.result(unit, ballot_id)
    anyone_may_keep(response, found.version)
    return found


@router.get("/ballots/{ballot_id}/receipts/{receipt}", **may("grants.ballot.read", refusals=(404,)))
async def check_receipt(
    unit: Unit,
    response: Response,
    ballot_id: UUID,
    receipt: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")],
) -> ReceiptView:
    """Is the vote of this receipt in the total?"""
    response.headers["Cache-Control"] = "no-store"
    return await queries.receipt(unit, ballot_id, receipt)


@router.get("/ballots/{ballot_id}/ballots.pb", response_class=Response, **may("grants.ballot.read", refusals=(404,)))
async def export_ballots(unit: Unit, ballot_id: UUID) -> Response:
    """All ballots in .pb form (pabulib.org), for anybody to count again."""
    text = await queries.export(unit, ballot_id)
    return Response(text, media_type="text/plain", headers={"Cache-Control": f"public, max-age={SECONDS}"})
