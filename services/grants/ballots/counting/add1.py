"""Completion by larger shares (Add1): what Equal Shares leaves unspent is put to use. Pure.

The count is made again with a share larger by one step for everybody, and again, until the next step would spend
more than the pot. The last outcome within the pot stands, also when it leaves something over: no project is added by
another rule.
"""

from dataclasses import dataclass
from fractions import Fraction

from services.grants.ballots.counting.election import Election
from services.grants.ballots.counting.equal_shares import Outcome, Run, Sides


@dataclass(frozen=True, slots=True)
class Completed:
    """The outcome, how many larger shares were tried for it, and what the next one would have cost."""

    outcome: Outcome
    first: Outcome
    steps: int
    next_cost: int | None  # None: everything anybody wants is bought


def complete(election: Election, *, step: int = 1, whole: bool = False, sides: Sides | None = None) -> Completed:
    """Equal Shares with larger and larger shares. `step`: money; `whole`: the first share in whole units of money."""
    sides = sides or Sides(election)
    share = Fraction(election.budget, max(election.voters, 1))
    if whole:
        share = Fraction(int(share))
    payable = [
        votes > 0 and each.cost <= election.budget
        for votes, each in zip(election.votes, election.projects, strict=True)
    ]
    wanted = sum(payable)
    first = outcome = Run(sides, share).outcome()
    steps = 0
    while len(outcome.order) < wanted:
        after = Run(sides, outcome.share + step).outcome()
        if after.cost > election.budget:
            return Completed(outcome, first, steps, after.cost)
        outcome, steps = after, steps + 1
    return Completed(outcome, first, steps, None)
