"""Which objections a caller may reach."""

from sqlalchemy import ColumnElement, and_, or_

from kit.store import access
from kit.store.unit import Cause
from services.triage.objections.models import Objection


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """Of somebody kept back a caller sees what they took blindly themselves, as of a stranger, and nothing else."""
    kept_back = access.kept_back(cause, Objection.person_id.expression)
    return or_(~kept_back, and_(Objection.blind, Objection.recorded_by == cause.actor))
