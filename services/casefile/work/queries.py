"""Reads of work journeys, checks that are due, vacancies, offers, and what a work coach sees."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_

from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import Part, about_person
from services.casefile.people.aliases import all_ids
from services.casefile.people.models import Person
from services.casefile.work import distance, offers
from services.casefile.work.distance import Candidate, Place
from services.casefile.work.domain import SPECIAL, STEPS_FROM, Activity, CheckState, StepState
from services.casefile.work.models import KnownAppointment, WorkCheck, WorkJob, WorkJourney, WorkOffer, WorkVacancy
from services.casefile.work.rows import jobs_of, reaches_health, shared_with, visible_to
from services.casefile.work.shapes import (
    BarrierView,
    CheckView,
    DueCheck,
    GroundView,
    JobView,
    JourneyView,
    OfferView,
    OwnAppointment,
    PlaceView,
    ProgressView,
    SharedGoal,
    SharedStep,
    StepView,
    VacancyView,
)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which journeys; None leaves a filter out."""

    person_id: UUID | None = None
    worker: str | None = None
    state: str | None = None


async def view(unit: UnitOfWork, journey_id: UUID) -> JourneyView:
    """One of them."""
    query = select(WorkJourney).where(WorkJourney.id == journey_id, await visible_to(unit))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such journey")
    return (await views(unit, [row]))[0]


async def listed(unit: UnitOfWork, filters: Filters, after: Sequence[Any] | None, limit: int) -> list[JourneyView]:
    """Those the caller may see, the newest first."""
    query = select(WorkJourney).where(await visible_to(unit))
    if filters.person_id is not None:
        query = query.where(WorkJourney.person_id.in_(await all_ids(unit.session, [filters.person_id])))
    if filters.worker is not None:
        query = query.where(WorkJourney.worker == filters.worker)
    if filters.state is not None:
        query = query.where(WorkJourney.state == filters.state)
    place = tuple_(WorkJourney.opened_at, WorkJourney.id)
    if after is not None:
        query = query.where(place < tuple_(datetime.fromisoformat(after[0]), UUID(after[1])))
    ordered = query.order_by(WorkJourney.opened_at.desc(), WorkJourney.id.desc()).limit(limit)
    return await views(unit, (await unit.session.scalars(ordered)).all())


def place_of(shown: JourneyView) -> list[Any]:
    """Where it stands in the list."""
    return [shown.opened_at.isoformat(), str(shown.id)]


async def views(unit: UnitOfWork, rows: Sequence[WorkJourney]) -> list[JourneyView]:
    """Rows as they are shown for this purpose, put on record as read."""
    jobs = await jobs_of(unit, [row.id for row in rows])
    for row in rows:
        unit.accessed(f"work_journey/{row.id}", [row.person_id])
    return [_view(row, jobs[row.id], reaches_health(unit)) for row in rows]


def _view(row: WorkJourney, jobs: list[tuple[WorkJob, list[WorkCheck]]], health: bool) -> JourneyView:
    special = bool(SPECIAL & {*row.inactive_kinds, *(each["kind"] for each in row.barriers)})
    sick = bool(SPECIAL & set(row.inactive_kinds)) and not health
    made = {
        "inactive_kinds": [] if sick else row.inactive_kinds,
        "inactive_words": None if sick else row.inactive_words,
        "barriers": [BarrierView(**each) for each in row.barriers if health or each["kind"] not in SPECIAL],
        "health_left_out": special and not health,
        "steps": [StepView(**each, allowed=list(STEPS_FROM[StepState(each["state"])])) for each in row.steps],
        "jobs": [_job(job, checks) for job, checks in jobs],
        "grounds": [_ground(each) for each in distance.grounds(_candidate(row), clock.today())],
    }
    kept = {name: getattr(row, name) for name in JourneyView.model_fields if name not in made}
    return JourneyView.model_validate({**kept, **made})


def _job(job: WorkJob, checks: list[WorkCheck]) -> JobView:
    shown = [CheckView.model_validate(each, from_attributes=True) for each in checks]
    kept = {name: getattr(job, name) for name in JobView.model_fields if name not in {"checks", "progress"}}
    return JobView(**kept, checks=shown, progress=[ProgressView(**each) for each in job.progress])


def _ground(ground: distance.Ground) -> GroundView:
    return GroundView(**asdict(ground))


def _candidate(row: WorkJourney) -> Candidate:
    return Candidate(
        row.id, row.opened_at, Activity(row.activity), row.never_worked, row.out_of_work_since, row.barriers_left()
    )


async def due_checks(unit: UnitOfWork, worker: str | None, after: Sequence[Any] | None, limit: int) -> list[DueCheck]:
    """Jobs to ask after, the longest due first."""
    query = (
        select(WorkCheck, WorkJourney)
        .join(WorkJourney, WorkJourney.id == WorkCheck.journey_id)
        .where(WorkCheck.state == CheckState.WAITING, WorkCheck.due_on <= clock.today(), await visible_to(unit))
    )
    if worker is not None:
        query = query.where(WorkJourney.worker == worker)
    if after is not None:
        query = query.where(
            tuple_(WorkCheck.due_on, WorkCheck.job_id) > tuple_(date.fromisoformat(after[0]), UUID(after[1]))
        )
    rows = (await unit.session.execute(query.order_by(WorkCheck.due_on, WorkCheck.job_id).limit(limit))).all()
    unit.accessed("work_checks", {journey.person_id for _, journey in rows})
    return [
        DueCheck(
            journey_id=journey.id,
            job_id=check.job_id,
            person_id=journey.person_id,
            worker=journey.worker,
            weeks=check.weeks,
            due_on=check.due_on,
        )
        for check, journey in rows
    ]


def place_of_check(shown: DueCheck) -> list[Any]:
    """Where it stands in the list. A job's two checks fall due on two days."""
    return [shown.due_on.isoformat(), str(shown.job_id)]


# Vacancies and offers -----------------------------------------------------------------------------------------------


async def vacancy(unit: UnitOfWork, vacancy_id: UUID) -> VacancyView:
    """One of them."""
    row = await unit.session.get(WorkVacancy, vacancy_id)
    if row is None:
        raise NotFound("We know of no such vacancy")
    return (await _vacancies(unit, [row]))[0]


async def vacancies(unit: UnitOfWork, state: str | None, after: Sequence[Any] | None, limit: int) -> list[VacancyView]:
    """Vacancies, the newest first."""
    query = select(WorkVacancy)
    if state is not None:
        query = query.where(WorkVacancy.state == state)
    if after is not None:
        place = tuple_(WorkVacancy.opened_on, WorkVacancy.id)
        query = query.where(place < tuple_(date.fromisoformat(after[0]), UUID(after[1])))
    ordered = query.order_by(WorkVacancy.opened_on.desc(), WorkVacancy.id.desc()).limit(limit)
    return await _vacancies(unit, (await unit.session.scalars(ordered)).all())


def place_of_vacancy(shown: VacancyView) -> list[Any]:
    """Where it stands in the list."""
    return [shown.opened_on.isoformat(), str(shown.id)]


async def _vacancies(unit: UnitOfWork, rows: Sequence[WorkVacancy]) -> list[VacancyView]:
    query = select(WorkOffer.vacancy_id, func.count()).where(
        WorkOffer.vacancy_id.in_([row.id for row in rows]), WorkOffer.state.in_(offers.TAKEN)
    )
    counted = await unit.session.execute(query.group_by(WorkOffer.vacancy_id))
    taken: dict[UUID, int] = {row[0]: row[1] for row in counted}
    unit.accessed("work_vacancies")
    today = clock.today()
    return [
        VacancyView.model_validate(
            {
                **{name: getattr(row, name, None) for name in VacancyView.model_fields},
                "places_left": max(0, row.places - taken.get(row.id, 0)),
                "phase": offers.phase(row.state, row.opens_to_others_on, row.closes_on, today),
            }
        )
        for row in rows
    ]


async def of_the_order(unit: UnitOfWork, places: Sequence[Place], limit: int, skip: int) -> list[PlaceView]:
    """Whom of the order the caller may see, with the places they have among all, and why."""
    by_id = {each.candidate.journey_id: each for each in places if each.number > skip}
    query = select(WorkJourney).where(WorkJourney.id.in_(by_id), await visible_to(unit))
    rows = sorted((await unit.session.scalars(query)).all(), key=lambda row: by_id[row.id].number)[:limit]
    unit.accessed("work_order", {row.person_id for row in rows})
    return [
        PlaceView(
            journey_id=row.id,
            person_id=row.person_id,
            place=by_id[row.id].number,
            of_how_many=len(places),
            points=by_id[row.id].points,
            grounds=[_ground(each) for each in by_id[row.id].grounds],
            opened_at=row.opened_at,
        )
        for row in rows
    ]


async def offers_listed(
    unit: UnitOfWork, journey_id: UUID | None, vacancy_id: UUID | None, after: Sequence[Any] | None, limit: int
) -> list[OfferView]:
    """Offers to people the caller may see, the newest first."""
    query = select(WorkOffer, WorkJourney).join(WorkJourney, WorkJourney.id == WorkOffer.journey_id)
    query = query.where(await visible_to(unit))
    if journey_id is not None:
        query = query.where(WorkOffer.journey_id == journey_id)
    if vacancy_id is not None:
        query = query.where(WorkOffer.vacancy_id == vacancy_id)
    if after is not None:
        place = tuple_(WorkOffer.offered_at, WorkOffer.id)
        query = query.where(place < tuple_(datetime.fromisoformat(after[0]), UUID(after[1])))
    ordered = query.order_by(WorkOffer.offered_at.desc(), WorkOffer.id.desc()).limit(limit)
    rows = (await unit.session.execute(ordered)).all()
    unit.accessed("work_offers", {journey.person_id for _, journey in rows})
    return [offer_view(offer, journey) for offer, journey in rows]


def place_of_offer(shown: OfferView) -> list[Any]:
    """Where it stands in the list."""
    return [shown.offered_at.isoformat(), str(shown.id)]


def offer_view(offer: WorkOffer, journey: WorkJourney) -> OfferView:
    """An offer as it is shown."""
    kept = {name: getattr(offer, name) for name in OfferView.model_fields if name != "person_id"}
    return OfferView.model_validate({**kept, "person_id": journey.person_id})


# The work coach -----------------------------------------------------------------------------------------------------


async def shared_goals(unit: UnitOfWork, after: Sequence[Any] | None, limit: int) -> list[SharedGoal]:
    """What people share with the caller, who is their work coach: goals and shared steps, nothing that was not done."""
    query = select(WorkJourney, Person).join(Person, Person.id == WorkJourney.person_id)
    query = query.where(await shared_with(unit))
    if after is not None:
        query = query.where(WorkJourney.id > UUID(after[0]))
    rows = (await unit.session.execute(query.order_by(WorkJourney.id).limit(limit))).all()
    for journey, person in rows:
        unit.accessed(f"work_journey/{journey.id}", [person.id])
    return [
        SharedGoal(
            journey_id=journey.id,
            name=_name(person),
            goal=journey.goal,
            steps=[
                SharedStep(kind=each["kind"], words=each["words"], state=each["state"])
                for each in journey.steps
                if each["shared"] and each["state"] != StepState.DROPPED
            ],
        )
        for journey, person in rows
    ]


async def own_appointments(unit: UnitOfWork, after: Sequence[Any] | None, limit: int) -> list[OwnAppointment]:
    """The caller's own appointments from today on; whether one was kept is none of their business here."""
    begins = datetime.combine(clock.today(), time(), clock.LONDON)
    front = await about_person(unit, Person.id, Part.FRONT)
    query = (
        select(KnownAppointment, Person)
        .join(Person, Person.id == KnownAppointment.person_id)
        .where(
            KnownAppointment.worker == unit.cause.actor,
            KnownAppointment.stands,
            KnownAppointment.starts_at >= begins,
            front,
        )
    )
    if after is not None:
        place = tuple_(KnownAppointment.starts_at, KnownAppointment.id)
        query = query.where(place > tuple_(datetime.fromisoformat(after[0]), UUID(after[1])))
    ordered = query.order_by(KnownAppointment.starts_at, KnownAppointment.id).limit(limit)
    rows = (await unit.session.execute(ordered)).all()
    unit.accessed("own_appointments", {person.id for _, person in rows})
    return [
        OwnAppointment(
            id=row.id, name=_name(person), kind=row.kind, hub=row.hub, starts_at=row.starts_at, ends_at=row.ends_at
        )
        for row, person in rows
    ]


def _name(person: Person) -> str:
    return " ".join(f"{person.names[0]['given']} {person.names[0]['family']}".split())
