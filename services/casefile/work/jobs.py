"""Writes of jobs: the start, how it goes on, and whether it lasts 13 and 26 weeks."""

from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.contracts.codes import OutcomeKind
from kit.errors import NotFound, invalid
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.outcomes import commands as outcomes
from services.casefile.outcomes.domain import Evidence, Result, check_evidence
from services.casefile.work import domain
from services.casefile.work.commands import changed
from services.casefile.work.domain import CheckState
from services.casefile.work.models import WorkCheck, WorkJob, WorkJourney, WorkVacancy, job_rules
from services.casefile.work.rows import load
from services.casefile.work.shapes import NewJob, Progress

UNANSWERED = "casefile.work_check.unanswered"


async def start(unit: UnitOfWork, journey_id: UUID, expected: int, new: NewJob) -> WorkJourney:
    """They start work: on the way, and as an outcome where it is not on record already; never twice."""
    row = await load(unit, journey_id)
    check_version(row.version, expected)
    domain.check_open(row.state)
    today = clock.today()
    rules = domain.start(new.started_on, today)
    evidence = [each.as_rules_see_it() for each in new.evidence]
    check_evidence(evidence, until=today)
    if new.vacancy_id is not None and await unit.session.get(WorkVacancy, new.vacancy_id) is None:
        raise invalid("/vacancy_id", "We know of no such vacancy.", "known")
    job = WorkJob(
        id=new_id(),
        journey_id=row.id,
        kind=new.kind,
        employer=new.employer,
        vacancy_id=new.vacancy_id,
        started_on=new.started_on,
        hours=new.hours,
        progress=[],
        recorded_by=unit.cause.actor,
        recorded_at=clock.business_now(),
    )
    unit.session.add(job)
    await unit.session.flush()
    for check in rules.checks:
        made = WorkCheck(
            id=new_id(),
            job_id=job.id,
            journey_id=row.id,
            weeks=check.weeks,
            due_on=check.due_on,
            state=check.state,
            evidence=[],
        )
        unit.session.add(made)
        await timers.set_alarm(unit, UNANSWERED, made.id, _midnight(check.due_on + domain.UNKNOWN_AFTER))
    last = rules.checks[-1].due_on
    # A second job while the first one's outcome stands is no second outcome.
    if not await outcomes.standing(unit, OutcomeKind.EMPLOYMENT, row.person_id, new.started_on, last):
        outcome = await outcomes.record(
            unit,
            OutcomeKind.EMPLOYMENT,
            new.started_on,
            evidence,
            person_id=row.person_id,
            household_id=row.household_id,
            source=source_of(job.id),
            check_due_on=last,
        )
        job.outcome_id = outcome.id
    return await changed(unit, row)


async def end(
    unit: UnitOfWork, journey_id: UUID, job_id: UUID, expected: int, ended_on: date, words: str | None
) -> WorkJourney:
    """The job ended. What it did not last to is recorded as not sustained, here and in the outcome."""
    row, job, checks = await _job(unit, journey_id, job_id, expected)
    after = domain.end(job_rules(job, checks), ended_on, clock.today())
    job.ended_on, job.end_words = ended_on, words
    for check in checks:
        new = next(each for each in after.checks if each.weeks == check.weeks)
        if new.state != check.state:
            await _answered(unit, check, new.state, [])
    lost = any(each.weeks == domain.WEEKS[-1] and each.state is CheckState.NOT_SUSTAINED for each in after.checks)
    if lost:
        await outcomes.check_by_source(unit, source_of(job.id), Result.NOT_SUSTAINED, [], words, ended_on)
    return await changed(unit, row)


async def check(
    unit: UnitOfWork,
    journey_id: UUID,
    job_id: UUID,
    expected: int,
    weeks: int,
    result: CheckState,
    evidence: Sequence[Evidence],
) -> WorkJourney:
    """Whether the job still stood. The answer at 26 weeks is the outcome's as well: nobody is asked twice."""
    row, job, checks = await _job(unit, journey_id, job_id, expected)
    today = clock.today()
    after = domain.answer(job_rules(job, checks), weeks, result, today)
    if result is CheckState.SUSTAINED:
        check_evidence(evidence, until=today, since=after.due_on)
    one = next(each for each in checks if each.weeks == weeks)
    await _answered(unit, one, after.state, evidence)
    if weeks == domain.WEEKS[-1]:
        await outcomes.check_by_source(unit, source_of(job.id), Result(result.value), evidence)
    return await changed(unit, row)


async def progress(unit: UnitOfWork, journey_id: UUID, job_id: UUID, expected: int, made: Progress) -> WorkJourney:
    """They came further in it."""
    row, job, _ = await _job(unit, journey_id, job_id, expected)
    if job.ended_on is not None or not job.started_on <= made.on <= clock.today():
        raise invalid("/on", "While they have the job, and up to today.", "dates-in-order")
    job.progress = [*job.progress, made.model_dump(mode="json")]
    return await changed(unit, row)


async def give_up(unit: UnitOfWork, check_id: UUID) -> None:
    """Four weeks after its day nobody has said whether the job still stood: not known."""
    found = (await unit.session.scalars(select(WorkCheck).where(WorkCheck.id == check_id))).one()
    row = await unit.session.get(WorkJourney, found.journey_id, with_for_update=True)
    await unit.session.refresh(found)
    if row is None or not domain.unanswered(found.as_rules_see_it(), clock.today()):
        return
    found.state, found.answered_on = CheckState.NOT_KNOWN, clock.today()
    await changed(unit, row)


def source_of(job_id: UUID) -> str:
    """How an outcome says that it came of a job."""
    return f"job/{job_id}"


async def _job(
    unit: UnitOfWork, journey_id: UUID, job_id: UUID, expected: int
) -> tuple[WorkJourney, WorkJob, list[WorkCheck]]:
    """A job of a journey, also of one that is closed: what became of it is asked all the same."""
    row = await load(unit, journey_id)
    check_version(row.version, expected)
    job = await unit.session.get(WorkJob, job_id)
    if job is None or job.journey_id != row.id:
        raise NotFound("There is no such job on this journey")
    checks = (await unit.session.scalars(select(WorkCheck).where(WorkCheck.job_id == job.id))).all()
    return row, job, list(checks)


async def _answered(unit: UnitOfWork, check: WorkCheck, state: CheckState, evidence: Sequence[Evidence]) -> None:
    check.state, check.answered_on, check.answered_by = state, clock.today(), unit.cause.actor
    check.evidence = [
        {"proof": each.proof.value, "dated": each.dated.isoformat(), "words": each.words} for each in evidence
    ]
    await timers.cancel(unit, UNANSWERED, check.id)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.LONDON)
