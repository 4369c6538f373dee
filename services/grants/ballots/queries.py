"""Reads of ballots: what is on them, what came out and why, receipts, and the ballots in .pb form."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, func, select, tuple_

from kit import clock
from kit.contracts.envelope import UtcDatetime
from kit.errors import Conflict, NotFound
from kit.store.unit import UnitOfWork
from services.grants.ballots import domain, words
from services.grants.ballots.counting import pabulib
from services.grants.ballots.counting.count import Rule
from services.grants.ballots.counting.election import Election, Kind, Paper, Project
from services.grants.ballots.domain import State
from services.grants.ballots.models import Ballot, BallotProject, VoteGroup, VoteReceipt

_PUBLISHED_AS = {Rule.EQUAL_SHARES: "equalshares/add1", Rule.TOPPED_UP: "equalshares/add1u"}


class ProjectView(BaseModel):
    """A project as it stands on the ballot."""

    id: UUID
    ref: str
    title: str
    summary: str | None
    ward: str | None
    cost_pence: int


class BallotView(BaseModel):
    """A ballot. Projects stand in the order on the paper."""

    id: UUID
    version: int
    title: str
    kind: Kind
    rule: Rule
    budget_pence: int
    step_pence: int
    most_choices: int | None
    most_points: int | None
    opens_at: UtcDatetime
    closes_at: UtcDatetime
    state: State
    rules: str | None = Field(description="What was frozen at opening, as one text")
    rules_hash: str | None = Field(description="Its SHA-256")
    closed_at: UtcDatetime | None
    closed_early: str | None
    voters: int | None = Field(description="Told once it is closed")
    projects: list[ProjectView]
    allowed: list[State]


class ResultView(BaseModel):
    """One project's result, and why."""

    project: ProjectView
    won: bool
    why: str
    words: str
    votes: int
    score: int
    turn: int | None = None
    each_paid_pence: int | None = Field(None, description="The most any one supporter paid")
    paid_in_full: int | None = None
    paid_all_they_had: int | None = None
    supporters_left_pence: int | None = None
    short_by_pence: int | None = None
    more_voters: int | None = Field(None, description="About how many more voters for it alone would be enough")
    decision: domain.Decision | None
    decision_reason: str | None
    answer: domain.Answer | None
    answer_reason: str | None


class DecisionView(BaseModel):
    """What the delegated officer decided."""

    at: datetime
    made: State
    statement: str
    returned: dict[str, str]
    subsidy_control: str
    addresses_development: str
    interests: str


class ComparedView(BaseModel):
    """Voters by which outcome has more of what they voted for."""

    more_here: int
    more_by_most_wanted: int
    same: int


class CountView(BaseModel):
    """A result: a recommendation until it is adopted."""

    ballot_id: UUID
    version: int
    state: State
    rule: Rule
    rules_hash: str
    counted_at: UtcDatetime
    voters: int
    votes_by_channel: dict[str, int] = Field(description="All in one total; told apart only where ten or more came so")
    budget_pence: int
    cost_pence: int
    share_pence: int | None = Field(description="Equal Shares: the last share of each voter")
    steps: int | None = Field(description="Equal Shares: how often shares were raised")
    next_cost_pence: int | None = Field(description="What the next larger share would have spent: more than the pot")
    compared: ComparedView | None = Field(description="With the most wanted first; left out below ten voters")
    results: list[ResultView]
    decisions: list[DecisionView]


class ReceiptView(BaseModel):
    """Whether a vote is in the total. It says nothing of what was voted."""

    counted: bool
    words: str


async def listed(unit: UnitOfWork, place: Sequence[Any] | None, most: int, *, drafts: bool) -> list[BallotView]:
    """Ballots, the newest first; drafts only for those who draw them up."""
    query = select(Ballot)
    if not drafts:
        query = query.where(_public())
    if place is not None:
        query = query.where(
            tuple_(Ballot.opens_at, Ballot.id) < tuple_(datetime.fromisoformat(place[0]), UUID(place[1]))
        )
    rows = (await unit.session.scalars(query.order_by(Ballot.opens_at.desc(), Ballot.id.desc()).limit(most))).all()
    on = select(BallotProject).where(BallotProject.ballot_id.in_([row.id for row in rows]))
    projects: dict[UUID, list[BallotProject]] = {row.id: [] for row in rows}
    for each in await unit.session.scalars(on.order_by(BallotProject.place)):
        projects[each.ballot_id].append(each)
    return [_view(row, projects[row.id]) for row in rows]


def place_of(shown: BallotView) -> list[Any]:
    """Where a ballot stands in the list."""
    return [shown.opens_at.isoformat(), str(shown.id)]


async def view(unit: UnitOfWork, ballot_id: UUID, *, drafts: bool = False) -> BallotView:
    """One ballot."""
    row = await _found(unit, ballot_id, drafts=drafts)
    return _view(row, await _projects(unit, row.id))


async def result(unit: UnitOfWork, ballot_id: UUID) -> CountView:
    """What came out, and why each project won or lost. `Conflict` before the count."""
    row = await _found(unit, ballot_id)
    if row.result is None or row.counted_at is None or row.voters is None:
        raise Conflict("This ballot is not counted yet", state=row.state, closes_at=row.closes_at.isoformat())
    projects, counted = await _projects(unit, row.id), row.result
    by_place = {each["place"]: each for each in counted["reasons"]}
    by_channel = select(VoteGroup.channel, func.sum(VoteGroup.voters)).where(VoteGroup.ballot_id == row.id)
    channels = (await unit.session.execute(by_channel.group_by(VoteGroup.channel))).all()
    return CountView(
        ballot_id=row.id,
        version=row.version,
        state=State(row.state),
        rule=Rule(row.rule),
        rules_hash=row.rules_hash or "",
        counted_at=row.counted_at,
        voters=row.voters,
        votes_by_channel={channel or "not_told": int(number) for channel, number in sorted(channels)},
        budget_pence=row.budget_pence,
        cost_pence=counted["cost"],
        share_pence=counted["share"],
        steps=counted["steps"],
        next_cost_pence=counted["next_cost"],
        compared=ComparedView(**counted["compared"]) if row.voters >= domain.FEWEST_SHOWN else None,
        results=[_result(row, each, by_place[each.place]) for each in projects],
        decisions=[DecisionView.model_validate(each) for each in row.decisions],
    )


async def receipt(unit: UnitOfWork, ballot_id: UUID, code: str) -> ReceiptView:
    """Is the vote of this receipt in the total?"""
    row = await _found(unit, ballot_id)
    digest = hashlib.sha256(code.encode()).digest()
    query = select(VoteReceipt.ballot_id).where(VoteReceipt.ballot_id == row.id, VoteReceipt.digest == digest)
    if await unit.session.scalar(query) is None:
        return ReceiptView(counted=False, words="We have no vote with this receipt on this ballot.")
    if row.state == State.OPEN:
        return ReceiptView(counted=True, words="Your vote is in. It will be counted when the ballot closes.")
    return ReceiptView(counted=True, words="Your vote was counted.")


async def export(unit: UnitOfWork, ballot_id: UUID) -> str:
    """A counted ballot in .pb form: no voter, no combination of attributes that fewer than ten share."""
    row = await _found(unit, ballot_id)
    if row.result is None or row.voters is None or row.voters < domain.FEWEST_SHOWN:
        raise Conflict("Ballots are published once they are counted, and only of ten voters or more", state=row.state)
    projects = await _projects(unit, row.id)
    terms = row.as_rules_see_it(projects)
    kind = VoteGroup.paper, VoteGroup.ward, VoteGroup.age_band, VoteGroup.channel, VoteGroup.voters
    groups = (await unit.session.execute(select(*kind).where(VoteGroup.ballot_id == row.id))).all()
    voters: Counter[tuple[Paper, tuple[str, ...]]] = Counter()
    for paper, ward, age, channel, number in groups:
        voters[domain.from_text(paper), (ward, age, channel)] += number
    papers: Counter[Paper] = Counter()
    for (counted, _), number in voters.items():
        papers[counted] += number
    election = Election(
        terms.kind, terms.budget_pence, [Project(each.ref, each.cost_pence) for each in terms.projects], papers
    )
    longest = {"max_length": str(domain.longest(terms))} if terms.kind is Kind.RANKING or terms.most_choices else {}
    sums = {"max_sum_points": str(terms.most_points)} if terms.most_points else {}
    meta = {
        "description": row.title,
        "country": "United Kingdom",
        "unit": "Barking and Dagenham",
        "instance": str(row.opens_at.year),
        "rule": _PUBLISHED_AS.get(terms.rule, terms.rule.value),
        "date_begin": row.opens_at.astimezone(clock.LONDON).strftime("%d.%m.%Y"),
        "date_end": row.closes_at.astimezone(clock.LONDON).strftime("%d.%m.%Y"),
        "language": "en",
        "currency": "GBP",
        "comment": "Money is in pence",
        **longest,
        **sums,
    }
    titles = [each.title for each in terms.projects]
    return pabulib.write(
        election, meta, titles, row.result["winners"], ("neighborhood", "age_band", "voting_method"), voters
    )


def _public() -> ColumnElement[bool]:
    return Ballot.state != State.DRAFT


async def _found(unit: UnitOfWork, ballot_id: UUID, *, drafts: bool = False) -> Ballot:
    query = select(Ballot).where(Ballot.id == ballot_id)
    row = (await unit.session.scalars(query if drafts else query.where(_public()))).one_or_none()
    if row is None:
        raise NotFound("There is no such ballot")
    return row


async def _projects(unit: UnitOfWork, ballot_id: UUID) -> list[BallotProject]:
    query = select(BallotProject).where(BallotProject.ballot_id == ballot_id).order_by(BallotProject.place)
    return list((await unit.session.scalars(query)).all())


def _project(row: BallotProject) -> ProjectView:
    return ProjectView(
        id=row.id, ref=row.ref, title=row.title, summary=row.summary, ward=row.ward, cost_pence=row.cost_pence
    )


def _result(row: Ballot, project: BallotProject, of: dict[str, Any]) -> ResultView:
    counted = row.result or {}
    return ResultView(
        project=_project(project),
        won=of["won"],
        why=of["why"],
        words=words.reason(of, project.cost_pence, counted["next_cost"], row.budget_pence),
        votes=of["votes"],
        score=of["score"],
        turn=of["turn"],
        each_paid_pence=of["each_paid"],
        paid_in_full=of["in_full"],
        paid_all_they_had=of["all_they_had"],
        supporters_left_pence=of["supporters_left"],
        short_by_pence=of["short_by"],
        more_voters=of["more_voters"],
        decision=domain.Decision(project.decision) if project.decision else None,
        decision_reason=project.decision_reason,
        answer=domain.Answer(project.answer) if project.answer else None,
        answer_reason=project.answer_reason,
    )


def _view(row: Ballot, projects: list[BallotProject]) -> BallotView:
    return BallotView(
        id=row.id,
        version=row.version,
        title=row.title,
        kind=Kind(row.kind),
        rule=Rule(row.rule),
        budget_pence=row.budget_pence,
        step_pence=row.step_pence,
        most_choices=row.most_choices,
        most_points=row.most_points,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        state=State(row.state),
        rules=row.rules,
        rules_hash=row.rules_hash,
        closed_at=row.closed_at,
        closed_early=row.closed_early,
        voters=row.voters,
        projects=[_project(each) for each in projects],
        allowed=list(domain.ALLOWED[State(row.state)]),
    )
