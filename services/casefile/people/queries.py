"""Reads of people. Every one goes on record; restricted, hidden and merged people don't appear."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import or_, select

from kit.errors import NotFound
from kit.store.unit import UnitOfWork, unit_of_work
from services.casefile.people import domain, sealed_off
from services.casefile.people.aliases import merged_into_them
from services.casefile.people.duplicates import Likely
from services.casefile.people.models import Membership, Person, Relationship
from services.casefile.people.search import SearchQuery, find_people
from services.casefile.people.visibility import found_for, hidden_from, searchable_by, shown_of, visible_to


class NameView(BaseModel):
    given: str
    family: str
    kind: str


class AddressView(BaseModel):
    lines: list[str]
    postcode: str | None
    uprn: str | None
    ward: str | None
    since: date | None
    until: date | None


class ContactView(BaseModel):
    kind: str
    value: str
    safe: bool
    note: str


class MembershipView(BaseModel):
    """A household someone belongs to; `until` is the first day they no longer do."""

    household_id: UUID
    since: date
    until: date | None


class RelationshipView(BaseModel):
    """How this person is related to another, read from this person's side."""

    id: UUID
    other_id: UUID
    kind: str = Field(description='This person is <kind> of the other, e.g. "child"')
    parental_responsibility: bool = Field(description="This person holds it for the other")
    carer: bool = Field(description="This person cares for the other")
    other_has_parental_responsibility: bool = Field(description="The other holds it for this person")
    other_is_carer: bool = Field(description="The other cares for this person")


class PersonView(BaseModel):
    """A person, whole, for someone who may see them for their purpose."""

    id: UUID
    version: int
    names: list[NameView]
    date_of_birth: str | None
    nhs_number: str | None
    nino: str | None
    upn: str | None
    addresses: list[AddressView]
    contacts: list[ContactView]
    languages: list[str]
    communication_needs: list[str]
    households: list[MembershipView]
    relationships: list[RelationshipView]
    merged_into: UUID | None
    also_known_as_ids: list[UUID] = Field(description="Ids merged into this person: they all lead here")


class PersonNames(BaseModel):
    """What somebody is called, and nothing else of their file."""

    id: UUID
    names: list[NameView]


class Found(BaseModel):
    """A person as a search shows them: initials, birth year and ward, until a second identifier matches."""

    person_id: UUID
    initials: str
    birth_year: int | None
    ward: str | None
    score: float = Field(description="How well the whole query fits, 0 to 1")
    reasons: list[str]
    unmasked: bool
    name: str | None = None
    date_of_birth: str | None = None
    address: str | None = None
    household_ids: list[UUID] = []


async def view(unit: UnitOfWork, person_id: UUID) -> PersonView:
    """One person, put on record as read. A merged person is shown as they are, with where they lead."""
    views = await views_of(unit, [person_id])
    if not views:
        raise NotFound("We know of no such person")
    return views[0]


async def views_of(unit: UnitOfWork, person_ids: Sequence[UUID]) -> list[PersonView]:
    """Several people in the order asked for, put on record; those who may not be shown are left out."""
    rows = await unit.session.scalars(select(Person).where(Person.id.in_(person_ids), await visible_to(unit)))
    people = {row.id: row for row in rows}
    places = await _places(unit, people)
    related = await _related(unit, people)
    aliases = await merged_into_them(unit.session, people)
    others = {each.other_id for views in related.values() for each in views}
    shown = await shown_of(unit, others.union(*aliases.values()))
    for person_id in people:
        unit.accessed(f"person/{person_id}", [person_id])
    return [
        _view(
            people[each],
            places.get(each, []),
            [relation for relation in related.get(each, []) if relation.other_id in shown],
            [alias for alias in aliases.get(each, []) if alias in shown],
        )
        for each in dict.fromkeys(person_ids)
        if each in people
    ]


async def of_household(unit: UnitOfWork, household_id: UUID) -> list[PersonView]:
    """Everyone of a household, past members included, in the order they came; put on record one by one."""
    places = await unit.session.scalars(
        select(Membership.person_id)
        .where(Membership.household_id == household_id, sealed_off.home_open_to(unit, Membership.household_id))
        .order_by(Membership.since, Membership.person_id)
    )
    return await views_of(unit, list(places))


async def names_of(unit: UnitOfWork, person_ids: Sequence[UUID]) -> list[PersonNames]:
    """What several people are called. One row on record with the ids shown (ownership rule 7)."""
    rows = await unit.session.execute(
        select(Person.id, Person.names).where(Person.id.in_(person_ids), await visible_to(unit))
    )
    called = {row.id: PersonNames(id=row.id, names=[NameView(**each) for each in row.names]) for row in rows}
    found = [called[each] for each in person_ids if each in called]
    unit.accessed("people/names", [each.id for each in found])
    return found


def _view(
    person: Person, places: list[MembershipView], related: list[RelationshipView], aliases: list[UUID]
) -> PersonView:
    return PersonView(
        id=person.id,
        version=person.version,
        names=[NameView(**each) for each in person.names],
        date_of_birth=person.date_of_birth,
        nhs_number=person.nhs_number,
        nino=person.nino,
        upn=person.upn,
        addresses=[AddressView(**each) for each in person.addresses],
        contacts=[ContactView(**each) for each in person.contacts],
        languages=person.languages,
        communication_needs=person.communication_needs,
        households=places,
        relationships=related,
        merged_into=person.merged_into,
        also_known_as_ids=aliases,
    )


async def _places(unit: UnitOfWork, people: Iterable[UUID]) -> dict[UUID, list[MembershipView]]:
    found: dict[UUID, list[MembershipView]] = {}
    rows = await unit.session.scalars(
        select(Membership)
        .where(Membership.person_id.in_(list(people)), sealed_off.home_open_to(unit, Membership.household_id))
        .order_by(Membership.since)
    )
    for row in rows:
        place = MembershipView(household_id=row.household_id, since=row.since, until=row.until)
        found.setdefault(row.person_id, []).append(place)
    return found


async def _related(unit: UnitOfWork, people: Collection[UUID]) -> dict[UUID, list[RelationshipView]]:
    ids = list(people)
    found: dict[UUID, list[RelationshipView]] = {}
    rows = await unit.session.scalars(
        select(Relationship)
        .where(or_(Relationship.person_id.in_(ids), Relationship.other_id.in_(ids)))
        .order_by(Relationship.recorded_at, Relationship.id)
    )
    for row in rows:
        if row.person_id in people:
            found.setdefault(row.person_id, []).append(_from_here(row))
        if row.other_id in people:
            found.setdefault(row.other_id, []).append(_from_there(row))
    return found


def _from_here(row: Relationship) -> RelationshipView:
    return RelationshipView(
        id=row.id,
        other_id=row.other_id,
        kind=row.kind,
        parental_responsibility=row.parental_responsibility,
        carer=row.carer,
        other_has_parental_responsibility=False,
        other_is_carer=False,
    )


def _from_there(row: Relationship) -> RelationshipView:
    return RelationshipView(
        id=row.id,
        other_id=row.person_id,
        kind=domain.INVERSES[row.kind],
        parental_responsibility=False,
        carer=False,
        other_has_parental_responsibility=row.parental_responsibility,
        other_is_carer=row.carer,
    )


async def search(unit: UnitOfWork, query: SearchQuery, limit: int) -> list[Found]:
    """Find people in any spelling. One row on record with the ids shown (ownership rule 7)."""
    excluded = await hidden_from(unit)
    matches = await find_people(
        unit.session, query, visible=searchable_by(unit), also=found_for(unit), excluded=excluded, limit=limit
    )
    unmasked = {match.person_id: match.second_identifier_matched for match in matches}
    shown = await cards(unit, unmasked)
    found = [
        shown[match.person_id].model_copy(update={"score": round(match.score, 3), "reasons": list(match.reasons)})
        for match in matches
        if match.person_id in shown
    ]
    unit.accessed("people/search", [each.person_id for each in found])
    return found


async def refused_showing(unit: UnitOfWork, record: str, shown: Sequence[UUID]) -> None:
    """Put on record what a refusal shows, in a transaction of its own: the refusal rolls back the caller's."""
    # Its connection goes back to the pool: requests that each hold one and want another would wait for ever.
    await unit.session.rollback()
    async with unit_of_work(unit.database, unit.service, unit.cause) as second:
        second.accessed(record, shown)


async def likely(unit: UnitOfWork, candidates: Sequence[Likely]) -> list[Found]:
    """Likely duplicates as a search shows them, masked, with what agrees; the likeliest first."""
    shown = await cards(unit, {each.person_id: False for each in candidates})
    return [
        shown[each.person_id].model_copy(update={"reasons": list(each.reasons)})
        for each in candidates
        if each.person_id in shown
    ]


async def cards(unit: UnitOfWork, unmasked: Mapping[UUID, bool]) -> dict[UUID, Found]:
    """People as a search shows them, whole where `unmasked`. The caller puts it on record."""
    if not unmasked:
        return {}
    rows = await unit.session.execute(
        select(Person.id, Person.names, Person.date_of_birth, Person.addresses).where(
            Person.id.in_(list(unmasked)), await visible_to(unit)
        )
    )
    people = rows.all()
    places = await _places(unit, [row.id for row in people if unmasked[row.id]])
    return {row.id: _card(row, unmasked=unmasked[row.id], places=places.get(row.id, [])) for row in people}


def _card(row: Any, *, unmasked: bool, places: Sequence[MembershipView]) -> Found:
    address = row.addresses[0] if row.addresses else {}
    born = row.date_of_birth
    card = Found(
        person_id=row.id,
        initials=domain.initials(row.names),
        birth_year=int(born[:4]) if born else None,
        ward=address.get("ward"),
        score=0,
        reasons=[],
        unmasked=unmasked,
    )
    if not unmasked:
        return card
    name = row.names[0]
    lines = [*address.get("lines", []), address.get("postcode")]
    return card.model_copy(
        update={
            "name": f"{name['given']} {name['family']}".strip(),
            "date_of_birth": born,
            "address": ", ".join(filter(None, lines)) or None,
            "household_ids": [each.household_id for each in places if each.until is None],
        }
    )
