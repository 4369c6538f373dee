"""Who is around a household: whom a capability lets in besides the case's team, and the team as every service hears it.

The case's own team (`case_member`, `case_file`) is the cases' to keep; what changes there counts here at once, for the
rule reads it from where it stands, and is announced a moment later (`handlers.tell_team`).
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.casefile.access import Around, CircleState
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.casefile.access.models import Circle, Place

MET_FOR = timedelta(days=28)
"""How long an encounter lets a worker look inside; also how long the team of a closed case may finish what it owes."""

# The team in the open, and who broke the glass; who was let in by a capability is of no other service's concern.
_NOW = text(
    """
    select held.worker, held.role, file.opened_at as since, cast(null as timestamptz) as until
    from case_file as file, lateral (
        values (file.account_manager, 'account_manager'), (file.lead, 'lead')
    ) as held (worker, role)
    where file.household_id = :home and file.state = 'open' and file.compartment = '' and held.worker is not null
    union all
    select worker, role, since, null from case_member
    where household_id = :home and compartment = '' and until is null and role not in ('account_manager', 'lead')
    union all
    select worker, 'broken_glass', broken_at, until from broken_glass where household_id = :home and until > :now
    """
)


def met(unit: UnitOfWork, household_id: UUID) -> None:
    """The caller has somebody of this household before them: they may look inside for 28 days."""
    if unit.cause.roles:
        now = clock.business_now()
        until = clock.later(now, MET_FOR)
        unit.session.add(_place(unit, household_id, unit.cause.actor, "met", (), now, until))


def let_in(
    unit: UnitOfWork,
    household_id: UUID,
    worker: str,
    role: str,
    *,
    parts: Collection[str] = (),
    until: datetime | None = None,
) -> Place:
    """Let a worker look inside who is not of the case's team, and into the compartments named (values of `Part`).

    To end it, set the place's `until` to the business time.
    """
    place = _place(unit, household_id, worker, role, parts, clock.business_now(), until)
    unit.session.add(place)
    return place


def _place(
    unit: UnitOfWork,
    household_id: UUID,
    worker: str,
    role: str,
    parts: Collection[str],
    since: datetime,
    until: datetime | None,
) -> Place:
    return Place(
        id=new_id(),
        household_id=household_id,
        worker=worker,
        role=role,
        parts=sorted(parts),
        since=since,
        until=until,
        placed_by=unit.cause.actor,
    )


async def next_state(unit: UnitOfWork, household_id: UUID) -> tuple[Circle, Sequence[Around], Sequence[Around]]:
    """The household's circle, locked, with the team as announced last and as it is now."""
    await unit.session.flush()
    first = insert(Circle).values(household_id=household_id, version=0, members=[], changed_at=clock.business_now())
    await unit.session.execute(first.on_conflict_do_nothing())
    query = select(Circle).where(Circle.household_id == household_id).with_for_update()
    circle = (await unit.session.scalars(query.execution_options(populate_existing=True))).one()
    rows = await unit.session.execute(_NOW, {"home": household_id, "now": clock.now()})
    now = [
        Around(
            worker_id=row.worker,
            role=row.role,
            from_=row.since.astimezone(clock.LONDON).date(),
            break_glass_until=row.until,
        )
        for row in rows
    ]
    before = [Around.model_validate(each) for each in circle.members]
    return circle, before, sorted(now, key=lambda each: (each.worker_id, each.role))


def keep(circle: Circle, members: Sequence[Around]) -> None:
    """A new version of the circle."""
    circle.version += 1
    circle.changed_at = clock.business_now()
    circle.members = [each.model_dump(mode="json") for each in members]


async def tell(unit: UnitOfWork, household_id: UUID) -> None:
    """Announce who joined or left the team since it was announced last; nothing when nobody did."""
    circle, before, now = await next_state(unit, household_id)
    if _who(before) == _who(now):
        return
    keep(circle, now)
    event = "casefile.access.granted" if _who(now) - _who(before) else "casefile.access.revoked"
    state = CircleState(household_id=household_id, members=tuple(now), changed_at=circle.changed_at)
    unit.emit(event, state, aggregate_id=household_id, sequence=circle.version)


def _who(members: Sequence[Around]) -> set[tuple[str, str]]:
    return {(each.worker_id, each.role) for each in members}
