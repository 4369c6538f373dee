"""Writes of reaching people: announce what they said is safe, begin a call, end it."""

import hashlib
import json
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.triage.reaching import CallState, SafeContactState
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.triage.contacts.models import Contact
from services.triage.reaching import domain
from services.triage.reaching.models import PhoneCall, ToldSafeContact


async def tell_safe_ways(unit: UnitOfWork, contact: Contact) -> None:
    """After each write of a contact: casefile must know which ways are safe before it lets anything be sent."""
    said = contact.safe_contact or {}
    if not said and contact.version == 1:
        return
    state = SafeContactState(
        contact_id=contact.id,
        person_id=contact.person_id,
        ways=tuple(sorted(said.get("ways", ()))),
        never=tuple(sorted(said.get("never", ()))),
        told_at=contact.changed_at,
    )
    told = json.dumps([str(state.person_id), state.ways, state.never])
    digest = hashlib.sha256(told.encode()).digest()
    before = await unit.session.scalar(select(ToldSafeContact.digest).where(ToldSafeContact.contact_id == contact.id))
    if before == digest or (before is None and not said):
        return
    row = {"contact_id": contact.id, "digest": digest}
    await unit.session.execute(
        insert(ToldSafeContact).values(row).on_conflict_do_update(index_elements=["contact_id"], set_=row)
    )
    unit.emit("triage.safe_contact.told", state, aggregate_id=contact.id, sequence=contact.version)


async def begin(unit: UnitOfWork, offer_id: UUID, person_id: UUID, household_id: UUID) -> PhoneCall:
    """A worker picks up the phone; `Conflict` while a colleague rings the same household. The caller holds the
    household's place in order (`outreach.rows.in_order`)."""
    now = clock.business_now()
    ringing = select(PhoneCall.started_by).where(
        PhoneCall.household_id == household_id, PhoneCall.ended_at.is_(None), PhoneCall.until > now
    )
    domain.check_free(await unit.session.scalar(ringing.limit(1)))
    row = PhoneCall(
        id=new_id(),
        version=1,
        offer_id=offer_id,
        person_id=person_id,
        household_id=household_id,
        started_by=unit.cause.actor,
        started_at=now,
        until=domain.over_by(now),
    )
    unit.session.add(row)
    _announce(unit, row, "triage.call.started")
    return row


async def end(unit: UnitOfWork, row: PhoneCall) -> None:
    """The phone is put down; what waited goes out now."""
    domain.check_going_on(row.ended_at)
    row.ended_at, row.version = clock.business_now(), row.version + 1
    _announce(unit, row, "triage.call.ended")


async def going_on(unit: UnitOfWork, offer_id: UUID) -> PhoneCall | None:
    """The call about this offer that nobody has ended, locked."""
    query = (
        select(PhoneCall)
        .where(PhoneCall.offer_id == offer_id, PhoneCall.ended_at.is_(None))
        .order_by(PhoneCall.started_at.desc())
    )
    return (await unit.session.scalars(query.limit(1).with_for_update())).one_or_none()


def _announce(unit: UnitOfWork, row: PhoneCall, type_: str) -> None:
    state = CallState(
        call_id=row.id,
        person_id=row.person_id,
        household_id=row.household_id,
        state="ended" if row.ended_at else "ringing",
        started_at=row.started_at,
        until=row.until,
        changed_at=row.ended_at or row.started_at,
    )
    unit.emit(type_, state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"call/{row.id}", [row.person_id])
