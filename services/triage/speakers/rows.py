"""Which speakers a caller may reach, and who of them is one."""

from sqlalchemy import ColumnElement

from kit.store.unit import Cause
from services.triage.known.knowing import shown, true
from services.triage.speakers.models import Speaker


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which: those of people they may know, and those they took blindly."""
    return shown(cause, Speaker.person_id.expression, Speaker.blind_by.expression)


def true_for(cause: Cause) -> ColumnElement[bool]:
    """Who may speak: nobody speaks for somebody because a worker said so who may not know them."""
    return true(cause, Speaker.person_id.expression, Speaker.blind_by.expression)
