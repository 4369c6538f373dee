"""Writes of tasks."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.contracts.casefile.casework import CaseTaskState
from kit.errors import NotFound
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.cases import commands as cases
from services.casefile.cases import domain as case_rules
from services.casefile.cases import rows as case_rows
from services.casefile.cases.models import Case
from services.casefile.people import membership
from services.casefile.tasks import domain
from services.casefile.tasks.domain import State
from services.casefile.tasks.models import CaseTask


@dataclass(frozen=True, slots=True)
class Change:
    """What changes of a task; None stays as it is."""

    owner: str | None = None
    words: str | None = None
    due_on: date | None = None


async def make(unit: UnitOfWork, case_id: UUID, owner: str | None, words: str, due_on: date) -> CaseTask:
    """Promise something on an open case by a day; the caller's own unless an owner is named."""
    case = await case_rows.load(unit, case_id)
    case_rules.check_open(case.state)
    domain.check_due(due_on, clock.today())
    await case_rows.check_receivers(unit, case, [("/owner", owner)])
    now = clock.business_now()
    row = CaseTask(
        id=new_id(),
        version=1,
        case_id=case.id,
        episode=case.episode,
        owner=owner or unit.cause.actor,
        words=words,
        due_on=due_on,
        first_due_on=due_on,
        state=State.OPEN.value,
        made_by=unit.cause.actor,
        made_at=now,
        changed_at=now,
    )
    unit.session.add(row)
    await _announce(unit, case, row, "casefile.case_task.made", {row.owner})
    return row


async def change(unit: UnitOfWork, task_id: UUID, expected: int, wanted: Change) -> CaseTask:
    """Give it to somebody else, or another day or other words. The day promised at first stays on record."""
    case, row = await _load(unit, task_id, expected)
    before = row.owner
    if wanted.due_on is not None:
        domain.check_due(wanted.due_on, clock.today())
        row.due_on = wanted.due_on
    if wanted.owner is not None:
        await case_rows.check_receivers(unit, case, [("/owner", wanted.owner)])
        row.owner = wanted.owner
    row.words = wanted.words if wanted.words is not None else row.words
    return await _changed(unit, case, row, "casefile.case_task.changed", before)


async def end(unit: UnitOfWork, task_id: UUID, expected: int, state: State, words: str | None) -> CaseTask:
    """It is done, or dropped with a reason."""
    case, row = await _load(unit, task_id, expected)
    row.state, row.ended_by, row.ended_at, row.ended_words = (
        state.value,
        unit.cause.actor,
        clock.business_now(),
        words,
    )
    event = "casefile.case_task.done" if state is State.DONE else "casefile.case_task.dropped"
    return await _changed(unit, case, row, event, row.owner)


async def pass_on(unit: UnitOfWork, from_worker: str, gone: Mapping[UUID, tuple[Case, str]]) -> Counter[str]:
    """Whoever takes a case over takes over what its worker promised; how many tasks each got.

    `gone`: by its id, each case (locked) and who has it now.
    """
    query = select(CaseTask).where(
        CaseTask.case_id.in_(gone), CaseTask.owner == from_worker, CaseTask.state == State.OPEN.value
    )
    passed = Counter[str]()
    for row in (await unit.session.scalars(query.order_by(CaseTask.id).with_for_update())).all():
        case, row.owner = gone[row.case_id]
        row.version, row.changed_at = row.version + 1, clock.business_now()
        await _announce(unit, case, row, "casefile.case_task.changed", ())
        passed[row.owner] += 1
    return passed


async def still_open(unit: UnitOfWork, case: Case) -> int:
    """How many tasks of the case nobody has ended."""
    query = select(CaseTask.id).where(CaseTask.case_id == case.id, CaseTask.state == State.OPEN.value)
    return len((await unit.session.scalars(query)).all())


async def _load(unit: UnitOfWork, task_id: UUID, expected: int) -> tuple[Case, CaseTask]:
    found = select(CaseTask.case_id).where(
        CaseTask.id == task_id, await case_rows.of_visible_cases(unit, CaseTask.case_id.expression)
    )
    case_id = await unit.session.scalar(found)
    if case_id is None:
        raise NotFound("We know of no such task")
    case = await case_rows.load(unit, case_id)
    row = (await unit.session.scalars(select(CaseTask).where(CaseTask.id == task_id).with_for_update())).one()
    check_version(row.version, expected)
    domain.check_open(State(row.state))
    return case, row


async def _changed(unit: UnitOfWork, case: Case, row: CaseTask, event: str, before: str) -> CaseTask:
    row.version, row.changed_at = row.version + 1, clock.business_now()
    await _announce(unit, case, row, event, {before, row.owner})
    return row


async def _announce(unit: UnitOfWork, case: Case, row: CaseTask, event: str, whose: set[str] | tuple[()]) -> None:
    state = CaseTaskState(
        case_task_id=row.id,
        case_id=case.id,
        household_id=case.household_id,
        owner=row.owner,
        due_on=row.due_on,
        state=State(row.state).value,
        changed_at=row.changed_at,
    )
    unit.emit(event, state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"case_task/{row.id}", (await membership.members_of(unit, [case.household_id]))[case.household_id])
    await cases.caseloads_changed(unit, whose)
