"""Writes of the duty to refer: a referral becomes a contact that somebody holds, and housing hears of it."""

from sqlalchemy import any_, func, literal, select

from kit import clock
from kit.contracts.codes import Channel, ContactStatus, NeedDomain, Urgency
from kit.contracts.triage.duty_to_refer import DutyToReferState
from kit.ids import new_id
from kit.store.tables import known_worker
from kit.store.unit import UnitOfWork
from services.triage.contacts import commands as contacts
from services.triage.contacts.models import Contact
from services.triage.contacts.shapes import NewContact, NewNeed
from services.triage.duty_to_refer import domain
from services.triage.duty_to_refer.models import DutyToRefer
from services.triage.duty_to_refer.shapes import NewDutyToRefer
from services.triage.known.knowing import as_told

# A body's system answers for nothing here: the contact is held by one of us from the first moment.
_HOLDERS = ("housing_officer", "triage_officer", "manager")


async def receive(unit: UnitOfWork, new: NewDutyToRefer) -> DutyToRefer:
    """Take a referral. `Invalid` names every fault: no agreement, another area chosen, no way to reach them."""
    now = clock.business_now()
    domain.check(new.as_rules_see_it(), clock.today())
    today = domain.urgent_today(new.reason, new.where_tonight, new.homeless_on, clock.today())
    need = NewNeed(
        domain=NeedDomain.HOUSING,
        urgency=Urgency.TODAY if today else Urgency.THIS_WEEK,
        where_tonight=new.where_tonight,
        may_lose_home_within_56_days=True,
        homelessness_signs=list(domain.signs(new.body, new.reason)),
    )
    holder = await _holder(unit)
    contact = await contacts.record(unit, NewContact(channel=Channel.DUTY_TO_REFER, needs=[need]), holder)
    row = DutyToRefer(
        id=new_id(),
        version=1,
        contact_id=contact.id,
        body=new.body,
        organisation_id=unit.cause.organisation,
        reference=new.reference,
        referrer=new.referrer.model_dump(mode="json"),
        about=new.person.model_dump(mode="json"),
        consent=new.consent.model_dump(mode="json"),
        reason=new.reason,
        where_tonight=new.where_tonight,
        homeless_on=new.homeless_on,
        note=new.note,
        received_by=unit.cause.actor,
        received_at=now,
        changed_at=now,
    )
    unit.session.add(row)
    _announce(unit, row, contact, "triage.duty_to_refer.received")
    return row


async def follow(unit: UnitOfWork, contact: Contact) -> None:
    """After each write of a contact: once it has its person, housing hears who was referred."""
    if contact.channel != Channel.DUTY_TO_REFER or contact.person_id is None:
        return
    query = select(DutyToRefer).where(DutyToRefer.contact_id == contact.id).with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is not None and (row.person_id, row.household_id) != (contact.person_id, contact.household_id):
        row.person_id, row.household_id = contact.person_id, contact.household_id
        row.blind_by = contact.blind_by
        row.version, row.changed_at = row.version + 1, clock.business_now()
        _announce(unit, row, contact, "triage.duty_to_refer.matched")


async def _holder(unit: UnitOfWork) -> str:
    """The one of us who may act, fits best and holds least; the sender's own id only where we know of nobody."""
    load = select(Contact.held_by, func.count().label("held")).where(Contact.state == ContactStatus.OPEN)
    held = load.group_by(Contact.held_by).subquery()
    able = known_worker.c.active & ~known_worker.c.suspended
    for role in _HOLDERS:
        query = (
            select(known_worker.c.principal)
            .outerjoin(held, held.c.held_by == known_worker.c.principal)
            .where(able, literal(role) == any_(known_worker.c.roles))
            .order_by(func.coalesce(held.c.held, 0), known_worker.c.principal)
        )
        found: str | None = await unit.session.scalar(query.limit(1))
        if found is not None:
            return found
    return unit.cause.actor


def _announce(unit: UnitOfWork, row: DutyToRefer, contact: Contact, type_: str) -> None:
    who = {"person_id": contact.person_id, "household_id": contact.household_id}
    with as_told(unit, contact.blind_by, who) as ids:
        state = DutyToReferState.model_validate(
            {
                "duty_to_refer_id": row.id,
                "contact_id": row.contact_id,
                "body": row.body,
                "reason": row.reason,
                "where_tonight": row.where_tonight,
                "homeless_on": row.homeless_on,
                "received_at": row.received_at,
                "changed_at": row.changed_at,
                **ids,
            }
        )
        unit.emit(type_, state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"duty_to_refer/{row.id}", [contact.person_id] if contact.person_id else [])
