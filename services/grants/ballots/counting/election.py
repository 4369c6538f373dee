"""What is counted: projects with costs, a pot, and ballots. Pure.

Money is in the smallest unit of its currency, as whole numbers. Voters who voted alike are one group with a weight:
what a count costs depends on how many different ballots there are, not on how many voters.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Kind(StrEnum):
    """What a ballot says of a project."""

    APPROVAL = "approval"  # yes
    POINTS = "points"  # how many points
    RANKING = "ranking"  # which place


@dataclass(frozen=True, slots=True)
class Project:
    """One thing that can be bought. `id` is what stands on the ballot."""

    id: str
    cost: int


Paper = tuple[tuple[int, int], ...]
"""One ballot: the places of its projects in the election's list, each with its score, in the list's order."""


def approval(chosen: Iterable[int]) -> Paper:
    """A ballot that says yes to these."""
    return tuple((place, 1) for place in sorted(set(chosen)))


def points(given: Mapping[int, int]) -> Paper:
    """A ballot that gives points; none is as good as not named."""
    return tuple(sorted((place, score) for place, score in given.items() if score > 0))


def ranking(best_first: Sequence[int], longest: int) -> Paper:
    """A ballot that ranks: the first place is worth as many points as the longest ranking has places (Borda)."""
    return tuple(sorted((place, longest - position) for position, place in enumerate(best_first) if position < longest))


@dataclass(frozen=True, slots=True)
class Supporters:
    """Who is for a project: their groups, what it is worth to one voter of each, and how many voters they are."""

    groups: NDArray[np.int32]
    scores: Ints
    weights: Ints


class Election:
    """Everything a count needs. Two elections of the same projects, pot and ballots in any order count alike."""

    def __init__(
        self, kind: Kind, budget: int, projects: Sequence[Project], papers: Mapping[Paper, int] | Iterable[Paper]
    ) -> None:
        self.kind = kind
        self.budget = budget
        self.projects = tuple(projects)
        counted = papers if isinstance(papers, Mapping) else Counter(papers)
        # Sorted: the order in which votes came in must not change a single bit of the count.
        self.papers: tuple[Paper, ...] = tuple(sorted(counted))
        self.weights: Ints = np.array([counted[paper] for paper in self.papers], dtype=np.int64)
        self.voters = int(self.weights.sum()) if self.papers else 0
        self._check()

    def _check(self) -> None:
        if self.budget < 0 or any(project.cost <= 0 for project in self.projects):
            raise ValueError("a pot is not negative, and every project costs something")
        if len({project.id for project in self.projects}) != len(self.projects):
            raise ValueError("two projects have the same id")
        if any(not 0 <= place < len(self.projects) for paper in self.papers for place, _ in paper):
            raise ValueError("a ballot names a project that is not there")
        if any(score <= 0 for paper in self.papers for _, score in paper) or any(self.weights <= 0):
            raise ValueError("scores and weights are positive")

    @cached_property
    def supporters(self) -> tuple[Supporters, ...]:
        """For each project, who is for it."""
        groups: list[list[int]] = [[] for _ in self.projects]
        scores: list[list[int]] = [[] for _ in self.projects]
        for group, paper in enumerate(self.papers):
            for place, score in paper:
                groups[place].append(group)
                scores[place].append(score)
        found = []
        for of, worth in zip(groups, scores, strict=True):
            where = np.array(of, dtype=np.int32)
            found.append(Supporters(where, np.array(worth, dtype=np.int64), self.weights[where]))
        return tuple(found)

    @cached_property
    def votes(self) -> tuple[int, ...]:
        """For each project, how many voters are for it."""
        return tuple(int(each.weights.sum()) for each in self.supporters)

    @cached_property
    def scores(self) -> tuple[int, ...]:
        """For each project, its votes, points or ranking points in all."""
        return tuple(int((each.weights * each.scores).sum()) for each in self.supporters)

    @cached_property
    def order(self) -> tuple[int, ...]:
        """For each project its place in the order that decides ties: more score first, then cheaper, then as listed.

        The list's order is the public one: a ballot's projects are listed in the order in which they were drawn.
        """
        best_first = sorted(
            range(len(self.projects)), key=lambda place: (-self.scores[place], self.projects[place].cost, place)
        )
        places = [0] * len(self.projects)
        for rank, place in enumerate(best_first):
            places[place] = rank
        return tuple(places)

    def cost_of(self, places: Iterable[int]) -> int:
        """What these projects cost together."""
        return sum(self.projects[place].cost for place in places)
