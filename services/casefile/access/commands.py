"""Writes of broken glass and of alerts: looking inside in an emergency, and what somebody else says of it after."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.contracts.casefile.access import GlassBroken, GlassReviewed, OddReading
from kit.errors import Conflict, NotFound
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.access import circle, domain, rows
from services.casefile.access.models import AccessAlert, BrokenGlass, KnownLine, KnownTeamLine
from services.casefile.access.need_to_know import Part, glass_opens, may_see
from services.casefile.people import membership
from services.casefile.people.models import Household
from services.casefile.people.visibility import lived_in_by_the_visible, out_of_conflict

REVIEW_LATE = "casefile.glass_review.late"


async def break_glass(unit: UnitOfWork, household_id: UUID, reason: str, parts: Sequence[str]) -> BrokenGlass:
    """Look inside a household's file without a place around it: for an hour, told to a manager at once.

    Past a declared conflict, a bar, a restriction or a separation it leads nowhere: the answer is a stranger's.
    """
    domain.check_reason(reason)
    domain.check_parts(parts, glass_opens())
    opened = sorted({Part.INSIDE.value, *parts})
    await _check_known(unit, household_id)
    if all([await may_see(unit, Part(each), household_id=household_id) for each in opened]):
        raise Conflict("You may see this already: there is no glass to break", allowed=["read"])
    now = clock.now()
    row = BrokenGlass(
        id=new_id(),
        version=1,
        household_id=household_id,
        worker=unit.cause.actor,
        parts=opened,
        purpose=unit.cause.purpose,
        reason=reason,
        broken_at=now,
        until=clock.later(now, domain.GLASS_FOR),
        manager=await _manager_of(unit, unit.cause.actor),
        review_due=domain.review_due(clock.today()),
    )
    unit.session.add(row)
    members = (await membership.members_of(unit, [household_id]))[household_id]
    around, _, team = await circle.next_state(unit, household_id)
    circle.keep(around, team)
    state = GlassBroken(
        household_id=household_id,
        members=tuple(team),
        changed_at=around.changed_at,
        broken_glass_id=row.id,
        worker_id=row.worker,
        manager=row.manager,
        until=row.until,
        review_due=row.review_due,
        person_ids=tuple(members),
    )
    unit.emit("casefile.access.broken_glass", state, aggregate_id=household_id, sequence=around.version)
    _tell_review(unit, row, "casefile.glass_review.asked")
    late = datetime.combine(row.review_due + timedelta(days=1), time(), clock.LONDON)
    await timers.set_alarm(unit, REVIEW_LATE, row.id, late)
    unit.accessed(f"broken_glass/{row.id}", members)
    return row


async def _check_known(unit: UnitOfWork, household_id: UUID) -> None:
    known = select(Household.id).where(
        Household.id == household_id,
        await lived_in_by_the_visible(unit, Household.id),
        out_of_conflict(unit, household_id=Household.id),
    )
    if await unit.session.scalar(known) is None:
        raise NotFound("We know of no such household")


async def _manager_of(unit: UnitOfWork, worker: str) -> str | None:
    own = select(KnownLine.manager).where(KnownLine.worker == worker, KnownLine.manager.is_not(None))
    team = select(KnownTeamLine.manager).where(
        KnownTeamLine.members.contains([worker]), KnownTeamLine.manager.is_not(None)
    )
    managers = list(await unit.session.scalars(own)) or sorted(
        each for each in await unit.session.scalars(team) if each is not None and each != worker
    )
    return managers[0] if managers else None


async def review(unit: UnitOfWork, glass_id: UUID, expected: int, verdict: domain.Verdict, note: str) -> BrokenGlass:
    """A manager looks at it: it was needed, it was not, or it was misuse (which goes to information governance)."""
    domain.check_reason(note, "/note")
    row = await rows.glass(unit, glass_id, for_change=True)
    check_version(row.version, expected)
    domain.check_review(row.verdict, row.worker, unit.cause.actor)
    row.verdict, row.review_note = verdict, note
    row.reviewed_by, row.reviewed_at = unit.cause.actor, clock.business_now()
    row.version += 1
    await timers.cancel(unit, REVIEW_LATE, row.id)
    _tell_review(unit, row, "casefile.glass_review.given")
    if verdict == "misuse":
        await raise_alert(unit, "broken_glass_misuse", row.worker, {"count": 1, "minutes": 60})
    unit.accessed(f"broken_glass/{row.id}", (await membership.members_of(unit, [row.household_id]))[row.household_id])
    return row


async def review_late(unit: UnitOfWork, glass_id: UUID) -> None:
    """Five working days are over and nobody looked: it shows, and information governance is told."""
    query = select(BrokenGlass).where(BrokenGlass.id == glass_id).with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None or row.verdict is not None or clock.today() <= row.review_due:
        return
    row.overdue = True
    row.version += 1
    _tell_review(unit, row, "casefile.glass_review.overdue")
    await raise_alert(unit, "broken_glass_unreviewed", row.worker, {"count": 1, "minutes": 60})


def _tell_review(unit: UnitOfWork, row: BrokenGlass, event: str) -> None:
    state = GlassReviewed(
        broken_glass_id=row.id, worker_id=row.worker, verdict=row.verdict, changed_at=clock.business_now()
    )
    unit.emit(event, state, aggregate_id=row.id, sequence=row.version)


async def raise_alert(unit: UnitOfWork, kind: str, worker: str, figures: dict[str, Any]) -> AccessAlert | None:
    """Tell information governance, once while the same is open."""
    query = select(AccessAlert.id).where(
        AccessAlert.worker == worker, AccessAlert.kind == kind, AccessAlert.settled_at.is_(None)
    )
    if await unit.session.scalar(query) is not None:
        return None
    row = AccessAlert(id=new_id(), version=1, kind=kind, worker=worker, figures=figures, raised_at=clock.now())
    unit.session.add(row)
    await unit.session.flush()
    _tell_alert(unit, row, "casefile.access_alert.raised")
    return row


async def settle(
    unit: UnitOfWork, alert_id: UUID, expected: int, settlement: domain.Settlement, note: str
) -> AccessAlert:
    """Information governance says what it was."""
    domain.check_reason(note, "/note")
    row = await rows.alert(unit, alert_id)
    check_version(row.version, expected)
    if row.settled_at is not None:
        raise Conflict("This was settled already", state=row.settlement, allowed=[])
    if row.worker == unit.cause.actor:
        raise Conflict("Nobody settles an alert about themselves", allowed=[])
    row.settlement, row.settle_note = settlement, note
    row.settled_by, row.settled_at = unit.cause.actor, clock.now()
    row.version += 1
    _tell_alert(unit, row, "casefile.access_alert.settled")
    unit.accessed(f"access_alert/{row.id}")
    return row


def _tell_alert(unit: UnitOfWork, row: AccessAlert, event: str) -> None:
    state = OddReading(
        alert_id=row.id,
        kind=row.kind,
        worker_id=row.worker,
        count=row.figures["count"],
        minutes=row.figures["minutes"],
        state=row.settlement or "open",
        changed_at=row.settled_at or row.raised_at,
    )
    unit.emit(event, state, aggregate_id=row.id, sequence=row.version)
