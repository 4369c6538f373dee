"""Writes of awards: made, paid in instalments, recovered. How they are agreed and end: `agreements.py`."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from kit import clock
from kit.contracts.grants import awards as contracts
from kit.errors import NotFound
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.grants.applications import commands as applications
from services.grants.applications.models import GrantApplication
from services.grants.awards import domain
from services.grants.awards.domain import AwardState, InstalmentState, ReportState
from services.grants.awards.models import Award, AwardReport, Instalment, Recovery
from services.grants.awards.rows import load
from services.grants.funds import commands as funds
from services.grants.rounds.models import GrantRound


async def make(
    unit: UnitOfWork, grant_round: GrantRound, application: GrantApplication, pence: int, regulation_59f_reason: str
) -> Award:
    """An adopted recommendation becomes an award, out of what its round has set aside."""
    row = Award(
        id=new_id(),
        version=0,
        reference=await _next_reference(unit),
        application_id=application.id,
        round_id=grant_round.id,
        fund_id=grant_round.fund_id,
        applicant_id=application.applicant_id,
        pence=pence,
        state=AwardState.MADE,
        awarded_on=clock.today(),
        awarded_by=unit.cause.actor,
        regulation_59f_reason=regulation_59f_reason,
        conditions=[],
        paid_pence=0,
        returned_pence=0,
        changed_at=clock.business_now(),
    )
    unit.session.add(row)
    await funds.award(
        unit, grant_round.fund_id, grant_round.id, row.id, pence, f"award/{row.id}", f"Award {row.reference}"
    )
    await announce(unit, row, "made", application.wards)
    return row


async def request_payment(
    unit: UnitOfWork, award_id: UUID, number: int, payee_checked: bool, evidence: str
) -> Instalment:
    """One officer asks for an instalment: its milestone is reached, the account is the group's own."""
    row = await load(unit, award_id, for_change=True)
    instalment = await _instalment(unit, row, number)
    application = await _application(unit, row)
    await applications.keep_out(unit, application.id)
    unchecked = await applications.missing_checks(unit, application)
    domain.check_payable(
        AwardState(row.state),
        InstalmentState(instalment.state),
        await late_reports(unit, row.id),
        unchecked,
        payee_checked,
    )
    instalment.state, instalment.evidence = InstalmentState.REQUESTED, evidence
    instalment.requested_by, instalment.requested_at = unit.cause.actor, clock.business_now()
    await announce(unit, row, "changed")
    return instalment


async def release_payment(unit: UnitOfWork, payment_id: UUID) -> Instalment:
    """Another officer releases it, and the money moves. `Conflict` beyond the award or the fund: nothing moves."""
    award_id = await unit.session.scalar(select(Instalment.award_id).where(Instalment.id == payment_id))
    if award_id is None:
        raise NotFound("There is no such payment")
    row = await load(unit, award_id, for_change=True)
    await applications.keep_out(unit, row.application_id)
    query = select(Instalment).where(Instalment.id == payment_id).with_for_update()
    instalment = (await unit.session.scalars(query)).one()
    domain.check_release(
        unit.cause.actor,
        instalment.requested_by,
        InstalmentState(instalment.state),
        await late_reports(unit, row.id),
    )
    why = f"Award {row.reference}, instalment {instalment.number}"
    instalment.entry_id = await funds.pay(unit, row.fund_id, row.id, instalment.pence, f"payment/{instalment.id}", why)
    instalment.state = InstalmentState.PAID
    instalment.paid_by, instalment.paid_at = unit.cause.actor, clock.business_now()
    row.paid_pence += instalment.pence
    state = contracts.GrantPaymentState(
        payment_id=instalment.id,
        award_id=row.id,
        fund_id=row.fund_id,
        number=instalment.number,
        pence=instalment.pence,
        paid_at=instalment.paid_at,
    )
    unit.emit("grants.payment.made", state, aggregate_id=instalment.id, sequence=1)
    await announce(unit, row, "changed")
    return instalment


async def recover(unit: UnitOfWork, award_id: UUID, pence: int, reason: str) -> Recovery:
    """Money came back: not spent, or not for what it was given. `Conflict` when more than went out."""
    row = await load(unit, award_id, for_change=True)
    recovery_id = new_id()
    entry_id = await funds.recover(
        unit, row.fund_id, row.id, pence, f"recovery/{recovery_id}", f"Award {row.reference}: {reason}"
    )
    made = Recovery(
        id=recovery_id,
        award_id=row.id,
        pence=pence,
        reason=reason,
        entry_id=entry_id,
        made_by=unit.cause.actor,
        made_at=clock.business_now(),
    )
    unit.session.add(made)
    row.returned_pence += pence
    await announce(unit, row, "changed")
    return made


async def late_reports(unit: UnitOfWork, award_id: UUID) -> int:
    """How many of an award's reports are late."""
    query = select(func.count()).where(AwardReport.award_id == award_id, AwardReport.state == ReportState.LATE)
    return int(await unit.session.scalar(query) or 0)


async def announce(unit: UnitOfWork, row: Award, what: str, wards: Sequence[str] | None = None) -> None:
    """One more version of an award, told."""
    if wards is None:
        wards = (await _application(unit, row)).wards
    row.version, row.changed_at = row.version + 1, clock.business_now()
    state = contracts.AwardState.model_validate(
        {
            "award_id": row.id,
            "application_id": row.application_id,
            "round_id": row.round_id,
            "fund_id": row.fund_id,
            "applicant_id": row.applicant_id,
            "state": row.state,
            "pence": row.pence,
            "paid_pence": row.paid_pence,
            "returned_pence": row.returned_pence,
            "wards": tuple(wards),
            "awarded_on": row.awarded_on,
            "changed_at": row.changed_at,
        }
    )
    unit.emit(f"grants.award.{what}", state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"award/{row.id}")


async def _application(unit: UnitOfWork, row: Award) -> GrantApplication:
    return (await unit.session.scalars(select(GrantApplication).where(GrantApplication.id == row.application_id))).one()


async def _instalment(unit: UnitOfWork, row: Award, number: int) -> Instalment:
    query = select(Instalment).where(Instalment.award_id == row.id, Instalment.number == number)
    found = (await unit.session.scalars(query.with_for_update())).one_or_none()
    if found is None:
        raise NotFound("This award has no such instalment")
    return found


async def _next_reference(unit: UnitOfWork) -> str:
    """The next of the year: NSG-2027-0001. The lock makes two at once wait for each other."""
    year = clock.today().year
    await unit.session.execute(select(func.pg_advisory_xact_lock(360_000_000 + year)))
    await unit.session.flush()
    query = select(func.count()).where(Award.reference.like(f"NSG-{year}-%"))
    return f"NSG-{year}-{int(await unit.session.scalar(query) or 0) + 1:04d}"
