"""Equal Shares and Phragmén as their papers define them, in plain fractions, for every voter alone: slow and clear."""

from collections.abc import Sequence
from fractions import Fraction

from services.grants.ballots.counting.election import Election, Kind


def voters(election: Election) -> list[dict[int, int]]:
    """Each voter's scores."""
    return [
        dict(paper)
        for paper, weight in zip(election.papers, election.weights.tolist(), strict=True)
        for _ in range(weight)
    ]


def equal_shares(election: Election, share: Fraction) -> list[int]:
    """The winners in the order bought."""
    ballots = voters(election)
    left = [share for _ in ballots]
    taken: list[int] = []
    while True:
        best: tuple[Fraction, int, int, Fraction] | None = None
        for place, project in enumerate(election.projects):
            if place in taken or project.cost > election.budget:
                continue
            worth = project.cost if election.kind is Kind.APPROVAL else 1
            scores = {voter: Fraction(ballot[place] * worth) for voter, ballot in enumerate(ballots) if place in ballot}
            price = _price(project.cost, left, scores)
            if price is None:
                continue
            key = (price, election.order[place], place, price)
            if best is None or key < best:
                best = key
        if best is None:
            return taken
        _, _, place, price = best
        worth = election.projects[place].cost if election.kind is Kind.APPROVAL else 1
        for voter, ballot in enumerate(ballots):
            if place in ballot:
                left[voter] -= min(left[voter], price * ballot[place] * worth)
        taken.append(place)


def add1(election: Election, step: int) -> list[int]:
    """Equal Shares with larger and larger shares, until the next one would spend more than the pot."""
    share = Fraction(election.budget, election.voters)
    taken = equal_shares(election, share)
    payable = {
        place for ballot in voters(election) for place in ballot if election.projects[place].cost <= election.budget
    }
    while set(taken) != payable:
        share += step
        after = equal_shares(election, share)
        if sum(election.projects[place].cost for place in after) > election.budget:
            break
        taken = after
    return taken


def _price(cost: int, left: Sequence[Fraction], scores: dict[int, Fraction]) -> Fraction | None:
    if not scores or sum(left[voter] for voter in scores) < cost:
        return None
    paid, points = Fraction(0), sum(scores.values(), Fraction(0))
    for voter in sorted(scores, key=lambda each: left[each] / scores[each]):
        price = (cost - paid) / points
        if price * scores[voter] <= left[voter]:
            return price
        paid += left[voter]
        points -= scores[voter]
    raise AssertionError("what can be paid has a price")


def phragmen(election: Election) -> list[int]:
    """The winners in the order bought, voter by voter."""
    ballots = voters(election)
    purse, at = [Fraction(0) for _ in ballots], Fraction(0)
    left = election.budget
    taken: list[int] = []
    while True:
        times: list[tuple[Fraction, int, int]] = []
        for place, project in enumerate(election.projects):
            if place in taken or project.cost > election.budget:
                continue
            parts = {i: Fraction(b[place], max(b.values())) for i, b in enumerate(ballots) if place in b}
            if parts:
                held = sum(purse[i] * part for i, part in parts.items())
                times.append(
                    (
                        max((project.cost - held) / sum(parts.values(), Fraction(0)), Fraction(0)),
                        election.order[place],
                        place,
                    )
                )
        if not times:
            return taken
        wait, _, place = min(times)
        if election.projects[place].cost > left:
            return taken
        at += wait
        left -= election.projects[place].cost
        taken.append(place)
        for i, ballot in enumerate(ballots):
            purse[i] += wait
            if place in ballot:
                purse[i] *= 1 - Fraction(ballot[place], max(ballot.values()))
