"""Writes about people: register, change, relate, merge and unmerge. Each announces the person's new state."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from kit import clock
from kit.errors import Conflict, DomainError, NotFound, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.access import circle
from services.casefile.people import domain, membership, sealed_register
from services.casefile.people.aliases import leads_to, merged_into_them
from services.casefile.people.domain import Details
from services.casefile.people.duplicates import Likely, likely_duplicates
from services.casefile.people.identifiers import PartialDate
from services.casefile.people.models import MatchReview, Merge, Person, Relationship
from services.casefile.people.search_index import Entry, index_person
from services.casefile.people.states import merge_state, person_state
from services.casefile.people.visibility import hidden_from, shown_of


class LikelyDuplicate(DomainError):
    """Someone like this is already known; the answer names who, as a search would show them."""

    slug = "likely-duplicate"
    title = "We may already know this person"
    status = 409

    def __init__(self, candidates: Sequence[Likely]) -> None:
        super().__init__("Look at these people first; if it is none of them, register again with confirmed_new=true")
        self.candidates = candidates


async def register(
    unit: UnitOfWork, details: Details, *, household_id: UUID | None, confirmed_new: bool
) -> tuple[Person, UUID]:
    """Make a new person, alone in a household of their own or as a member of one that exists.

    Returns the person and the household. `LikelyDuplicate` unless `confirmed_new`; a possible match with someone the
    caller must not know of never shows: it goes to the safeguarding lead instead.
    """
    known = await likely_duplicates(unit.session, entry_of(new_id(), details), excluded=await hidden_from(unit))
    visible = await shown_of(unit, [each.person_id for each in known])
    if visible and not confirmed_new:
        raise LikelyDuplicate([each for each in known if each.person_id in visible])
    person = new_person(unit, details)
    unit.session.add(person)
    await unit.session.flush()
    await index_person(unit.session, entry_of(person.id, details))
    unit.session.add_all(
        MatchReview(id=new_id(), new_person_id=person.id, existing_person_id=each.person_id)
        for each in known
        if each.person_id not in visible
    )
    household, memberships = await membership.place(unit, person, household_id)
    if household_id is None:
        # Of one they are put into nothing is learned by it: somebody made up would open any file.
        circle.met(unit, household.id)
    # Sealed first: the answer's Event-Id is what a reader of the person waits for.
    sealed_register.tell(unit, person, memberships)
    unit.emit("casefile.person.registered", person_state(person, memberships), aggregate_id=person.id, sequence=1)
    unit.accessed(f"person/{person.id}", [person.id])
    return person, household.id


def new_person(unit: UnitOfWork, details: Details, *, source: str = "registered") -> Person:
    """The row of a person just met; the caller adds, indexes and announces it."""
    now = clock.business_now()
    return Person(
        id=new_id(),
        version=1,
        **columns(details),
        source=source,
        restricted=False,
        introduced=source == "introduced",
        registered_by=unit.cause.actor,
        registered_at=now,
        changed_at=now,
    )


def columns(details: Details) -> dict[str, Any]:
    """Details as a person's columns; the present name and address stand first."""
    return {
        "names": [
            {"given": name.given, "family": name.family, "kind": name.kind}
            for name in sorted(details.names, key=lambda name: name.kind != "current")
        ],
        "date_of_birth": str(details.date_of_birth) if details.date_of_birth else None,
        "nhs_number": details.nhs_number,
        "nino": details.nino,
        "upn": details.upn,
        "addresses": [
            {
                "lines": list(each.lines),
                "postcode": each.postcode,
                "uprn": each.uprn,
                "ward": each.ward,
                "since": _iso(each.since),
                "until": _iso(each.until),
            }
            for each in sorted(details.addresses, key=lambda each: each.until is not None)
        ],
        "contacts": [
            {"kind": each.kind, "value": each.value, "safe": each.safe, "note": each.note} for each in details.contacts
        ],
        "languages": list(details.languages),
        "communication_needs": list(details.communication_needs),
    }


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None


def entry_of(person_id: UUID, details: Details, also: Iterable[Details] = ()) -> Entry:
    """How the person is found: by every name, number, address and phone, `also` those of who was merged into them.

    Of two birth dates or numbers the person's own counts.
    """
    known = [details, *also]
    return Entry(
        person_id=person_id,
        names=[name.searched for each in known for name in each.names],
        date_of_birth=next((each.date_of_birth for each in known if each.date_of_birth), None),
        nhs_number=next((each.nhs_number for each in known if each.nhs_number), None),
        nino=next((each.nino for each in known if each.nino), None),
        upn=next((each.upn for each in known if each.upn), None),
        postcodes=[address.postcode for each in known for address in each.addresses if address.postcode],
        uprns=[address.uprn for each in known for address in each.addresses if address.uprn],
        phones=[phone for each in known for phone in each.phones],
    )


async def change(unit: UnitOfWork, person_id: UUID, expected: int, changes: Mapping[str, Any]) -> Person:
    """Change what is known of a person; `Stale` when someone else was first, `Conflict` for one merged away."""
    person = await load(unit, person_id)
    check_version(person.version, expected, {"version": person.version, **snapshot(person)})
    check_not_merged(person)
    details = domain.details({**snapshot(person), **changes}, today=clock.today())
    for name, value in columns(details).items():
        setattr(person, name, value)
    await reindex(unit, person)
    await announce_change(unit, person)
    unit.accessed(f"person/{person.id}", [person.id])
    return person


async def announce_change(unit: UnitOfWork, person: Person) -> None:
    """A new version of the person, told to the others. Of someone introduced nobody has heard yet."""
    person.version += 1
    person.changed_at = clock.business_now()
    if person.introduced:
        return
    memberships = await membership.of_person(unit, person.id)
    sealed_register.tell(unit, person, memberships)
    state = person_state(person, memberships)
    unit.emit("casefile.person.changed", state, aggregate_id=person.id, sequence=person.version)


async def relate(
    unit: UnitOfWork, person_id: UUID, other_id: UUID, kind: str, *, parental_responsibility: bool, carer: bool
) -> Relationship:
    """Record that `person_id` is `kind` of `other_id`; both must be known to us."""
    domain.check_relationship(kind, parental_responsibility=parental_responsibility)
    if person_id == other_id:
        raise invalid("/other_id", "Nobody is related to themselves.", "two-people")
    for each in sorted((person_id, other_id)):
        check_stands(await load(unit, each))
    # Both rows are locked: nobody records it meanwhile.
    same = await unit.session.scalar(
        select(Relationship.id).where(
            tuple_(Relationship.person_id, Relationship.other_id, Relationship.kind).in_(
                [(person_id, other_id, kind), (other_id, person_id, domain.INVERSES[kind])]
            )
        )
    )
    if same is not None:
        raise Conflict("This relationship is already recorded, from this side or the other")
    row = Relationship(
        id=new_id(),
        person_id=person_id,
        other_id=other_id,
        kind=kind,
        parental_responsibility=parental_responsibility,
        carer=carer,
        recorded_by=unit.cause.actor,
    )
    unit.session.add(row)
    unit.accessed(f"relationship/{row.id}", [person_id, other_id])
    return row


async def merge(unit: UnitOfWork, person_id: UUID, survivor_id: UUID, expected: int, reason: str) -> Person:
    """Find that `person_id` is `survivor_id`. Nothing moves: one points at the other, so all of it can come back."""
    if person_id == survivor_id:
        raise invalid("/survivor_id", "Nobody is merged into themselves.", "two-people")
    both = {each: await load(unit, each) for each in sorted((person_id, survivor_id))}
    person, survivor = both[person_id], both[survivor_id]
    check_version(person.version, expected)
    for each in both.values():
        check_stands(each)
    if survivor.id in person.separated_from or person.id in survivor.separated_from:
        raise Conflict("These two are kept apart from each other: they are two people")
    for mine, theirs in product(await _with_merged(unit, person), await _with_merged(unit, survivor)):
        domain.check_merge(_numbers(mine), _numbers(theirs), reason)
    person.merged_into = survivor.id
    record = Merge(
        id=new_id(),
        person_id=person.id,
        survivor_id=survivor.id,
        reason=reason,
        merged_by=unit.cause.actor,
        merged_at=clock.business_now(),
    )
    unit.session.add(record)
    await _announce_merge(unit, "casefile.person.merged", person, survivor, record)
    return person


async def unmerge(unit: UnitOfWork, person_id: UUID, expected: int, reason: str) -> Person:
    """Take a merge back: both stand again as they were; the record of it stays."""
    person = await load(unit, person_id)
    check_version(person.version, expected)
    if person.merged_into is None:
        raise Conflict("This person is not merged into anyone")
    record = (
        await unit.session.scalars(select(Merge).where(Merge.person_id == person.id, Merge.unmerged_at.is_(None)))
    ).one()
    survivor = await load(unit, person.merged_into)
    person.merged_into = None
    record.unmerged_by, record.unmerged_at = unit.cause.actor, clock.business_now()
    record.unmerge_reason = reason
    await _announce_merge(unit, "casefile.person.unmerged", person, survivor, record)
    return person


async def _announce_merge(unit: UnitOfWork, type_: str, person: Person, survivor: Person, record: Merge) -> None:
    person.version += 1
    person.changed_at = clock.business_now()
    await unit.session.flush()
    above = (await leads_to(unit.session, [survivor.id])).get(survivor.id, [])
    # Locked: who changes one of them meanwhile writes the same row of the index.
    further = await unit.session.scalars(
        select(Person).where(Person.id.in_(above)).order_by(Person.id).with_for_update()
    )
    for each in (person, survivor, *further):
        await reindex(unit, each)
    memberships = await membership.of_person(unit, person.id)
    sealed_register.tell(unit, person, memberships)
    state = merge_state(person, memberships, record)
    unit.emit(type_, state, aggregate_id=person.id, sequence=person.version)
    unit.accessed(f"person/{person.id}", [person.id, survivor.id])


async def reindex(unit: UnitOfWork, person: Person) -> None:
    """Make the person found as they now are, also by what those merged into them are known by."""
    await unit.session.flush()
    _, *inside = await _with_merged(unit, person)
    entry = entry_of(person.id, stored(person), map(stored, inside))
    searchable = person.merged_into is None and not person.restricted and not person.introduced
    await index_person(unit.session, replace(entry, searchable=searchable))


async def _with_merged(unit: UnitOfWork, person: Person) -> list[Person]:
    """The person, and everyone who leads to them."""
    inside = (await merged_into_them(unit.session, [person.id])).get(person.id, [])
    rows = await unit.session.scalars(select(Person).where(Person.id.in_(inside)).order_by(Person.id))
    return [person, *rows]


async def load(unit: UnitOfWork, person_id: UUID) -> Person:
    """The person, locked for a change; restricted and hidden people are as unknown as strangers."""
    person = await unit.session.get(Person, person_id, with_for_update=True)
    if person is None or not await shown_of(unit, [person_id]):
        raise NotFound("We know of no such person")
    return person


def check_stands(person: Person) -> None:
    """Nothing is built on someone merged away, nor on someone introduced whom nobody has met."""
    check_not_merged(person)
    check_met(person)


def check_met(person: Person) -> None:
    """Someone introduced is what risk told us of them, until a contact is recorded."""
    if person.introduced:
        raise Conflict("Nobody has met this person yet: record the contact with them first")


def check_not_merged(person: Person) -> None:
    """Nothing is written on someone merged away: nobody would read it there."""
    if person.merged_into is not None:
        raise Conflict(
            "This person is merged into another: use the one that stands", merged_into=str(person.merged_into)
        )


def stored(person: Person) -> Details:
    """The person's details as the rules read them; stored values are already in their normal form."""
    return Details(
        names=tuple(domain.Name(**each) for each in person.names),
        date_of_birth=PartialDate.parse(person.date_of_birth) if person.date_of_birth else None,
        nhs_number=person.nhs_number,
        nino=person.nino,
        upn=person.upn,
        addresses=tuple(_stored_address(each) for each in person.addresses),
        contacts=tuple(domain.Contact(**each) for each in person.contacts),
        languages=tuple(person.languages),
        communication_needs=tuple(person.communication_needs),
    )


def _stored_address(row: Mapping[str, Any]) -> domain.Address:
    dates = {name: domain.day(row[name]) for name in ("since", "until")}
    return domain.Address(**{**row, **dates, "lines": tuple(row["lines"])})


def snapshot(person: Person) -> dict[str, Any]:
    """What is known, in the form it was typed in."""
    return {
        name: getattr(person, name)
        for name in (
            "names",
            "date_of_birth",
            "nhs_number",
            "nino",
            "upn",
            "addresses",
            "contacts",
            "languages",
            "communication_needs",
        )
    }


def _numbers(person: Person) -> dict[str, str | None]:
    return {"nhs_number": person.nhs_number, "national_insurance_number": person.nino, "upn": person.upn}
