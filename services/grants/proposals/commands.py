"""Writes of proposals: raised, supported, commented on, moderated, answered; passes for those without an account."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.grants.proposals import ProposalState
from kit.errors import Conflict, Forbidden, NotFound, invalid
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.grants.ballots import commands as ballots
from services.grants.ballots import domain as voting
from services.grants.projects import commands as projects
from services.grants.proposals import domain
from services.grants.proposals.domain import Becomes, Kind, Moderation, State
from services.grants.proposals.models import (
    ParticipationCode,
    ParticipationPass,
    Proposal,
    ProposalComment,
    ProposalSupport,
)

CLOSE: Final = "grants.proposal.close"


@dataclass(frozen=True, slots=True)
class Raised:
    """What somebody raises."""

    kind: Kind
    title: str
    words: str
    ward: str | None
    supports_needed: int | None
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the council says to it."""

    becomes: Becomes | None
    words: str
    ballot_id: UUID | None
    ref: str | None
    cost_pence: int | None
    fixer: str | None
    became: str | None


async def raise_(unit: UnitOfWork, raised: Raised, mark: bytes) -> Proposal:
    """A new proposal, for a moderator to look at; a consultation of the council's own is open at once."""
    now = clock.business_now()
    if raised.closes_at is not None and raised.closes_at <= now:
        raise invalid("/closes_at", "It closes in the future.", "closes-in-the-future")
    ours = raised.kind is Kind.CONSULTATION
    row = Proposal(
        id=new_id(),
        version=1,
        kind=raised.kind,
        title=raised.title,
        words=raised.words,
        ward=raised.ward,
        author_mark=mark,
        state=State.OPEN if ours else State.WAITING,
        supports=0,
        supports_needed=raised.supports_needed,
        comments=0,
        raised_at=now,
        closes_at=raised.closes_at,
        changed_at=now,
    )
    unit.session.add(row)
    if row.closes_at is not None:
        await timers.set_alarm(unit, CLOSE, row.id, row.closes_at)
    _announce(unit, row, "raised")
    return row


async def support(unit: UnitOfWork, proposal_id: UUID, mark: bytes) -> Proposal:
    """One more is for it. `Conflict` for a second time."""
    row = await load(unit, proposal_id)
    _still_open(row)
    new = insert(ProposalSupport).values(proposal_id=row.id, mark=mark).on_conflict_do_nothing()
    if (await unit.session.scalar(new.returning(ProposalSupport.proposal_id))) is None:
        raise Conflict("You support this already", allowed=["withdraw your support"])
    row.supports += 1
    _weigh(row)
    _changed(row)
    _announce(unit, row, "supported")
    return row


async def withdraw_support(unit: UnitOfWork, proposal_id: UUID, mark: bytes) -> Proposal:
    """One is no longer for it. What enough support has set going stays."""
    row = await load(unit, proposal_id)
    _still_open(row)
    gone = delete(ProposalSupport).where(ProposalSupport.proposal_id == row.id, ProposalSupport.mark == mark)
    if (await unit.session.scalar(gone.returning(ProposalSupport.proposal_id))) is None:
        raise NotFound("There is no support of yours")
    row.supports -= 1
    _changed(row)
    _announce(unit, row, "supported")
    return row


async def comment(unit: UnitOfWork, proposal_id: UUID, words: str, mark: bytes) -> ProposalComment:
    """A comment, for a moderator to look at."""
    row = await load(unit, proposal_id)
    _still_open(row)
    said = ProposalComment(
        id=new_id(), version=1, proposal_id=row.id, words=words, author_mark=mark, said_at=clock.business_now()
    )
    unit.session.add(said)
    unit.accessed(f"proposal/{row.id}")
    return said


async def moderate(
    unit: UnitOfWork, proposal_id: UUID, expected: int, verdict: Moderation, words: str | None
) -> Proposal:
    """Show a proposal, or not, with a public reason."""
    row = await load(unit, proposal_id)
    check_version(row.version, expected)
    domain.check_moderation(verdict, words)
    wanted = State.OPEN if verdict is Moderation.SHOWN else State.REJECTED
    domain.check_next(State(row.state), wanted)
    row.state, row.moderation, row.moderation_words = wanted, verdict, words
    _weigh(row)
    _changed(row)
    unit.accessed(f"proposal/{row.id}")
    return row


async def moderate_comment(
    unit: UnitOfWork, comment_id: UUID, expected: int, verdict: Moderation, words: str | None
) -> ProposalComment:
    """Show a comment, or take it away, with a public reason. Its words stay on record either way."""
    found = select(ProposalComment.proposal_id).where(ProposalComment.id == comment_id)
    proposal_id = await unit.session.scalar(found)
    if proposal_id is None:
        raise NotFound("There is no such comment")
    row = await load(unit, proposal_id)
    said = (
        await unit.session.scalars(select(ProposalComment).where(ProposalComment.id == comment_id).with_for_update())
    ).one()
    check_version(said.version, expected)
    domain.check_moderation(verdict, words)
    shown = verdict is Moderation.SHOWN
    row.comments += int(shown) - int(said.shown is True)
    said.shown, said.moderation, said.moderation_words = shown, verdict, words
    said.moderated_by, said.version = unit.cause.actor, said.version + 1
    _changed(row)
    unit.accessed(f"proposal/{row.id}")
    return said


async def answer(unit: UnitOfWork, proposal_id: UUID, expected: int, said: Answer) -> Proposal:
    """Adopt it as something, or decline it: either way with a public answer."""
    row = await load(unit, proposal_id)
    check_version(row.version, expected)
    domain.check_next(State(row.state), State.ADOPTED if said.becomes else State.DECLINED)
    row.answer, row.answered_by = said.words, unit.cause.actor
    if said.becomes is None:
        row.state = State.DECLINED
        _changed(row)
        unit.accessed(f"proposal/{row.id}")
        return row
    row.state, row.becomes, row.became = State.ADOPTED, said.becomes, said.became
    if said.becomes is Becomes.PROJECT:
        new = projects.NewProject(row.title, row.words, row.ward, said.fixer, row.id)
        row.became = f"/v1/grants/projects/{(await projects.begin(unit, new)).id}"
    elif said.becomes is Becomes.BALLOT:
        if said.ballot_id is None or said.ref is None or said.cost_pence is None:
            raise invalid("/ballot_id", "Say on which ballot, under which reference, at what cost.", "on-which-ballot")
        on = ballots.OnBallot(said.ref, row.title, row.words, row.ward, said.cost_pence)
        await ballots.put_on(unit, said.ballot_id, on)
        row.became = f"/v1/grants/ballots/{said.ballot_id}"
    _changed(row)
    _announce(unit, row, "adopted")
    return row


async def issue_codes(unit: UnitOfWork, postcodes: Sequence[str]) -> list[tuple[str, str]]:
    """A code for each of these postcodes, for letters. They are shown this once."""
    made = [(voting.postcode(where), voting.code_from(secrets.token_bytes(10))) for where in postcodes]
    rows = [{"mark": _code_mark(code, where), "issued_on": clock.today()} for where, code in made]
    await unit.session.execute(insert(ParticipationCode).values(rows).on_conflict_do_nothing())
    unit.accessed("participation_codes")
    return made


async def exchange(unit: UnitOfWork, code: str, where: str) -> tuple[str, ParticipationPass]:
    """A pass for a code and the postcode it was sent to. The code is used up; the pass says not who."""
    mark = _code_mark(code, voting.postcode(where))
    used = delete(ParticipationCode).where(ParticipationCode.mark == mark).returning(ParticipationCode.mark)
    if (await unit.session.scalar(used)) is None:
        raise Forbidden("This code and postcode do not belong together, or the code has been used")
    secret = secrets.token_urlsafe(16)
    row = ParticipationPass(mark=domain.mark("pass", secret), until=clock.today() + timedelta(days=domain.PASS_DAYS))
    unit.session.add(row)
    return secret, row


async def mark_of_pass(unit: UnitOfWork, secret: str) -> bytes:
    """Who takes part by this pass; `Forbidden` when it is none, or has run out."""
    mark = domain.mark("pass", secret)
    until = await unit.session.scalar(select(ParticipationPass.until).where(ParticipationPass.mark == mark))
    domain.check_pass(until, clock.today())
    return mark


def mark_of_account(unit: UnitOfWork) -> bytes:
    """Who takes part, signed in."""
    return domain.mark("account", unit.cause.actor)


async def close_in_time(unit: UnitOfWork, proposal_id: UUID) -> None:
    """A consultation is over."""
    row = await load(unit, proposal_id)
    if row.state == State.OPEN:
        row.state = State.CLOSED
        _changed(row)


async def load(unit: UnitOfWork, proposal_id: UUID) -> Proposal:
    """The proposal, locked."""
    row = (
        await unit.session.scalars(select(Proposal).where(Proposal.id == proposal_id).with_for_update())
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such proposal")
    return row


def _code_mark(code: str, where: str) -> bytes:
    plain = "".join(code.split()).upper().replace("-", "")
    return domain.mark("code", f"{plain}\n{where}")


def _still_open(row: Proposal) -> None:
    domain.takes_part(State(row.state))
    if row.closes_at is not None and clock.business_now() >= row.closes_at:
        raise Conflict("This has closed: it takes no support or comments", state="closed", allowed=[])


def _weigh(row: Proposal) -> None:
    state = domain.after_support(State(row.state), row.supports, row.supports_needed)
    if state is not State(row.state):
        row.answer_due_on = domain.answer_due(clock.today())
    row.state = state


def _changed(row: Proposal) -> None:
    row.version, row.changed_at = row.version + 1, clock.business_now()


def _announce(unit: UnitOfWork, row: Proposal, event: str) -> None:
    state = ProposalState.model_validate(
        {
            "proposal_id": row.id,
            "kind": row.kind,
            "ward": row.ward,
            "state": row.state,
            "supports": row.supports,
            "supports_needed": row.supports_needed,
            "said": row.comments,
            "becomes": row.becomes,
            "raised_at": row.raised_at,
            "changed_at": row.changed_at,
        }
    )
    unit.emit(f"grants.proposal.{event}", state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"proposal/{row.id}")
