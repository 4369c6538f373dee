"""Writes of agreements: keep what they say, record what the board decided, let them lapse."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.clock import LONDON
from kit.contracts.casefile.agreements import AgreementState
from kit.contracts.purposes import PURPOSES
from kit.errors import Conflict, FieldError, Invalid, NotFound, invalid
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.agreements import domain
from services.casefile.agreements.domain import Cast, Party, Question, State
from services.casefile.agreements.models import Agreement, BoardDecision
from services.casefile.agreements.shapes import AgreementFields, NewAgreement, NewDecision

LAPSE = "casefile.agreement.lapse"


async def draft(unit: UnitOfWork, sent: NewAgreement) -> Agreement:
    """A new agreement; nothing flows under it before the board has adopted it."""
    if await unit.session.scalar(select(Agreement.id).where(Agreement.code == sent.code)) is not None:
        raise Conflict("There is an agreement with this code already")
    _check(sent)
    row = Agreement(
        id=new_id(), version=0, **sent.model_dump(mode="python"), state=State.DRAFT, kept_by=unit.cause.actor
    )
    row.parties = [each.model_dump(mode="json") for each in sent.parties]
    unit.session.add(row)
    return await _announce(unit, row)


async def change(unit: UnitOfWork, agreement_id: UUID, expected: int, sent: AgreementFields) -> Agreement:
    """What a draft says. One that the board adopted changes in its review, contact and assessment alone: the board
    adopted the rest, and an end may only come sooner without it."""
    row = await _load(unit, agreement_id, expected)
    _check(sent)
    if row.state == State.ENDED:
        raise Conflict("An agreement that ended stays as it was", state=row.state, allowed=[])
    if row.state != State.DRAFT:
        theirs = ("parties", "arrangement", "datasets", "gateway", "purposes", "starts_on")
        new = sent.model_dump(mode="json")
        old = AgreementFields.model_validate(
            {name: getattr(row, name) for name in AgreementFields.model_fields}
        ).model_dump(mode="json")
        later = row.ends_on is not None and (sent.ends_on is None or sent.ends_on > row.ends_on)
        changed = [name for name in theirs if new[name] != old[name]] + (["ends_on"] if later else [])
        if changed:
            raise Invalid(
                "The board adopted this: ask it again, with a new agreement or a renewal",
                *(FieldError(f"/{name}", "Adopted by the board.", "boards-to-change") for name in changed),
            )
    for name in AgreementFields.model_fields:
        setattr(row, name, getattr(sent, name))
    row.parties = [each.model_dump(mode="json") for each in sent.parties]
    row.kept_by = unit.cause.actor
    return await _announce(unit, row)


async def decide(unit: UnitOfWork, agreement_id: UUID, expected: int, sent: NewDecision) -> BoardDecision:
    """Record a decision of the board, whichever way it went; one that was carried counts from this moment."""
    row = await _load(unit, agreement_id, expected)
    today = clock.today()
    if sent.held_on > today:
        raise invalid("/held_on", "The board has not met yet on that day.", "not-in-the-future")
    votes = [Cast(each.member, each.seat, each.vote) for each in sent.votes]
    domain.check_decision(
        sent.question, State(row.state), votes, assessed=row.dpia is not None, ends_on=row.ends_on, today=today
    )
    decision = BoardDecision(
        id=new_id(),
        agreement_id=row.id,
        question=sent.question,
        held_on=sent.held_on,
        votes=[each.model_dump(mode="json") for each in sent.votes],
        carried=domain.carried(votes),
        reason=sent.reason,
        recorded_by=unit.cause.actor,
        recorded_at=clock.business_now(),
    )
    unit.session.add(decision)
    if decision.carried:
        row.state = domain.LEADS_TO[Question(sent.question)]
        if row.state == State.ENDED and (row.ends_on is None or row.ends_on > today):
            row.ends_on = max(today, row.starts_on)
    await _announce(unit, row)
    return decision


async def lapse(unit: UnitOfWork, agreement_id: UUID) -> None:
    """Its last day is over. The feeds have stopped by their own reading of its dates; this says so on record."""
    row = (await unit.session.scalars(select(Agreement).where(Agreement.id == agreement_id).with_for_update())).one()
    if row.state in {State.IN_FORCE, State.SUSPENDED} and row.ends_on is not None and row.ends_on <= clock.today():
        row.state = State.ENDED
        await _announce(unit, row)


def _check(sent: AgreementFields) -> None:
    domain.check_parties([Party(each.organisation, each.role, each.contact) for each in sent.parties], sent.arrangement)
    domain.check_dates(sent.starts_on, sent.ends_on, sent.review_on)
    if unknown := sorted(set(sent.purposes) - set(PURPOSES)):
        raise invalid("/purposes", f"Not one of our purposes: {', '.join(unknown)}.", "purpose")


async def _announce(unit: UnitOfWork, row: Agreement) -> Agreement:
    row.version += 1
    row.changed_at = clock.business_now()
    await unit.session.flush()
    if row.ends_on is not None and row.state in {State.IN_FORCE, State.SUSPENDED}:
        await timers.set_alarm(unit, LAPSE, row.id, _morning(row.ends_on))
    else:
        await timers.cancel(unit, LAPSE, row.id)
    state = AgreementState.model_validate(
        {
            "agreement_id": row.id,
            "code": row.code,
            "in_force": row.state == State.IN_FORCE,
            "starts_on": row.starts_on,
            "ends_on": row.ends_on,
            "datasets": row.datasets if row.state != State.DRAFT else (),
            "gateway": row.gateway,
            "purposes": row.purposes,
            "changed_at": row.changed_at,
        }
    )
    unit.emit("casefile.agreement.changed", state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"agreement/{row.id}")
    return row


async def _load(unit: UnitOfWork, agreement_id: UUID, expected: int) -> Agreement:
    row = (
        await unit.session.scalars(select(Agreement).where(Agreement.id == agreement_id).with_for_update())
    ).one_or_none()
    if row is None:
        raise NotFound("We know of no such agreement")
    check_version(row.version, expected)
    return row


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON)
