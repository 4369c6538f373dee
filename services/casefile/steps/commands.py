"""Writes of steps. Whoever holds the case holds it until somebody accepts by name; whatever else happens, they do."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.casefile.casework import StepState
from kit.contracts.codes import Layer, Urgency
from kit.errors import Conflict
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from services.casefile.approvals import commands as approvals
from services.casefile.approvals.domain import Kind
from services.casefile.cases import commands as cases
from services.casefile.cases import domain as case_rules
from services.casefile.cases import rows as case_rows
from services.casefile.cases.models import Case
from services.casefile.people import membership
from services.casefile.steps import domain, rows
from services.casefile.steps.domain import Aim, Direction, State
from services.casefile.steps.models import CaseStep

UNANSWERED = "casefile.step.unanswered"


@dataclass(frozen=True, slots=True)
class Offer:
    """What is offered to whom, how urgently and why."""

    aim: Aim
    urgency: Urgency
    reason: str


async def offer(unit: UnitOfWork, case_id: UUID, expected: int, made: Offer) -> CaseStep:
    """Offer a step up or down. `Conflict` when one is offered already; see `domain.check_aim` and `domain.offer`."""
    case = await case_rows.load(unit, case_id, expected=expected)
    case_rules.check_open(case.state)
    aim = made.aim
    domain.check_aim(aim, _statutory(case))
    if aim.specialism is not None and case_rules.compartment_of(aim.specialism) != case.compartment:
        raise Conflict("This specialism is kept in another part of the file: refer to it by a decision", allowed=[])
    await case_rows.check_receivers(unit, case, [("/to_worker", aim.to_worker)])
    holders = frozenset(each for each in (case.account_manager, case.lead) if each)
    rules = domain.offer(holders, await rows.caller(unit), aim)
    await approvals.check(unit, case, Kind.STEP_DOWN if aim.direction is Direction.DOWN else Kind.STEP_UP)
    now = clock.business_now()
    row: CaseStep | None = await unit.session.scalar(
        insert(CaseStep)
        .values(
            id=new_id(),
            version=1,
            case_id=case.id,
            episode=case.episode,
            direction=aim.direction.value,
            layer=aim.layer.value,
            statutory_service=aim.statutory_service.value,
            specialism=aim.specialism,
            from_worker=rules.sender,
            offered_by=unit.cause.actor,
            to_worker=rules.to_worker,
            to_team=rules.to_team,
            urgency=made.urgency.value,
            resident=aim.resident.value,
            not_told_because=aim.not_told_because,
            reason=made.reason,
            state=State.OFFERED.value,
            offered_at=now,
            due_at=domain.answer_due(now, made.urgency),
            changed_at=now,
        )
        .on_conflict_do_nothing()
        .returning(CaseStep)
    )
    if row is None:
        raise Conflict("A step of this case is offered already: withdraw that first", allowed=["withdrawn"])
    await timers.set_alarm(unit, UNANSWERED, row.id, row.due_at)
    await _announce(unit, case, row, "casefile.step.offered")
    return row


async def accept(unit: UnitOfWork, step_id: UUID) -> CaseStep:
    """Somebody accepts, by name: from this very transaction on the case is with them. The first one counts."""
    by = await rows.caller(unit)
    case, row = await rows.load_for_change(unit, step_id, sorted(by.teams))
    after = domain.accept(_as_rules_see_it(row), by)
    await case_rows.check_receivers(unit, case, [("/to_worker", by.id)])
    row.accepted_by = after.accepted_by
    await _take(unit, case, row, by.id)
    return await _end(unit, case, row, after.state, None, "casefile.step.accepted")


async def _take(unit: UnitOfWork, case: Case, row: CaseStep, worker: str) -> None:
    going_up = row.direction == Direction.UP
    if not going_up:
        today = clock.today().isoformat()
        case.workstreams = [
            {**each, "ended_on": today} if _is_with(each, row.statutory_service) else each for each in case.workstreams
        ]
    service = row.statutory_service if going_up else None
    case.workstreams = [*case.workstreams, cases.strand(row.id, row.layer, row.specialism, service)]
    case.layer = case_rules.strongest(case.workstreams)
    if row.layer == Layer.UNIVERSAL:
        # Who led it for the statutory service leads it no longer, unless another statutory strand goes on.
        if not _statutory(case):
            await cases.release(unit, case, case_rules.LEAD)
        await cases.give(unit, case, worker, None)
    else:
        await cases.give(unit, case, None, worker)


async def decline(unit: UnitOfWork, step_id: UUID, reason: str) -> CaseStep:
    """The receiver can't; whoever holds the case holds on."""
    by = await rows.caller(unit)
    case, row = await rows.load_for_change(unit, step_id, sorted(by.teams))
    after = domain.decline(_as_rules_see_it(row), by)
    return await _end(unit, case, row, after.state, reason, "casefile.step.declined")


async def withdraw(unit: UnitOfWork, step_id: UUID, reason: str) -> CaseStep:
    """The sender, or a manager, takes it back."""
    by = await rows.caller(unit)
    case, row = await rows.load_for_change(unit, step_id, sorted(by.teams))
    after = domain.withdraw(_as_rules_see_it(row), by)
    return await _end(unit, case, row, after.state, reason, "casefile.step.withdrawn")


async def lapse(unit: UnitOfWork, case: Case) -> None:
    """The case is closed: there is nothing left to accept."""
    query = select(CaseStep).where(CaseStep.case_id == case.id, CaseStep.state == State.OFFERED)
    for row in (await unit.session.scalars(query.with_for_update())).all():
        await _end(unit, case, row, State.LAPSED, "case closed", "casefile.step.lapsed")


async def lapse_offers_to(unit: UnitOfWork, worker: str) -> None:
    """A worker was suspended or left: what was offered to them by name goes back to its senders at once."""
    query = select(CaseStep.id, CaseStep.case_id).where(CaseStep.to_worker == worker, CaseStep.state == State.OFFERED)
    for step_id, case_id in (await unit.session.execute(query.order_by(CaseStep.case_id))).all():
        case = await case_rows.lock(unit, case_id)
        row = (await unit.session.scalars(select(CaseStep).where(CaseStep.id == step_id).with_for_update())).one()
        if row.state == State.OFFERED:
            await _end(unit, case, row, State.LAPSED, "receiver may not act", "casefile.step.lapsed")


async def escalate(unit: UnitOfWork, step_id: UUID) -> None:
    """Nobody answered in time: a manager sees it. It may still be accepted."""
    case_id = await unit.session.scalar(select(CaseStep.case_id).where(CaseStep.id == step_id))
    if case_id is None:
        return
    case = await case_rows.lock(unit, case_id)
    row = (await unit.session.scalars(select(CaseStep).where(CaseStep.id == step_id).with_for_update())).one()
    if row.state == State.OFFERED and row.escalated_at is None:
        row.escalated_at = clock.business_now()
        row.version, row.changed_at = row.version + 1, row.escalated_at
        await _announce(unit, case, row, "casefile.step.escalated")


def _statutory(case: Case) -> frozenset[str]:
    """The statutory services the case is with now."""
    return frozenset(
        each["statutory_service"]
        for each in case.workstreams
        if each["layer"] == Layer.STATUTORY and each["statutory_service"] and not each.get("ended_on")
    )


def _is_with(strand: dict[str, object], service: str) -> bool:
    return strand["layer"] == Layer.STATUTORY and strand["statutory_service"] == service and not strand.get("ended_on")


def _as_rules_see_it(row: CaseStep) -> domain.Step:
    return domain.Step(row.from_worker, row.to_worker, row.to_team, State(row.state), row.accepted_by)


async def _end(unit: UnitOfWork, case: Case, row: CaseStep, state: State, reason: str | None, type_: str) -> CaseStep:
    now = clock.business_now()
    row.state, row.ended_at, row.ended_reason = state.value, now, reason
    row.version, row.changed_at = row.version + 1, now
    await timers.cancel(unit, UNANSWERED, row.id)
    await _announce(unit, case, row, type_)
    return row


async def _announce(unit: UnitOfWork, case: Case, row: CaseStep, type_: str) -> None:
    state = StepState.model_validate(
        {
            "step_id": row.id,
            "case_id": case.id,
            "household_id": case.household_id,
            "compartment": case.compartment or None,
            "direction": row.direction,
            "layer": row.layer,
            "statutory_service": row.statutory_service,
            "specialism": row.specialism,
            "from_worker": row.from_worker,
            "to_worker": row.to_worker,
            "to_team": row.to_team,
            "urgency": row.urgency,
            "resident": row.resident,
            "state": row.state,
            "accepted_by": row.accepted_by,
            "due_at": row.due_at,
            "escalated_at": row.escalated_at,
            "offered_at": row.offered_at,
            "changed_at": row.changed_at,
        }
    )
    unit.emit(type_, state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"step/{row.id}", (await membership.members_of(unit, [case.household_id]))[case.household_id])
    await cases.caseloads_changed(unit, {row.from_worker, row.to_worker or row.from_worker})
