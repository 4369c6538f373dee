"""What a purpose may use of the factors, by the register of sources; checked before anything is counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kit import clock
from kit.store.unit import UnitOfWork
from services.risk.cohorts.domain import Condition, check_definition
from services.risk.profiles.catalogue import book
from services.risk.profiles.domain import Definition
from services.risk.sources.queries import kinds_for


def titles(today: date) -> dict[str, str]:
    """What each factor is called today."""
    return {each.code: each.title for each in book(today).definitions}


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a purpose may use of the factors: by factor the sources, and what is hidden with the reason."""

    sources: Mapping[str, Sequence[str]]
    hidden: list[str]

    def may_use(self, factor: str) -> bool:
        """Whether any source of it may be used."""
        return bool(self.sources.get(factor))


async def allowed(unit: UnitOfWork, factors: frozenset[str], purpose: str, *, contact: bool = False) -> Allowed:
    """The sources that a purpose may use today for each of these factors, all its kinds being covered."""
    coverage = await kinds_for(unit, purpose, contact=contact)
    sources: dict[str, Sequence[str]] = {}
    hidden: set[str] = set()
    for definition in _definitions(factors):
        reads = definition.rule.reads
        whole = reads <= coverage.kinds
        sources[definition.code] = sorted({s for s, kind in coverage.pairs if kind in reads}) if whole else []
        hidden |= {each.reason for each in coverage.hidden if each.kind in reads and each.value is None}
    return Allowed(sources, sorted(hidden))


async def for_counting(
    unit: UnitOfWork, condition: Condition, pointer: str = "/definition", purpose: str | None = None
) -> Allowed:
    """Checks a definition and what the purpose (the request's) covers of it. Raises `Invalid` or `BeyondPurpose`."""
    purpose = purpose or unit.cause.purpose
    check_definition(condition, {each.code for each in book(clock.today()).definitions}, pointer)
    coverage = await kinds_for(unit, purpose)
    coverage.refuse_beyond(kind for each in _definitions(condition.factors) for kind in each.rule.reads)
    return await allowed(unit, condition.factors, purpose)


def _definitions(factors: frozenset[str]) -> list[Definition]:
    return [each for each in book(clock.today()).definitions if each.code in factors]
