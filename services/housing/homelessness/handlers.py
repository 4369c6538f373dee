"""The event door of homelessness: what the front door took in."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table

from kit.contracts.envelope import Event
from kit.events.handlers import Handlers
from kit.store.projection import upsert
from kit.store.unit import UnitOfWork
from services.housing.homelessness.models import KnownApplication, KnownDutyToRefer

handlers = Handlers()


@handlers.projection("triage.homelessness_application.opened", "triage.homelessness_application.changed")
async def know_applications(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Who applied as homeless, on which day, and whether they need a roof tonight."""
    await upsert(
        unit,
        cast(Table, KnownApplication.__table__),
        (
            {
                "id": event.data.application_id,
                "sequence": event.sequence,
                "contact_id": event.data.contact_id,
                "person_id": event.data.person_id,
                "household_id": event.data.household_id,
                "made_on": event.data.made_on,
                "where_tonight": event.data.where_tonight,
                "tonight": event.data.tonight,
                "priority_signs": list(event.data.priority_signs),
                "opened_at": event.data.opened_at,
            }
            for event in events
        ),
    )


@handlers.projection("triage.duty_to_refer.received", "triage.duty_to_refer.matched")
async def know_duties_to_refer(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Whom public bodies told us of."""
    await upsert(
        unit,
        cast(Table, KnownDutyToRefer.__table__),
        (
            {
                "id": event.data.duty_to_refer_id,
                "sequence": event.sequence,
                "contact_id": event.data.contact_id,
                "person_id": event.data.person_id,
                "household_id": event.data.household_id,
                "body": event.data.body,
                "reason": event.data.reason,
                "where_tonight": event.data.where_tonight,
                "homeless_on": event.data.homeless_on,
                "received_at": event.data.received_at,
            }
            for event in events
        ),
    )
