"""What a separation makes of people and homes: worked out anew whenever something it rests on changed, and told.

Everyone who lives with the protected person is sealed with them (children lead to their mother), and every home they
have belonged to since: cases, notes and plans of a home are a file, and the file is theirs. Other services hear it as
one event with the whole states of those concerned; the bars are in force here with the transaction itself.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.access import SeparationApplied
from kit.contracts.casefile.separation import SealedPerson, SeparationState
from kit.store import timers
from kit.store.unit import SYSTEM_PURPOSE, UnitOfWork
from services.casefile.people import membership, sealed_off
from services.casefile.people.aliases import all_ids
from services.casefile.people.models import Household, Membership, Person
from services.casefile.people.states import person_state
from services.casefile.separation import ties
from services.casefile.separation.domain import Tie, names_in
from services.casefile.separation.models import Bar, Confirmation, Separation

EXPIRE = "casefile.separation.expire"
SEPARATED, REJOINED = "casefile.people.separated", "casefile.people.rejoined"


@contextmanager
def as_the_platform(unit: UnitOfWork) -> Iterator[None]:
    """What follows names nobody and no purpose: facts of it stand on pages that the separated person's workers read."""
    before = unit.cause
    unit.cause = replace(before, actor=f"system:{unit.service}", purpose=SYSTEM_PURPOSE, roles=(), organisation=None)
    try:
        yield
    finally:
        unit.cause = before


async def bar(unit: UnitOfWork, row: Separation, found: Iterable[Tie]) -> None:
    """Bar these names; who is barred already stays so, for the longer of the two. Released ones stay released."""
    now = clock.business_now()
    for tie in sorted(found, key=lambda each: each.name):
        new = {"separation_id": row.id, "name": tie.name, "because": tie.because, "since": now, "until": tie.until}
        statement = insert(Bar).values(new)
        longer = or_(Bar.until < statement.excluded.until, statement.excluded.until.is_(None))
        await unit.session.execute(
            statement.on_conflict_do_update(
                index_elements=["separation_id", "name"],
                set_={"until": statement.excluded.until, "because": statement.excluded.because},
                where=Bar.until.is_not(None) & longer & Bar.released_by.is_(None),
            )
        )


async def refresh(unit: UnitOfWork, row: Separation, *, event: str = SEPARATED, always: bool = False) -> None:
    """Work out whom and what it seals from whom now; tell it if anything of that changed, or `always`."""
    await unit.session.flush()
    before = set(row.people)
    if row.state == "standing":
        row.names = await _names(unit, row)
        row.people, homes = await _sealed(unit, row)
        row.homes = sorted({*row.homes, *homes})
    else:
        row.names, row.people = [], []
    await unit.session.flush()
    await _keep_homes(unit, row.homes)
    theirs = await all_ids(unit.session, [row.separated_person_id])
    concerned, changed = await _keep_people(unit, before.union(row.people, theirs))
    sealed_off.ask_again(unit)
    if changed or always:
        row.told += 1
        row.changed_at = clock.business_now()
        await _tell(unit, row, event, concerned)


async def _names(unit: UnitOfWork, row: Separation) -> list[str]:
    now = clock.business_now()
    rows = (await unit.session.scalars(select(Bar).where(Bar.separation_id == row.id, Bar.released_by.is_(None)))).all()
    ends = [each.until for each in rows if each.until is not None and each.until > now]
    if ends:
        await timers.set_alarm(unit, EXPIRE, row.id, min(ends))
    else:
        await timers.cancel(unit, EXPIRE, row.id)
    return names_in((Tie(each.name, each.because, each.until) for each in rows), now)  # type: ignore[arg-type]  # its text


async def _sealed(unit: UnitOfWork, row: Separation) -> tuple[list[UUID], Sequence[UUID]]:
    """Who lives with the protected person, themself and those named besides, under every id; and their homes now."""
    theirs = await all_ids(unit.session, [row.separated_person_id])
    hers = await all_ids(unit.session, [row.protected_person_id])
    homes, _ = await ties.homes_of(unit, hers)
    together = await unit.session.scalars(
        select(Membership.person_id).where(Membership.household_id.in_(homes), Membership.until.is_(None))
    )
    people = await all_ids(unit.session, hers.union(together, row.also))
    return sorted(people - theirs), homes


async def _keep_homes(unit: UnitOfWork, homes: Collection[UUID]) -> None:
    """Each home's bars are those of all separations that seal it."""
    standing = (
        await unit.session.execute(
            select(Separation.homes, Separation.names).where(
                Separation.state == "standing", Separation.homes.overlap(list(homes))
            )
        )
    ).all()
    for home in sorted(homes):
        names = sorted({name for each in standing if home in each.homes for name in each.names})
        await unit.session.execute(
            update(Household).where(Household.id == home, Household.kept_from != names).values(kept_from=names)
        )


async def _keep_people(unit: UnitOfWork, people: Collection[UUID]) -> tuple[Sequence[Person], bool]:
    """Each person's bars are those of all separations that seal them. Whom that changes has a new version."""
    ids = sorted(people)
    standing = (
        await unit.session.execute(
            select(
                Separation.people, Separation.names, Separation.separated_person_id, Separation.protected_person_id
            ).where(
                Separation.state == "standing",
                or_(Separation.people.overlap(ids), Separation.separated_person_id.in_(ids)),
            )
        )
    ).all()
    wide = {each.separated_person_id: await all_ids(unit.session, [each.separated_person_id]) for each in standing}
    query = select(Person).where(Person.id.in_(ids)).order_by(Person.id).with_for_update()
    rows = (await unit.session.scalars(query.execution_options(populate_existing=True))).all()
    changed = False
    for person in rows:
        sealing = [each for each in standing if person.id in each.people]
        kept_from = sorted({name for each in sealing for name in each.names})
        apart = {id_ for each in sealing for id_ in wide[each.separated_person_id]}
        apart |= {id_ for each in standing if person.id in wide[each.separated_person_id] for id_ in each.people}
        separated_from = sorted(apart)
        if (person.kept_from, person.separated_from) != (kept_from, separated_from):
            person.kept_from, person.separated_from = kept_from, separated_from
            person.version += 1
            person.changed_at = clock.business_now()
            changed = True
    return rows, changed


async def _tell(unit: UnitOfWork, row: Separation, event: str, concerned: Collection[Person]) -> None:
    people = []
    for person in concerned:
        state = person_state(person, await membership.of_person(unit, person.id))
        people.append(SealedPerson(sequence=person.version, **state.model_dump(by_alias=True)))
    state_ = SeparationState.model_validate(
        {
            "separation_id": row.id,
            "protected_person_id": row.protected_person_id,
            "separated_person_id": row.separated_person_id,
            "state": row.state,
            "people": people,
            "changed_at": row.changed_at,
        }
    )
    unit.emit(event, state_, aggregate_id=row.id, sequence=row.told)
    # Here it is in force already.
    now = clock.now()
    applied = SeparationApplied(separation_id=row.id, version=row.told, applied_at=now)
    unit.emit("casefile.separation.applied", applied, aggregate_id=row.id, sequence=row.told)
    await confirmed(unit, applied, unit.service)


async def confirmed(unit: UnitOfWork, applied: SeparationApplied, service: str) -> None:
    """A service's word, kept at its highest version."""
    new = {
        "separation_id": applied.separation_id,
        "service": service,
        "version": applied.version,
        "applied_at": applied.applied_at,
    }
    statement = insert(Confirmation).values(new)
    await unit.session.execute(
        statement.on_conflict_do_update(
            index_elements=["separation_id", "service"],
            set_={"version": statement.excluded.version, "applied_at": statement.excluded.applied_at},
            where=statement.excluded.version > Confirmation.version,
        )
    )
