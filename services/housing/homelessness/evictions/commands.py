"""Writes of illegal evictions: report, take by name, say what came of it; what nobody takes goes to a manager's eye."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.contracts.housing.homelessness import IllegalEvictionState
from kit.errors import Conflict, invalid
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.housing.homelessness.cases import rows as cases
from services.housing.homelessness.cases.models import HomelessnessCase
from services.housing.homelessness.evictions import rows
from services.housing.homelessness.evictions.models import IllegalEviction
from services.housing.homelessness.evictions.shapes import IllegalEvictionEnd, NewIllegalEviction

UNTAKEN = "housing.illegal_eviction.untaken"
TAKE_WITHIN = timedelta(hours=1)
"""Somebody stands in the street: enforcement can often have them let back in the same evening."""


async def report(unit: UnitOfWork, case_id: UUID, new: NewIllegalEviction) -> IllegalEviction:
    """To enforcement at once (Protection from Eviction Act 1977 ss1 and 6). The homelessness duties go on beside it."""
    case = await cases.load(unit, case_id, for_change=True)
    now = clock.business_now()
    happened_on = new.happened_on or clock.today()
    if happened_on > clock.today():
        raise invalid("/happened_on", "It is reported once it happened.", "not-in-the-future")
    row = IllegalEviction(
        id=new_id(),
        version=1,
        case_id=case.id,
        happened_on=happened_on,
        acts=sorted(set(new.acts)),
        words=new.words,
        reported_by=unit.cause.actor,
        reported_at=now,
        due_at=clock.later(now, TAKE_WITHIN),
        state="reported",
        changed_at=now,
    )
    unit.session.add(row)
    await unit.session.flush()
    await timers.set_alarm(unit, UNTAKEN, row.id, row.due_at)
    _announce(unit, case, row, "housing.illegal_eviction.reported")
    return row


async def take(unit: UnitOfWork, eviction_id: UUID) -> IllegalEviction:
    """Somebody of enforcement takes it by name. The first one counts."""
    case, row = await rows.load(unit, eviction_id, for_change=True)
    if row.state != "reported":
        raise Conflict(f"It is {row.state} already", state=row.state, allowed=_allowed(row))
    row.state, row.taken_by, row.taken_at = "taken", unit.cause.actor, clock.business_now()
    await timers.cancel(unit, UNTAKEN, row.id)
    _new_version(row)
    _announce(unit, case, row, "housing.illegal_eviction.taken")
    return row


async def end(unit: UnitOfWork, eviction_id: UUID, expected: int, done: IllegalEvictionEnd) -> IllegalEviction:
    """What came of it."""
    case, row = await rows.load(unit, eviction_id, for_change=True)
    check_version(row.version, expected)
    if row.state != "taken":
        raise Conflict("Somebody takes it first, and it ends once", state=row.state, allowed=_allowed(row))
    row.state, row.outcome, row.outcome_words = "ended", done.outcome, done.words
    row.ended_at = clock.business_now()
    _new_version(row)
    _announce(unit, case, row, "housing.illegal_eviction.ended")
    return row


async def untaken(unit: UnitOfWork, eviction_id: UUID) -> None:
    """Nobody took it within the hour: it stands at the top of the list, marked."""
    query = select(IllegalEviction).where(IllegalEviction.id == eviction_id).with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is not None and row.state == "reported" and row.escalated_at is None:
        row.escalated_at = clock.business_now()
        _new_version(row)


def _allowed(row: IllegalEviction) -> list[str]:
    return {"reported": ["take"], "taken": ["outcome"]}.get(row.state, [])


def _new_version(row: IllegalEviction) -> None:
    row.version, row.changed_at = row.version + 1, clock.business_now()


def _announce(unit: UnitOfWork, case: HomelessnessCase, row: IllegalEviction, event: str) -> None:
    state = IllegalEvictionState.model_validate(
        {
            "case_id": case.id,
            "person_id": case.person_id,
            "household_id": case.household_id,
            "illegal_eviction_id": row.id,
            **{name: getattr(row, name) for name in ("happened_on", "acts", "state", "outcome", "changed_at")},
        }
    )
    unit.emit(event, state, aggregate_id=row.id, sequence=row.version)
    cases.on_record(unit, case)
