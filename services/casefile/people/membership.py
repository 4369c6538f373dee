"""Who belongs to which household, from when to when: joining, leaving, forming. Announces both sides."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.errors import Conflict, NotFound, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.casefile.people import sealed_register
from services.casefile.people.aliases import leads_to
from services.casefile.people.domain import Place, homes_on
from services.casefile.people.models import Household, Membership, Person
from services.casefile.people.states import household_state, person_state
from services.casefile.people.visibility import lived_in_by_the_visible

AFTER_CHANGE: list[Callable[[UnitOfWork, UUID], Awaitable[None]]] = []
"""What follows in the same transaction when a household's members changed (a separation seals who moved in)."""


async def place(unit: UnitOfWork, person: Person, household_id: UUID | None) -> tuple[Household, Sequence[Membership]]:
    """Put a person just registered into a household, or into one of their own (ownership rule 15)."""
    if household_id is None:
        household = await form(unit, [person.id], clock.today())
    else:
        household = await load(unit, household_id)
        unit.session.add(Membership(household_id=household.id, person_id=person.id, since=clock.today()))
        await announce(unit, household)
    return household, await of_person(unit, person.id)


async def form(unit: UnitOfWork, person_ids: Sequence[UUID], since: date) -> Household:
    """A new household with these members, announced; the members' own states are the caller's to announce."""
    now = clock.business_now()
    household = Household(id=new_id(), version=1, formed_at=now, changed_at=now, formed_by=unit.cause.actor)
    unit.session.add(household)
    await unit.session.flush()
    members = [Membership(household_id=household.id, person_id=each, since=since) for each in person_ids]
    unit.session.add_all(members)
    await unit.session.flush()
    state = household_state(household, members)
    unit.emit("casefile.household.formed", state, aggregate_id=household.id, sequence=1)
    for follow in AFTER_CHANGE:
        await follow(unit, household.id)
    return household


async def join(unit: UnitOfWork, household: Household, person: Person, since: date, *, moving: bool) -> None:
    """Someone joins; `moving` ends their place everywhere else on that day."""
    places = await of_person(unit, person.id)
    here = [each for each in places if each.household_id == household.id]
    if any(each.until is None for each in here):
        raise Conflict("This person already belongs to the household")
    await _check_apart(unit, household, person)
    left = max((each.until for each in here if each.until is not None), default=since)
    if since < left:
        raise invalid(
            "/since", f"They belonged to it until {left.isoformat()}: they join again then.", "dates-in-order"
        )
    if moving:
        for place_ in places:
            if place_.until is None:
                await _end(unit, place_, since)
    again = next((each for each in here if each.since == since), None)
    if again is not None:
        # They left on the day they came, and came back that day.
        again.until = None
    else:
        unit.session.add(Membership(household_id=household.id, person_id=person.id, since=since))
    await _announce_both(unit, household, person)


async def _check_apart(unit: UnitOfWork, household: Household, person: Person) -> None:
    there = select(Membership.person_id).where(
        Membership.household_id == household.id,
        Membership.until.is_(None),
        Membership.person_id.in_(person.separated_from),
    )
    if person.separated_from and await unit.session.scalar(there.limit(1)) is not None:
        raise Conflict("Somebody there is kept apart from this person: that must be lifted first")


async def leave(unit: UnitOfWork, household: Household, person: Person, until: date) -> None:
    """Someone leaves; they always belong somewhere: with no other household, one of their own is formed."""
    current = [each for each in await of_person(unit, person.id) if each.until is None]
    place_ = next((each for each in current if each.household_id == household.id), None)
    if place_ is None:
        raise Conflict("This person does not belong to the household now")
    _check_order(place_, until, "/until")
    place_.until = until
    if len(current) == 1:
        await form(unit, [person.id], until)
    await _announce_both(unit, household, person)


async def _end(unit: UnitOfWork, place_: Membership, until: date) -> None:
    _check_order(place_, until, "/since")
    place_.until = until
    await announce(unit, await load(unit, place_.household_id))


def _check_order(place_: Membership, until: date, pointer: str) -> None:
    if until < place_.since:
        detail = f"They joined on {place_.since.isoformat()}: they cannot leave before."
        raise invalid(pointer, detail, "dates-in-order")


async def _announce_both(unit: UnitOfWork, household: Household, person: Person) -> None:
    await announce(unit, household)
    person.version += 1
    person.changed_at = clock.business_now()
    memberships = await of_person(unit, person.id)
    sealed_register.tell(unit, person, memberships)
    unit.emit(
        "casefile.person.changed", person_state(person, memberships), aggregate_id=person.id, sequence=person.version
    )


async def announce(unit: UnitOfWork, household: Household) -> None:
    """A new version of the household, told to the others."""
    household.version += 1
    household.changed_at = clock.business_now()
    await unit.session.flush()
    state = household_state(household, await published(unit, household.id))
    unit.emit("casefile.household.changed", state, aggregate_id=household.id, sequence=household.version)
    for follow in AFTER_CHANGE:
        await follow(unit, household.id)


async def published(unit: UnitOfWork, household_id: UUID) -> Sequence[Membership]:
    """The places of a household that others hear of: not those of people introduced for outreach alone."""
    await unit.session.flush()
    query = select(Membership).join(Person, Person.id == Membership.person_id)
    return (await unit.session.scalars(query.where(Membership.household_id == household_id, ~Person.introduced))).all()


async def of_person(unit: UnitOfWork, person_id: UUID) -> Sequence[Membership]:
    """All the places someone has or had."""
    await unit.session.flush()
    return (await unit.session.scalars(select(Membership).where(Membership.person_id == person_id))).all()


@dataclass(frozen=True, slots=True)
class Homes:
    """Where people lived when."""

    ids: Mapping[UUID, Sequence[UUID]]
    places: Mapping[UUID, Sequence[Place]]

    def on(self, person_id: UUID, day: date) -> list[UUID]:
        """Households on a day; for someone merged away those of the one who stands come first. Empty: unknown."""
        homes = (home for id_ in self.ids[person_id] for home in homes_on(self.places.get(id_, ()), day))
        return list(dict.fromkeys(homes))


async def homes_of(unit: UnitOfWork, people: Collection[UUID]) -> Homes:
    """The places these people have or had, also as whom they were merged into."""
    above = await leads_to(unit.session, people)
    ids = {each: (*reversed(above.get(each, ())), each) for each in people}
    everyone = {id_ for each in ids.values() for id_ in each}
    places: dict[UUID, list[Place]] = {}
    for row in await unit.session.scalars(select(Membership).where(Membership.person_id.in_(everyone))):
        places.setdefault(row.person_id, []).append(Place(row.household_id, row.since, row.until))
    return Homes(ids, places)


async def load(unit: UnitOfWork, household_id: UUID) -> Household:
    """The household, locked for a change; one whose people may not be shown is as unknown as they are."""
    rule = await lived_in_by_the_visible(unit, Household.id)
    query = select(Household).where(Household.id == household_id, rule).with_for_update()
    household = (await unit.session.scalars(query.execution_options(populate_existing=True))).one_or_none()
    if household is None:
        raise NotFound("We know of no such household")
    return household


async def lock(unit: UnitOfWork, household_ids: Iterable[UUID], people: Iterable[UUID]) -> dict[UUID, Household]:
    """Lock these households and those the people belong to now, in one order: two moves never wait for each other."""
    current = await unit.session.scalars(
        select(Membership.household_id).where(Membership.person_id.in_(list(people)), Membership.until.is_(None))
    )
    return {each: await load(unit, each) for each in sorted({*household_ids, *current})}


async def members_of(unit: UnitOfWork, household_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """Who belongs to each household now."""
    rows = await unit.session.execute(
        select(Membership.household_id, Membership.person_id)
        .where(Membership.household_id.in_(household_ids), Membership.until.is_(None))
        .order_by(Membership.person_id)
    )
    found: dict[UUID, list[UUID]] = {each: [] for each in household_ids}
    for household_id, person_id in rows:
        found[household_id].append(person_id)
    return found
