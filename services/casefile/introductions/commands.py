"""Writes of introductions: find or make the person, let them become ordinary when met, erase who was not."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.casefile.registers import IntroductionState
from kit.contracts.risk import Introduction as Told
from kit.contracts.triage.outreach import ObjectionState
from kit.errors import Invalid
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from services.casefile.introductions import digests, domain
from services.casefile.introductions.models import IntroducedHome, Introduction, KnownObjection
from services.casefile.people import membership, sealed_register
from services.casefile.people.aliases import merged_into_them
from services.casefile.people.commands import entry_of, new_person, reindex, stored
from services.casefile.people.domain import Details, details
from services.casefile.people.duplicates import likely_duplicates
from services.casefile.people.models import Household, Membership, Person, Relationship
from services.casefile.people.search_index import drop_unused_words, index_person, remove_person
from services.casefile.people.states import household_state, person_state
from services.casefile.people.visibility import OUTREACH
from services.casefile.timeline import commands as timeline

EXPIRE = "casefile.introduction.expire"
TIDY = "casefile.names.tidy"
NAMES = uuid5(NAMESPACE_URL, "urn:newstart:casefile:names")


async def introduce(unit: UnitOfWork, told: Told) -> None:
    """Answer who a resident is here: someone the register has, or someone new for outreach alone.

    No answer at all for whoever objected to outreach, and for a possible match with somebody restricted: an offer
    would be made to the one who asked for none, or lead to the one who must not be found.
    """
    row = await _row_of(unit, told)
    if row.state in {"introduced", "known"} and row.person_id is not None:
        if await _objects(unit, [row.person_id]):
            unit.accessed(f"introduction/{row.id}", [row.person_id], outcome="refused")
            return
        # Asked again: perhaps our answer was lost, or they have moved since.
        row.version += 1
        home = sealed_register.current_home(await membership.of_person(unit, row.person_id))
        row.household_id = home or row.household_id
        _answer(unit, row)
        return
    found = _read(told)
    known = await likely_duplicates(unit.session, entry_of(new_id(), found))
    if (
        not all(each.searchable for each in known)
        or await digests.objected(unit, found, told.resident_id)
        or await _objects(unit, [each.person_id for each in known])
    ):
        row.state, row.version = "withheld", row.version + 1
        unit.accessed(f"introduction/{row.id}", outcome="refused")
        return
    row.version += 1
    row.introduced_at = clock.business_now()
    person = await _certain(unit, found, [each.person_id for each in known])
    homes = await membership.of_person(unit, person.id) if person else ()
    home = sealed_register.current_home(homes)
    if person is not None and home is not None:
        row.state, row.person_id, row.household_id, row.expires_on = "known", person.id, home, None
    else:
        await _make(unit, row, told, found)
    _answer(unit, row)


async def _row_of(unit: UnitOfWork, told: Told) -> Introduction:
    """The resident's row, locked; made if this is the first time: two of one resident wait for each other."""
    now = clock.business_now()
    new = {
        "id": new_id(),
        "version": 0,
        "resident_id": told.resident_id,
        "state": "withheld",
        "source": told.source,
        "introduced_at": now,
    }
    await unit.session.execute(insert(Introduction).values(new).on_conflict_do_nothing(index_elements=["resident_id"]))
    query = select(Introduction).where(Introduction.resident_id == told.resident_id).with_for_update()
    return (await unit.session.scalars(query)).one()


def _read(told: Told) -> Details:
    """As the register would have typed it. What a source holds in a form that we don't know is left out."""
    given = {
        "names": [{"given": told.given, "family": told.family}],
        "date_of_birth": told.born,
        "addresses": [{"lines": list(told.lines), "postcode": told.postcode, "uprn": told.uprn, "ward": told.ward}],
        "contacts": [
            {"kind": kind, "value": value} for kind, value in (("phone", told.phone), ("email", told.email)) if value
        ],
    }
    try:
        return details(given, today=clock.today())
    except Invalid as refused:
        wrong = {each.pointer.split("/")[1] for each in refused.errors}
        if "names" in wrong:
            raise
        address = {"lines": list(told.lines), "uprn": None, "postcode": None, "ward": told.ward}
        kept = {"date_of_birth": given["date_of_birth"], "addresses": given["addresses"], "contacts": given["contacts"]}
        blank = {"date_of_birth": None, "addresses": [address], "contacts": []}
        less = {name: blank[name] if name in wrong else value for name, value in kept.items()}
        return details({"names": given["names"], **less}, today=clock.today())


async def _certain(unit: UnitOfWork, found: Details, likely: Collection[UUID]) -> Person | None:
    """The one person of the register whom this certainly is; None when nobody is, or two are."""
    rows = await unit.session.scalars(select(Person).where(Person.id.in_(likely)).order_by(Person.id))
    sure = [each for each in rows if domain.certainly(found, stored(each))]
    return sure[0] if len(sure) == 1 else None


async def _make(unit: UnitOfWork, row: Introduction, told: Told, found: Details) -> None:
    """A person and household for outreach alone: nobody but risk, and whoever offers help, hears of them."""
    person = new_person(unit, found, source="introduced")
    unit.session.add(person)
    await unit.session.flush()
    await index_person(unit.session, replace(entry_of(person.id, found), searchable=False))
    household_id = await _home_of(unit, told.home_id)
    unit.session.add(Membership(household_id=household_id, person_id=person.id, since=clock.today()))
    row.state, row.person_id, row.household_id = "introduced", person.id, household_id
    row.expires_on = domain.expires_on(clock.today())
    due = datetime.combine(row.expires_on, time(), clock.LONDON)
    await timers.set_alarm(unit, EXPIRE, row.id, due)


async def _home_of(unit: UnitOfWork, home_id: UUID) -> UUID:
    """The home's household, formed with its first resident; its row makes two first ones wait for each other."""
    await unit.session.execute(insert(IntroducedHome).values(id=home_id).on_conflict_do_nothing())
    query = select(IntroducedHome).where(IntroducedHome.id == home_id).with_for_update()
    home = (await unit.session.scalars(query)).one()
    if home.household_id is None:
        now = clock.business_now()
        household = Household(id=new_id(), version=1, formed_at=now, changed_at=now, formed_by=unit.cause.actor)
        unit.session.add(household)
        await unit.session.flush()
        home.household_id = household.id
    return home.household_id


def _answer(unit: UnitOfWork, row: Introduction) -> None:
    assert row.person_id is not None
    assert row.household_id is not None
    state = IntroductionState.model_validate(
        {
            "resident_id": row.resident_id,
            "person_id": row.person_id,
            "household_id": row.household_id,
            "outcome": row.state,
            "introduced_at": row.introduced_at,
            "expires_on": row.expires_on,
        }
    )
    unit.emit("casefile.introduction.answered", state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"introduction/{row.id}", [row.person_id])


# Met, or forgotten ----------------------------------------------------------------------------------------


async def waiting(unit: UnitOfWork, person_ids: Iterable[UUID]) -> Sequence[UUID]:
    """Which of these people are introduced and not met."""
    query = select(Introduction.person_id).where(
        Introduction.person_id.in_(set(person_ids)), Introduction.state == "introduced"
    )
    return [each for each in await unit.session.scalars(query) if each is not None]


async def meet(unit: UnitOfWork, person_id: UUID) -> None:
    """Somebody spoke with them: an introduced person becomes one like all others."""
    wanted = select(Introduction).where(Introduction.person_id == person_id, Introduction.state == "introduced")
    for row in (await unit.session.scalars(wanted.order_by(Introduction.id).with_for_update())).all():
        await _meet(unit, row)


async def _meet(unit: UnitOfWork, row: Introduction) -> None:
    assert row.household_id is not None
    household = (
        await unit.session.scalars(select(Household).where(Household.id == row.household_id).with_for_update())
    ).one()
    person = (await unit.session.scalars(select(Person).where(Person.id == row.person_id).with_for_update())).one()
    others = await membership.published(unit, household.id)
    person.introduced = False
    person.version += 1
    person.changed_at = clock.business_now()
    await reindex(unit, person)
    memberships = await membership.of_person(unit, person.id)
    if others:
        await membership.announce(unit, household)
    else:
        state = household_state(household, await membership.published(unit, household.id))
        unit.emit("casefile.household.formed", state, aggregate_id=household.id, sequence=household.version)
    sealed_register.tell(unit, person, memberships)
    registered = person_state(person, memberships)
    unit.emit("casefile.person.registered", registered, aggregate_id=person.id, sequence=person.version)
    row.state, row.expires_on, row.version = "known", None, row.version + 1
    await timers.cancel(unit, EXPIRE, row.id)
    _answer(unit, row)


async def expire(unit: UnitOfWork, introduction_id: UUID) -> None:
    """90 days, and nobody met them: everything we had of them goes. An objection stays, as digests."""
    query = select(Introduction).where(Introduction.id == introduction_id).with_for_update()
    row = (await unit.session.scalars(query)).one()
    if row.state != "introduced" or row.person_id is None or row.household_id is None:
        return
    person_id, household_id = row.person_id, row.household_id
    # Whoever is introduced into this home at this moment waits, or was first and is seen here.
    home = await unit.session.scalar(
        select(IntroducedHome.id).where(IntroducedHome.household_id == household_id).with_for_update()
    )
    await unit.session.execute(delete(Membership).where(Membership.person_id == person_id))
    either = or_(Relationship.person_id == person_id, Relationship.other_id == person_id)
    await unit.session.execute(delete(Relationship).where(either))
    await remove_person(unit.session, person_id)
    await unit.session.execute(delete(Person).where(Person.id == person_id))
    left = await unit.session.scalar(
        select(Membership.person_id).where(Membership.household_id == household_id).limit(1)
    )
    if left is None:
        await timeline.erase(unit, household_id)
        await unit.session.execute(update(IntroducedHome).where(IntroducedHome.id == home).values(household_id=None))
        await unit.session.execute(delete(Household).where(Household.id == household_id))
    row.state, row.version = "erased", row.version + 1
    _answer(unit, row)
    await timers.set_alarm(unit, TIDY, NAMES, tonight())


async def tidy(unit: UnitOfWork, _: UUID) -> None:
    """At night, after somebody was erased: a name that nobody bears any more goes from the search's vocabulary too."""
    await unit.take_time(120)
    await drop_unused_words(unit.session)


def tonight() -> datetime:
    """Three in the morning: writers of people wait while it runs, seconds for a borough."""
    return datetime.combine(clock.today() + timedelta(days=1), time(3), clock.LONDON)


# Objections -----------------------------------------------------------------------------------------------


async def note_objection(unit: UnitOfWork, objection_id: UUID, sequence: int, state: ObjectionState) -> None:
    """Keep what triage says of an objection, the newest word; one to outreach is remembered by digests too."""
    row = {
        "id": objection_id,
        "sequence": sequence,
        "person_id": state.person_id,
        "purpose": state.purpose,
        "state": state.state,
    }
    statement = insert(KnownObjection).values(row)
    await unit.session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={name: statement.excluded[name] for name in ("sequence", "state")},
            where=statement.excluded.sequence > KnownObjection.sequence,
        )
    )
    if state.purpose == OUTREACH:
        await remember(unit, state.person_id)


async def remember(unit: UnitOfWork, person_id: UUID) -> None:
    """Bring the digests to what stands: kept while there is an objection to outreach, gone without."""
    if not await _objects(unit, [person_id]):
        await digests.drop(unit, person_id)
        return
    ids = [person_id, *(await merged_into_them(unit.session, [person_id])).get(person_id, ())]
    people = (await unit.session.scalars(select(Person).where(Person.id.in_(ids)))).all()
    residents = await unit.session.scalars(select(Introduction.resident_id).where(Introduction.person_id.in_(ids)))
    if people:
        await digests.keep(unit, person_id, [stored(each) for each in people], list(residents))
    unit.accessed(f"objection/{person_id}", [person_id])


async def _objects(unit: UnitOfWork, person_ids: Sequence[UUID]) -> bool:
    """Whether one of them has an objection to outreach that stands."""
    query = select(KnownObjection.id).where(
        KnownObjection.person_id.in_(person_ids),
        KnownObjection.purpose == OUTREACH,
        KnownObjection.state == "standing",
    )
    return await unit.session.scalar(query.limit(1)) is not None
