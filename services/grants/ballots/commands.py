"""Writes of ballots before the count: drawn up, opened, codes, votes, closed. What follows: `results.py`."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.grants.ballots import BallotResult, BallotState
from kit.errors import Conflict, Forbidden, NotFound, invalid
from kit.ids import new_id
from kit.store import jobs, timers
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.grants.ballots import domain, publishing
from services.grants.ballots.counting.count import Rule
from services.grants.ballots.counting.election import Kind
from services.grants.ballots.domain import Channel, State
from services.grants.ballots.models import (
    Ballot,
    BallotProject,
    Vote,
    VoteGroup,
    VoteReceipt,
    VoterMark,
    VotingCode,
)

CLOSE: Final = "grants.ballot.close"
COUNT: Final = "grants.ballot.count"


@dataclass(frozen=True, slots=True)
class OnBallot:
    """A project to be put on a ballot."""

    ref: str
    title: str
    summary: str | None
    ward: str | None
    cost_pence: int


@dataclass(frozen=True, slots=True)
class Draft:
    """What a ballot is to be."""

    title: str
    kind: Kind
    rule: Rule
    budget_pence: int
    step_pence: int
    most_choices: int | None
    most_points: int | None
    opens_at: datetime
    closes_at: datetime
    projects: Sequence[OnBallot]


@dataclass(frozen=True, slots=True)
class Cast:
    """A vote as it comes in."""

    choices: Sequence[str]
    points: Mapping[str, int]
    ward: str
    age_band: str


async def draw_up(unit: UnitOfWork, draft: Draft) -> Ballot:
    """A new ballot, to be worked on until it opens."""
    now = clock.business_now()
    row = Ballot(id=new_id(), version=1, state=State.DRAFT, made_by=unit.cause.actor, decisions=[], changed_at=now)
    _write(row, draft)
    unit.session.add(row)
    await unit.session.flush()
    await _list(unit, row, draft.projects)
    return row


async def redraw(unit: UnitOfWork, ballot_id: UUID, expected: int, draft: Draft) -> Ballot:
    """Another draft in place of this one. `Conflict` once it has opened: its rules are frozen."""
    row = await load(unit, ballot_id, for_change=True)
    check_version(row.version, expected)
    if row.state != State.DRAFT:
        raise Conflict("The rules of this ballot are frozen since it opened", state=row.state, allowed=[])
    _write(row, draft)
    await unit.session.execute(delete(BallotProject).where(BallotProject.ballot_id == row.id))
    await _list(unit, row, draft.projects)
    _changed(unit, row)
    return row


async def put_on(unit: UnitOfWork, ballot_id: UUID, project: OnBallot) -> Ballot:
    """One more project on a ballot that is being drawn up: what an adopted proposal asks for."""
    row = await load(unit, ballot_id, for_change=True)
    if row.state != State.DRAFT:
        raise Conflict("The rules of this ballot are frozen since it opened", state=row.state, allowed=[])
    there = await projects_of(unit, row.id)
    if any(each.ref == project.ref for each in there):
        raise invalid("/ref", "Another project on this ballot has this reference.", "reference-once")
    await _list(unit, row, [project], after=len(there))
    _changed(unit, row)
    return row


async def open_(unit: UnitOfWork, ballot_id: UUID, expected: int) -> Ballot:
    """Freeze the rules with their hash, draw the order on the paper, and take votes from the hour named on."""
    row = await load(unit, ballot_id, for_change=True)
    check_version(row.version, expected)
    domain.check_next(State(row.state), State.OPEN)
    projects = await projects_of(unit, row.id)
    terms = row.as_rules_see_it(projects)
    domain.check_ready(terms)
    if terms.closes_at <= clock.business_now():
        raise invalid("/closes_at", "This ballot would close before it opens.", "closes-in-the-future")
    order = domain.drawn_order(terms.projects, domain.digest(domain.frozen(terms)))
    places = {each.ref: place for place, each in enumerate(order)}
    for each in projects:
        each.place = places[each.ref]
    row.rules = domain.frozen(row.as_rules_see_it(projects))
    row.rules_hash = domain.digest(row.rules)
    row.voter_key = secrets.token_bytes(32)
    row.state = State.OPEN
    _changed(unit, row)
    await timers.set_alarm(unit, CLOSE, row.id, row.closes_at)
    return row


async def issue_codes(unit: UnitOfWork, ballot_id: UUID, postcodes: Sequence[str]) -> list[tuple[str, str]]:
    """A code for each of these postcodes (name one as often as letters go there). They are shown this once."""
    row = await load(unit, ballot_id, for_change=True)
    key = _open_key(row, voting=False)
    made = [(domain.postcode(where), domain.code_from(secrets.token_bytes(10))) for where in postcodes]
    rows = [{"ballot_id": row.id, "mark": domain.code_mark(key, code, where), "used": False} for where, code in made]
    await unit.session.execute(insert(VotingCode).values(rows).on_conflict_do_nothing())
    unit.accessed(f"ballot/{row.id}")
    return made


async def vote(
    unit: UnitOfWork,
    ballot_id: UUID,
    cast: Cast,
    channel: Channel,
    voter: domain.Voter | None,
    *,
    account: str | None = None,
    code: str | None = None,
) -> str:
    """Take one vote; the receipt. `Conflict` before opening, after close, and for a second one of the same voter.

    Neither an event nor any row says which vote is whose: a mark of the voter and the vote itself are kept apart.
    """
    # Shared: votes don't wait for each other, and the close waits for all of them.
    query = select(Ballot).where(Ballot.id == ballot_id, Ballot.state != State.DRAFT).with_for_update(read=True)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("There is no such ballot")
    key = _open_key(row, voting=True)
    paper = domain.paper(row.as_rules_see_it(await projects_of(unit, row.id)), cast.choices, cast.points)
    marks = sorted(domain.marks(key, voter, account))
    rows = [{"ballot_id": row.id, "mark": each} for each in marks]
    query_new = insert(VoterMark).values(rows).on_conflict_do_nothing().returning(VoterMark.mark)
    if len((await unit.session.scalars(query_new)).all()) != len(marks):
        raise Conflict("There is a vote of this voter already. It cannot be changed: nobody can find it", allowed=[])
    if code is not None:
        await _use(unit, row, domain.code_mark(key, code, voter.postcode if voter else ""))
    unit.session.add(
        Vote(
            id=uuid4(),
            ballot_id=row.id,
            paper=domain.as_text(paper),
            ward=cast.ward,
            age_band=cast.age_band,
            channel=channel,
        )
    )
    receipt = secrets.token_hex(16)
    await unit.session.execute(
        insert(VoteReceipt).values(ballot_id=row.id, digest=hashlib.sha256(receipt.encode()).digest())
    )
    # That they took part, not how: for a resident's own page of who did what.
    unit.accessed(f"ballot/{row.id}")
    return receipt


async def close_early(unit: UnitOfWork, ballot_id: UUID, expected: int, reason: str) -> Ballot:
    """Close before the hour named, with a reason that is published."""
    row = await load(unit, ballot_id, for_change=True)
    check_version(row.version, expected)
    domain.check_next(State(row.state), State.CLOSED)
    if clock.business_now() < row.closes_at:
        row.closed_early = reason
    await timers.cancel(unit, CLOSE, row.id)
    await _close(unit, row)
    return row


async def close_in_time(unit: UnitOfWork, ballot_id: UUID) -> None:
    """The alarm at the hour named."""
    row = await load(unit, ballot_id, for_change=True)
    if row.state == State.OPEN:
        await _close(unit, row)


async def _close(unit: UnitOfWork, row: Ballot) -> None:
    """Fold votes into groups, and destroy whatever tells who voted: marks, codes and the key that made them."""
    of = (Vote.paper, Vote.ward, Vote.age_band, Vote.channel)
    query = select(*of, func.count()).where(Vote.ballot_id == row.id).group_by(*of)
    counted = [((ward, age, how), paper, number) for paper, ward, age, how, number in await unit.session.execute(query)]
    sizes: dict[publishing.Attributes, int] = {}
    for each, _, number in counted:
        sizes[each] = sizes.get(each, 0) + number
    told = publishing.coarser(sizes)
    groups: dict[tuple[str, publishing.Attributes], int] = {}
    for each, paper, number in counted:
        groups[paper, told[each]] = groups.get((paper, told[each]), 0) + number
    rows = [
        {
            "id": uuid4(),
            "ballot_id": row.id,
            "paper": paper,
            "ward": ward,
            "age_band": age,
            "channel": how,
            "voters": number,
        }
        for (paper, (ward, age, how)), number in sorted(groups.items())
    ]
    for start in range(0, len(rows), 1000):
        await unit.session.execute(insert(VoteGroup).values(rows[start : start + 1000]))
    for table in (Vote, VoterMark, VotingCode):
        await unit.session.execute(delete(table).where(table.ballot_id == row.id))
    row.voter_key, row.voters = None, sum(sizes.values())
    row.state, row.closed_at = State.CLOSED, clock.business_now()
    _changed(unit, row)
    await jobs.start(unit, COUNT, {"ballot_id": str(row.id)})


async def load(unit: UnitOfWork, ballot_id: UUID, *, for_change: bool = False) -> Ballot:
    """The ballot; locked if it is to change."""
    query = select(Ballot).where(Ballot.id == ballot_id)
    row = (await unit.session.scalars(query.with_for_update() if for_change else query)).one_or_none()
    if row is None:
        raise NotFound("There is no such ballot")
    return row


async def projects_of(unit: UnitOfWork, ballot_id: UUID) -> list[BallotProject]:
    """The projects on a ballot, in its order."""
    query = select(BallotProject).where(BallotProject.ballot_id == ballot_id).order_by(BallotProject.place)
    return list((await unit.session.scalars(query)).all())


async def _use(unit: UnitOfWork, row: Ballot, mark: bytes) -> None:
    mine = (VotingCode.ballot_id == row.id) & (VotingCode.mark == mark)
    used = update(VotingCode).where(mine, ~VotingCode.used).values(used=True).returning(VotingCode.mark)
    if (await unit.session.scalar(used)) is None:
        if await unit.session.scalar(select(VotingCode.used).where(mine)):
            raise Conflict("This code has been used: each is good for one vote", allowed=[])
        raise Forbidden("This code and postcode do not belong together. Look at the letter again")


def _open_key(row: Ballot, *, voting: bool) -> bytes:
    now = clock.business_now()
    if row.state != State.OPEN or row.voter_key is None or now >= row.closes_at:
        raise Conflict("This ballot takes no votes", state=row.state, allowed=[])
    if voting and now < row.opens_at:
        raise Conflict("This ballot does not take votes yet", opens_at=row.opens_at.isoformat(), allowed=[])
    return row.voter_key


def _write(row: Ballot, draft: Draft) -> None:
    listed = tuple(domain.Listed(each.ref, each.title, each.cost_pence) for each in draft.projects)
    domain.check_terms(
        domain.Terms(
            draft.title,
            draft.kind,
            draft.rule,
            draft.budget_pence,
            draft.step_pence,
            draft.most_choices,
            draft.most_points,
            draft.opens_at,
            draft.closes_at,
            listed,
        )
    )
    row.title, row.kind, row.rule = draft.title, draft.kind, draft.rule
    row.budget_pence, row.step_pence = draft.budget_pence, draft.step_pence
    row.most_choices, row.most_points = draft.most_choices, draft.most_points
    row.opens_at, row.closes_at = draft.opens_at, draft.closes_at


async def _list(unit: UnitOfWork, row: Ballot, projects: Sequence[OnBallot], *, after: int = 0) -> None:
    rows = [
        {
            "id": new_id(),
            "ballot_id": row.id,
            "ref": each.ref,
            "place": place,
            "title": each.title,
            "summary": each.summary,
            "ward": each.ward,
            "cost_pence": each.cost_pence,
        }
        for place, each in enumerate(projects, start=after)
    ]
    if rows:
        await unit.session.execute(insert(BallotProject).values(rows))


def _changed(unit: UnitOfWork, row: Ballot) -> None:
    row.version, row.changed_at = row.version + 1, clock.business_now()
    unit.accessed(f"ballot/{row.id}")


async def announce(unit: UnitOfWork, row: Ballot, projects: list[BallotProject]) -> None:
    """The count, or what was decided on it, as an event; the row moves on by a version."""
    row.version, row.changed_at = row.version + 1, clock.business_now()
    result = row.result or {}
    reasons = {each["place"]: each for each in result["reasons"]}
    state = BallotState.model_validate(
        {
            "ballot_id": row.id,
            "state": row.state,
            "kind": row.kind,
            "rule": row.rule,
            "budget_pence": row.budget_pence,
            "cost_pence": result["cost"],
            "voters": row.voters,
            "rules_hash": row.rules_hash,
            "projects": [
                BallotResult(
                    project_id=each.id,
                    cost_pence=each.cost_pence,
                    votes=reasons[each.place]["votes"],
                    won=reasons[each.place]["won"],
                    decision=each.decision,
                )
                for each in projects
            ],
            "counted_at": row.counted_at,
            "changed_at": row.changed_at,
        }
    )
    unit.emit("grants.ballot.decided", state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"ballot/{row.id}")
