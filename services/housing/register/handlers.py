"""The event door of the register: duties and decants, which put a household into a band or take it out of one."""

from typing import Any, Final

from kit.contracts.envelope import Event
from kit.contracts.housing.estates import DecantState
from kit.contracts.housing.homelessness import DutyState
from kit.events.handlers import Handlers
from kit.store.unit import UnitOfWork
from services.housing.register import following

handlers = Handlers()

_DUTIES: Final = {"prevention": "prevention", "relief": "relief", "main": "main", "intentional": "intentional"}
"""By their codes in homelessness; what else is owed (a roof meanwhile) says nothing of priority, but of a need."""


@handlers.reaction("housing.duty.started", "housing.duty.ended")
async def hear_duty(unit: UnitOfWork, event: Event[DutyState]) -> None:
    """A homelessness duty is owed, or no longer."""
    told = event.data
    if told.duty in _DUTIES:
        await following.establish(
            unit,
            {
                "id": told.duty_id,
                "fact": "homeless_duty",
                "value": _DUTIES[told.duty],
                "person_id": told.person_id,
                "household_id": told.household_id,
                "since": told.started_on,
                "until": told.ended_on,
            },
            event.sequence,
        )


@handlers.reaction("housing.decant.recorded", "housing.decant.changed", "housing.decant.returned")
async def hear_decant(unit: UnitOfWork, event: Event[DecantState]) -> None:
    """A household must leave for a scheme: first in line until it is back, or gave the right up."""
    told = event.data
    values: dict[str, Any] = {
        "id": told.decant_id,
        "fact": "decant",
        "value": "temporary" if told.move == "temporary" else "permanent",
        "person_id": told.person_id,
        "household_id": told.household_id,
        "since": told.recorded_on,
        "until": told.returned_on,
    }
    if told.right in {"waived", "lapsed"} and values["until"] is None:
        values["until"] = told.recorded_on
    await following.establish(unit, values, event.sequence)
