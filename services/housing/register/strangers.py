"""Of whom a caller may not know: an application that names them is taken, and answered, as a stranger's.

It is **taken blindly**: the ids stay as they were typed, what is known under them counts for nothing in it, and events
speak of strangers. Whoever took it goes on with it; others see it if they may know of its people. One of these who
changes it takes it up: from then on it is theirs of whom it speaks (as with cases of the homeless).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, all_, and_, any_, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from kit.ids import stand_in
from kit.store import access
from kit.store.unit import Cause, UnitOfWork
from services.housing.register.models import Application, Established


@dataclass(frozen=True, slots=True)
class Unknown:
    """What a caller may not know: of which people and household, and whether the reference is such a one's."""

    ids: Sequence[UUID]
    reference: bool = False

    @property
    def anything(self) -> bool:
        """Whether there is any."""
        return self.reference or bool(self.ids)


NOBODY = Unknown(())


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which application: nobody of it is kept back, or they took it blindly themselves."""
    return or_(_known_to(cause), Application.blind_by == cause.actor)


def taken_by(cause: Cause, application_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """A condition: the caller took this application blindly, and sees what comes of it."""
    return exists(select(1).where(Application.id == application_id, Application.blind_by == cause.actor))


async def unknown(
    unit: UnitOfWork, household_id: UUID, person_ids: Collection[UUID], reference: str | None = None
) -> Unknown:
    """Of whom the caller may not know among these: in as many statements whoever it is."""
    there = func.unnest(literal(list(person_ids), ARRAY(Uuid))).column_valued("somebody")
    ids = list(await unit.session.scalars(select(there).where(access.kept_back(unit.cause, there))))
    of_household = exists(select(1).where(Application.household_id == household_id, ~_known_to(unit.cause)))
    facts = exists(
        select(1).where(
            Established.household_id == household_id, access.kept_back(unit.cause, Established.person_id.expression)
        )
    )
    # Nobody has an empty one.
    referred = exists(select(1).where(Application.source_reference == (reference or ""), ~_known_to(unit.cause)))
    household, reference_ = (await unit.session.execute(select(or_(of_household, facts), referred))).one()
    # With one of its people the household is unknown too: what is known of it may be theirs.
    return Unknown([*ids, *([household_id] if household or ids else [])], bool(reference_))


def follows(
    row: Application, household: ColumnElement[UUID | None], person: ColumnElement[UUID | None]
) -> ColumnElement[bool]:
    """A condition: what is known of this household or person is of the application's own."""
    own = set(row.unknown_ids)
    people = [each for each in row.person_ids if each not in own]
    theirs = person.in_(people)
    return theirs if row.household_id in own else or_(household == row.household_id, theirs)


def about(household_id: UUID, person_id: UUID | None) -> ColumnElement[bool]:
    """A condition on applications: what is heard of this household or person is of their own."""
    same = and_(Application.household_id == household_id, _is_not_unknown(household_id))
    if person_id is None:
        return same
    return or_(same, and_(Application.person_ids.contains([person_id]), _is_not_unknown(person_id)))


def bids_beside(row: Application, cause: Cause) -> ColumnElement[bool]:
    """A condition on applications: of the same household, as far as whoever took this one may know."""
    same = and_(Application.household_id == row.household_id, Application.id != row.id)
    stands_alone = _is_not_unknown(row.household_id)
    if row.household_id not in row.unknown_ids:
        return and_(same, stands_alone)
    theirs = and_(~stands_alone, Application.blind_by == row.blind_by)
    if cause.actor == row.blind_by:
        # A stranger's would wait beside one that they know of: so does this.
        theirs = or_(theirs, and_(stands_alone, _known_to(cause)))
    return and_(same, theirs)


def told(row: Application, id_: UUID) -> UUID:
    """The id as events say it: of somebody whom the taker may not know a stranger's."""
    return stand_in(row.id, id_) if id_ in row.unknown_ids else id_


async def as_told(unit: UnitOfWork, application_id: UUID) -> None:
    """From here on events of this transaction say ids of this application as its own do."""
    query = select(Application.unknown_ids).where(Application.id == application_id)
    for id_ in await unit.session.scalar(query) or ():
        unit.told_as[id_] = stand_in(application_id, id_)


def _known_to(cause: Cause) -> ColumnElement[bool]:
    return ~access.kept_back(cause, any_(Application.person_ids.expression))


def _is_not_unknown(id_: UUID) -> ColumnElement[bool]:
    return literal(id_, Uuid) != all_(Application.unknown_ids.expression)
