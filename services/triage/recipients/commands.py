"""Telling the recipients: every organisation that the record of disclosure names, each once for a request."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.clock import LONDON
from kit.contracts.disclosures import What, words
from kit.contracts.rights import Recipient, RecipientsTold
from kit.contracts.triage.partners import DisclosureNoticeState
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.triage.landlords.models import LandlordMessage
from services.triage.organisations.domain import AnswersBy, Status
from services.triage.organisations.models import Organisation
from services.triage.partner_mail.commands import Letter, send
from services.triage.recipients.domain import Because, Told
from services.triage.recipients.models import DisclosureNotice
from services.triage.referrals.models import Disclosure, Referral
from services.triage.referrals.shapes import reference_of

_BY_SYSTEM = frozenset({AnswersBy.API, AnswersBy.WEBHOOK})


@dataclass(slots=True)
class _Disclosed:
    """What one organisation was told of somebody."""

    references: set[str] = field(default_factory=set)
    on: list[date] = field(default_factory=list)


async def tell(unit: UnitOfWork, request_id: UUID, people: Collection[UUID], what: What) -> None:
    """Tell each recipient, and tell casefile who they are; also that there were none. Safe to repeat."""
    there = select(DisclosureNotice.organisation_id).where(DisclosureNotice.request_id == request_id)
    before = set(await unit.session.scalars(there))
    disclosed = await _disclosed(unit, people)
    rows = [
        await _tell(unit, request_id, organisation_id, what, disclosed[organisation_id])
        for organisation_id in sorted(disclosed)
        if organisation_id not in before
    ]
    if before and not rows:
        return
    told = RecipientsTold(
        request_id=request_id,
        recipients=tuple(
            Recipient.model_validate({name: getattr(row, name) for name in Recipient.model_fields}) for row in rows
        ),
        changed_at=clock.business_now(),
    )
    unit.emit("triage.rights.recipients_told", told, aggregate_id=request_id, sequence=1)
    unit.accessed(f"rights_request/{request_id}", sorted(people))


async def _disclosed(unit: UnitOfWork, people: Collection[UUID]) -> dict[UUID, _Disclosed]:
    """The record of disclosure: referrals as they were sent, and letters to landlords."""
    found: dict[UUID, _Disclosed] = {}
    sent = await unit.session.execute(
        select(Disclosure.organisation_id, Referral.id, Disclosure.at)
        .join(Referral, Referral.id == Disclosure.referral_id)
        .where(Referral.person_id.in_(people))
    )
    for organisation_id, referral_id, at in sent:
        each = found.setdefault(organisation_id, _Disclosed())
        each.references.add(f"referral {reference_of(referral_id)}")
        each.on.append(at.astimezone(LONDON).date())
    written = await unit.session.execute(
        select(LandlordMessage.organisation_id, LandlordMessage.sent_at).where(LandlordMessage.person_id.in_(people))
    )
    for organisation_id, at in written:
        each = found.setdefault(organisation_id, _Disclosed())
        day = at.astimezone(LONDON).date()
        each.references.add(f"our letter of {day.isoformat()}")
        each.on.append(day)
    return found


async def _tell(
    unit: UnitOfWork, request_id: UUID, organisation_id: UUID, what: What, disclosed: _Disclosed
) -> DisclosureNotice:
    organisation = await unit.session.get(Organisation, organisation_id)
    told, because = Told.IMPOSSIBLE, None
    to = None if organisation is None else organisation.answer_email or organisation.email
    if organisation is None:
        because = Because.ORGANISATION_UNKNOWN
    elif to is not None:
        # Also of an organisation we no longer work with: it still has its copy.
        told = Told.MAILBOX
    elif organisation.answers_by in _BY_SYSTEM and organisation.status == Status.ACTIVE:
        told = Told.SYSTEM
    else:
        ended = organisation.status != Status.ACTIVE
        because = Because.ORGANISATION_ENDED if ended else Because.NO_MAILBOX_AND_NO_SYSTEM
    row = DisclosureNotice(
        id=new_id(),
        version=1,
        request_id=request_id,
        organisation_id=organisation_id,
        what=what,
        references=sorted(disclosed.references),
        disclosures=len(disclosed.on),
        first_on=min(disclosed.on),
        last_on=max(disclosed.on),
        told=told,
        because=because,
        at=clock.business_now(),
    )
    unit.session.add(row)
    if to is not None:
        send(unit, Letter(organisation_id, to, "What we sent you", words(what, row.references)))
    state = DisclosureNoticeState(notice_id=row.id, organisation_id=organisation_id, what=what.value, changed_at=row.at)
    # Whoever has a system of their own hears by it too, beside any mailbox.
    unit.emit("triage.disclosure_notice.sent", state, aggregate_id=row.id, sequence=row.version)
    return row
