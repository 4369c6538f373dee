"""Which applications a caller may reach, how one is loaded, and how the rules see it."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import or_, select

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.housing.bedroomneed.domain import Place, Sex
from services.housing.register.facts import Person
from services.housing.register.models import Application, BandStay, Decision, Member, Review
from services.housing.register.priority import Stay
from services.housing.register.states import ENDED
from services.housing.register.strangers import visible_to


async def load(
    unit: UnitOfWork, application_id: UUID, expected: int | None = None, *, for_change: bool = False
) -> Application:
    """The row, locked if it is to change; `NotFound` also when it may not be shown."""
    query = select(Application).where(Application.id == application_id, visible_to(unit.cause))
    if for_change:
        query = query.with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such application")
    if expected is not None:
        check_version(row.version, expected)
    return row


async def load_decision(
    unit: UnitOfWork, decision_id: UUID, expected: int | None = None, *, for_change: bool = False
) -> tuple[Application, Decision]:
    """A decision with its application, locked in this order if it is to change."""
    found = await unit.session.scalar(
        select(Decision.application_id)
        .join(Application, Application.id == Decision.application_id)
        .where(Decision.id == decision_id, visible_to(unit.cause))
    )
    if found is None:
        raise NotFound("We know of no such decision")
    row = await load(unit, found, for_change=for_change)
    query = select(Decision).where(Decision.id == decision_id)
    decision = (await unit.session.scalars(query.with_for_update() if for_change else query)).one()
    if expected is not None:
        check_version(decision.version, expected)
    return row, decision


async def load_review(
    unit: UnitOfWork, review_id: UUID, expected: int | None = None
) -> tuple[Application, Decision, Review]:
    """A review with what it is about, locked."""
    decision_id = await unit.session.scalar(select(Review.decision_id).where(Review.id == review_id))
    if decision_id is None:
        raise NotFound("We know of no such review")
    row, decision = await load_decision(unit, decision_id, for_change=True)
    review = (await unit.session.scalars(select(Review).where(Review.id == review_id).with_for_update())).one()
    if expected is not None:
        check_version(review.version, expected)
    return row, decision, review


async def members(unit: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, list[Member]]:
    """Who is to live there, application by application, in their order."""
    found: dict[UUID, list[Member]] = {each: [] for each in ids}
    query = select(Member).where(Member.application_id.in_(list(ids)))
    for each in await unit.session.scalars(query.order_by(Member.application_id, Member.number)):
        found[each.application_id].append(each)
    return found


def people(found: Sequence[Member]) -> list[Person]:
    """Members as the rules see them."""
    return [
        Person(each.born, each.expected_on, Sex(each.sex), Place(each.place), each.couple, each.own_room)
        for each in found
    ]


async def stays(unit: UnitOfWork, application_id: UUID) -> list[Stay]:
    """In which bands it has been, the first one first."""
    query = select(BandStay.band_order, BandStay.since).where(BandStay.application_id == application_id)
    return [Stay(order, since) for order, since in (await unit.session.execute(query.order_by(BandStay.number))).all()]


async def duplicates(unit: UnitOfWork, row: Application) -> list[UUID]:
    """Other living applications of the household, or with one of its people, that the caller may know of."""
    query = select(Application.id).where(
        Application.id != row.id,
        Application.state.not_in(list(ENDED)),
        or_(Application.household_id == row.household_id, Application.person_ids.overlap(row.person_ids)),
        visible_to(unit.cause),
    )
    return list(await unit.session.scalars(query.order_by(Application.registered_at, Application.id)))
