"""What triage knows of people it does not own: who may be shown to whom, and where someone lives.

Read from the access tables that casefile's events keep (kit.store.tables); ids, dates and flags only.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, any_, exists, false, func, literal, or_, select

from kit import clock
from kit.store.tables import known_person
from kit.store.unit import Cause, UnitOfWork


def kept_back(cause: Cause, person: ColumnElement[Any]) -> ColumnElement[bool]:
    """A condition: `person` (a column of person ids, or `any_` of an array of them) may not be shown to the caller.

    Restricted people, people hidden from this caller and people this worker is barred from are kept back, also under
    the ids that were merged into theirs. Nobody kept back: false, also for null.
    """
    line = _and_whom_they_were_merged_into(person)
    closed = or_(line.c.restricted, literal(cause.actor) == any_(line.c.barred_workers), line.c.id.in_(cause.hidden))
    rule = exists(select(1).select_from(line).where(closed))
    # Someone hidden may not have reached our access tables yet.
    return or_(rule, func.coalesce(or_(false(), *(literal(each) == person for each in cause.hidden)), false()))


def _and_whom_they_were_merged_into(person: ColumnElement[Any]) -> Any:
    columns = (
        known_person.c.id,
        known_person.c.merged_into,
        known_person.c.restricted,
        known_person.c.barred_workers,
    )
    first: Select[Any] = select(*columns).where(known_person.c.id == person).correlate_except(known_person)
    line = first.cte("line", recursive=True, nesting=True)
    return line.union(select(*columns).join(line, line.c.merged_into == known_person.c.id))


async def same_person(unit: UnitOfWork, person_id: UUID) -> Sequence[UUID]:
    """The person's id and every id merged into it: rows keep the id they were written with (ownership rule 1)."""
    line = select(literal(person_id).label("id")).cte("line", recursive=True)
    line = line.union(select(known_person.c.id).join(line, known_person.c.merged_into == line.c.id))
    return (await unit.session.scalars(select(line.c.id))).all()


async def current_household(unit: UnitOfWork, person_id: UUID) -> UUID | None:
    """The one household the person belongs to today, or None.

    None too for someone of two households, a child of separated parents for example: which of them this is about is
    for a person to say, and a wrong guess would show one home's story to the other.
    """
    line = _and_whom_they_were_merged_into(literal(person_id))
    found = await unit.session.execute(
        select(known_person.c.households).where(
            known_person.c.id == select(line.c.id).where(line.c.merged_into.is_(None)).scalar_subquery()
        )
    )
    row = found.one_or_none()
    current = {UUID(each["household_id"]) for each in (row.households if row else []) if _covers(each, clock.today())}
    return current.pop() if len(current) == 1 else None


def _covers(membership: dict[str, Any], day: date) -> bool:
    until = membership["to"]
    return date.fromisoformat(membership["from"]) <= day and (until is None or day < date.fromisoformat(until))
