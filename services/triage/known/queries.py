"""What the front door knows of a person, by question code (kit.contracts.questions), with the day it was said.

Immigration answers are not among them: each is for the one decision that turned on it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from kit.contracts.codes import ContactStatus
from kit.contracts.questions import KnownAnswer
from kit.store import access
from kit.store.unit import UnitOfWork
from services.triage.contacts import queries as contacts
from services.triage.contacts.domain import HomelessnessSign, PrioritySign
from services.triage.contacts.models import Contact
from services.triage.speakers import queries as speakers

_SIGNS = {
    HomelessnessSign.NOTICE_SERVED: "accommodation.notice",
    PrioritySign.PREGNANT: "person.pregnant",
    PrioritySign.DEPENDENT_CHILDREN: "household.children",
    PrioritySign.CARE_LEAVER: "person.care_leaver",
    PrioritySign.LEFT_FORCES: "person.armed_forces",
}


async def known(unit: UnitOfWork, person_id: UUID) -> list[KnownAnswer]:
    """The newest answer of each question, dated when it was said or last confirmed; none for a stranger."""
    people = await access.same_person(unit, person_id)
    rows = await contacts.newest_of(unit, people)
    answers: dict[str, KnownAnswer] = {}
    confirmed: dict[str, datetime] = {}
    for row in rows:
        for question in row.confirmed:
            confirmed.setdefault(question, row.occurred_at)
        for question, value in _told(row):
            answers.setdefault(question, _answer(question, value, row.occurred_at))
    for question, at in confirmed.items():
        if question in answers and answers[question].at < at:
            answers[question] = _answer(question, answers[question].value, at)
    answers |= {each.question: each for each in await _who_speaks(unit, people)}
    answers |= {each.question: each for each in _who_helps(rows)}
    unit.accessed("known", [person_id])
    return [answers[question] for question in sorted(answers)]


def _answer(question: str, value: Any, at: datetime) -> KnownAnswer:
    return KnownAnswer(question=question, value=value, source="triage", at=at)


async def _who_speaks(unit: UnitOfWork, people: Sequence[UUID]) -> Iterator[KnownAnswer]:
    rows = await speakers.in_force(unit, people)
    value = [
        {
            "capacity": row.capacity,
            "name": row.name,
            "scope": row.scope,
            "expires_on": row.expires_on.isoformat() if row.expires_on else None,
        }
        for row in rows
    ]
    # In force today beats what was once noted in a conversation.
    return iter([_answer("person.speaks_for", value, max(row.changed_at for row in rows))] if rows else [])


def _who_helps(rows: Sequence[Contact]) -> Iterator[KnownAnswer]:
    """Who answers for a contact of theirs that is open."""
    held = [row for row in rows if row.state == ContactStatus.OPEN]
    if held:
        workers = list(dict.fromkeys(row.held_by for row in held))
        yield _answer("help.workers", workers, max(row.held_since for row in held))


def _told(contact: Contact) -> Iterator[tuple[str, Any]]:
    """The answers that one contact holds."""
    safe = contact.safe_contact or {}
    told = {
        "person.languages": [contact.language] if contact.language else None,
        "person.interpreter": contact.interpreter,
        "person.speaks_for": contact.speaks_for,
        "contact.safe_ways": {name: safe[name] for name in ("ways", "never", "note") if safe.get(name)},
        "contact.safe_times": safe.get("times"),
        "needs.what_matters": contact.what_matters,
        "needs.tried_already": [need.tried for need in contact.needs if need.tried],
        "accommodation.tonight": next(
            (need.where_tonight for need in contact.needs if need.where_tonight != "unknown"), None
        ),
    }
    said = {sign for need in contact.needs for sign in (*need.homelessness_signs, *need.priority_signs)}
    told |= {question: True for sign, question in _SIGNS.items() if sign in said}
    yield from ((question, value) for question, value in told.items() if value)
