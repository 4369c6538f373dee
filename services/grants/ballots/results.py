"""Writes of ballots from the count on: the count itself, the officer's decision, the panel's answers."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.errors import Conflict, NotFound
from kit.store.jobs import Progress, Step
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.grants.ballots import domain
from services.grants.ballots.commands import announce, load, projects_of
from services.grants.ballots.counting.count import Count, count
from services.grants.ballots.counting.election import Election, Paper, Project
from services.grants.ballots.domain import Answer, Decision, State
from services.grants.ballots.models import Ballot, BallotProject, VoteGroup


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the delegated officer decides, all of it public."""

    statement: str
    returned: Mapping[str, str]
    subsidy_control: str
    addresses_development: str
    interests: str


async def election_of(unit: UnitOfWork, row: Ballot, projects: list[BallotProject]) -> Election:
    """What is counted, out of the groups that the close left."""
    query = select(VoteGroup.paper, VoteGroup.voters).where(VoteGroup.ballot_id == row.id)
    papers: Counter[Paper] = Counter()
    for paper, voters in await unit.session.execute(query):
        papers[domain.from_text(paper)] += voters
    terms = row.as_rules_see_it(projects)
    return Election(
        terms.kind, terms.budget_pence, [Project(each.ref, each.cost_pence) for each in terms.projects], papers
    )


async def count_step(unit: UnitOfWork, step: Step) -> Progress:
    """The job of the count: the whole of it in one step, in a thread, for it takes seconds on a large ballot."""
    row = await load(unit, UUID(step.parameters["ballot_id"]), for_change=True)
    if row.state != State.CLOSED:
        return Progress(done=1, total=1)
    domain.check_next(State(row.state), State.COUNTED)
    projects = await projects_of(unit, row.id)
    election = await election_of(unit, row, projects)
    terms = row.as_rules_see_it(projects)
    counted = await asyncio.to_thread(count, election, terms.rule, step=terms.step_pence)
    row.result = as_json(counted)
    row.state, row.counted_at = State.COUNTED, clock.business_now()
    await announce(unit, row, projects)
    return Progress(done=1, total=1, message=f"{len(counted.winners)} projects recommended")


def as_json(counted: Count) -> dict[str, Any]:
    """A count as kept and shown."""
    found = asdict(counted)
    found["rule"] = counted.rule.value
    found["winners"] = list(counted.winners)
    found["reasons"] = [{**asdict(each), "why": each.why.value} for each in counted.reasons]
    return found


async def decide(unit: UnitOfWork, ballot_id: UUID, expected: int, verdict: Verdict) -> Ballot:
    """Adopt what was recommended, or return some or all of it once with a public reason. Nothing else can be done."""
    row = await load(unit, ballot_id, for_change=True)
    check_version(row.version, expected)
    second = row.state == State.RETURNED
    wanted = State.RETURNED if verdict.returned and not second else State.ADOPTED
    domain.check_next(State(row.state), wanted)
    projects = await projects_of(unit, row.id)
    winners = {each.ref for each in projects if each.place in (row.result or {})["winners"]}
    domain.check_decision(sorted(winners), verdict.returned, second=second, made_by=row.made_by, actor=unit.cause.actor)
    for each in projects:
        if each.ref not in winners:
            continue
        if not second:
            each.decision = Decision.RETURNED if each.ref in verdict.returned else Decision.ADOPTED
            each.decision_reason = verdict.returned.get(each.ref)
        elif each.decision == Decision.RETURNED:
            if each.answer is None:
                raise Conflict(f"The panel has not answered about {each.ref}", allowed=["answers"])
            each.decision = Decision.ADOPTED if each.answer == Answer.UPHELD else Decision.NOT_FUNDED
    row.state = wanted
    row.decisions = [
        *row.decisions,
        {
            "by": unit.cause.actor,
            "at": clock.business_now().isoformat(),
            "made": wanted.value,
            "statement": verdict.statement,
            "returned": dict(verdict.returned),
            "subsidy_control": verdict.subsidy_control,
            "addresses_development": verdict.addresses_development,
            "interests": verdict.interests,
        },
    ]
    await announce(unit, row, projects)
    return row


async def answer(unit: UnitOfWork, ballot_id: UUID, expected: int, ref: str, said: Answer, reason: str) -> Ballot:
    """The panel upholds a returned project, or withdraws it, with a public reason."""
    row = await load(unit, ballot_id, for_change=True)
    check_version(row.version, expected)
    if row.state != State.RETURNED:
        raise Conflict("Nothing of this ballot was returned", state=row.state, allowed=[])
    projects = await projects_of(unit, row.id)
    found = next((each for each in projects if each.ref == ref and each.decision == Decision.RETURNED), None)
    if found is None:
        raise NotFound("No such project was returned")
    found.answer, found.answer_reason = said, reason
    await announce(unit, row, projects)
    return row
