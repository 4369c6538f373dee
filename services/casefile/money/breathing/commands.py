"""Writes of Breathing Spaces: enter, note the end of a treatment, cancel; each ends at its day by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.contracts.casefile.money import BreathingSpaceState
from kit.errors import NotFound
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.money.breathing import domain
from services.casefile.money.breathing.models import BreathingSpace
from services.casefile.money.breathing.rows import visible_to
from services.casefile.money.debts import domain as debt_rules
from services.casefile.money.debts import rows as debts
from services.casefile.money.people import home_of, work_on
from services.casefile.people.aliases import all_ids

END = "casefile.breathing_space.end"


@dataclass(frozen=True, slots=True)
class Certificate:
    """Who said that this person may have one: a firm or team, never a name; and the number it has there."""

    by: str
    reference: str | None


async def enter(
    unit: UnitOfWork,
    person_id: UUID,
    household_id: UUID | None,
    entry: domain.Entry,
    certificate: Certificate,
    debt_ids: Sequence[UUID] | None = None,
) -> BreathingSpace:
    """Record that someone entered Breathing Space. Left out, the household is where they belong today.

    Its debts: those named, else every one of theirs that it can cover.
    """
    # The lock on the person puts two entries in order.
    await work_on(unit, person_id)
    ids = await all_ids(unit.session, [person_id])
    rows = await unit.session.scalars(select(BreathingSpace).where(BreathingSpace.person_id.in_(ids)))
    earlier = [domain.Earlier(each.kind, each.state, each.ended_on or each.ends_on) for each in rows]
    days = domain.enter(entry, earlier, clock.today())
    row = BreathingSpace(
        id=new_id(),
        version=1,
        person_id=person_id,
        household_id=await home_of(unit, person_id, household_id),
        kind=entry.kind,
        state="active",
        entered_on=entry.entered_on,
        starts_on=days.starts_on,
        ends_on=days.ends_on,
        certified_by=certificate.by,
        certified_as=entry.certified_as,
        reference=certificate.reference,
        debt_ids=await _covered(unit, person_id, debt_ids),
        creditor_reviews=[],
        entered_by=unit.cause.actor,
        changed_at=clock.business_now(),
    )
    unit.session.add(row)
    await unit.session.flush()
    await _set_alarm(unit, row)
    _announce(unit, row, "casefile.breathing_space.started")
    return row


async def _covered(unit: UnitOfWork, person_id: UUID, named: Sequence[UUID] | None) -> list[UUID]:
    found = await debts.of_person(unit, person_id, named)
    if named is None:
        return [row.id for row in found if row.state not in debt_rules.OVER and debt_rules.qualifies(row.kind)]
    if set(named) - {row.id for row in found}:
        raise NotFound("We know of no such debt of theirs")
    domain.check_covers(
        {str(row.id): (row.state not in debt_rules.OVER, debt_rules.qualifies(row.kind)) for row in found}
    )
    return sorted(set(named))


async def cover(unit: UnitOfWork, space_id: UUID, expected: int, debt_ids: Sequence[UUID]) -> BreathingSpace:
    """It covers these debts too: creditors found later are told, and wait from then on."""
    row = await _load(unit, space_id, expected)
    domain.check_active(row.state)
    row.debt_ids = sorted({*row.debt_ids, *await _covered(unit, row.person_id, debt_ids)})
    _new_version(row)
    unit.accessed(f"breathing_space/{row.id}", [row.person_id])
    return row


async def review(
    unit: UnitOfWork, space_id: UUID, expected: int, reviewed_on: date, end_because: str | None
) -> BreathingSpace:
    """The midway review: it goes on, or is cancelled for a reason."""
    row = await _load(unit, space_id, expected)
    days = domain.days_of(row.kind, row.entered_on, row.treatment_ended_on)
    domain.check_midway(row.kind, row.state, row.reviewed_on, reviewed_on, days, clock.today(), end_because)
    row.reviewed_on, row.review_outcome = reviewed_on, "goes_on" if end_because is None else "cancelled"
    if end_because is not None:
        return await _cancel(unit, row, end_because)
    _new_version(row)
    unit.accessed(f"breathing_space/{row.id}", [row.person_id])
    return row


@dataclass(frozen=True, slots=True)
class CreditorReview:
    """A creditor asked for it to be looked at again; and what was decided, once it is."""

    debt_id: UUID
    ground: domain.Ground
    asked_on: date
    decision: domain.Decision | None = None
    decided_on: date | None = None


async def creditor_asked(unit: UnitOfWork, space_id: UUID, expected: int, told: CreditorReview) -> BreathingSpace:
    """Note what a creditor asked, or the answer to it; a debt may leave it, and it may be cancelled by it."""
    row = await _load(unit, space_id, expected)
    domain.check_creditor(row.state, row.entered_on, told.asked_on, told.decided_on, clock.today())
    if told.debt_id not in row.debt_ids:
        raise NotFound("This Breathing Space covers no such debt")
    key = (str(told.debt_id), told.ground)
    others = [each for each in row.creditor_reviews if (each["debt_id"], each["ground"]) != key]
    row.creditor_reviews = [
        *others,
        {
            "debt_id": str(told.debt_id),
            "ground": told.ground,
            "asked_on": told.asked_on.isoformat(),
            "decision": told.decision,
            "decided_on": told.decided_on.isoformat() if told.decided_on else None,
        },
    ]
    if told.decision == "debt_removed":
        row.debt_ids = [each for each in row.debt_ids if each != told.debt_id]
    if told.decision == "cancelled":
        return await _cancel(unit, row, "creditor_review")
    _new_version(row)
    unit.accessed(f"breathing_space/{row.id}", [row.person_id])
    return row


async def end_treatment(unit: UnitOfWork, space_id: UUID, expected: int, ended_on: date) -> BreathingSpace:
    """The crisis treatment ended: the last day is known from now on."""
    row = await _load(unit, space_id, expected)
    days = domain.end_treatment(row.kind, row.state, row.treatment_ended_on, ended_on, row.entered_on, clock.today())
    row.treatment_ended_on, row.ends_on = ended_on, days.ends_on
    _new_version(row)
    await _set_alarm(unit, row)
    _announce(unit, row, "casefile.breathing_space.changed")
    return row


async def cancel(unit: UnitOfWork, space_id: UUID, expected: int, reason: str) -> BreathingSpace:
    """It ends today, before its day, for a reason."""
    row = await _load(unit, space_id, expected)
    domain.check_active(row.state)
    domain.check_cancel(reason)
    return await _cancel(unit, row, reason)


async def _cancel(unit: UnitOfWork, row: BreathingSpace, reason: str) -> BreathingSpace:
    row.state, row.cancel_reason, row.ended_on = "cancelled", reason, clock.today()
    _new_version(row)
    await timers.cancel(unit, END, row.id)
    _announce(unit, row, "casefile.breathing_space.ended")
    return row


async def end(unit: UnitOfWork, space_id: UUID) -> None:
    """Its last day is over."""
    row = (
        await unit.session.scalars(select(BreathingSpace).where(BreathingSpace.id == space_id).with_for_update())
    ).one()
    if row.state != "active" or row.ends_on is None or row.ends_on >= clock.today():
        return
    row.state, row.ended_on = "ended", row.ends_on
    _new_version(row)
    _announce(unit, row, "casefile.breathing_space.ended")


async def _set_alarm(unit: UnitOfWork, row: BreathingSpace) -> None:
    if row.ends_on is not None:
        due = datetime.combine(row.ends_on + timedelta(days=1), time(), clock.LONDON)
        await timers.set_alarm(unit, END, row.id, due)


async def _load(unit: UnitOfWork, space_id: UUID, expected: int) -> BreathingSpace:
    query = select(BreathingSpace).where(BreathingSpace.id == space_id, await visible_to(unit))
    query = query.with_for_update(of=BreathingSpace).execution_options(populate_existing=True)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such Breathing Space")
    check_version(row.version, expected)
    return row


def _new_version(row: BreathingSpace) -> None:
    row.version += 1
    row.changed_at = clock.business_now()


def _announce(unit: UnitOfWork, row: BreathingSpace, event: str) -> None:
    state = BreathingSpaceState.model_validate(
        {
            "breathing_space_id": row.id,
            "person_id": row.person_id,
            "household_id": row.household_id,
            "kind": row.kind,
            "state": row.state,
            "starts_on": row.starts_on,
            "ends_on": row.ended_on or row.ends_on,
            "changed_at": row.changed_at,
        }
    )
    unit.emit(event, state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"breathing_space/{row.id}", [row.person_id])
