"""Which ways without recourse a caller may reach."""

from sqlalchemy import ColumnElement

from kit.store.unit import Cause
from services.triage.immigration.models import NoRecourseRoute
from services.triage.known.knowing import shown


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which: those of people they may know, and what they opened blindly."""
    return shown(cause, NoRecourseRoute.person_id.expression, NoRecourseRoute.blind_by.expression)
