"""The life of the borough: two years nobody writes down, then the months of the history, one after the other."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from demo.borough import cast, demography, hardship, services
from demo.borough.draws import Draws
from demo.borough.homes import build
from demo.borough.settle import settle
from demo.borough.structure import BURN_IN, KNOWN_MONTHS
from demo.borough.world import Array, Calendar, World

Tick = Callable[[], None]


@dataclass(frozen=True)
class Plan:
    """What to make: so many households at the start, from this seed, so many months from this first of a month."""

    households: int
    seed: int
    first: date
    months: int = 36


def live(plan: Plan, tick: Tick = lambda: None) -> World:
    """Everything that happens. A plan with one month more has the same life and a month more."""
    draws = Draws(plan.seed)
    spaces, addresses = build(draws, plan.households)
    world = World(draws, Calendar(plan.first), spaces, addresses)
    number = np.arange(len(spaces))
    empty = number[np.argsort(draws.uniform("space/empty", number), kind="stable")][: len(spaces) - plan.households]
    settle(world, np.setdiff1d(number, empty), 0, first=True)
    for month in range(-BURN_IN, plan.months):
        if month >= 0:
            demography.pass_month(world, month)
        hardship.pass_month(world, month)
        services.pass_month(world, month)
        if month >= 0:
            _remember(world, month)
        if month == cast.NAMED_AT:
            cast.name_them(world, month)
        tick()
    return world


def _remember(world: World, month: int) -> None:
    """The truth of the month, household by household."""
    homes, here = world.households, world.here()
    living = world.living()
    under = world.count_in(here[world.age(here, month) < 18])
    everyone = world.count_in(here)
    debt = homes.council_tax + homes.rent
    columns: dict[str, Array] = {
        "tenure": hardship.tenure_of(world),
        "income": homes.income,
        "claims": homes.claim >= 0,
        "arrears": np.round(debt, 2),
        "rising": hardship.rising(world),
        "shock": hardship.standing_shock(world, here, month),
        "lived_shock": hardship.shocked(world, here, month, world.people.lived_shock, 12),
        "combination": services.combination(world, month, here),
        "known": month - world.latest(world.people.served, here) < KNOWN_MONTHS,
        "people": everyone,
        "children": under,
        "area": demography.areas_of(world),
    }
    entered = np.zeros(len(homes), bool)
    for part in world.log.parts.get("into_care", [])[-1:]:
        if int(part["month"][0]) == month:
            entered[part["household"]] = True
    columns["into_care"] = entered
    world.log.add("truth", household=living, month=month, **{name: column[living] for name, column in columns.items()})
