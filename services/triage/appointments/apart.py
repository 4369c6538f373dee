"""Who must not meet: separated people, under every id they have, also before every service has heard of it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, literal, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from kit.store.tables import known_person
from kit.store.unit import UnitOfWork
from services.triage.appointments.domain import APART, THERE, Kind, Span
from services.triage.appointments.models import Appointment
from services.triage.objections.queries import whole_person

_ALL_OF = text(
    """
    with recursive whole (id) as (
        select id from unnest(cast(:ids as uuid[])) as given (id)
        union
        select related.id from whole, lateral (
            select known_person.id from known_person where known_person.merged_into = whole.id
            union all
            select merged_into from known_person where known_person.id = whole.id and merged_into is not null
        ) as related
    )
    select id from whole order by id
    """
)


async def apart_from(unit: UnitOfWork, person_id: UUID) -> Sequence[UUID]:
    """Every id of everybody this person must not meet.

    A separation may stand under either of the two, and under an id that was merged since. While one is on its way the
    gateway names the people of it (`hide`) but not who is whose: then they are all kept from each other.
    """
    whole = list(await whole_person(unit, person_id))
    either = or_(known_person.c.id.in_(whole), known_person.c.separated_from.overlap(literal(whole, ARRAY(Uuid))))
    others: set[UUID] = set()
    rows = await unit.session.execute(select(known_person.c.id, known_person.c.separated_from).where(either))
    for id_, separated_from in rows:
        others |= {id_, *separated_from}
    if not unit.cause.hidden.isdisjoint(whole):
        others |= unit.cause.hidden
    others -= set(whole)
    if not others:
        return ()
    return (await unit.session.execute(_ALL_OF, {"ids": sorted(others)})).scalars().all()


async def there(unit: UnitOfWork, hub: str, people: Sequence[UUID], since: datetime, until: datetime) -> Sequence[Span]:
    """When these people are booked at the hub, in or near that time. No rule of who may see them: none is shown."""
    if not people:
        return ()
    rows = await unit.session.execute(
        select(Appointment.starts_at, Appointment.ends_at).where(
            Appointment.person_id.in_(people),
            Appointment.hub == hub,
            Appointment.kind == Kind.AT_HUB,
            Appointment.state.in_(THERE),
            Appointment.starts_at < until + APART,
            Appointment.ends_at > since - APART,
        )
    )
    return [Span(starts_at, ends_at) for starts_at, ends_at in rows]
