"""Answer once: what the case file knows already, by question code, with source and date (ownership rule 13)."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select

from kit.contracts.questions import KnownAnswer
from kit.store.unit import UnitOfWork
from services.casefile.people.models import Person
from services.casefile.people.visibility import visible_to


async def answers(unit: UnitOfWork, person_id: UUID) -> list[KnownAnswer]:
    """The answers on file, none for someone unknown; put on record as a read."""
    query = select(Person).where(Person.id == person_id, await visible_to(unit))
    person = (await unit.session.scalars(query)).one_or_none()
    if person is None:
        return []
    unit.accessed(f"person/{person_id}", [person_id])
    return [
        KnownAnswer(question=code, value=value, source="casefile", at=person.changed_at)
        for code, value in _on_file(person)
        if value
    ]


def _on_file(person: Person) -> Iterator[tuple[str, Any]]:
    current = person.names[0]
    yield "person.name", f"{current['given']} {current['family']}".strip()
    yield "person.known_as", [each["given"] for each in person.names if each["kind"] == "known_as"]
    yield "person.date_of_birth", person.date_of_birth
    yield "person.nhs_number", person.nhs_number
    yield "person.national_insurance_number", person.nino
    yield "person.languages", list(person.languages)
    yield "person.communication_needs", list(person.communication_needs)
    yield "contact.phone", [each["value"] for each in person.contacts if each["kind"] == "phone" and each["safe"]]
    yield "contact.email", [each["value"] for each in person.contacts if each["kind"] == "email" and each["safe"]]
    yield "accommodation.address", next((each for each in person.addresses if each["until"] is None), None)
