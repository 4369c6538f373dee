"""Who had a copy of somebody's data, and how they heard of what was done with them (UK GDPR Article 19).

The record of disclosure is its owner's, who tells them and then says whom it told. The person is told of them if they
ask: whoever answers for their request reads it here.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.disclosures import What, words
from kit.contracts.rights import RecipientsNamed, RecipientsTold
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.rights import domain, rows
from services.casefile.rights.domain import Settled, Way
from services.casefile.rights.models import RightsRecipient, RightsRequest

DISCLOSING = ("housing", "triage")
"""Services that disclose something of somebody to organisations, and say so when it was put right, and so on."""


class RecipientView(BaseModel):
    """One organisation that had a copy."""

    organisation_id: UUID = Field(description="Triage's: its name stands in /v1/triage/organisations, if not here")
    name: str | None = Field(description="Of one that is no partner of ours: a council, a school, a surgery")
    kind: str | None = Field(description="As what it was told: school, gp, health_visitor or out_of_area")
    disclosures: int = Field(description="How often something was disclosed to them")
    first_on: date
    last_on: date
    told: str = Field(description="system | mailbox | by_hand | impossible")
    because: str | None = Field(description="Why it was not possible: somebody finds another way")
    told_at: datetime
    settled_as: str | None = Field(description="told | impossible | disproportionate")
    settled_how: str | None
    settled_reason: str | None
    settled_by: str | None
    settled_at: datetime | None
    to_do: bool = Field(description="Nobody has told them, or said why not")
    words: str | None = Field(None, description="Of one that is still to be told: what to write")


class RecipientsView(BaseModel):
    """Who had a copy: what the person is told if they ask."""

    request_id: UUID
    known_at: datetime | None = Field(description="Null: nothing was decided that they must hear of, or not known yet")
    waiting_for: Sequence[str] = Field(description="Services that have not said yet whom they disclosed something to")
    recipients: Sequence[RecipientView]


async def note(unit: UnitOfWork, service: str, told: RecipientsTold | RecipientsNamed) -> None:
    """Keep what an owner says of the recipients; heard twice, it changes nothing."""
    row = await unit.session.get(RightsRequest, told.request_id, with_for_update=True)
    if row is None:
        return
    for each in told.recipients:
        new = {
            "request_id": row.id,
            "service": service,
            "told_at": told.changed_at,
            **each.model_dump(exclude={"what"}),
        }
        await unit.session.execute(insert(RightsRecipient).values(new).on_conflict_do_nothing())
    row.recipients_at = row.recipients_at or told.changed_at
    row.recipients_of = sorted({*row.recipients_of, service})
    unit.accessed(f"rights_request/{row.id}", [row.person_id])


async def of_request(unit: UnitOfWork, request_id: UUID) -> RecipientsView:
    """The recipients of what a request is about; only whoever may know of its person."""
    row = await _request(unit, request_id)
    found = await unit.session.scalars(
        select(RightsRecipient)
        .where(RightsRecipient.request_id == row.id)
        .order_by(RightsRecipient.first_on, RightsRecipient.organisation_id)
    )
    unit.accessed(f"rights_request/{row.id}", [row.person_id])
    return RecipientsView(
        request_id=row.id,
        known_at=row.recipients_at,
        waiting_for=sorted(set(DISCLOSING) - set(row.recipients_of)) if row.recipients_at else [],
        recipients=[_view(row, each) for each in found],
    )


async def settle(
    unit: UnitOfWork, request_id: UUID, organisation_id: UUID, done: Settled, how: Way | None, reason: str | None
) -> RecipientView:
    """Somebody told a recipient whom no mailbox or system reaches, or says why that is impossible or out of proportion.

    `Conflict` for one that heard already, or of whom that was said before.
    """
    row = await _request(unit, request_id)
    query = select(RightsRecipient).where(
        RightsRecipient.request_id == row.id, RightsRecipient.organisation_id == organisation_id
    )
    each = (await unit.session.scalars(query.with_for_update())).one_or_none()
    if each is None:
        raise NotFound("We know of no such recipient")
    domain.check_recipient(each.told, each.settled_as, done, how, reason)
    each.settled_as, each.settled_how, each.settled_reason = done, how, reason
    each.settled_by, each.settled_at = unit.cause.actor, clock.business_now()
    unit.accessed(f"rights_request/{row.id}", [row.person_id])
    return _view(row, each)


async def _request(unit: UnitOfWork, request_id: UUID) -> RightsRequest:
    query = select(RightsRequest).where(
        RightsRequest.id == request_id,
        RightsRequest.kind.in_(domain.DECIDED_KINDS),
        await rows.inside(unit),
    )
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such request")
    return row


def _view(row: RightsRequest, each: RightsRecipient) -> RecipientView:
    to_do = domain.waits(each.told, each.settled_as)
    on = each.first_on.isoformat() if each.first_on == each.last_on else f"{each.first_on} to {each.last_on}"
    said = words(What(row.kind), [f"our notice of {on}"]) if to_do else None
    shown = {name: getattr(each, name) for name in RecipientView.model_fields if hasattr(each, name)}
    return RecipientView(**shown, to_do=to_do, words=said)
