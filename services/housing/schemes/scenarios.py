"""Scenarios: the same scheme with another mix, another day or other assumptions, side by side. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from kit import clock
from services.housing.figures.pounds import WEEKS
from services.housing.schemes.appraisal import Appraisal, Assumptions, Unit, appraise
from services.housing.schemes.domain import COUNCIL_EQUIVALENT, SOLD, Phase, shares


@dataclass(frozen=True, slots=True)
class Plan:
    """A scheme as it would be."""

    phases: tuple[Phase, ...]
    units: tuple[Unit, ...]
    assumed: Assumptions


@dataclass(frozen=True, slots=True)
class Summary:
    """What a panel compares: homes, rents, return, the waiting list met."""

    homes: int
    shares: Mapping[str, int]
    by_size: Mapping[int, int]
    demolished: int
    more_homes: int
    council_by_size: Mapping[int, int]
    first_completion: date
    last_completion: date
    rent_year_pence: int
    cost_pence: int
    net_cost_pence: int
    grant_pence: int
    income_year_pence: int
    surplus_year_pence: int
    npv_pence: int
    irr_percent: Decimal | None
    yield_percent: Decimal | None
    payback_on: date | None
    waiting_met: Mapping[int, int]
    waiting: Mapping[int, int]


def delayed(phases: Sequence[Phase], months: int) -> tuple[Phase, ...]:
    """All phases so many months later (earlier if negative)."""
    return tuple(
        replace(
            phase,
            starts_on=clock.months_after(phase.starts_on, months),
            completes_on=clock.months_after(phase.completes_on, months),
        )
        for phase in phases
    )


def summarise(plan: Plan, waiting: Mapping[int, int]) -> tuple[Summary, Appraisal]:
    """The figures of one plan. `waiting` is households on the register by the bedrooms they need.

    A rented home meets one of them, of its size; homes that are sold meet nobody on the register.
    """
    found = appraise(plan.phases, plan.units, plan.assumed)
    lines = [unit.line for unit in plan.units]
    rented: Counter[int] = Counter()
    council: Counter[int] = Counter()
    sizes: Counter[int] = Counter()
    for line in lines:
        sizes[line.bedrooms] += line.homes
        if line.tenure not in SOLD:
            rented[line.bedrooms] += line.homes
        if line.tenure in COUNCIL_EQUIVALENT:
            council[line.bedrooms] += line.homes
    demolished = sum(phase.demolished for phase in plan.phases)
    homes = sum(sizes.values())
    summary = Summary(
        homes=homes,
        shares=shares(lines),
        by_size=dict(sorted(sizes.items())),
        demolished=demolished,
        more_homes=homes - demolished,
        council_by_size=dict(sorted(council.items())),
        first_completion=min(phase.completes_on for phase in plan.phases),
        last_completion=max(phase.completes_on for phase in plan.phases),
        rent_year_pence=sum(unit.rent_week_pence * WEEKS * unit.line.homes for unit in plan.units),
        cost_pence=found.cost_pence,
        net_cost_pence=found.net_cost_pence,
        grant_pence=found.grant_pence,
        income_year_pence=found.income_year_pence,
        surplus_year_pence=found.surplus_year_pence,
        npv_pence=found.npv_pence,
        irr_percent=found.irr_percent,
        yield_percent=found.yield_percent,
        payback_on=found.payback_on,
        waiting_met={size: min(rented[size], count) for size, count in sorted(waiting.items())},
        waiting=dict(sorted(waiting.items())),
    )
    return summary, found


_COUNTED: Final = (
    "homes", "more_homes", "rent_year_pence", "cost_pence", "net_cost_pence", "income_year_pence",
    "surplus_year_pence", "npv_pence",
)  # fmt: skip


def difference(base: Summary, other: Summary) -> dict[str, str]:
    """What is other, in plain numbers: more homes, less value. Amounts in pence, percentages in points."""
    found: dict[str, str] = {}
    for name in _COUNTED:
        change = getattr(other, name) - getattr(base, name)
        if change:
            found[name] = f"{change:+d}"
    for name in ("irr_percent", "yield_percent"):
        before, after = getattr(base, name), getattr(other, name)
        if before is not None and after is not None and before != after:
            found[name] = f"{after - before:+}"
    for name in sorted({*base.shares, *other.shares}):
        change = other.shares.get(name, 0) - base.shares.get(name, 0)
        if change:
            found[f"shares.{name}"] = f"{change:+d}"
    met = sum(other.waiting_met.values()) - sum(base.waiting_met.values())
    if met:
        found["waiting_met"] = f"{met:+d}"
    days = (other.last_completion - base.last_completion).days
    if days:
        found["last_completion_days"] = f"{days:+d}"
    return found
