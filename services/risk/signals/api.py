"""The HTTP door of signals."""

from fastapi import APIRouter

from kit.contracts.codes import SignalKind
from kit.web.pages import Page, Paging
from kit.web.routing import Unit, UnitRoute, may
from services.risk.signals import queries
from services.risk.signals.domain import State
from services.risk.signals.queries import SignalView

router = APIRouter(route_class=UnitRoute, tags=["signals"])


@router.get("/signals", **may("risk.signal.read"))
async def list_signals(
    unit: Unit, paging: Paging, kind: SignalKind | None = None, state: State | None = None
) -> Page[SignalView]:
    """Signals by pseudonym, the latest first: what was raised, what is held back, what waits."""
    rows = await queries.signals(unit, kind=kind, state=state, place=paging.place, most=paging.limit + 1)
    return paging.page(rows, queries.place_of)
