"""The event door of evidence: a published ward index is a figure of each ward, for the packs made from then on."""

from decimal import Decimal
from typing import Final

from kit.contracts.envelope import Event
from kit.contracts.risk import IndexState
from kit.events.handlers import Handlers
from kit.store.unit import UnitOfWork
from services.grants.evidence import commands
from services.grants.evidence.domain import Unit

SOURCE: Final = "Ward index"
MEASURE: Final = "ward_index"

handlers = Handlers()


@handlers.reaction("risk.index.published")
async def take_the_ward_index(unit: UnitOfWork, event: Event[IndexState]) -> None:
    """Each ward's index of that year; of two editions of a year the one published later stands."""
    told = event.data
    figures = [
        commands.Figure(
            SOURCE,
            MEASURE,
            "Social Progress Index, 0 to 100",
            str(told.year),
            Unit.INDEX,
            each.ward,
            Decimal(str(each.index)),
            None,
        )
        for each in told.wards
        if each.index is not None
    ]
    if figures:
        await commands.give(unit, figures, given_at=told.published_at)
