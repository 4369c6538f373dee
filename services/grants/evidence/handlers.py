"""The event door of evidence: what others publish by ward is a figure of each ward, for the packs made from then on."""

from decimal import Decimal
from typing import Final

from kit.contracts.casefile.wardneeds import WardNeedsState
from kit.contracts.envelope import Event
from kit.contracts.risk import IndexState
from kit.events.handlers import Handlers
from kit.store.unit import UnitOfWork
from services.grants.evidence import commands
from services.grants.evidence.domain import Unit

SOURCE: Final = "Ward index"
MEASURE: Final = "ward_index"
FRONT_DOOR: Final = "Needs at the front door"

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


@handlers.reaction("casefile.ward_needs.published")
async def take_the_needs(unit: UnitOfWork, event: Event[WardNeedsState]) -> None:
    """Households with a need, by ward, of the year to the last edition: what casefile hides stays hidden here."""
    told = event.data
    figures = [
        commands.Figure(
            FRONT_DOOR,
            f"needs_{need}",
            _needs_in_words(need),
            str(told.until.year),
            Unit.PEOPLE,
            ward,
            None if households is None else Decimal(households),
            None,
        )
        for ward, needs in told.wards.items()
        for need, households in needs.items()
    ]
    if figures:
        await commands.give(unit, figures, given_at=told.published_at)


def _needs_in_words(need: str) -> str:
    kind = "any need" if need == "any" else f"a need of {need.replace('_', ' ')}"
    return f"Households whose ward we know that told the front door of {kind}, in the year before"
