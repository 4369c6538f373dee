"""The event door of objections: what casefile decided on a request about rights (UK GDPR Articles 18 and 21)."""

from kit.contracts.envelope import Event
from kit.contracts.rights import RightDecided
from kit.errors import Invalid
from kit.events.handlers import Handlers
from kit.store.unit import UnitOfWork
from services.triage.objections import commands

handlers = Handlers()

_ALL = ("outreach",)
_GRANTED = frozenset({"granted", "granted_in_part"})


@handlers.reaction("casefile.rights.decided")
async def follow_right(unit: UnitOfWork, event: Event[RightDecided]) -> None:
    """A restriction or objection that was granted stands here as an objection: no offer is made against it.

    Without purposes it is about everything that one may object to here: offers of help nobody asked for.
    """
    decided = event.data
    if decided.kind == "rectification" or decided.state not in _GRANTED:
        return
    for purpose in decided.purposes or _ALL:
        try:
            await commands.record(unit, decided.person_id, purpose, "themselves", "safe_letter")
        except Invalid:
            # Not one that an objection stops (safeguarding), or not one that rests on a public task.
            continue
