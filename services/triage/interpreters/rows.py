"""Which requests for an interpreter a caller may reach, and how one is loaded."""

from uuid import UUID

from sqlalchemy import ColumnElement, select

from kit.errors import NotFound
from kit.store import access
from kit.store.unit import Cause, UnitOfWork
from services.triage.interpreters.models import InterpreterRequest


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which; one asked for blindly says only what was typed."""
    return ~access.kept_back(cause, InterpreterRequest.person_id.expression) | InterpreterRequest.blind


async def load(unit: UnitOfWork, request_id: UUID, *, for_change: bool = False) -> InterpreterRequest:
    """The row, locked if it is to change; `NotFound` also when it may not be shown."""
    query = select(InterpreterRequest).where(InterpreterRequest.id == request_id, visible_to(unit.cause))
    if for_change:
        query = query.with_for_update(of=InterpreterRequest)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such request")
    return row
