"""Writes of rounds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.contracts.grants import funds as contracts
from kit.errors import Conflict, NotFound, invalid
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.grants.funds import commands as funds
from services.grants.funds.domain import Account, AccountKind
from services.grants.rounds import domain
from services.grants.rounds.domain import RoundState, Terms
from services.grants.rounds.models import GrantRound

CLOSE: Final = "grants.round.close"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a draft says."""

    fund_id: UUID
    name: str
    summary: str
    terms: Terms
    rules: Mapping[str, Any]


async def make(unit: UnitOfWork, plan: Plan) -> GrantRound:
    """A draft: nothing is promised, no money is set aside."""
    await funds.load(unit, plan.fund_id)
    domain.check_terms(plan.terms)
    row = GrantRound(
        id=new_id(),
        version=1,
        fund_id=plan.fund_id,
        name=plan.name,
        summary=plan.summary,
        state=RoundState.DRAFT,
        slice_pence=plan.terms.slice_pence,
        opens_on=plan.terms.opens_on,
        closes_on=plan.terms.closes_on,
        rules=dict(plan.rules),
        extensions=[],
        made_by=unit.cause.actor,
        changed_at=clock.business_now(),
    )
    unit.session.add(row)
    unit.accessed(f"round/{row.id}")
    return row


async def load(unit: UnitOfWork, round_id: UUID, *, for_change: bool = False, held: bool = False) -> GrantRound:
    """The round; locked if it is to change, or held as it is: then others may hold it too, but nobody change it."""
    query = select(GrantRound).where(GrantRound.id == round_id)
    if for_change or held:
        query = query.with_for_update(read=held)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("There is no such round")
    return row


async def change(unit: UnitOfWork, round_id: UUID, expected: int, plan: Plan) -> GrantRound:
    """Another plan, while it is a draft. Once open, its rules stand: `Conflict`."""
    row = await load(unit, round_id, for_change=True)
    if row.state != RoundState.DRAFT:
        raise Conflict(
            "Its rules were frozen when it opened: later edits change nobody's chances",
            state=row.state,
            allowed=list(domain.ALLOWED[RoundState(row.state)]),
        )
    check_version(row.version, expected)
    await funds.load(unit, plan.fund_id)
    domain.check_terms(plan.terms)
    row.fund_id, row.name, row.summary, row.rules = plan.fund_id, plan.name, plan.summary, dict(plan.rules)
    row.slice_pence = plan.terms.slice_pence
    row.opens_on, row.closes_on = plan.terms.opens_on, plan.terms.closes_on
    row.version, row.changed_at = row.version + 1, clock.business_now()
    unit.accessed(f"round/{row.id}")
    return row


async def open_round(unit: UnitOfWork, round_id: UUID, expected: int) -> GrantRound:
    """Freeze the rules with their hash and set the money aside. `Conflict` when the fund has not enough."""
    row = await load(unit, round_id, for_change=True)
    state = domain.move(RoundState(row.state), RoundState.OPEN)
    check_version(row.version, expected)
    terms = Terms(row.slice_pence, row.opens_on, row.closes_on)
    domain.check_opening(terms, clock.today())
    row.state = state
    row.frozen = domain.frozen_rules(row.rules, terms)
    row.rules_sha256 = domain.digest(row.frozen)
    row.opened_by, row.opened_at = unit.cause.actor, clock.business_now()
    await funds.reserve(unit, row.fund_id, row.id, row.slice_pence, f"round/{row.id}/slice", f"For {row.name}")
    await timers.set_alarm(unit, CLOSE, row.id, _end_of(row.closes_on))
    _announce(unit, row, "opened")
    return row


async def extend(unit: UnitOfWork, round_id: UUID, expected: int, closes_on: date, reason: str) -> GrantRound:
    """More time for everyone, with the reason; the day before stands too."""
    row = await load(unit, round_id, for_change=True)
    domain.check_extension(RoundState(row.state), row.closes_on, closes_on)
    check_version(row.version, expected)
    said = {
        "closes_on": closes_on.isoformat(),
        "before": row.closes_on.isoformat(),
        "reason": reason,
        "by": unit.cause.actor,
        "at": clock.business_now().isoformat(),
    }
    row.extensions = [*row.extensions, said]
    row.closes_on = closes_on
    await timers.set_alarm(unit, CLOSE, row.id, _end_of(closes_on))
    _announce(unit, row, "changed")
    return row


async def close(unit: UnitOfWork, round_id: UUID, reason: str | None) -> GrantRound:
    """No more applications. Before its last day is over only with a public reason."""
    row = await load(unit, round_id, for_change=True)
    state = domain.move(RoundState(row.state), RoundState.CLOSED)
    if clock.today() <= row.closes_on and not reason:
        raise invalid(
            "/reason", f"It is open until {row.closes_on:%d %B %Y}: say publicly why it closes now.", "reason"
        )
    row.state, row.closed_at = state, clock.business_now()
    row.closed_early = reason if clock.today() <= row.closes_on else None
    await timers.cancel(unit, CLOSE, row.id)
    _announce(unit, row, "closed")
    return row


async def close_in_time(unit: UnitOfWork, round_id: UUID) -> None:
    """Its last day is over."""
    row = await load(unit, round_id, for_change=True)
    if row.state == RoundState.OPEN:
        row.state, row.closed_at = RoundState.CLOSED, clock.business_now()
        _announce(unit, row, "closed")


async def decided(unit: UnitOfWork, row: GrantRound) -> int:
    """Every application has its answer (awards sees to that): what is left of the slice goes back. The pence."""
    row.state = domain.move(RoundState(row.state), RoundState.DECIDED)
    row.decided_at = clock.business_now()
    left = await funds.balance(unit, Account(row.fund_id, AccountKind.RESERVED, row.id))
    if left:
        await funds.release(unit, row.fund_id, row.id, left, f"round/{row.id}/rest", f"Not given in {row.name}")
    _announce(unit, row, "changed")
    return left


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), clock.LONDON)


def _announce(unit: UnitOfWork, row: GrantRound, what: str) -> None:
    row.version, row.changed_at = row.version + 1, clock.business_now()
    state = contracts.RoundState.model_validate(
        {
            "round_id": row.id,
            "fund_id": row.fund_id,
            "state": row.state,
            "slice_pence": row.slice_pence,
            "opens_on": row.opens_on,
            "closes_on": row.closes_on,
            "rules_sha256": row.rules_sha256,
            "changed_at": row.changed_at,
        }
    )
    unit.emit(f"grants.round.{what}", state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"round/{row.id}")
