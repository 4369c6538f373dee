"""Whether a caller may know of somebody at all: what they ask about anybody else is answered as about a stranger.

What they *record* about somebody they may not know is **taken blindly**: it stands with their name in `blind_by`, reads
back to them as they typed it, follows nothing that is known of the person, and every event of it speaks of a stranger.
Whoever may know the person sees it, and changes nothing in it: what they would write there, its taker would read.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, any_, case, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from kit.errors import Conflict
from kit.ids import stand_in
from kit.store import access
from kit.store.unit import Cause, UnitOfWork


async def may_know(unit: UnitOfWork, person_id: UUID) -> bool:
    """Whether whoever asks may know of them. Who only the door hides for this moment counts as known until we hear."""
    return not await unit.session.scalar(select(access.kept_back(_heard(unit), literal(person_id, Uuid))))


async def may_know_home(unit: UnitOfWork, household_id: UUID) -> bool:
    """Whether whoever asks may know of everybody who lives there."""
    return not await unit.session.scalar(select(access.home_kept_back(_heard(unit), literal(household_id, Uuid))))


def _heard(unit: UnitOfWork) -> Cause:
    return replace(unit.cause, hidden=frozenset())


async def blind_by(unit: UnitOfWork, person_id: UUID | None, household_id: UUID | None = None) -> str | None:
    """Who takes this blindly: the caller, of somebody they may not know, or of such a one's home and nobody named."""
    if person_id is not None:
        known = await may_know(unit, person_id)
    else:
        known = household_id is None or await may_know_home(unit, household_id)
    return None if known else unit.cause.actor


async def blind_by_all(unit: UnitOfWork, person_ids: Collection[UUID], household_id: UUID | None) -> str | None:
    """The same of what names several people: one of them whom the caller may not know is enough."""
    if not person_ids:
        return await blind_by(unit, None, household_id)
    named = any_(literal(list(person_ids), ARRAY(Uuid)))
    return unit.cause.actor if await unit.session.scalar(select(access.kept_back(_heard(unit), named))) else None


def kept_back(
    cause: Cause, person: ColumnElement[Any], household: ColumnElement[Any] | None = None
) -> ColumnElement[bool]:
    """A condition: the caller may not know the person; where none is named, somebody of the household."""
    theirs = access.kept_back(cause, person)
    if household is None:
        return theirs
    return case((person.is_not(None), theirs), else_=access.home_kept_back(cause, household))


def any_kept_back(cause: Cause, people: ColumnElement[Any], household: ColumnElement[Any]) -> ColumnElement[bool]:
    """The same of a list of people."""
    nobody_named = and_(func.cardinality(people) == 0, access.home_kept_back(cause, household))
    return or_(access.kept_back(cause, any_(people)), nobody_named)


def shown(
    cause: Cause,
    person: ColumnElement[Any],
    taken_by: ColumnElement[str | None],
    household: ColumnElement[Any] | None = None,
) -> ColumnElement[bool]:
    """A condition: the caller may know whose row it is, or took it blindly themselves.

    Of somebody they may not know they see what they typed, and not what others did before they were kept apart. Rows
    that may name a household and nobody of it say `household`.
    """
    return or_(~kept_back(cause, person, household), taken_by.is_not_distinct_from(cause.actor))


def true(
    cause: Cause,
    person: ColumnElement[Any],
    taken_by: ColumnElement[str | None],
    household: ColumnElement[Any] | None = None,
) -> ColumnElement[bool]:
    """A condition: shown, and to be taken at its word. What somebody typed blindly counts for them alone."""
    own = or_(taken_by.is_(None), taken_by.is_not_distinct_from(cause.actor))
    return and_(shown(cause, person, taken_by, household), own)


def tell_of_a_stranger(unit: UnitOfWork, taken_by: str | None, root: UUID, *ids: UUID | None) -> None:
    """From here on events of this transaction do not name these ids, if the row was taken blindly.

    `root` is the id of what was recorded: all that is told of it names the same strangers.
    """
    if taken_by is not None:
        unit.told_as |= {id_: stand_in(root, id_) for id_ in ids if id_ is not None}


@contextmanager
def as_told(unit: UnitOfWork, taken_by: str | None, names: dict[str, UUID | None]) -> Iterator[dict[str, UUID | None]]:
    """Within, an event may say beside the strangers who they were taken for: `told_<name>` of each of these names.

    For whoever shows it to its taker as they typed it, and takes care that nothing else follows.
    """
    before = unit.told_as
    if taken_by is None:
        yield names
        return
    said = {name: id_ and before.get(id_, id_) for name, id_ in names.items()}
    unit.told_as = {}
    try:
        yield said | {f"told_{name}": id_ for name, id_ in names.items()}
    finally:
        unit.told_as = before


def check_not_blind(unit: UnitOfWork, taken_by: str | None) -> None:
    """Only who took it changes it."""
    if taken_by is not None and taken_by != unit.cause.actor:
        raise Conflict(
            "Somebody who may not know this person took this. Record what the person tells you yourself.", allowed=[]
        )
