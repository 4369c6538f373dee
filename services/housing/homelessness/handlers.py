"""The event door of homelessness: what the front door took in."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from sqlalchemy import Table

from kit.clock import LONDON
from kit.contracts.envelope import Event
from kit.contracts.triage.applications import HomelessnessApplicationState
from kit.contracts.triage.duty_to_refer import DutyToReferState
from kit.events.handlers import Handlers
from kit.store.projection import upsert
from kit.store.unit import UnitOfWork
from services.housing.homelessness.cases import commands as cases
from services.housing.homelessness.codes import Source
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


def _as_taken(opening: cases.Opening, told: HomelessnessApplicationState | DutyToReferState) -> cases.Opening:
    """Of what was taken blindly only as whom: the strangers that it names elsewhere are nobody's here."""
    if told.told_person_id is None and told.told_household_id is None:
        return opening
    return replace(
        opening,
        person_id=None,
        household_id=None,
        told_person_id=told.told_person_id,
        told_household_id=told.told_household_id,
    )


@handlers.reaction("triage.homelessness_application.opened", "triage.homelessness_application.changed")
async def open_or_complete(unit: UnitOfWork, event: Event[HomelessnessApplicationState]) -> None:
    """An application at any desk is a case here, from the day it was made; later versions complete it."""
    told = event.data
    opening = cases.Opening(
        source=Source.APPLICATION,
        made_on=told.made_on,
        opened_at=told.opened_at,
        person_id=told.person_id,
        household_id=told.household_id,
        where_tonight=told.where_tonight,
        tonight=told.tonight,
        priority_signs=told.priority_signs,
        contact_id=told.contact_id,
        application_id=told.application_id,
    )
    await cases.hear(unit, _as_taken(opening, told))


@handlers.reaction("triage.duty_to_refer.received", "triage.duty_to_refer.matched")
async def note_referral(unit: UnitOfWork, event: Event[DutyToReferState]) -> None:
    """A public body's referral waits here until the person is spoken to: it is no application yet."""
    told = event.data
    opening = cases.Opening(
        source=Source.DUTY_TO_REFER,
        made_on=told.received_at.astimezone(LONDON).date(),
        opened_at=told.received_at,
        person_id=told.person_id,
        household_id=told.household_id,
        where_tonight=told.where_tonight,
        tonight="ask",
        contact_id=told.contact_id,
        duty_to_refer_id=told.duty_to_refer_id,
        body=told.body,
    )
    await cases.hear(unit, _as_taken(opening, told))
