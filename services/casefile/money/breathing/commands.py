"""Writes of Breathing Spaces: enter, note the end of a treatment, cancel; each ends at its day by itself."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.contracts.casefile.money import BreathingSpaceState
from kit.errors import NotFound, invalid
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.money.breathing import domain
from services.casefile.money.breathing.models import BreathingSpace
from services.casefile.people import commands as people
from services.casefile.people import membership
from services.casefile.people.aliases import all_ids
from services.casefile.people.sealed_register import current_home
from services.casefile.people.visibility import shown_of

END = "casefile.breathing_space.end"


@dataclass(frozen=True, slots=True)
class Certificate:
    """Who said that this person may have one: a firm or team, never a name; and the number it has there."""

    by: str
    reference: str | None


async def enter(
    unit: UnitOfWork, person_id: UUID, household_id: UUID | None, entry: domain.Entry, certificate: Certificate
) -> BreathingSpace:
    """Record that someone entered Breathing Space. Left out, the household is where they belong today."""
    # The lock on the person puts two entries in order.
    person = await people.load(unit, person_id)
    people.check_stands(person)
    ids = await all_ids(unit.session, [person_id])
    rows = await unit.session.scalars(select(BreathingSpace).where(BreathingSpace.person_id.in_(ids)))
    earlier = [domain.Earlier(each.kind, each.state, each.ended_on or each.ends_on) for each in rows]
    days = domain.enter(entry, earlier, clock.today())
    row = BreathingSpace(
        id=new_id(),
        version=1,
        person_id=person_id,
        household_id=await _home(unit, person_id, household_id),
        kind=entry.kind,
        state="active",
        entered_on=entry.entered_on,
        starts_on=days.starts_on,
        ends_on=days.ends_on,
        certified_by=certificate.by,
        certified_as=entry.certified_as,
        reference=certificate.reference,
        entered_by=unit.cause.actor,
        changed_at=clock.business_now(),
    )
    unit.session.add(row)
    await unit.session.flush()
    await _set_alarm(unit, row)
    _announce(unit, row, "casefile.breathing_space.started")
    return row


async def _home(unit: UnitOfWork, person_id: UUID, household_id: UUID | None) -> UUID:
    places = await membership.of_person(unit, person_id)
    if household_id is None:
        home = current_home(places)
        if home is None:
            raise invalid("/household_id", "They belong to more than one household: say which.", "one-household")
        return home
    if household_id not in {each.household_id for each in places if each.until is None}:
        raise invalid("/household_id", "This person does not belong to that household.", "member")
    return household_id


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
    row = await unit.session.get(BreathingSpace, space_id, with_for_update=True)
    if row is None or not await shown_of(unit, [row.person_id]):
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
