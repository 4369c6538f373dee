"""Writes of monitoring reports: planned, chased when late, received, accepted or sent back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select

from kit import clock
from kit.contracts.grants import awards as contracts
from kit.errors import Conflict, NotFound, invalid
from kit.events import messages
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from services.grants.applications import commands as applications
from services.grants.applications import eligibility
from services.grants.awards import commands as awards
from services.grants.awards import domain
from services.grants.awards.domain import AwardState, ReportState
from services.grants.awards.models import Award, AwardReport
from services.grants.awards.rows import load
from services.grants.funds.domain import pounds
from services.grants.rounds import commands as rounds

OVERDUE: Final = "grants.report.overdue"


@dataclass(frozen=True, slots=True)
class Told:
    """What a report says. `spent_pence`: of the whole award so far."""

    spent_pence: int
    people_reached: int
    outcomes: Sequence[Mapping[str, Any]]
    equality: Mapping[str, int]
    narrative: str


async def plan(unit: UnitOfWork, award: Award) -> None:
    """An award was agreed: its reports are due by the rules its round opened with; fewer for small sums."""
    rules = (await rounds.load(unit, award.round_id)).rules
    light = eligibility.is_light(rules, award.pence)
    months = rules["light_reports_after_months" if light else "reports_after_months"]
    assert award.agreed_on is not None
    days = domain.reports_due(award.agreed_on, months)
    for number, day in enumerate(days, start=1):
        row = AwardReport(
            id=new_id(),
            version=1,
            award_id=award.id,
            number=number,
            due_on=day,
            final=number == len(days),
            state=ReportState.DUE,
            chases=0,
            outcomes=[],
            equality={},
            changed_at=clock.business_now(),
        )
        unit.session.add(row)
        await timers.set_alarm(unit, OVERDUE, row.id, _after(row))


async def chase(unit: UnitOfWork, report_id: UUID) -> None:
    """Its day is over and nothing came: it is late, payments wait, the group is chased, again every fortnight."""
    row = await _load(unit, report_id)
    if row.state not in {ReportState.DUE, ReportState.LATE, ReportState.SENT_BACK}:
        return
    award = (await unit.session.scalars(select(Award).where(Award.id == row.award_id))).one()
    row.state, row.chases, row.chased_at = ReportState.LATE, row.chases + 1, clock.business_now()
    await timers.set_alarm(
        unit, OVERDUE, row.id, clock.later(row.chased_at, timedelta(days=domain.CHASE_AGAIN_AFTER_DAYS))
    )
    for person_id in await applications.people_to_write_to(unit, award.applicant_id):
        codes = {"reference": award.reference, "date": row.due_on.isoformat()}
        messages.request(unit, person_id=person_id, template="grant.report_late", codes=codes, about_id=row.id)
    await _count_overdue(unit, award)
    _announce(unit, row, "chased")


async def receive(unit: UnitOfWork, award_id: UUID, number: int, told: Told) -> AwardReport:
    """A report came in, from the group or typed in for it."""
    award = await load(unit, award_id, for_change=True)
    query = select(AwardReport).where(AwardReport.award_id == award.id, AwardReport.number == number)
    row = (await unit.session.scalars(query.with_for_update())).one_or_none()
    if row is None:
        raise NotFound("This award has no such report")
    domain.check_report(ReportState(row.state))
    if told.spent_pence > award.paid_pence:
        detail = f"{pounds(award.paid_pence)} was paid so far: no more of it can be spent."
        raise invalid("/spent_pence", detail, "within-paid")
    row.state, row.received_at = ReportState.RECEIVED, clock.business_now()
    row.spent_pence, row.people_reached, row.narrative = told.spent_pence, told.people_reached, told.narrative
    row.outcomes, row.equality = [dict(each) for each in told.outcomes], dict(told.equality)
    await timers.cancel(unit, OVERDUE, row.id)
    await _count_overdue(unit, award)
    _announce(unit, row, "received")
    return row


async def review(unit: UnitOfWork, report_id: UUID, accepted: bool, reason: str | None) -> AwardReport:
    """An officer accepts it, or sends it back with what is missing. The last one accepted completes the award."""
    row = await _load(unit, report_id)
    if row.state != ReportState.RECEIVED:
        raise Conflict("Only a report that came in is reviewed", state=row.state, allowed=[ReportState.RECEIVED])
    if not accepted and not reason:
        raise invalid("/reason", "Say what is missing.", "reason")
    row.state = ReportState.ACCEPTED if accepted else ReportState.SENT_BACK
    row.reviewed_by, row.review_reason = unit.cause.actor, reason
    if not accepted:
        again = clock.later(clock.business_now(), timedelta(days=domain.CHASE_AGAIN_AFTER_DAYS))
        await timers.set_alarm(unit, OVERDUE, row.id, again)
    _announce(unit, row, "changed")
    if accepted and row.final:
        await _complete(unit, row)
    return row


async def stop(unit: UnitOfWork, award: Award) -> None:
    """The award is withdrawn: reports on what was paid are still owed, others are not waited for."""
    if award.paid_pence:
        return
    query = select(AwardReport.id).where(AwardReport.award_id == award.id)
    await timers.cancel_all(unit, OVERDUE, list((await unit.session.scalars(query)).all()))


async def _complete(unit: UnitOfWork, report: AwardReport) -> None:
    award = (await unit.session.scalars(select(Award).where(Award.id == report.award_id).with_for_update())).one()
    if award.state != AwardState.AGREED or award.paid_pence < award.pence:
        return
    award.state = domain.move(AwardState(award.state), AwardState.COMPLETED)
    award.ended_on = clock.today()
    await awards.announce(unit, award, "changed")


async def _load(unit: UnitOfWork, report_id: UUID) -> AwardReport:
    query = select(AwardReport).where(AwardReport.id == report_id).with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("There is no such report")
    return row


async def _count_overdue(unit: UnitOfWork, award: Award) -> None:
    """How many of the group's reports are late, over all its grants: it can't apply again while one is."""
    await unit.session.flush()
    query = (
        select(func.count())
        .select_from(AwardReport)
        .join(Award, Award.id == AwardReport.award_id)
        .where(Award.applicant_id == award.applicant_id, AwardReport.state == ReportState.LATE)
    )
    await applications.count_overdue(unit, award.applicant_id, int(await unit.session.scalar(query) or 0))


def _after(row: AwardReport) -> datetime:
    """The first moment after its day."""
    return datetime.combine(row.due_on + timedelta(days=1), time(), clock.LONDON)


def _announce(unit: UnitOfWork, row: AwardReport, what: str) -> None:
    row.version, row.changed_at = row.version + 1, clock.business_now()
    state = contracts.GrantReportState.model_validate(
        {
            "report_id": row.id,
            "award_id": row.award_id,
            "number": row.number,
            "state": row.state,
            "due_on": row.due_on,
            "chases": row.chases,
            "spent_pence": row.spent_pence,
            "people_reached": row.people_reached,
            "changed_at": row.changed_at,
        }
    )
    unit.emit(f"grants.report.{what}", state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"award/{row.award_id}")
