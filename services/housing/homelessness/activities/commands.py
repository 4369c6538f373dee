"""Writes of activities: begin one, and say what came of it."""

from uuid import UUID

from kit import clock
from kit.contracts.housing.homelessness import HomelessnessActivityState
from kit.errors import Conflict, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.housing.homelessness.activities import rows
from services.housing.homelessness.activities.models import HomelessnessActivity
from services.housing.homelessness.activities.shapes import HomelessnessActivityEnd, NewHomelessnessActivity
from services.housing.homelessness.cases import rows as cases
from services.housing.homelessness.cases.models import HomelessnessCase
from services.housing.homelessness.law.machine import MACHINE


async def begin(unit: UnitOfWork, case_id: UUID, new: NewHomelessnessActivity) -> HomelessnessActivity:
    """Something is begun. It may be before any duty is owed: why comes first."""
    case = await cases.load(unit, case_id, for_change=True)
    if case.closed_on is not None:
        raise Conflict("This case is closed", position=case.position, allowed=[])
    started_on = new.started_on or clock.today()
    if not case.made_on <= started_on <= clock.today():
        raise invalid("/started_on", f"From {case.made_on.isoformat()} to today.", "dates-in-order")
    row = HomelessnessActivity(
        id=new_id(),
        version=1,
        case_id=case.id,
        duty=MACHINE.positions[case.position].duty,
        started_on=started_on,
        done_by=unit.cause.actor,
        changed_at=clock.business_now(),
        **new.model_dump(mode="json", exclude={"started_on"}),
    )
    unit.session.add(row)
    await unit.session.flush()
    _announce(unit, case, row, "housing.homelessness_activity.started")
    return row


async def end(
    unit: UnitOfWork, case_id: UUID, activity_id: UUID, expected: int, done: HomelessnessActivityEnd
) -> HomelessnessActivity:
    """What came of it. That a home was kept ends no duty: an officer's decision does."""
    case, row = await rows.load(unit, case_id, activity_id)
    check_version(row.version, expected)
    if row.ended_on is not None:
        raise Conflict("It is on record already what came of it", state="ended", allowed=[])
    ended_on = done.ended_on or clock.today()
    if not row.started_on <= ended_on <= clock.today():
        raise invalid("/ended_on", f"From {row.started_on.isoformat()} to today.", "dates-in-order")
    row.ended_on, row.outcome, row.outcome_words = ended_on, done.outcome, done.words
    row.version, row.changed_at = row.version + 1, clock.business_now()
    _announce(unit, case, row, "housing.homelessness_activity.ended")
    return row


def _announce(unit: UnitOfWork, case: HomelessnessCase, row: HomelessnessActivity, event: str) -> None:
    state = HomelessnessActivityState.model_validate(
        {
            "case_id": case.id,
            "person_id": case.person_id,
            "household_id": case.household_id,
            "activity_id": row.id,
            **{
                name: getattr(row, name)
                for name in ("kind", "started_on", "ended_on", "outcome", "amount_pence", "changed_at")
            },
        }
    )
    unit.emit(event, state, aggregate_id=row.id, sequence=row.version)
    cases.on_record(unit, case)
