"""Which holds a caller may reach."""

from sqlalchemy import ColumnElement

from kit.store.unit import Cause
from services.triage.known.knowing import shown
from services.triage.recovery_holds.models import RecoveryHold


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which: those of people they may know, and what they asked for blindly."""
    return shown(cause, RecoveryHold.person_id.expression, RecoveryHold.blind_by.expression)
