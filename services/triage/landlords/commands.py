"""Writing to landlords."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from kit import clock
from kit.contracts.codes import LandlordMessageKind
from kit.contracts.lawful_basis import LawfulBasis
from kit.contracts.triage.partners import LandlordMessageState
from kit.errors import FieldError, Invalid, invalid
from kit.ids import new_id
from kit.store import access
from kit.store.unit import UnitOfWork
from services.triage.known.knowing import blind_by, tell_of_a_stranger
from services.triage.landlords import domain
from services.triage.landlords.models import LandlordMessage
from services.triage.organisations import queries as organisations
from services.triage.partner_mail.commands import Letter, send


@dataclass(frozen=True, slots=True)
class Writing:
    """What is to be written to which landlord about whose tenancy."""

    organisation_id: UUID
    person_id: UUID
    household_id: UUID | None
    tenancy: str
    kind: LandlordMessageKind
    basis: LawfulBasis
    details: dict[str, Any] = field(default_factory=dict)


async def write(unit: UnitOfWork, what: Writing) -> LandlordMessage:
    """Write to a landlord; `Invalid` for who is none, has no mailbox, or for details that are not of this kind."""
    organisation = await organisations.active(unit, what.organisation_id)
    if not organisations.is_landlord(organisation):
        raise invalid("/organisation_id", f"{organisation.name} is not a landlord: refer to them.", "landlord")
    to = organisation.answer_email or organisation.email
    if to is None:
        raise invalid("/organisation_id", f"We have no mailbox of {organisation.name}.", "mailbox-known")
    domain.check_details(what.kind, what.details)
    _check_basis(what.basis, clock.today())
    now = clock.business_now()
    text = domain.text_of(what.kind, what.tenancy, what.details)
    taken_by = await blind_by(unit, what.person_id)
    row = LandlordMessage(
        id=new_id(),
        version=1,
        organisation_id=organisation.id,
        person_id=what.person_id,
        household_id=what.household_id or (None if taken_by else await access.current_household(unit, what.person_id)),
        blind_by=taken_by,
        kind=what.kind,
        details={name: _stored(value) for name, value in what.details.items() if value is not None},
        text=text,
        basis=what.basis.model_dump(mode="json"),
        sent_to=to,
        sent_by=unit.cause.actor,
        sent_at=now,
    )
    unit.session.add(row)
    tell_of_a_stranger(unit, row.blind_by, row.id, row.person_id, row.household_id)
    send(unit, Letter(organisation.id, to, "About a tenancy", text, person_id=row.person_id))
    state = LandlordMessageState(
        landlord_message_id=row.id,
        organisation_id=row.organisation_id,
        person_id=row.person_id,
        household_id=row.household_id,
        kind=LandlordMessageKind(row.kind),
        changed_at=now,
    )
    unit.emit("triage.landlord_message.sent", state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"landlord_message/{row.id}", [row.person_id])
    return row


def _check_basis(basis: LawfulBasis, today: date) -> None:
    faults = [FieldError(f"/basis{at}", says, rule) for at, says, rule in basis.faults(special=False, today=today)]
    if faults:
        raise Invalid("; ".join(f"{each.pointer}: {each.detail}" for each in faults), *faults)


def _stored(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
