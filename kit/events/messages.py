"""How a service has a person told something: it asks, and hears what became of it by events (ownership rule 9)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from kit import clock
from kit.contracts.messages import TEMPLATES, MessageCode, MessageRequested
from kit.ids import new_id
from kit.store.unit import UnitOfWork


def request(
    unit: UnitOfWork,
    *,
    person_id: UUID,
    template: str,
    codes: Mapping[str, str] | None = None,
    about_id: UUID | None = None,
    useless_after: datetime | None = None,
) -> UUID:
    """Ask that a person be told something; goes out with this transaction. Returns the message's id.

    Which way is safe, and in which words, casefile decides; `casefile.message.failed`, `gateway.message.sent` and
    `gateway.message.failed` answer under that id, with `about_id` as given. A reminder is of no use after what it
    reminds of: say so with `useless_after`. Raises KeyError for an unknown template, ValueError for one that this
    service may not ask for, and for codes that are not the template's.
    """
    words = TEMPLATES[template]
    if unit.service not in words.askers:
        raise ValueError(f"{unit.service} may not ask for {template}: see templates.toml")
    given = dict(codes or {})
    words.check(given)
    message_id = new_id()
    state = MessageRequested(
        message_id=message_id,
        person_id=person_id,
        template=template,
        codes=tuple(MessageCode(code=code, value=value) for code, value in sorted(given.items())),
        about_id=about_id,
        useless_after=useless_after,
        requested_at=clock.business_now(),
    )
    unit.emit(f"{unit.service}.message.requested", state, aggregate_id=message_id, sequence=1)
    return message_id
