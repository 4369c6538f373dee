"""Whom a trainer looks for: one household of the borough bears names that the tour, the demo's desk and its files know.

Their life is what chance made of it. Only names and the birthday are ours, given once the first history is over, so a
month more changes nothing of it; a shorter history has no cast.
"""

from datetime import date
from typing import Final

import numpy as np

from demo.borough import hardship, services
from demo.borough.names import BRITISH, CAST, names
from demo.borough.place import PRIVATE
from demo.borough.world import CHILD, LONG_AGO, NEVER, NOBODY, WOMAN, Numbers, World

NAMED_AT: Final = 35
"""The last month of the history that `making.make` writes first, counted from its first."""
_BORN: Final = (date(1988, 6, 21) - date(1970, 1, 1)).days
_TELEPHONE: Final = 318
"""07700 900318, by which the demo's desk knows her."""
_YOUNGEST, _OLDEST = 28, 50
# What a household should be like, from what matters most: the published combination, then its parts one by one.
_LIKE: Final = (32, 8, 4, 2, 1)


def name_them(world: World, month: int) -> None:
    """Kelly Pike and her children, in whichever household fits her story best; nobody where none has a mother."""
    home = _home(world, month)
    if home is None:
        return
    book, people = names(), world.people
    given, family = (int(np.flatnonzero(book.words == word)[0]) for word in CAST)
    head = int(world.households.head[home])
    people.given[head], people.born[head] = given, _BORN
    world.telephones[head] = _TELEPHONE
    children = np.flatnonzero((people.household == home) & (people.role == CHILD))
    for each in (head, *children.tolist()):
        people.family[each], people.middle[each] = family, NOBODY
        people.former[each], people.renamed[each] = NOBODY, NEVER


def _home(world: World, month: int) -> int | None:
    homes, people, here = world.households, world.people, world.here()
    ages = world.age(here, month)
    children, grown = (world.count_in(here[part]) for part in (ages < 18, (people.role[here] == CHILD) & (ages >= 20)))
    # Nobody's abuse is part of a tour.
    harmed = world.count_in(here[people.abused[here] > LONG_AGO])
    heads = homes.head
    age = world.age(heads, month)
    mother = (people.sex[heads] == WOMAN) & (age >= _YOUNGEST) & (age <= _OLDEST) & (children > 0) & (grown == 0)
    fits = mother & (harmed == 0)
    found = world.living()
    found = found[fits[found]]
    if not len(found):
        return None
    signs = (
        services.combination(world, month, here),
        hardship.rising(world),
        hardship.tenure_of(world) == PRIVATE,
        homes.partner == NOBODY,
        homes.community == BRITISH,
    )
    like: Numbers = sum((each[found].astype(np.int64) * much for each, much in zip(signs, _LIKE, strict=True)))
    return int(found[np.argmax(like)])
