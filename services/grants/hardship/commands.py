"""Writes of hardship payments: asked, paid at the desk or approved by a second officer, refused, looked at again."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.grants.hardship import HardshipState
from kit.errors import Conflict, NotFound
from kit.ids import new_id
from kit.store import access, timers
from kit.store.unit import UnitOfWork
from services.grants.funds import commands as funds
from services.grants.hardship import domain
from services.grants.hardship.domain import State
from services.grants.hardship.limits import Limits, limits
from services.grants.hardship.models import DeskTraining, HardshipPayment
from services.grants.hardship.rows import load

UNANSWERED: Final = "grants.hardship.unanswered"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it comes in."""

    person_id: UUID
    household_id: UUID | None
    fund_code: str
    asked_by: domain.AskedBy
    urgent: bool
    strand: domain.Strand
    need: domain.Need
    shock: domain.Shock
    words: str
    amount_pence: int
    payee: domain.Payee


async def ask(unit: UnitOfWork, asked: Asked) -> HardshipPayment:
    """A new request, to be decided the same day."""
    domain.check_payee(asked.payee)
    now, rules = clock.business_now(), _rules()
    domain.pays_alone(asked.amount_pence, rules.desk_pence, rules.most_pence)
    await _check_known(unit, asked.person_id)
    household = asked.household_id or await access.current_household(unit, asked.person_id)
    row = HardshipPayment(
        id=new_id(),
        version=1,
        person_id=asked.person_id,
        household_id=household,
        fund_code=asked.fund_code,
        asked_by=asked.asked_by,
        taken_by=unit.cause.actor,
        asked_at=now,
        decide_by=domain.decide_by(now, asked.urgent, rules.decide_urgent_within_hours),
        urgent=asked.urgent,
        strand=asked.strand,
        need=asked.need,
        shock=asked.shock,
        words=asked.words,
        amount_pence=asked.amount_pence,
        way=asked.payee.way,
        sort_code=asked.payee.sort_code,
        account_number=asked.payee.account_number,
        supplier=asked.payee.supplier,
        why_not_cash=asked.payee.why_not_cash,
        state=State.ASKED,
        before=await _before(unit, asked.person_id, household),
        sampled=False,
        changed_at=now,
    )
    unit.session.add(row)
    unit.accessed(f"hardship/{row.id}", [row.person_id])
    return row


async def pay(unit: UnitOfWork, payment_id: UUID, expected: int, advice: str | None) -> HardshipPayment:
    """A trained officer decides to pay. Up to the desk's sum it is paid now; above it a second one is waited for."""
    row = await load(unit, payment_id, expected)
    now, rules = clock.business_now(), _rules()
    await _check_trained(unit)
    if row.state == State.RECONSIDERING and unit.cause.actor == row.refused_by:
        raise Conflict("Another officer looks again", allowed=["another officer"])
    alone = domain.pays_alone(row.amount_pence, rules.desk_pence, rules.most_pence)
    domain.check_next(State(row.state), State.PAID if alone else State.AWAITING)
    domain.check_payee(row.payee())
    row.decided_by, row.decided_at, row.advice = unit.cause.actor, now, advice
    if alone:
        # Nobody knows beforehand which ones are looked at.
        row.sampled = domain.sampled(secrets.token_bytes(4), rules.sample_percent)
        row.check_at = domain.check_on(now) if row.sampled else None
        await _paid(unit, row)
    else:
        row.state = State.AWAITING
        row.approve_by = now + timedelta(minutes=rules.second_within_minutes)
        await timers.set_alarm(unit, UNANSWERED, row.id, row.approve_by)
        _changed(unit, row)
    return row


async def approve(unit: UnitOfWork, payment_id: UUID, expected: int) -> HardshipPayment:
    """A second officer approves: it is paid."""
    row = await load(unit, payment_id, expected)
    if row.state != State.AWAITING:
        raise Conflict("This request waits for no approval", state=row.state, allowed=_allowed(row))
    await _check_trained(unit)
    domain.check_second(unit.cause.actor, row.taken_by, row.decided_by)
    row.approved_by = unit.cause.actor
    await timers.cancel(unit, UNANSWERED, row.id)
    await _paid(unit, row)
    return row


async def refuse(
    unit: UnitOfWork, payment_id: UUID, expected: int, reason: domain.RefusalReason, words: str
) -> HardshipPayment:
    """Say no, with reasons that are told. After a reconsideration another officer than before."""
    row = await load(unit, payment_id, expected)
    domain.check_next(State(row.state), State.REFUSED)
    if row.state == State.RECONSIDERING and unit.cause.actor == row.refused_by:
        raise Conflict("Another officer looks again", allowed=["another officer"])
    row.state, row.refusal, row.refusal_words = State.REFUSED, reason, words
    row.refused_by, row.decided_at = unit.cause.actor, clock.business_now()
    row.sort_code = row.account_number = None
    await timers.cancel(unit, UNANSWERED, row.id)
    _changed(unit, row)
    return row


async def reconsider(
    unit: UnitOfWork, payment_id: UUID, expected: int, why: str, payee: domain.Payee | None
) -> HardshipPayment:
    """They ask to look again: once, by another officer."""
    row = await load(unit, payment_id, expected)
    domain.check_next(State(row.state), State.RECONSIDERING)
    if row.question is not None:
        raise Conflict("This was looked at again already; they may complain, or ask anew", allowed=[])
    if row.decided_at is not None:
        refused_on = row.decided_at.astimezone(clock.LONDON).date()
        domain.check_reconsider(refused_on, clock.today(), _rules().reconsider_within_days)
    if payee is None:
        # Account figures went with the refusal.
        domain.check_payee(row.payee())
    else:
        domain.check_payee(payee)
        row.way, row.sort_code, row.account_number = payee.way, payee.sort_code, payee.account_number
        row.supplier, row.why_not_cash = payee.supplier, payee.why_not_cash
    row.state, row.question = State.RECONSIDERING, why
    _changed(unit, row)
    return row


async def withdraw(unit: UnitOfWork, payment_id: UUID, expected: int) -> HardshipPayment:
    """They no longer want it."""
    row = await load(unit, payment_id, expected)
    domain.check_next(State(row.state), State.WITHDRAWN)
    row.state, row.sort_code, row.account_number = State.WITHDRAWN, None, None
    await timers.cancel(unit, UNANSWERED, row.id)
    _changed(unit, row)
    return row


async def give_back(unit: UnitOfWork, payment_id: UUID, expected: int, why: str) -> HardshipPayment:
    """The money came back, e.g. a code nobody cashed: it is the fund's again."""
    row = await load(unit, payment_id, expected)
    domain.check_next(State(row.state), State.RETURNED)
    fund = await funds.fund_coded(unit, row.fund_code)
    await funds.recover(unit, fund.id, row.id, row.amount_pence, f"hardship-return/{row.id}", why)
    row.state, row.returned_because = State.RETURNED, why
    _changed(unit, row)
    return row


async def check(
    unit: UnitOfWork, payment_id: UUID, expected: int, finding: domain.Finding, words: str
) -> HardshipPayment:
    """What the next day's look found. By another officer than the one who paid."""
    row = await load(unit, payment_id, expected)
    if not row.sampled or row.finding is not None:
        raise Conflict("This payment is not one of those to look at", state=row.state, allowed=[])
    if row.check_at is not None and clock.business_now() < row.check_at:
        raise Conflict("It is looked at on the next working day", allowed=[])
    domain.check_second(unit.cause.actor, row.taken_by, row.decided_by)
    row.finding, row.finding_words, row.checked_by = finding, words, unit.cause.actor
    _changed(unit, row)
    return row


async def escalate(unit: UnitOfWork, payment_id: UUID) -> None:
    """Nobody approved in time: it stands at the top of every manager's list."""
    query = select(HardshipPayment).where(HardshipPayment.id == payment_id).with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is not None and row.state == State.AWAITING:
        row.escalated_at = clock.business_now()
        _changed(unit, row)


async def train(unit: UnitOfWork, worker: str, trained_on: date, until: date) -> DeskTraining:
    """Put an officer's training on record, or another end to it."""
    values = {
        "worker": worker,
        "version": 1,
        "trained_on": trained_on,
        "until": until,
        "recorded_by": unit.cause.actor,
        "changed_at": clock.business_now(),
    }
    again = {each: values[each] for each in ("trained_on", "until", "recorded_by", "changed_at")}
    statement = insert(DeskTraining).values(values)
    await unit.session.execute(
        statement.on_conflict_do_update(index_elements=["worker"], set_={**again, "version": DeskTraining.version + 1})
    )
    unit.accessed(f"desk_training/{worker}")
    return (await unit.session.scalars(select(DeskTraining).where(DeskTraining.worker == worker))).one()


async def _paid(unit: UnitOfWork, row: HardshipPayment) -> None:
    fund = await funds.fund_coded(unit, row.fund_code)
    why = f"Hardship payment for {row.need.replace('_', ' ')}"
    await funds.pay_at_once(unit, fund.id, row.id, row.amount_pence, f"hardship/{row.id}", why)
    row.state, row.paid_at = State.PAID, clock.business_now()
    if row.account_number is not None:
        row.sort_code, row.account_number = None, row.account_number[-4:]
    _changed(unit, row)
    state = HardshipState.model_validate(
        {
            "payment_id": row.id,
            "person_id": row.person_id,
            "household_id": row.household_id,
            "strand": row.strand,
            "need": row.need,
            "amount_pence": row.amount_pence,
            "way": row.way,
            "before": row.before,
            "state": row.state,
            "paid_at": row.paid_at,
            "changed_at": row.changed_at,
        }
    )
    unit.emit("grants.hardship.paid", state, aggregate_id=row.id, sequence=row.version)


async def _check_trained(unit: UnitOfWork) -> None:
    query = select(DeskTraining).where(DeskTraining.worker == unit.cause.actor)
    row = (await unit.session.scalars(query)).one_or_none()
    domain.check_trained(row.as_rules_see_it() if row else None, clock.today())


async def _check_known(unit: UnitOfWork, person_id: UUID) -> None:
    """A stranger's id is taken at its word (read-your-writes); one kept back from the caller is not to be reached."""
    kept = select(access.kept_back(unit.cause, literal(person_id, HardshipPayment.person_id.type)))
    if await unit.session.scalar(kept):
        raise NotFound("We know of no such person")


async def _before(unit: UnitOfWork, person_id: UUID, household_id: UUID | None) -> int:
    since = clock.business_now() - timedelta(days=365)
    theirs = HardshipPayment.person_id.in_(await access.same_person(unit, person_id))
    home = HardshipPayment.household_id == household_id if household_id else theirs
    query = select(func.count()).where(or_(theirs, home), HardshipPayment.paid_at >= since)
    return int(await unit.session.scalar(query.where(HardshipPayment.state == State.PAID)) or 0)


def _allowed(row: HardshipPayment) -> list[str]:
    return [each.value for each in domain.ALLOWED[State(row.state)]]


def _rules() -> Limits:
    return limits(clock.today())


def _changed(unit: UnitOfWork, row: HardshipPayment) -> None:
    row.version, row.changed_at = row.version + 1, clock.business_now()
    unit.accessed(f"hardship/{row.id}", [row.person_id])
