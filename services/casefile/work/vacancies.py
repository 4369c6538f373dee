"""Writes of vacancies and offers: here before the market, the furthest from work first, nobody held on many."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.casefile.work import WorkOfferState, WorkVacancyState
from kit.errors import Conflict, NotFound
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.people.models import Person
from services.casefile.work import distance, offers
from services.casefile.work.distance import Candidate, Place
from services.casefile.work.domain import Activity
from services.casefile.work.models import WorkJob, WorkJourney, WorkOffer, WorkVacancy
from services.casefile.work.offers import OfferState
from services.casefile.work.rows import load, visible_to
from services.casefile.work.shapes import NewVacancy, VacancyChanges

LAPSE = "casefile.work_offer.lapse"


async def enter(unit: UnitOfWork, new: NewVacancy) -> WorkVacancy:
    """A vacancy opens here."""
    opened_on = new.opened_on or clock.today()
    offers.check_new(opened_on, new.opens_to_others_on, new.closes_on, clock.today())
    row = WorkVacancy(
        id=new_id(),
        version=1,
        **{**new.model_dump(), "opened_on": opened_on},
        state="open",
        entered_by=unit.cause.actor,
        entered_at=clock.business_now(),
    )
    unit.session.add(row)
    await unit.session.flush()
    _announce_vacancy(unit, row, "opened")
    return row


async def change(unit: UnitOfWork, vacancy_id: UUID, expected: int, changes: VacancyChanges) -> WorkVacancy:
    """More places or fewer, closed, or open again."""
    row = await _vacancy(unit, vacancy_id)
    check_version(row.version, expected)
    row.places = changes.places or row.places
    row.state = changes.state or row.state
    row.version += 1
    _announce_vacancy(unit, row, "changed")
    return row


async def order(unit: UnitOfWork, hours: int | None) -> Sequence[Place]:
    """Everybody who may be offered a place, the furthest first; for the rules, not for anyone's eyes as it is.

    Left out: who has a job, who is held on another offer, and whoever wants fewer hours than the place has.
    """
    held = exists().where(WorkOffer.journey_id == WorkJourney.id, WorkOffer.state.in_(offers.TAKEN))
    works = exists().where(WorkJob.journey_id == WorkJourney.id, WorkJob.ended_on.is_(None))
    query = (
        select(WorkJourney)
        .join(Person, Person.id == WorkJourney.person_id)
        .where(WorkJourney.state == "open", Person.merged_into.is_(None), ~held, ~works)
    )
    if hours is not None:
        query = query.where((WorkJourney.hours_wanted.is_(None)) | (WorkJourney.hours_wanted >= hours))
    rows = (await unit.session.scalars(query)).all()
    return distance.furthest_first((candidate_of(row) for row in rows), clock.today())


def candidate_of(row: WorkJourney) -> Candidate:
    """A journey as the order sees it."""
    return Candidate(
        row.id, row.opened_at, Activity(row.activity), row.never_worked, row.out_of_work_since, row.barriers_left()
    )


async def offer(unit: UnitOfWork, vacancy_id: UUID, journey_id: UUID, reason: str | None) -> WorkOffer:
    """Offer a place. Whoever passes over somebody further from work says why."""
    vacancy = await _vacancy(unit, vacancy_id)
    journey = await load(unit, journey_id)
    taken = await _taken(unit, vacancy.id)
    places = await order(unit, vacancy.hours)
    # Who declined this one is not asked again before those who were not asked.
    asked = set(await unit.session.scalars(select(WorkOffer.journey_id).where(WorkOffer.vacancy_id == vacancy.id)))
    mine = next((each for each in places if each.candidate.journey_id == journey.id), None)
    first = next((each.number for each in places if each.candidate.journey_id not in asked), None)
    now = offers.phase(vacancy.state, vacancy.opens_to_others_on, vacancy.closes_on, clock.today())
    offers.check_offer(now, vacancy.places, taken, mine.number if mine else None, first, reason)
    assert mine is not None
    moment = clock.business_now()
    row: WorkOffer | None = await unit.session.scalar(
        insert(WorkOffer)
        .values(
            id=new_id(),
            version=1,
            vacancy_id=vacancy.id,
            journey_id=journey.id,
            state=OfferState.OFFERED,
            place=mine.number,
            of_how_many=len(places),
            grounds=[asdict(each) for each in mine.grounds],
            passed_over_because=reason,
            offered_by=unit.cause.actor,
            offered_at=moment,
            answer_by=offers.answer_due(moment),
        )
        .on_conflict_do_nothing()
        .returning(WorkOffer)
    )
    if row is None:
        raise Conflict("They are held on an offer already: nobody is on many", allowed=["withdrawn"])
    await timers.set_alarm(unit, LAPSE, row.id, row.answer_by)
    _announce_offer(unit, row, journey, "made")
    return row


async def answer(unit: UnitOfWork, offer_id: UUID, expected: int, to: OfferState) -> tuple[WorkOffer, WorkJourney]:
    """Accepted, declined or withdrawn. Nothing follows from any of them but that the place is taken or free."""
    row, journey = await load_offer(unit, offer_id)
    check_version(row.version, expected)
    offers.check_answer(OfferState(row.state), to)
    _to(unit, row, journey, to)
    await timers.cancel(unit, LAPSE, row.id)
    return row, journey


async def lapse(unit: UnitOfWork, offer_id: UUID) -> None:
    """Nobody answered in time: the place is free again."""
    row = (await unit.session.scalars(select(WorkOffer).where(WorkOffer.id == offer_id).with_for_update())).one()
    if row.state == OfferState.OFFERED:
        journey = await unit.session.get_one(WorkJourney, row.journey_id)
        _to(unit, row, journey, OfferState.LAPSED)


async def load_offer(unit: UnitOfWork, offer_id: UUID) -> tuple[WorkOffer, WorkJourney]:
    """An offer, locked, with whose it is; `NotFound` for one of somebody the caller may not see."""
    query = (
        select(WorkOffer, WorkJourney)
        .join(WorkJourney, WorkJourney.id == WorkOffer.journey_id)
        .where(WorkOffer.id == offer_id, await visible_to(unit))
        .with_for_update(of=WorkOffer)
    )
    found = (await unit.session.execute(query)).one_or_none()
    if found is None:
        raise NotFound("We know of no such offer")
    return found[0], found[1]


async def _vacancy(unit: UnitOfWork, vacancy_id: UUID) -> WorkVacancy:
    row = await unit.session.get(WorkVacancy, vacancy_id, with_for_update=True)
    if row is None:
        raise NotFound("We know of no such vacancy")
    return row


async def _taken(unit: UnitOfWork, vacancy_id: UUID) -> int:
    query = select(func.count()).where(WorkOffer.vacancy_id == vacancy_id, WorkOffer.state.in_(offers.TAKEN))
    return await unit.session.scalar(query) or 0


def _to(unit: UnitOfWork, row: WorkOffer, journey: WorkJourney, state: OfferState) -> None:
    row.state, row.answered_at = state, clock.business_now()
    row.version += 1
    _announce_offer(unit, row, journey, "changed")


def _announce_vacancy(unit: UnitOfWork, row: WorkVacancy, event: str) -> None:
    state = WorkVacancyState.model_validate(
        {
            "work_vacancy_id": row.id,
            "places": row.places,
            "opened_on": row.opened_on,
            "opens_to_others_on": row.opens_to_others_on,
            "closes_on": row.closes_on,
            "state": row.state,
            "changed_at": clock.business_now(),
        }
    )
    unit.emit(f"casefile.work_vacancy.{event}", state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"work_vacancy/{row.id}")


def _announce_offer(unit: UnitOfWork, row: WorkOffer, journey: WorkJourney, event: str) -> None:
    state = WorkOfferState.model_validate(
        {
            "work_offer_id": row.id,
            "work_vacancy_id": row.vacancy_id,
            "work_journey_id": row.journey_id,
            "person_id": journey.person_id,
            "state": row.state,
            "place": row.place,
            "of_how_many": row.of_how_many,
            "changed_at": row.answered_at or row.offered_at,
        }
    )
    unit.emit(f"casefile.work_offer.{event}", state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"work_offer/{row.id}", [journey.person_id])
