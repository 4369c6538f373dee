"""Reads of notices to recipients."""

from uuid import UUID

from sqlalchemy import ColumnElement, false, select, true

from kit.contracts.disclosures import What, words
from kit.errors import NotFound
from kit.store.unit import Cause, UnitOfWork
from services.triage.recipients.models import DisclosureNotice
from services.triage.recipients.shapes import NoticeView


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """A partner sees what its own organisation is told; who answers for people's rights sees all of it."""
    if "partner" not in cause.roles:
        return true()
    try:
        return DisclosureNotice.organisation_id == UUID(cause.organisation or "")
    except ValueError:
        return false()


async def notice(unit: UnitOfWork, notice_id: UUID) -> NoticeView:
    """One of them; `NotFound` also for another organisation's."""
    query = select(DisclosureNotice).where(DisclosureNotice.id == notice_id, visible_to(unit.cause))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such notice")
    unit.accessed(f"disclosure_notice/{row.id}")
    return NoticeView(
        id=row.id,
        organisation_id=row.organisation_id,
        what=What(row.what),
        references=row.references,
        words=words(What(row.what), row.references),
        at=row.at,
    )
