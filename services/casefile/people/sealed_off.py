"""Whom and which homes a separation seals from this caller: asked by `visibility`, filled by `separation`.

A separation keeps back the protected person, everyone who lives with them and their homes from those who work with, or
are, the other one. The names it bars stand on each sealed row, so that asking costs one look at an index, and costs it
for everybody alike. What the platform does by itself (no roles) reads everything.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Text, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from kit.contracts.casefile.separation import ORGANISATION
from kit.store.unit import Cause, UnitOfWork
from services.casefile.people.models import Household, Person

_ASKED: Final = "sealed_off_people"
_MADE: Final = "rules_made"
Rule = TypeVar("Rule")
# As the partial indexes say it, to the letter.
_SOMEBODY: Final = text("person.kept_from <> '{}'")
_SOME_HOME: Final = text("household.kept_from <> '{}'")


def names_of(cause: Cause) -> Sequence[str]:
    """As what a separation may bar this caller: themself, or the organisation they sign in for."""
    if not cause.roles:
        return ()
    return (cause.actor, *((f"{ORGANISATION}{cause.organisation}",) if cause.organisation else ()))


async def people(unit: UnitOfWork) -> frozenset[UUID]:
    """Every id sealed from this caller. Asked once for a request."""
    asked = unit.session.info.get(_ASKED)
    if asked is None:
        names = names_of(unit.cause)
        found = (
            await unit.session.scalars(select(Person.id).where(_SOMEBODY, Person.kept_from.overlap(_names(names))))
            if names
            else ()
        )
        asked = unit.session.info[_ASKED] = frozenset(found)
    return frozenset(asked)


def ask_again(unit: UnitOfWork) -> None:
    """What is sealed has changed within this very transaction."""
    unit.session.info.pop(_ASKED, None)
    unit.session.info.pop(_MADE, None)


def made_once(unit: UnitOfWork, key: Hashable, make: Callable[[], Rule]) -> Rule:
    """A condition of this caller's, made the first time it is asked for: one page asks dozens of times for a few.

    Making one costs more than what PostgreSQL does with it. It holds for one request, and no longer than what is
    sealed stays as it was (`ask_again`).
    """
    made: dict[Any, Any] = unit.session.info.setdefault(_MADE, {})
    # Whoever asks in another name within the same transaction has rules of their own.
    whose = (unit.cause, key)
    if whose not in made:
        made[whose] = make()
    rule: Rule = made[whose]
    return rule


def home_open_to(unit: UnitOfWork, household_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """A condition: the household in this column is not sealed from the caller."""
    names = names_of(unit.cause)
    if not names:
        return literal(True)
    sealed = select(Household.id).where(_SOME_HOME, Household.kept_from.overlap(_names(names)))
    return household_id.not_in(sealed.correlate(None))


def _names(names: Sequence[str]) -> ColumnElement[list[str]]:
    return literal(list(names), ARRAY(Text))
