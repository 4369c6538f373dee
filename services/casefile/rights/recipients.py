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

from kit.contracts.rights import RecipientsTold
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.rights import domain, rows
from services.casefile.rights.models import RightsRecipient, RightsRequest


class RecipientView(BaseModel):
    """One organisation that had a copy."""

    organisation_id: UUID = Field(description="Triage's: its name stands in /v1/triage/organisations")
    disclosures: int = Field(description="How often something was disclosed to them")
    first_on: date
    last_on: date
    told: str = Field(description="system | mailbox | impossible")
    because: str | None = Field(description="Why it was not possible: somebody finds another way")
    told_at: datetime


class RecipientsView(BaseModel):
    """Who had a copy: what the person is told if they ask."""

    request_id: UUID
    known_at: datetime | None = Field(description="Null: nothing was decided that they must hear of, or not known yet")
    recipients: Sequence[RecipientView]


async def note(unit: UnitOfWork, service: str, told: RecipientsTold) -> None:
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
    unit.accessed(f"rights_request/{row.id}", [row.person_id])


async def of_request(unit: UnitOfWork, request_id: UUID) -> RecipientsView:
    """The recipients of what a request is about; only whoever may know of its person."""
    query = select(RightsRequest).where(
        RightsRequest.id == request_id,
        RightsRequest.kind.in_(domain.DECIDED_KINDS),
        await rows.inside(unit),
    )
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such request")
    found = await unit.session.scalars(
        select(RightsRecipient)
        .where(RightsRecipient.request_id == row.id)
        .order_by(RightsRecipient.first_on, RightsRecipient.organisation_id)
    )
    unit.accessed(f"rights_request/{row.id}", [row.person_id])
    return RecipientsView(
        request_id=row.id,
        known_at=row.recipients_at,
        recipients=[RecipientView.model_validate(each, from_attributes=True) for each in found],
    )
