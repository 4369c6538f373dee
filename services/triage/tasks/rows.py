"""Which everyday tasks a caller may reach."""

from sqlalchemy import ColumnElement

from kit.store.unit import Cause
from services.triage.known.knowing import shown
from services.triage.tasks.models import EverydayTask


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which: those of people they may know, and what they took blindly."""
    home = EverydayTask.household_id.expression
    return shown(cause, EverydayTask.person_id.expression, EverydayTask.blind_by.expression, home)
