"""What a decision does: duties begin and end, their clocks are set, and it is told. The caller has locked the case."""

from datetime import date, datetime, time, timedelta

from kit import clock
from kit.contracts.housing.homelessness import DutyState
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from services.housing.homelessness.cases import rows as cases
from services.housing.homelessness.cases.models import HomelessnessCase, HomelessnessDuty
from services.housing.homelessness.cases.rows import Live
from services.housing.homelessness.codes import SECURED
from services.housing.homelessness.decisions.models import HomelessnessDecision
from services.housing.homelessness.domain import has_family_commitments
from services.housing.homelessness.law.clocks import LAW
from services.housing.homelessness.law.machine import MACHINE, Transition, move

CLOCK = "housing.homelessness_duty.clock"


async def apply(
    unit: UnitOfWork,
    row: HomelessnessCase,
    live: Live,
    decision: HomelessnessDecision,
    transition: Transition,
    on: date,
) -> None:
    """Start and end duties, and move the case. `on` is the first day of what begins."""
    todo = move(transition, row.position, live.rows)
    for code, reason in todo.ends.items():
        duty = live.rows[code]
        # By the clock a duty is owed to the end of the day before.
        duty.ended_on = max(on - timedelta(days=1), duty.started_on) if transition.clock else on
        duty.end_reason, duty.end_decision_id = reason, decision.id
        if reason in SECURED:
            duty.accommodation = decision.particulars["accommodation"]
            duty.stayed = decision.particulars["stayed"]
        await no_clock(unit, duty)
        await changed(unit, row, duty, "housing.duty.ended")
    await unit.session.flush()
    for code in todo.starts:
        await _start(unit, row, decision, code, on)
    if todo.position != row.position:
        row.position, row.position_since = todo.position, on
        closed = MACHINE.positions[todo.position].final
        row.closed_on, row.closed_by_transition = (on, transition.code) if closed else (None, None)
    decision.effect_on = on


async def _start(unit: UnitOfWork, row: HomelessnessCase, decision: HomelessnessDecision, code: str, on: date) -> None:
    rules = MACHINE.duties[code]
    duty = HomelessnessDuty(
        id=new_id(),
        version=0,
        case_id=row.id,
        duty=code,
        section=rules.section,
        started_on=on,
        last_day=LAW.clock(rules.clock, on).last_day(on) if rules.clock else None,
        start_decision_id=decision.id,
        changed_at=clock.business_now(),
    )
    unit.session.add(duty)
    if duty.last_day is not None:
        await set_clock(unit, duty)
    await changed(unit, row, duty, "housing.duty.started")


async def set_clock(unit: UnitOfWork, duty: HomelessnessDuty) -> None:
    if duty.last_day is not None:
        midnight = datetime.combine(duty.last_day + timedelta(days=1), time(), clock.LONDON)
        await timers.set_alarm(unit, CLOCK, duty.id, midnight)


async def no_clock(unit: UnitOfWork, duty: HomelessnessDuty) -> None:
    """Its clock rings no more."""
    await timers.cancel(unit, CLOCK, duty.id)


async def tell_again(unit: UnitOfWork, row: HomelessnessCase) -> None:
    """It came out who applied: what is owed to them is told with their ids."""
    for duty in (await cases.duties(unit, [row.id]))[row.id]:
        await changed(unit, row, duty, "housing.duty.started" if duty.ended_on is None else "housing.duty.ended")


async def changed(unit: UnitOfWork, row: HomelessnessCase, duty: HomelessnessDuty, event: str) -> None:
    duty.version += 1
    duty.changed_at = clock.business_now()
    listed = (await cases.members(unit, [row.id]))[row.id]
    state = DutyState(
        duty_id=duty.id,
        case_id=row.id,
        person_id=row.person_id,
        household_id=row.household_id,
        duty=duty.duty,
        section=duty.section,
        started_on=duty.started_on,
        last_day=duty.last_day,
        ended_on=duty.ended_on,
        end_reason=duty.end_reason,
        family=has_family_commitments(cases.as_rules_see(listed), duty.started_on),
        changed_at=duty.changed_at,
    )
    unit.emit(event, state, aggregate_id=duty.id, sequence=duty.version)
