"""Small pools whose fairest chances can be worked out by trying every panel."""

import itertools
import random
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.optimize import linprog

from services.grants.panels.sortition.question import Question, Quota, Volunteer, breaches

ROOM = 1e-9


def small(seed: int, *, tight: bool = False) -> Question:
    """A pool of at most 12 with quotas around a panel that exists, some sharing homes."""
    dice = random.Random(seed)
    number = dice.randint(8, 12) if tight else dice.randint(4, 11)
    size = dice.randint(3, 5) if tight else dice.randint(1, min(5, number - 1))
    categories = {
        f"c{each}": [f"f{n}" for n in range(dice.randint(2, 3))]
        for each in range(dice.randint(3, 4) if tight else dice.randint(1, 3))
    }
    people = [
        Volunteer(
            f"t{each:02}",
            {category: dice.choice(answers) for category, answers in categories.items()},
            dice.choice([None, None, "1", "2", "3"]),
        )
        for each in range(number)
    ]
    some = dice.sample(people, size)
    room = [0, 0, 0, 0, 0, 0, 1] if tight else [0, 0, 0, 1]
    quotas = []
    for category, answers in categories.items():
        for answer in answers:
            held = sum(each.features[category] == answer for each in some)
            quotas.append(Quota(category, answer, max(0, held - dice.choice(room)), held + dice.choice(room)))
    return Question(people, quotas, size, apart=dice.random() < 0.5)


def every_panel(question: Question) -> list[tuple[str, ...]]:
    """All panels there are, found by trying everyone with everyone."""
    tokens = sorted(each.token for each in question.volunteers)
    return [each for each in itertools.combinations(tokens, question.size) if not breaches(question, each)]


def leximin(panels: Sequence[Sequence[str]], tokens: Sequence[str]) -> Mapping[str, float]:
    """The leximin chances over panels listed one by one: each person's rise tried by a programme of its own."""
    holds = np.array([[token in panel for panel in panels] for token in tokens], dtype=float)
    number = len(panels)
    fixed = {place: 0.0 for place in range(len(tokens)) if not holds[place].any()}
    while len(fixed) < len(tokens):
        free = [place for place in range(len(tokens)) if place not in fixed]
        rows = [np.append(-holds[each], float(each in free)) for each in range(len(tokens))]
        limits = [0.0 if each in free else ROOM - fixed[each] for each in range(len(tokens))]
        level = -_least(np.append(np.zeros(number), -1.0), rows, limits)
        limits = [ROOM - level if each in free else ROOM - fixed[each] for each in range(len(tokens))]
        rows = [np.append(-holds[each], 0.0) for each in range(len(tokens))]
        stuck = [each for each in free if -_least(np.append(-holds[each], 0.0), rows, limits) < level + 1e-6]
        assert stuck
        fixed |= dict.fromkeys(stuck, level)
    return {token: fixed[place] for place, token in enumerate(tokens)}


def _least(
    costs: "np.ndarray[tuple[int], np.dtype[np.float64]]", rows: Sequence[object], limits: Sequence[float]
) -> float:
    ones = np.append(np.ones(len(costs) - 1), 0.0)
    found = linprog(costs, A_ub=np.array(rows), b_ub=limits, A_eq=[ones], b_eq=[1.0], bounds=[(0, 1)] * len(costs))
    assert found.status == 0
    return float(found.fun)
