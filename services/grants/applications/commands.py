"""Writes of applications: written, sent, changed while the round is open, checked, withdrawn, answered."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.grants.funds import GrantApplicationState
from kit.errors import Conflict, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.grants.applications import domain
from services.grants.applications.checking import checks, interested, keep_out, missing_checks
from services.grants.applications.domain import State
from services.grants.applications.identifiers import Group, org_id
from services.grants.applications.models import (
    Applicant,
    ApplicantContact,
    DueDiligence,
    GrantApplication,
)
from services.grants.applications.rows import STAFF, load
from services.grants.rounds import commands as rounds
from services.grants.rounds.domain import RoundState
from services.grants.rounds.models import GrantRound

__all__ = [
    "answer",
    "assessed",
    "change",
    "checks",
    "count_overdue",
    "decide_eligibility",
    "interested",
    "keep_out",
    "make",
    "missing_checks",
    "people_to_write_to",
    "record_check",
    "send",
    "withdraw",
]


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to write to."""

    name: str
    email: str | None = None
    phone: str | None = None
    person_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewGroup:
    """A group as it describes itself."""

    name: str
    group: Group
    contact: Contact | None


@dataclass(frozen=True, slots=True)
class Wish:
    """What a group asks for. Amounts in pence."""

    title: str
    purpose: str
    asked_pence: int
    other_pence: int
    budget: Sequence[Mapping[str, Any]]
    documents: Sequence[str]
    wards: Sequence[str]
    people_reached: int | None
    starts_on: date | None
    ends_on: date | None


async def make(unit: UnitOfWork, round_id: UUID, group: NewGroup, wish: Wish, *, send: bool) -> GrantApplication:
    """Write an application, and send it if it is ready. `Conflict` when the round is not open."""
    grant_round = await _open(unit, round_id)
    who = await _group(unit, group)
    row = GrantApplication(
        id=new_id(),
        version=0,
        round_id=grant_round.id,
        applicant_id=who.id,
        state=State.DRAFT,
        applied_by=unit.cause.actor,
        checked=[],
        changed_at=clock.business_now(),
        **_written(wish),
    )
    unit.session.add(row)
    if send:
        await _send(unit, grant_round, row)
    else:
        _save(unit, row)
    return row


async def change(unit: UnitOfWork, application_id: UUID, expected: int, wish: Wish) -> GrantApplication:
    """Write it anew, while the round is open and nobody has decided on it."""
    row = await load(unit, application_id, for_change=True)
    grant_round = await _open(unit, row.round_id)
    if row.state not in {State.DRAFT, State.SUBMITTED}:
        raise Conflict("It is being decided on: it can't be changed", state=row.state, allowed=_onward(row))
    check_version(row.version, expected)
    for name, value in _written(wish).items():
        setattr(row, name, value)
    if row.state == State.SUBMITTED:
        row.checked = [asdict(each) for each in await checks(unit, grant_round, row)]
        _announce(unit, row, "changed")
    else:
        _save(unit, row)
    return row


async def send(unit: UnitOfWork, application_id: UUID, expected: int) -> GrantApplication:
    """Send it: what the rules say of it is known at once, and can be put right while the round is open."""
    row = await load(unit, application_id, for_change=True)
    grant_round = await _open(unit, row.round_id)
    check_version(row.version, expected)
    await _send(unit, grant_round, row)
    return row


async def withdraw(unit: UnitOfWork, application_id: UUID, expected: int, reason: str) -> GrantApplication:
    """The group takes it back."""
    row = await load(unit, application_id, for_change=True)
    state = domain.move(State(row.state), State.WITHDRAWN)
    check_version(row.version, expected)
    was_draft = row.state == State.DRAFT
    row.state, row.ended_reason = state, reason
    if was_draft:
        _save(unit, row)
    else:
        _announce(unit, row, "changed")
    return row


async def decide_eligibility(
    unit: UnitOfWork, application_id: UUID, expected: int, eligible: bool, reason: str | None
) -> GrantApplication:
    """An officer, by name, says whether it goes on; the rules as they are met today decide with them."""
    row = await load(unit, application_id, for_change=True)
    await keep_out(unit, row.id)
    grant_round = await rounds.load(unit, row.round_id)
    check_version(row.version, expected)
    found = await checks(unit, grant_round, row)
    unmet = [each for each in found if not each.met]
    state = domain.decide_eligibility([each.rule for each in unmet], eligible, reason)
    row.state = domain.move(State(row.state), state)
    row.checked = [asdict(each) for each in found]
    row.eligibility_by, row.eligibility_reason = unit.cause.actor, reason
    if state is State.INELIGIBLE:
        row.ended_reason = " ".join([*(each.detail for each in unmet), *([reason] if reason else [])])
    _announce(unit, row, "changed")
    return row


async def record_check(unit: UnitOfWork, application_id: UUID, check: str, passed: bool, note: str) -> None:
    """An officer looked into something: the constitution, the bank account, safeguarding."""
    row = await load(unit, application_id, for_change=True)
    await keep_out(unit, row.id)
    if State(row.state) in domain.ENDED and row.state != State.AWARDED:
        raise Conflict("This application has its answer", state=row.state, allowed=[])
    values = {"passed": passed, "note": note, "checked_by": unit.cause.actor, "checked_at": clock.business_now()}
    statement = insert(DueDiligence).values(application_id=row.id, check_code=check, **values)
    await unit.session.execute(
        statement.on_conflict_do_update(index_elements=["application_id", "check_code"], set_=values)
    )
    unit.accessed(f"application/{row.id}")


async def answer(unit: UnitOfWork, row: GrantApplication, state: State, reason: str | None = None) -> None:
    """What became of it, for awards: recommended, returned, awarded, declined. `Conflict` when it can't be."""
    row.state = domain.move(State(row.state), state)
    row.ended_reason = reason
    _announce(unit, row, "changed")


async def count_overdue(unit: UnitOfWork, applicant_id: UUID, overdue: int) -> None:
    """How many reports of a group are overdue, for awards: it can't apply again while one is."""
    query = select(Applicant).where(Applicant.id == applicant_id).with_for_update()
    row = (await unit.session.scalars(query)).one()
    row.overdue_reports = overdue


async def people_to_write_to(unit: UnitOfWork, applicant_id: UUID) -> list[UUID]:
    """Who of a group is known to casefile, and so can be sent a message."""
    query = select(ApplicantContact.contact_person_id).where(
        ApplicantContact.applicant_id == applicant_id, ApplicantContact.contact_person_id.is_not(None)
    )
    return sorted({each for each in (await unit.session.scalars(query)).all() if each is not None})


async def assessed(unit: UnitOfWork, row: GrantApplication, score: int) -> None:
    """Its assessors, or who moderated, came to one score."""
    row.state, row.score = domain.move(State(row.state), State.ASSESSED), score
    _announce(unit, row, "assessed")


async def _open(unit: UnitOfWork, round_id: UUID) -> GrantRound:
    # Held, so that nobody comes in while it closes.
    row = await rounds.load(unit, round_id, held=True)
    # Its last day may be over before the alarm has rung.
    if row.state != RoundState.OPEN or clock.today() > row.closes_on:
        raise Conflict("This round is not open for applications", state=row.state, allowed=[RoundState.OPEN])
    return row


async def _group(unit: UnitOfWork, new: NewGroup) -> Applicant:
    """The group, known or new; what it says of itself now counts. A stranger can't speak for a known one."""
    known_as = org_id(new.group)
    query = select(Applicant).with_for_update()
    if known_as:
        query = query.where(Applicant.org_id == known_as)
    else:
        query = query.where(
            Applicant.org_id.is_(None),
            func.lower(Applicant.name) == new.name.lower(),
            Applicant.registered_by == unit.cause.actor,
        )
    row = (await unit.session.scalars(query.limit(1))).one_or_none()
    if row is not None and row.registered_by != unit.cause.actor and not STAFF & set(unit.cause.roles):
        raise Conflict("This group is registered with us by somebody else of it: ask them, or us", field="/applicant")
    if row is None:
        row = Applicant(id=new_id(), version=0, overdue_reports=0, registered_by=unit.cause.actor, org_id=known_as)
        unit.session.add(row)
    row.name, row.kind = new.name, new.group.kind
    row.charity_number, row.company_number = new.group.charity_number, new.group.company_number
    row.constituted, row.unrelated_signatories = new.group.constituted, new.group.unrelated_signatories
    row.version, row.changed_at = row.version + 1, clock.business_now()
    await unit.session.flush()
    if new.contact is not None:
        contact = ApplicantContact(
            id=new_id(),
            applicant_id=row.id,
            contact_person_id=new.contact.person_id,
            name=new.contact.name,
            email=new.contact.email,
            phone=new.contact.phone,
        )
        unit.session.add(contact)
    return row


async def _send(unit: UnitOfWork, grant_round: GrantRound, row: GrantApplication) -> None:
    row.state = domain.move(State(row.state), State.SUBMITTED)
    if not row.budget:
        raise invalid("/budget", "Say what the money is for, line by line.", "budget")
    # Two of one group sent at once: the second one sees the first.
    await unit.session.execute(select(Applicant.id).where(Applicant.id == row.applicant_id).with_for_update())
    row.submitted_at = clock.business_now()
    row.checked = [asdict(each) for each in await checks(unit, grant_round, row)]
    _announce(unit, row, "submitted")


def _written(wish: Wish) -> dict[str, Any]:
    written = {name: getattr(wish, name) for name in Wish.__dataclass_fields__}
    return {**written, **{name: list(written[name]) for name in ("budget", "documents", "wards")}}


def _onward(row: GrantApplication) -> list[State]:
    return list(domain.ALLOWED[State(row.state)])


def _save(unit: UnitOfWork, row: GrantApplication) -> None:
    """A draft is nobody else's business yet: no event."""
    row.version, row.changed_at = row.version + 1, clock.business_now()
    unit.accessed(f"application/{row.id}")


def _announce(unit: UnitOfWork, row: GrantApplication, what: str) -> None:
    row.version, row.changed_at = row.version + 1, clock.business_now()
    state = GrantApplicationState.model_validate(
        {
            "application_id": row.id,
            "round_id": row.round_id,
            "applicant_id": row.applicant_id,
            "state": row.state,
            "asked_pence": row.asked_pence,
            "wards": tuple(row.wards),
            "score": row.score,
            "changed_at": row.changed_at,
        }
    )
    unit.emit(f"grants.application.{what}", state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"application/{row.id}")
