"""Writes of support plans: agree one, work through it, record an eviction prevented, end it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from kit import clock
from kit.contracts.casefile.money import SupportPlanState
from kit.contracts.codes import OutcomeKind
from kit.errors import Invalid, NotFound
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.casefile.money.debts import rows as debts
from services.casefile.money.people import home_of, work_on
from services.casefile.money.support import domain, rows
from services.casefile.money.support.models import SupportPlan
from services.casefile.outcomes import commands as outcomes
from services.casefile.outcomes.domain import CHECK_AFTER_MONTHS, Evidence, Proof

_PROOFS: Final[Mapping[str, Proof]] = {
    "landlord_in_writing": Proof.LANDLORD_CONFIRMED,
    "court_order": Proof.LETTER,
    "rent_account": Proof.TENANCY_RECORD,
    "tenancy_document": Proof.TENANCY_RECORD,
    "seen_by_worker": Proof.SEEN_BY_WORKER,
}
PREVENTED = "casefile.support_plan.eviction_prevented"


@dataclass(frozen=True, slots=True)
class NewPlan:
    """What was agreed."""

    about: domain.About
    debt_ids: Sequence[UUID]
    steps: Sequence[domain.Step]
    review_on: date


async def agree(unit: UnitOfWork, person_id: UUID, household_id: UUID | None, told: NewPlan) -> SupportPlan:
    """A plan about debts of theirs."""
    await work_on(unit, person_id)
    found = {row.id: row.kind for row in await debts.of_person(unit, person_id, told.debt_ids)}
    if set(told.debt_ids) - set(found):
        raise NotFound("We know of no such debt of theirs")
    domain.check_plan(told.about, found, told.steps, told.review_on, clock.today())
    row = SupportPlan(
        id=new_id(),
        version=0,
        person_id=person_id,
        household_id=await home_of(unit, person_id, household_id),
        about=told.about,
        debt_ids=sorted(found),
        steps=[_stored(each) for each in told.steps],
        review_on=told.review_on,
        state="active",
        made_by=unit.cause.actor,
    )
    _changed(unit, row)
    unit.session.add(row)
    await unit.session.flush()
    return row


async def work(
    unit: UnitOfWork, plan_id: UUID, expected: int, steps: Sequence[domain.Step] | None, review_on: date | None
) -> SupportPlan:
    """Its steps are these now; and the day to look at it again."""
    row = await rows.load(unit, plan_id, expected)
    domain.check_active(row.state)
    if steps is not None:
        if faults := domain.check_steps(steps, clock.today()):
            raise Invalid("These steps are not right", *faults)
        row.steps = [_stored(each) for each in steps]
    row.review_on = review_on or row.review_on
    _changed(unit, row)
    return row


async def prevented(unit: UnitOfWork, plan_id: UUID, expected: int, told: domain.Prevented) -> SupportPlan:
    """The eviction did not happen, with evidence."""
    row = await rows.load(unit, plan_id, expected)
    domain.check_prevented(row.about, row.state, told, row.prevented is not None, clock.today())
    row.prevented = {
        "on": told.on.isoformat(),
        "threat": told.threat,
        "how": told.how,
        "evidence": told.evidence,
        "threatened_on": told.threatened_on.isoformat(),
    }
    _changed(unit, row)
    state = SupportPlanState(
        support_plan_id=row.id,
        person_id=row.person_id,
        household_id=row.household_id,
        about=row.about,
        state=row.state,
        prevented_on=told.on,
        threat=told.threat,
        how=told.how,
        evidence=told.evidence,
        changed_at=row.changed_at,
    )
    unit.emit(PREVENTED, state, aggregate_id=row.id, sequence=row.version)
    await _home_kept(unit, row, told)
    return row


async def _home_kept(unit: UnitOfWork, row: SupportPlan, told: domain.Prevented) -> None:
    """An eviction prevented is a home kept: counted with the other outcomes, once, and checked half a year later."""
    kept, check_on = OutcomeKind.HOME_KEPT, clock.months_after(told.on, CHECK_AFTER_MONTHS)
    if await outcomes.standing(unit, kept, row.person_id, told.on, check_on):
        return
    shown = [Evidence(_PROOFS[told.evidence], told.on, "An eviction was prevented: see the support plan")]
    await outcomes.record(unit, kept, told.on, shown, person_id=row.person_id, household_id=row.household_id)


async def end(unit: UnitOfWork, plan_id: UUID, expected: int, completed: bool, reason: str | None) -> SupportPlan:
    """Completed, or ended with a reason."""
    row = await rows.load(unit, plan_id, expected)
    row.state = domain.check_end(row.state, completed, reason)
    row.end_reason = None if completed else reason
    _changed(unit, row)
    return row


def _stored(step: domain.Step) -> dict[str, Any]:
    return {
        "what": step.what,
        "whose": step.whose,
        "due_on": step.due_on.isoformat() if step.due_on else None,
        "done_on": step.done_on.isoformat() if step.done_on else None,
    }


def _changed(unit: UnitOfWork, row: SupportPlan) -> None:
    row.version += 1
    row.changed_at = clock.business_now()
    unit.accessed(f"support_plan/{row.id}", [row.person_id])
