"""People who are alike are taken as one: what the solver works on is kinds of people, not people.

Two people are alike when they answered alike and their homes hold alike people: then any panel with one of them is a
panel with the other in their place, and fairness gives both the same chance. A kind is chosen a number of times; who of
the kind it is, `thousand` says.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.grants.panels.sortition.question import Question, Quota, Volunteer, homes

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Kind:
    """People who are alike. `homes`: their tokens, home by home; of each home one at most is chosen.

    Kinds of one `family` live together: home number i of one is home number i of the others.
    """

    answers: tuple[str, ...]
    homes: tuple[tuple[str, ...], ...]
    family: int

    @property
    def people(self) -> int:
        """How many are of this kind."""
        return sum(len(each) for each in self.homes)


@dataclass(frozen=True, slots=True)
class Row:
    """One bound on how many of some kinds are chosen: `least` to `most`. Without a quota: of one home, or of all."""

    quota: Quota | None
    kinds: tuple[int, ...]
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Shape:
    """The question as the solver sees it: how often each kind is chosen, within rows."""

    kinds: tuple[Kind, ...]
    rows: tuple[Row, ...]
    size: int

    @property
    def people(self) -> Floats:
        """How many people each kind has."""
        return np.array([kind.people for kind in self.kinds], dtype=np.float64)

    @property
    def most(self) -> Floats:
        """How often each kind can be chosen: once for each home."""
        return np.array([len(kind.homes) for kind in self.kinds], dtype=np.float64)

    def matrix(self) -> Floats:
        """The rows, one column for each kind."""
        found = np.zeros((len(self.rows), len(self.kinds)))
        for place, row in enumerate(self.rows):
            found[place, list(row.kinds)] = 1.0
        return found


def shape_of(question: Question) -> Shape:
    """The kinds and rows of a question, in an order that depends on what it holds and not on how it was listed."""
    categories = question.categories

    def answers(one: Volunteer) -> tuple[str, ...]:
        return tuple(one.features[category] for category in categories)

    together = homes(question.volunteers) if question.apart else [[each] for each in question.volunteers]
    families: defaultdict[tuple[tuple[str, ...], ...], list[list[Volunteer]]] = defaultdict(list)
    for members in together:
        families[tuple(sorted(answers(each) for each in members))].append(members)
    kinds: list[Kind] = []
    rows: list[Row] = []
    for family, (pattern, group) in enumerate(sorted(families.items())):
        first = len(kinds)
        for alike in sorted(set(pattern)):
            tokens = [tuple(sorted(each.token for each in members if answers(each) == alike)) for members in group]
            kinds.append(Kind(alike, tuple(tokens), family))
        if len(kinds) - first > 1:
            rows.append(Row(None, tuple(range(first, len(kinds))), 0, len(group)))
    for quota in question.quotas:
        at = categories.index(quota.category)
        chosen = tuple(place for place, kind in enumerate(kinds) if kind.answers[at] == quota.feature)
        rows.append(Row(quota, chosen, quota.least, quota.most))
    rows.append(Row(None, tuple(range(len(kinds))), question.size, question.size))
    return Shape(tuple(kinds), tuple(rows), question.size)
