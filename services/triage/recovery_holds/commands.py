"""Writes of recovery holds: ask, answer, and what happens when nobody answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.triage.outreach import RecoveryHoldState
from kit.errors import Conflict, NotFound, invalid
from kit.ids import new_id
from kit.store import access, timers
from kit.store.unit import UnitOfWork
from services.triage.known.knowing import blind_by, check_not_blind, tell_of_a_stranger
from services.triage.recovery_holds import domain
from services.triage.recovery_holds.models import RecoveryHold
from services.triage.recovery_holds.rows import visible_to

UNANSWERED = "triage.recovery_hold.unanswered"


@dataclass(frozen=True, slots=True)
class For:
    """Whom a hold is for, and the offer it goes with."""

    person_id: UUID
    household_id: UUID
    offer_id: UUID | None = None
    blind_by: str | None = None


async def ask_all(unit: UnitOfWork, whom: For, creditors: Iterable[domain.Creditor]) -> None:
    """Ask each of them, but those who were asked already or wait already."""
    for creditor in creditors:
        await _ask(unit, whom, creditor)


async def ask(
    unit: UnitOfWork, person_id: UUID, household_id: UUID | None, creditor: domain.Creditor, offer_id: UUID | None
) -> RecoveryHold:
    """Ask one; `Conflict` when it was asked and has not answered, or waits already."""
    taken_by = await blind_by(unit, person_id)
    home = household_id or (None if taken_by else await access.current_household(unit, person_id))
    if home is None:
        raise invalid("/household_id", "We do not know of one household of theirs: say which.", "one-household")
    row = await _ask(unit, For(person_id, home, offer_id, taken_by), creditor)
    if row is None:
        raise Conflict("This creditor was asked already: see its answer")
    return row


async def _ask(unit: UnitOfWork, whom: For, creditor: domain.Creditor) -> RecoveryHold | None:
    running = select(RecoveryHold.id).where(
        RecoveryHold.person_id == whom.person_id,
        RecoveryHold.creditor == creditor,
        RecoveryHold.blind_by.is_not_distinct_from(whom.blind_by),
        RecoveryHold.state == "granted",
        RecoveryHold.until >= clock.today(),
    )
    if await unit.session.scalar(running.limit(1)) is not None:
        return None
    now = clock.business_now()
    new = {
        "id": new_id(),
        "version": 1,
        "household_id": whom.household_id,
        "person_id": whom.person_id,
        "creditor": creditor,
        "offer_id": whom.offer_id,
        "blind_by": whom.blind_by,
        "state": "requested",
        "requested_by": unit.cause.actor,
        "requested_at": now,
        "due_at": domain.answer_due(now),
        "changed_at": now,
    }
    # Two who ask at once: one of them asked.
    row = await unit.session.scalar(insert(RecoveryHold).values(new).on_conflict_do_nothing().returning(RecoveryHold))
    if row is not None:
        await timers.set_alarm(unit, UNANSWERED, row.id, row.due_at)
        _announce(unit, row, "triage.recovery_hold.requested")
    return row


async def answer(
    unit: UnitOfWork, hold_id: UUID, said: domain.Answer, until: date | None, reason: str | None
) -> RecoveryHold:
    """The creditor's answer, given by a named person; the first one counts."""
    query = select(RecoveryHold).where(RecoveryHold.id == hold_id, visible_to(unit.cause))
    row = (await unit.session.scalars(query.with_for_update(of=RecoveryHold))).one_or_none()
    if row is None:
        raise NotFound("We know of no such hold")
    check_not_blind(unit, row.blind_by)
    row.until, row.reason = domain.answer(row.state, said, until, reason, clock.today())
    row.state, row.answered_by = said, unit.cause.actor
    row.version, row.changed_at = row.version + 1, clock.business_now()
    await timers.cancel(unit, UNANSWERED, row.id)
    granted, refused = "triage.recovery_hold.granted", "triage.recovery_hold.refused"
    _announce(unit, row, granted if said == "granted" else refused)
    return row


async def escalate(unit: UnitOfWork, hold_id: UUID) -> None:
    """Nobody answered in time: it goes to a manager's list, and says so on the household's page."""
    row = (await unit.session.scalars(select(RecoveryHold).where(RecoveryHold.id == hold_id).with_for_update())).one()
    if row.state != "requested":
        return
    row.state, row.version, row.changed_at = "unanswered", row.version + 1, clock.business_now()
    _announce(unit, row, "triage.recovery_hold.unanswered")


def _announce(unit: UnitOfWork, row: RecoveryHold, type_: str) -> None:
    tell_of_a_stranger(unit, row.blind_by, row.offer_id or row.id, row.person_id, row.household_id)
    state = RecoveryHoldState.model_validate(
        {
            "hold_id": row.id,
            "person_id": row.person_id,
            "household_id": row.household_id,
            "creditor": row.creditor,
            "state": row.state,
            "offer_id": row.offer_id,
            "until": row.until,
            "reason": row.reason,
            "requested_at": row.requested_at,
            "changed_at": row.changed_at,
        }
    )
    unit.emit(type_, state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"recovery_hold/{row.id}", [row.person_id])
