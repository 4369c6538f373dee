"""Whether a caller may know of somebody at all: what they ask about anybody else is answered as about a stranger.

What they *record* about somebody they may not know is **taken blindly**: it stands with their name in `blind_by`, reads
back to them as they typed it, follows nothing that is known of the person, and every event of it speaks of a stranger.
Whoever may know the person sees it, and changes nothing in it: what they would write there, its taker would read.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, literal, or_, select

from kit.errors import Conflict
from kit.ids import stand_in
from kit.store import access
from kit.store.unit import Cause, UnitOfWork


async def may_know(unit: UnitOfWork, person_id: UUID) -> bool:
    """Whether whoever asks may know of them. Who only the door hides for this moment counts as known until we hear."""
    heard = replace(unit.cause, hidden=frozenset())
    kept_back = access.kept_back(heard, literal(person_id, Uuid))
    return not await unit.session.scalar(select(kept_back))


async def blind_by(unit: UnitOfWork, person_id: UUID | None) -> str | None:
    """Who takes this blindly: the caller, of somebody they may not know; else None."""
    return None if person_id is None or await may_know(unit, person_id) else unit.cause.actor


def shown(cause: Cause, person: ColumnElement[Any], taken_by: ColumnElement[str | None]) -> ColumnElement[bool]:
    """A condition: the caller may know whose row it is, or took it blindly themselves.

    Of somebody they may not know they see what they typed, and not what others did before they were kept apart.
    """
    return or_(~access.kept_back(cause, person), taken_by.is_not_distinct_from(cause.actor))


def true(cause: Cause, person: ColumnElement[Any], taken_by: ColumnElement[str | None]) -> ColumnElement[bool]:
    """A condition: shown, and to be taken at its word. What somebody typed blindly counts for them alone."""
    return and_(shown(cause, person, taken_by), or_(taken_by.is_(None), taken_by.is_not_distinct_from(cause.actor)))


def tell_of_a_stranger(unit: UnitOfWork, taken_by: str | None, root: UUID, *ids: UUID | None) -> None:
    """From here on events of this transaction do not name these ids, if the row was taken blindly.

    `root` is the id of what was recorded: all that is told of it names the same strangers.
    """
    if taken_by is not None:
        unit.told_as |= {id_: stand_in(root, id_) for id_ in ids if id_ is not None}


def check_not_blind(unit: UnitOfWork, taken_by: str | None) -> None:
    """Only who took it changes it."""
    if taken_by is not None and taken_by != unit.cause.actor:
        raise Conflict(
            "Somebody who may not know this person took this. Record what the person tells you yourself.", allowed=[]
        )
