"""Writes of caseloads: a worker's cases go to others in one act, and back when an absence is over."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from kit import clock
from kit.contracts.casefile.casework import ReallocationState
from kit.errors import NotFound, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.caseloads import domain
from services.casefile.caseloads.domain import Held, Reason, State
from services.casefile.caseloads.models import ReallocatedCase, Reallocation
from services.casefile.cases import commands as cases
from services.casefile.cases import rows as case_rows
from services.casefile.cases.commands import Gift
from services.casefile.cases.domain import HOLDERS, LEAD, MANAGER
from services.casefile.cases.models import Case
from services.casefile.tasks import commands as tasks


@dataclass(frozen=True, slots=True)
class Order:
    """Whose cases go to whom, all or the named ones, and why."""

    from_worker: str
    to_workers: tuple[str, ...]
    case_ids: tuple[UUID, ...] | None
    reason: Reason
    words: str
    cover_until: date | None


@dataclass(frozen=True, slots=True)
class Moved:
    """What a reallocation did: the row, how many cases and tasks each got, and what could be given to none of them."""

    row: Reallocation
    cases: Counter[str]
    tasks: Counter[str]
    left: tuple[UUID, ...]


async def reallocate(unit: UnitOfWork, order: Order) -> Moved:
    """Move all the worker's open cases, or the named ones, in one transaction: all of it, or nothing."""
    domain.check(order.from_worker, order.to_workers, order.cover_until, order.reason, clock.today())
    found = await _held(unit, order.from_worker, order.case_ids)
    able = await case_rows.may_act(unit, order.to_workers)
    for place, worker in enumerate(order.to_workers):
        if worker not in able:
            raise invalid(f"/to_workers/{place}", "They may not act at the moment: choose somebody else.", "may-act")
    barred = await case_rows.barred(unit, {case.household_id for case in found}, order.to_workers)
    held = [Held(case.id, case.household_id, _roles(case, order.from_worker), case.rag) for case in found]
    spread = domain.spread(held, await _loads(unit, order.to_workers), barred)
    row = _row(unit, order)
    unit.session.add(row)
    await unit.session.flush()
    gone = {case.id: (case, spread.given[case.id]) for case in found if case.id in spread.given}
    parts = {each.case_id: each.roles for each in held}
    await cases.give_many(unit, [_gift(case, parts[case.id], worker) for case, worker in gone.values()])
    promised = await tasks.pass_on(unit, order.from_worker, gone)
    moved = Counter(worker for _, worker in gone.values())
    unit.session.add_all(
        ReallocatedCase(reallocation_id=row.id, case_id=case.id, role=role, to_worker=worker, given_back=False)
        for case, worker in gone.values()
        for role in parts[case.id]
    )
    await _announce(unit, row, sum(moved.values()), "casefile.reallocation.made")
    return Moved(row, moved, promised, spread.left)


async def give_back(unit: UnitOfWork, reallocation_id: UUID, expected: int) -> Moved:
    """The absence is over: what is still with whoever covered goes back; what went on to others stays there."""
    query = select(Reallocation).where(Reallocation.id == reallocation_id).with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such reallocation")
    check_version(row.version, expected)
    domain.check_give_back(row.reason, State(row.state))
    if row.from_worker not in await case_rows.may_act(unit, [row.from_worker]):
        raise invalid("", "They may not act at the moment: their cases stay where they are.", "may-act")
    parts = (
        await unit.session.scalars(
            select(ReallocatedCase)
            .where(ReallocatedCase.reallocation_id == row.id)
            .order_by(ReallocatedCase.case_id, ReallocatedCase.role)
        )
    ).all()
    visible = await case_rows.visible_to(unit)
    there = (
        await unit.session.scalars(
            select(Case)
            .where(Case.id.in_({part.case_id for part in parts}), Case.state == "open", visible)
            .order_by(Case.id)
            .with_for_update(of=Case)
        )
    ).all()
    barred = await case_rows.barred(unit, {case.household_id for case in there}, [row.from_worker])
    backs: dict[UUID, tuple[Case, list[ReallocatedCase]]] = {}
    for case in there:
        mine = [each for each in parts if each.case_id == case.id and getattr(case, each.role) == each.to_worker]
        if mine and (case.household_id, row.from_worker) not in barred:
            backs[case.id] = (case, mine)
    back = row.from_worker
    await cases.give_many(unit, [_gift(case, tuple(each.role for each in mine), back) for case, mine in backs.values()])
    promised = Counter[str]()
    for cover in row.to_workers:
        theirs = {id_: (case, back) for id_, (case, mine) in backs.items() if mine[0].to_worker == cover}
        promised += await tasks.pass_on(unit, cover, theirs)
    for _, mine in backs.values():
        for each in mine:
            each.given_back = True
    moved = Counter({back: len(backs)}) if backs else Counter[str]()
    row.state, row.given_back_by, row.given_back_at = State.GIVEN_BACK.value, unit.cause.actor, clock.business_now()
    row.version += 1
    await _announce(unit, row, moved[row.from_worker], "casefile.reallocation.given_back")
    return Moved(row, moved, promised, ())


async def _held(unit: UnitOfWork, worker: str, named: Sequence[UUID] | None) -> Sequence[Case]:
    """The worker's open cases, locked in one order; `Invalid` when a named one is not among them."""
    query = select(Case).where(
        Case.state == "open",
        or_(Case.account_manager == worker, Case.lead == worker),
        await case_rows.visible_to(unit),
    )
    if named is not None:
        query = query.where(Case.id.in_(named))
    found = (await unit.session.scalars(query.order_by(Case.id).with_for_update(of=Case))).all()
    missing = set(named or ()) - {case.id for case in found}
    for place, each in enumerate(named or ()):
        if each in missing:
            raise invalid(f"/case_ids/{place}", "This is no open case of theirs.", "case-of-theirs")
    return found


def _roles(case: Case, worker: str) -> tuple[str, ...]:
    return tuple(role for role in HOLDERS if getattr(case, role) == worker)


def _gift(case: Case, roles: tuple[str, ...], worker: str) -> Gift:
    manager, lead = (worker if role in roles else None for role in (MANAGER, LEAD))
    return Gift(case, manager, lead)


async def _loads(unit: UnitOfWork, workers: Sequence[str]) -> dict[str, int]:
    """How many open cases each has as far as the caller may know: who gets what must tell of nothing sealed."""
    loads = dict.fromkeys(workers, 0)
    query = select(Case.account_manager, Case.lead).where(
        Case.state == "open",
        or_(Case.account_manager.in_(workers), Case.lead.in_(workers)),
        await case_rows.visible_to(unit),
    )
    for manager, lead in await unit.session.execute(query):
        for worker in {manager, lead}:
            if worker in loads:
                loads[worker] += 1
    return loads


def _row(unit: UnitOfWork, order: Order) -> Reallocation:
    return Reallocation(
        id=new_id(),
        version=1,
        from_worker=order.from_worker,
        to_workers=list(order.to_workers),
        reason=order.reason.value,
        words=order.words,
        cover_until=order.cover_until,
        state=State.DONE.value,
        by=unit.cause.actor,
        at=clock.business_now(),
    )


async def _announce(unit: UnitOfWork, row: Reallocation, moved: int, event: str) -> None:
    state = ReallocationState(
        reallocation_id=row.id,
        from_worker=row.from_worker,
        to_workers=tuple(row.to_workers),
        reason=row.reason,
        cover_until=row.cover_until,
        cases=moved,
        state=State(row.state).value,
        changed_at=row.given_back_at or row.at,
    )
    unit.emit(event, state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"reallocation/{row.id}")
    await cases.caseloads_changed(unit, {row.from_worker, *row.to_workers})
