"""One count, whole: the winners by the ballot's rule, why each project won or lost, and who is better off. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor

from services.grants.ballots.counting.add1 import complete
from services.grants.ballots.counting.election import Election
from services.grants.ballots.counting.equal_shares import Run, Sides
from services.grants.ballots.counting.greedy import greedy
from services.grants.ballots.counting.phragmen import phragmen


class Rule(StrEnum):
    """How votes become winners."""

    EQUAL_SHARES = "equal_shares"  # completed by larger shares
    TOPPED_UP = "equal_shares_topped_up"  # and what is left over goes to the most wanted that fit
    GREEDY = "greedy"
    PHRAGMEN = "phragmen"


class Why(StrEnum):
    """Why a project won or lost, for a page to put into words."""

    BOUGHT = "bought"  # its supporters paid for it
    TAKEN = "taken"  # it was next in order and fitted
    TOPPED_UP = "topped_up"  # it was the most wanted that fitted into what equal shares left over
    NOBODY = "nobody_for_it"
    OVER_THE_POT = "costs_more_than_the_pot"
    SHORT = "supporters_short"  # what its supporters had left did not reach
    NO_ROOM = "no_room_left"  # it was its turn and the pot had less than it costs
    ENDED = "count_ended_before"  # bought projects had used the pot before its supporters held its cost


@dataclass(frozen=True, slots=True)
class Reason:
    """One project's result. Money is in the smallest unit; None: does not apply to this rule."""

    place: int
    won: bool
    why: Why
    votes: int
    score: int
    turn: int | None = None  # winners: the how-manieth to be bought or taken
    each_paid: int | None = None  # the most any one supporter paid for it, rounded up
    in_full: int | None = None
    all_they_had: int | None = None
    supporters_left: int | None = None  # losers: what its supporters had left together, rounded down
    short_by: int | None = None
    more_voters: int | None = None  # about how many more voters for it alone would have been enough
    pot_left: int | None = None  # losers by order: what was left when its turn came


@dataclass(frozen=True, slots=True)
class Compared:
    """Voters by which outcome has more of what they voted for: this one, or the most wanted first."""

    more_here: int
    more_by_most_wanted: int
    same: int


@dataclass(frozen=True, slots=True)
class Count:
    """The result of a count."""

    rule: Rule
    winners: tuple[int, ...]
    cost: int
    voters: int
    reasons: tuple[Reason, ...]
    compared: Compared
    share: int | None = None  # Equal Shares: the last share, rounded down
    steps: int | None = None
    next_cost: int | None = None


def count(election: Election, rule: Rule, *, step: int = 1) -> Count:
    """Count by this rule. `step`: by how much money Equal Shares raises each voter's share at a time."""
    if rule in (Rule.EQUAL_SHARES, Rule.TOPPED_UP):
        return _by_equal_shares(election, step, rule)
    order = greedy(election) if rule is Rule.GREEDY else phragmen(election)
    reasons = _by_order(election, order, Why.TAKEN if rule is Rule.GREEDY else Why.BOUGHT)
    winners = tuple(sorted(order))
    return Count(rule, winners, election.cost_of(order), election.voters, reasons, compare(election, winners))


def _by_equal_shares(election: Election, step: int, rule: Rule) -> Count:
    sides = Sides(election)
    completed = complete(election, step=step, sides=sides)
    share = completed.outcome.share
    run = Run(sides, share)
    outcome = run.outcome()
    bought = {each.place: (turn, each) for turn, each in enumerate(run.purchases(), start=1)}
    added = _fits(election, outcome.order) if rule is Rule.TOPPED_UP else ()
    reasons = []
    for place, project in enumerate(election.projects):
        votes, score = election.votes[place], election.scores[place]
        if place in bought:
            turn, purchase = bought[place]
            most = max(election.supporters[place].scores.tolist())
            paid = ceil(purchase.price * most)
            reasons.append(
                Reason(place, True, Why.BOUGHT, votes, score, turn, paid, purchase.in_full, purchase.all_they_had)
            )
        elif place in added:
            turn = len(bought) + 1 + added.index(place)
            reasons.append(Reason(place, True, Why.TOPPED_UP, votes, score, turn))
        elif why := _never(election, place):
            reasons.append(Reason(place, False, why, votes, score))
        else:
            left = min(floor(run.held_for(place)), project.cost - 1)
            short = project.cost - left
            more = ceil(short / share) if share else None
            reasons.append(
                Reason(place, False, Why.SHORT, votes, score, supporters_left=left, short_by=short, more_voters=more)
            )
    winners = tuple(sorted((*outcome.order, *added)))
    return Count(
        rule,
        winners,
        election.cost_of(winners),
        election.voters,
        tuple(reasons),
        compare(election, winners),
        floor(share),
        completed.steps,
        completed.next_cost,
    )


def _fits(election: Election, bought: Sequence[int]) -> tuple[int, ...]:
    """The most wanted of those not bought that fit into what is left of the pot, in the order taken."""
    left, added = election.budget - election.cost_of(bought), []
    for place in sorted(set(range(len(election.projects))) - set(bought), key=lambda place: election.order[place]):
        cost = election.projects[place].cost
        if election.scores[place] and cost <= left:
            left -= cost
            added.append(place)
    return tuple(added)


def _never(election: Election, place: int) -> Why | None:
    if not election.votes[place]:
        return Why.NOBODY
    return Why.OVER_THE_POT if election.projects[place].cost > election.budget else None


def _by_order(election: Election, order: Sequence[int], won: Why) -> tuple[Reason, ...]:
    turns = {place: turn for turn, place in enumerate(order, start=1)}
    spent = {0: 0}
    for turn, place in enumerate(order, start=1):
        spent[turn] = spent[turn - 1] + election.projects[place].cost
    reasons = []
    for place in range(len(election.projects)):
        votes, score = election.votes[place], election.scores[place]
        if place in turns:
            reasons.append(Reason(place, True, won, votes, score, turns[place]))
        elif why := _never(election, place):
            reasons.append(Reason(place, False, why, votes, score))
        elif won is Why.TAKEN:
            before = [turns[each] for each in order if election.order[each] < election.order[place]]
            left = election.budget - spent[max(before, default=0)]
            reasons.append(Reason(place, False, Why.NO_ROOM, votes, score, pot_left=left))
        else:
            left = election.budget - spent[len(order)]
            reasons.append(Reason(place, False, Why.ENDED, votes, score, pot_left=left))
    return tuple(reasons)


def compare(election: Election, winners: Sequence[int]) -> Compared:
    """How many voters have more of what they voted for in these winners than in the most wanted first, and the reverse.

    Also voters with nothing in one of the two count: it is for them above all that the two are compared.
    """
    here, there = set(winners), set(greedy(election))
    tally = [0, 0, 0]
    for paper, weight in zip(election.papers, election.weights.tolist(), strict=True):
        mine = sum(score for place, score in paper if place in here)
        other = sum(score for place, score in paper if place in there)
        tally[0 if mine > other else 1 if other > mine else 2] += weight
    return Compared(*tally)
