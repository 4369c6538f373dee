"""The look of whoever counts: today, by what a purpose may use, and without the homes that are in no count."""

from collections.abc import Mapping, Sequence

from kit import clock
from kit.store.unit import UnitOfWork
from services.risk.cohorts.counting import Look
from services.risk.linkage.visibility import homes_kept_back


async def look(unit: UnitOfWork, admitted: Mapping[str, Sequence[str]]) -> Look:
    """Today's. Whoever is restricted or kept apart from somebody is counted for nobody, so that no answer differs."""
    return Look(clock.today(), admitted, sealed=frozenset(await homes_kept_back(unit)))
