"""The most wanted first, skipping what no longer fits: how most places count today. Pure."""

from services.grants.ballots.counting.election import Election


def greedy(election: Election) -> tuple[int, ...]:
    """The winners in the order they were taken: by score, then cheaper, then as listed; unwanted ones never."""
    left, taken = election.budget, []
    for place in sorted(range(len(election.projects)), key=lambda place: election.order[place]):
        cost = election.projects[place].cost
        if election.scores[place] and cost <= left:
            left -= cost
            taken.append(place)
    return tuple(taken)
