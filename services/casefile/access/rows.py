"""Which rows of access a caller may reach: reviews, conflicts, alerts. Each one rule."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Text, any_, column, exists, false, or_, select, text, true
from sqlalchemy.orm import InstrumentedAttribute

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.access.models import AccessAlert, BrokenGlass, Conflict, KnownLine, KnownTeamLine
from services.casefile.people.models import Household, Person
from services.casefile.people.visibility import lived_in_by_the_visible, out_of_conflict, visible_to

_EVERYBODYS: Final = frozenset({"information_governance_lead", "safeguarding_lead"})
_MINE = """
    select line.worker from known_line as line where line.manager = :answers
    union select unnest(team.members) from known_team_line as team where team.manager = :answers
    """


def answers_for(unit: UnitOfWork, worker: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """A condition: the caller answers for the worker in this column, or nobody else is known to."""
    if _EVERYBODYS & set(unit.cause.roles):
        return true()
    if "manager" not in unit.cause.roles:
        return false()
    mine = text(_MINE).bindparams(answers=unit.cause.actor).columns(column("worker", Text)).subquery("mine")
    line = exists(select(KnownLine.id).where(KnownLine.worker == worker, KnownLine.manager.is_not(None)))
    team = exists(
        select(KnownTeamLine.id).where(worker == any_(KnownTeamLine.members), KnownTeamLine.manager.is_not(None))
    )
    return or_(worker.in_(select(mine.c.worker)), ~(line | team))


async def glass_visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """Broken glass: for whoever answers for who broke it; for them too. Never past a conflict or a separation."""
    known = exists(
        select(Household.id)
        .where(Household.id == BrokenGlass.household_id, await lived_in_by_the_visible(unit, Household.id))
        .correlate(BrokenGlass)
    )
    free = out_of_conflict(unit, household_id=BrokenGlass.household_id)
    return or_(answers_for(unit, BrokenGlass.worker), BrokenGlass.worker == unit.cause.actor) & known & free


def conflict_visible_to(unit: UnitOfWork, about: ColumnElement[bool]) -> ColumnElement[bool]:
    """Conflicts: those about people one may see, for whoever answers for the worker; one's own declarations.

    Whom a resident barred is never told: to them the resident is a stranger. `about` is `Person`'s own rule.
    """
    seen = exists(select(Person.id).where(Person.id == Conflict.person_id, about).correlate(Conflict))
    own = (Conflict.worker == unit.cause.actor) & (Conflict.kind == "declared")
    return own | (seen & answers_for(unit, Conflict.worker) & (Conflict.worker != unit.cause.actor))


async def glass(unit: UnitOfWork, glass_id: UUID, *, for_change: bool = False) -> BrokenGlass:
    """One broken glass; `NotFound` also for one that is not the caller's to see."""
    query = select(BrokenGlass).where(BrokenGlass.id == glass_id, await glass_visible_to(unit))
    row: BrokenGlass = await _one(unit, query.with_for_update(of=BrokenGlass) if for_change else query, "broken glass")
    return row


async def conflict(unit: UnitOfWork, conflict_id: UUID) -> Conflict:
    """One conflict that stands or stood, locked for a change."""
    rule = conflict_visible_to(unit, await visible_to(unit))
    query = select(Conflict).where(Conflict.id == conflict_id, rule)
    row: Conflict = await _one(unit, query.with_for_update(of=Conflict), "conflict")
    return row


async def alert(unit: UnitOfWork, alert_id: UUID) -> AccessAlert:
    """One alert, locked for a change. The gateway lets only information governance ask."""
    row: AccessAlert = await _one(
        unit, select(AccessAlert).where(AccessAlert.id == alert_id).with_for_update(), "alert"
    )
    return row


async def _one(unit: UnitOfWork, query: Any, what: str) -> Any:
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound(f"We know of no such {what}")
    return row
