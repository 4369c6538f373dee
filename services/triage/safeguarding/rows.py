"""Which concerns a caller may reach, and how one is loaded."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, literal, or_, select, text

from kit.errors import NotFound
from kit.store.unit import Cause, UnitOfWork
from services.triage.known.knowing import any_kept_back
from services.triage.safeguarding.models import Concern

TEAM = "safeguarding_lead"
DESIGNATED = "designated_officer"
# The named workers, their managers, and the managers of those.
_LINE = """
    with recursive line (worker) as (
        select unnest(safeguarding_concern.about_workers)
        union
        select known_manager.manager from known_manager join line on known_manager.worker_id = line.worker
        where known_manager.manager is not null
    )
"""
_NOT_IN_THE_LINE = text(f"not exists ({_LINE} select from line where line.worker = :looking)")
_NO_OFFICER_LEFT = text(
    f"""
    not exists (
        select from known_worker
        where 'designated_officer' = any(known_worker.roles) and known_worker.active and not known_worker.suspended
        and known_worker.principal not in ({_LINE} select worker from line)
    )
    """
)


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which concern.

    One about staff is the designated officer's, unless it names them or somebody they manage, however far down; where
    it names every officer, the statutory team's, by the same exception. For everybody else it does not exist.
    Of the others the statutory team sees every one: a concern about somebody restricted that nobody could acknowledge
    would never be delivered. For everybody else one about people kept back does not exist, unless they raised it
    without knowing that: then they read what they wrote (`conceals`).
    """
    rules: list[ColumnElement[bool]] = []
    outside = _NOT_IN_THE_LINE.bindparams(looking=cause.actor)
    if DESIGNATED in cause.roles:
        rules.append(and_(Concern.about_staff, outside))
    if TEAM in cause.roles:
        rules += [~Concern.about_staff, and_(Concern.about_staff, outside, _NO_OFFICER_LEFT)]
    elif set(cause.roles) != {DESIGNATED}:
        rules.append(~Concern.about_staff & or_(~_unseen(cause), Concern.blind_by == cause.actor))
    return or_(*rules)


def conceals(cause: Cause) -> ColumnElement[bool]:
    """A condition: of a concern that the caller may see, only what they wrote themselves and how far it is."""
    return literal(False) if {TEAM, DESIGNATED} & set(cause.roles) else _unseen(cause)


def _unseen(cause: Cause) -> ColumnElement[bool]:
    return any_kept_back(cause, Concern.person_ids.expression, Concern.household_id.expression)


async def load(unit: UnitOfWork, concern_id: UUID, *, for_change: bool = False) -> Concern:
    """The row, locked if it is to change; `NotFound` also when it may not be shown."""
    query = select(Concern).where(Concern.id == concern_id, visible_to(unit.cause))
    if for_change:
        query = query.with_for_update(of=Concern)
    concern = (await unit.session.scalars(query)).one_or_none()
    if concern is None:
        raise _unknown()
    return concern


async def seen(unit: UnitOfWork, concern_id: UUID) -> tuple[Concern, bool]:
    """The row to be read, and whether it is concealed what others made of it; `NotFound` as for `load`."""
    query = select(Concern, conceals(unit.cause)).where(Concern.id == concern_id, visible_to(unit.cause))
    found = (await unit.session.execute(query)).one_or_none()
    if found is None:
        raise _unknown()
    return found[0], bool(found[1])


async def load_own(unit: UnitOfWork, concern_id: UUID, *, for_change: bool = False) -> Concern:
    """A concern that the caller raised, whatever it is about; `NotFound` for anybody else's."""
    query = select(Concern).where(Concern.id == concern_id, Concern.raised_by == unit.cause.actor)
    if for_change:
        query = query.with_for_update(of=Concern)
    concern = (await unit.session.scalars(query)).one_or_none()
    if concern is None:
        raise NotFound("We know of no such concern of yours")
    return concern


def _unknown() -> NotFound:
    return NotFound("We know of no such concern")


def on_record(concern: Concern) -> tuple[str, list[UUID]]:
    """What goes on record of a look at it, and of whom.

    One about staff is filed under itself alone: who looked at whose record is read by people who may be in the line.
    """
    if concern.about_staff:
        return f"staff_concern/{concern.id}", []
    return f"safeguarding_concern/{concern.id}", list(concern.person_ids)
