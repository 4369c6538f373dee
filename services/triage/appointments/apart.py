"""Who must not meet: separated people, under every id they have, and which of the two gives way.

The separated person and whoever helps them are told what a stranger is told: nothing they ask for is refused for the
protected person's sake. So it is the protected person's booking that gives way, unseen, and their own side that is told
at once; and their own side that keeps clear of what the other one has booked already.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, Uuid, any_, case, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY

from kit import clock
from kit.store.tables import known_person
from kit.store.unit import UnitOfWork
from services.triage.appointments.domain import APART, HOLDS, THERE, Kind, Span, State
from services.triage.appointments.models import Appointment
from services.triage.objections.queries import whole_person

_ALL_OF = text(
    """
    with recursive whole (id, gives_way, either) as (
        select id, gives_way, either
        from unnest(cast(:ids as uuid[]), cast(:ways as boolean[]), cast(:eithers as boolean[]))
            as given (id, gives_way, either)
        union
        select related.id, gives_way, either from whole, lateral (
            select known_person.id from known_person where known_person.merged_into = whole.id
            union all
            select merged_into from known_person where known_person.id = whole.id and merged_into is not null
        ) as related
    )
    select id, gives_way, either from whole order by id
    """
)


@dataclass(frozen=True, slots=True)
class Sides:
    """Whom somebody must not meet."""

    give_way: frozenset[UUID] = frozenset()
    """Protected from them: what these have booked moves, and the one who asks is told nothing."""
    keep_clear: frozenset[UUID] = frozenset()
    """They are the protected one, or it is not known which of the two is: no time near what these have booked."""
    either: frozenset[UUID] = frozenset()
    """Each is protected from the other, or it is not known who from whom."""

    @property
    def everybody(self) -> frozenset[UUID]:
        """All of them."""
        return self.give_way | self.keep_clear


async def sides(unit: UnitOfWork, people: Collection[UUID]) -> Sides:
    """Whom the person of these ids must not meet. As many statements when there is nobody.

    A separation stands under both, and may stand under an id that was merged since. Whoever is protected bars the other
    one's own sign-in, which is their id (casefile's separations). One that is still on its way is not asked for here:
    when it arrives, `keep_apart` looks at what is booked.
    """
    whole = set(people)
    ours = literal(sorted(whole), ARRAY(Uuid))
    rows = (
        await unit.session.execute(
            select(known_person.c.id, known_person.c.separated_from, known_person.c.barred_workers).where(
                or_(known_person.c.id == any_(ours), known_person.c.separated_from.overlap(ours))
            )
        )
    ).all()
    names = {str(each) for each in whole}
    barred = {name for row in rows if row.id in whole for name in row.barred_workers}
    others = {other for row in rows for other in (row.id, *row.separated_from)} - whole
    protected = {row.id for row in rows if row.id in others and names & set(row.barred_workers)}
    ids = sorted(others)
    given = {
        "ids": ids,
        "ways": [each in protected for each in ids],
        "eithers": [(each in protected) == (str(each) in barred) for each in ids],
    }
    found = (await unit.session.execute(_ALL_OF, given)).all()
    return Sides(
        frozenset(row.id for row in found if row.gives_way),
        frozenset(row.id for row in found if not row.gives_way),
        frozenset(row.id for row in found if row.either),
    )


async def sides_of(unit: UnitOfWork, person_id: UUID) -> Sides:
    """The same, of one who may have been merged."""
    return await sides(unit, await whole_person(unit, person_id))


async def there(
    unit: UnitOfWork, hub: str, people: Collection[UUID], since: datetime, until: datetime
) -> Sequence[Span]:
    """When these people are booked at the hub, in or near that time. No rule of who may see them: none is shown."""
    rows = await unit.session.execute(
        select(Appointment.starts_at, Appointment.ends_at).where(
            Appointment.person_id == any_(literal(sorted(people), ARRAY(Uuid))),
            ~Appointment.blind,
            Appointment.hub == hub,
            Appointment.kind == Kind.AT_HUB,
            Appointment.state == any_(literal(sorted(THERE), ARRAY(Text))),
            Appointment.starts_at < until + APART,
            Appointment.ends_at > since - APART,
        )
    )
    return [Span(starts_at, ends_at) for starts_at, ends_at in rows]


async def give_way(unit: UnitOfWork, hub: str, people: Collection[UUID], span: Span) -> None:
    """What these people have booked near that time cannot stand. One statement, whether there is any or not.

    It keeps its worker and its room until somebody has rearranged it: what fell free would tell. Whoever is in the
    building already stays; both are heard of by `commands.gave_way`.
    """
    await unit.session.execute(
        update(Appointment)
        .where(
            Appointment.person_id == any_(literal(sorted(people), ARRAY(Uuid))),
            ~Appointment.blind,
            Appointment.hub == hub,
            Appointment.kind == Kind.AT_HUB,
            Appointment.state == any_(literal(sorted(HOLDS), ARRAY(Text))),
            Appointment.starts_at < span.ends_at + APART,
            Appointment.ends_at > span.starts_at - APART,
        )
        .values(
            state=case((Appointment.state == State.BOOKED, State.TO_REARRANGE), else_=Appointment.state),
            keeps_place=True,
            follow_up_due_at=None,
            version=Appointment.version + 1,
            changed_at=clock.business_now(),
        )
        .execution_options(synchronize_session=False)
    )
