"""Writes of approvals. What was said is added to and never changed."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.casefile.casework import ApprovalState
from kit.errors import Conflict, NotFound
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.approvals import domain
from services.casefile.approvals.domain import Act, Kind, State
from services.casefile.approvals.models import Approval, ApprovalRemark
from services.casefile.approvals.rules import RULES
from services.casefile.cases import commands as cases
from services.casefile.cases import domain as case_rules
from services.casefile.cases import rows as case_rows
from services.casefile.cases.models import Case
from services.casefile.people import membership


async def ask(unit: UnitOfWork, case_id: UUID, kind: Kind, words: str) -> Approval:
    """Ask a manager to approve something of an open case. `Conflict` when that is being asked already."""
    case = await case_rows.load(unit, case_id)
    case_rules.check_open(case.state)
    now = clock.business_now()
    row: Approval | None = await unit.session.scalar(
        insert(Approval)
        .values(
            id=new_id(),
            version=1,
            case_id=case.id,
            episode=case.episode,
            kind=kind.value,
            state=State.ASKED.value,
            asked_by=unit.cause.actor,
            asked_at=now,
            changed_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Approval)
    )
    if row is None:
        raise Conflict("This is being asked already: answer there", allowed=["asked_again", "withdrawn"])
    await _said(unit, case, row, Act.ASKED, words)
    return row


async def answer(unit: UnitOfWork, approval_id: UUID, expected: int, act: Act, words: str) -> Approval:
    """Approve, return with a comment, ask again, or withdraw; see `domain.after`."""
    found = select(Approval.case_id).where(
        Approval.id == approval_id, await case_rows.of_visible_cases(unit, Approval.case_id.expression)
    )
    case_id = await unit.session.scalar(found)
    if case_id is None:
        raise NotFound("We know of no such approval")
    # The case first, always in this order: a close and a decision at once never wait for each other.
    case = await case_rows.load(unit, case_id)
    row = (await unit.session.scalars(select(Approval).where(Approval.id == approval_id).with_for_update())).one()
    check_version(row.version, expected)
    holders = frozenset(each for each in (case.account_manager, case.lead) if each)
    state = domain.after(
        State(row.state), act, by=unit.cause.actor, asked_by=row.asked_by, words=words, holders=holders
    )
    row.state, row.version, row.changed_at = state.value, row.version + 1, clock.business_now()
    if act in (Act.APPROVED, Act.RETURNED):
        row.decided_by, row.decided_at = unit.cause.actor, row.changed_at
    await _said(unit, case, row, act, words)
    return row


async def withdraw_all(unit: UnitOfWork, case: Case) -> None:
    """The case is closed: nothing of it waits for a manager any more."""
    waiting = select(Approval).where(
        Approval.case_id == case.id, Approval.state.in_([State.ASKED.value, State.RETURNED.value])
    )
    for row in (await unit.session.scalars(waiting.with_for_update())).all():
        row.state, row.version, row.changed_at = State.WITHDRAWN.value, row.version + 1, clock.business_now()
        await _said(unit, case, row, Act.WITHDRAWN, "case closed")


async def check(unit: UnitOfWork, case: Case, kind: Kind) -> None:
    """What must be approved first is approved, by somebody else: that approval is used up. `Conflict` when it is not.

    The case is locked by the caller: of two acts with one approval at once, one is told.
    """
    roles, holds_it = frozenset(unit.cause.roles), unit.cause.actor in (case.account_manager, case.lead)
    if not RULES[kind].waits(case.layer, roles, holds_it=holds_it):
        return
    query = (
        select(Approval)
        .where(
            Approval.case_id == case.id,
            Approval.episode == case.episode,
            Approval.kind == kind.value,
            Approval.state == State.APPROVED.value,
            Approval.used_at.is_(None),
        )
        .order_by(Approval.asked_at)
        .limit(1)
    )
    row = await unit.session.scalar(query)
    if row is None:
        before = RULES[kind].before
        raise Conflict(
            f"{before[0].upper()}{before[1:]} takes a manager's approval for {case.layer} work: ask for it first",
            allowed=["ask_approval"],
        )
    row.used_at = clock.business_now()


_EVENTS = {
    Act.ASKED: "casefile.approval.asked",
    Act.ASKED_AGAIN: "casefile.approval.asked",
    Act.RETURNED: "casefile.approval.returned",
    Act.APPROVED: "casefile.approval.approved",
    Act.WITHDRAWN: "casefile.approval.withdrawn",
}


async def _said(unit: UnitOfWork, case: Case, row: Approval, act: Act, words: str) -> None:
    number = 1 + (
        await unit.session.scalar(
            select(func.count()).select_from(ApprovalRemark).where(ApprovalRemark.approval_id == row.id)
        )
        or 0
    )
    unit.session.add(
        ApprovalRemark(
            id=new_id(),
            approval_id=row.id,
            number=number,
            at=clock.business_now(),
            by=unit.cause.actor,
            act=act.value,
            words=words,
        )
    )
    await unit.session.flush()
    state = ApprovalState.model_validate(
        {
            "approval_id": row.id,
            "case_id": case.id,
            "household_id": case.household_id,
            "kind": row.kind,
            "state": row.state,
            "asked_by": row.asked_by,
            "decided_by": row.decided_by,
            "remarks": number,
            "changed_at": row.changed_at,
        }
    )
    unit.emit(_EVENTS[act], state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"approval/{row.id}", (await membership.members_of(unit, [case.household_id]))[case.household_id])
    await cases.caseloads_changed(unit, {case.account_manager, case.lead, row.asked_by} - {None})
