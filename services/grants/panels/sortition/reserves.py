"""Reserves for those who will not come: chosen before, so that whoever drops out, the quotas can be kept.

Each member drops out with a chance that was stated (from panels before). Over a number of futures drawn from these
chances, the reserves are those with whom the fewest quotas break and the fewest places stay empty in the mean. The
kinds of people are chosen so; who of a kind, the public draw's own order says.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from services.grants.panels.sortition.question import Question, Volunteer
from services.grants.panels.sortition.solver import INFINITE, Deadline, Program

FUTURES: Final = 24
_GAP: Final = 0.02


@dataclass(frozen=True, slots=True)
class Reserves:
    """Who stands by, the first asked first, and what is expected to be missing.

    Breaks of quotas and empty places, in the mean.
    """

    tokens: tuple[str, ...]
    expected_loss: float
    without: float


def chance_of(volunteer: Volunteer, usual: float, groups: Mapping[tuple[str, str], float]) -> float:
    """How likely somebody drops out: the largest stated for a group they are in, or the usual."""
    return max([usual, *(groups.get(answer, 0.0) for answer in volunteer.features.items())])


def reserves(
    question: Question,
    panel: Sequence[str],
    number: int,
    chance: Callable[[Volunteer], float],
    rank: Callable[[str], str],
    seconds: float | None = None,
) -> Reserves:
    """`number` reserves for a panel.

    `rank`: the place of a token in the public draw, which decides between people who are alike.
    """
    by_token = {each.token: each for each in question.volunteers}
    members = [by_token[token] for token in panel]
    homes = {each.home for each in members if each.home is not None}
    groups: dict[tuple[str, ...], list[str]] = {}
    categories = question.categories
    taken: set[str] = set(panel)
    for each in sorted(question.volunteers, key=lambda one: rank(one.token)):
        # One of a home stands by, the first by the draw, and none of a home that has a member.
        if each.token in taken or (question.apart and each.home is not None and each.home in homes):
            continue
        if each.home is not None and question.apart:
            homes.add(each.home)
        groups.setdefault(tuple(each.features[category] for category in categories), []).append(each.token)
    kinds = sorted(groups)
    futures = _futures(members, chance)
    program = _program(question, kinds, [len(groups[kind]) for kind in kinds], futures, number, seconds)
    chosen: list[str] = []
    if kinds:
        program.solve()
        for kind, value in zip(kinds, program.values(), strict=False):
            chosen += groups[kind][: round(float(value))]
    without = sum(_loss(question, future) for future in futures) / len(futures)
    found = program.cost() / len(futures) if kinds else without
    return Reserves(tuple(sorted(chosen, key=rank)), found, without)


def _futures(members: Sequence[Volunteer], chance: Callable[[Volunteer], float]) -> list[list[Volunteer]]:
    """Who stays, in each of some futures that depend on nothing but who the members are."""
    named = hashlib.sha256("\n".join(sorted(each.token for each in members)).encode()).digest()
    dice = Random(int.from_bytes(named, "big"))
    ordered = sorted(members, key=lambda one: one.token)
    return [[each for each in ordered if dice.random() >= chance(each)] for _ in range(FUTURES)]


def _program(
    question: Question,
    kinds: Sequence[tuple[str, ...]],
    sizes: Sequence[int],
    futures: Sequence[Sequence[Volunteer]],
    number: int,
    seconds: float | None,
) -> Program:
    categories = question.categories
    program = Program(Deadline(seconds), whole=True)
    stands = [program.add_column(0.0, 0.0, min(size, number)) for size in sizes]
    program.add_row(0.0, number, stands, [1.0] * len(stands))

    for stay in futures:
        counts, empty = _held(question, stay), question.size - len(stay)
        called = [program.add_column(0.0, 0.0, size, whole=False) for size in sizes]
        for here, there in zip(called, stands, strict=True):
            program.add_row(-INFINITE, 0.0, [here, there], [1.0, -1.0])
        unfilled = program.add_column(1.0, 0.0, empty, whole=False)
        program.add_row(empty, empty, [*called, unfilled], [1.0] * (len(called) + 1))
        for quota in question.quotas:
            at, have = categories.index(quota.category), counts[quota.category, quota.feature]
            some = [column for column, kind in zip(called, kinds, strict=True) if kind[at] == quota.feature]
            under = program.add_column(1.0, 0.0, INFINITE, whole=False)
            over = program.add_column(1.0, 0.0, INFINITE, whole=False)
            program.add_row(quota.least - have, INFINITE, [*some, under], [1.0] * (len(some) + 1))
            program.add_row(-INFINITE, quota.most - have, [*some, over], [*[1.0] * len(some), -1.0])
    program.set("mip_rel_gap", _GAP)
    return program


def _held(question: Question, stay: Sequence[Volunteer]) -> Counter[tuple[str, str]]:
    return Counter((category, each.features[category]) for each in stay for category in question.categories)


def _loss(question: Question, stay: Sequence[Volunteer]) -> float:
    """Quotas broken and places empty when nobody comes in for those who don't stay."""
    counts = _held(question, stay)
    broken = sum(max(0, quota.least - counts[quota.category, quota.feature]) for quota in question.quotas)
    return float(broken + question.size - len(stay))
