"""Which notes a caller may reach, how one is loaded, and how a row is what the rules see."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, any_, delete, exists, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.access.models import BrokenGlass
from services.casefile.access.need_to_know import Part, about_person, in_its_part
from services.casefile.notes import domain
from services.casefile.notes.domain import Kind, State, Wording
from services.casefile.notes.models import Note, NotePerson, NoteWording
from services.casefile.people import membership
from services.casefile.people.visibility import by_the_platform

COMPARTMENTS = (Part.ABUSE, Part.SAFEGUARDING, Part.DRUGS_AND_ALCOHOL, Part.IMMIGRATION, Part.CRIME)
_ANSWERING = ("safeguarding_lead", "information_governance_lead")


async def visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """The one rule of who may see which note.

    The part of the file that it is in; a restricted one its author and those named, as long as they see the inside,
    and those who answer for restricted records or broke the glass. And nobody a note about someone kept from them.
    """
    restricted = Note.part == Part.RESTRICTED
    # Every part is asked about always: how long an answer takes must not tell what there is.
    entries = {
        Part.INSIDE: or_(Note.part == Part.INSIDE, and_(restricted, _named(unit))),
        Part.RESTRICTED: and_(restricted, _answers(unit)),
        **{part: Note.part == part for part in COMPARTMENTS},
    }
    mine = await in_its_part(unit, Note.household_id, entries)
    seen = await about_person(unit, NotePerson.person_id, Part.FRONT)
    unseen = exists(select(NotePerson.note_id).where(NotePerson.note_id == Note.id, ~seen).correlate(Note))
    return and_(mine, ~unseen)


def _named(unit: UnitOfWork) -> ColumnElement[bool]:
    actor, roles = literal(unit.cause.actor), literal(list(unit.cause.roles), ARRAY(Text))
    return or_(Note.recorded_by == actor, actor == any_(Note.reader_workers), Note.reader_roles.bool_op("&&")(roles))


def _answers(unit: UnitOfWork) -> ColumnElement[bool]:
    answering = by_the_platform(unit) or any(role in unit.cause.roles for role in _ANSWERING)
    glass = exists(
        select(BrokenGlass.id)
        .where(
            BrokenGlass.worker == unit.cause.actor,
            BrokenGlass.household_id == Note.household_id,
            BrokenGlass.until > clock.now(),
            literal(Part.RESTRICTED.value) == any_(BrokenGlass.parts),
        )
        .correlate(Note)
    )
    return or_(literal(answering), glass)


async def load(unit: UnitOfWork, note_id: UUID, *, for_change: bool = False) -> Note:
    """The row, locked if it is to change; `NotFound` also when it may not be shown."""
    query = select(Note).where(Note.id == note_id, await visible_to(unit))
    if for_change:
        query = query.with_for_update(of=Note)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such note")
    return row


async def about(unit: UnitOfWork, note_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """Whom each note is about."""
    found: dict[UUID, list[UUID]] = {each: [] for each in note_ids}
    query = select(NotePerson).where(NotePerson.note_id.in_(note_ids)).order_by(NotePerson.person_id)
    for row in await unit.session.scalars(query):
        found[row.note_id].append(row.person_id)
    return found


async def say_about(unit: UnitOfWork, note_id: UUID, people: Iterable[UUID]) -> None:
    """From now on it is about these."""
    await unit.session.execute(delete(NotePerson).where(NotePerson.note_id == note_id))
    unit.session.add_all(NotePerson(note_id=note_id, person_id=each) for each in sorted(people))


async def wordings(unit: UnitOfWork, note_id: UUID) -> Sequence[NoteWording]:
    """Those that stood before, the first one first."""
    query = select(NoteWording).where(NoteWording.note_id == note_id).order_by(NoteWording.number)
    return (await unit.session.scalars(query)).all()


async def as_rules_see_it(unit: UnitOfWork, row: Note) -> domain.Note:
    """The row with all its wordings."""
    people = (await about(unit, [row.id]))[row.id]
    earlier = tuple(
        Wording(each.words, Kind(each.kind), each.occurred_at, frozenset(each.person_ids))
        for each in await wordings(unit, row.id)
    )
    return domain.Note(
        row.recorded_by, standing(row, people), State(row.state), row.pinned, earlier, tuple(row.digests)
    )


def standing(row: Note, people: Iterable[UUID]) -> Wording | None:
    """The wording that stands; None when it was taken away."""
    if row.words is None:
        return None
    return Wording(row.words, Kind(row.kind), row.occurred_at, frozenset(people))


async def put_on_record(unit: UnitOfWork, rows: Sequence[Note], people: dict[UUID, list[UUID]]) -> None:
    """Each note as read or written, under the people it is about: who read a misfiled one is found by this.

    A blank goes under a name of its own: nobody reads anything there.
    """
    members = await membership.members_of(unit, {row.household_id for row in rows})
    for row in rows:
        kind = "blanked_note" if row.state == State.MISFILED else "note"
        unit.accessed(f"{kind}/{row.id}", people[row.id] or members[row.household_id])
