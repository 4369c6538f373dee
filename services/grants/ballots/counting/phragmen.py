"""Phragmén's sequential rule, exactly, for every kind of ballot. Pure.

Every voter earns money at the same pace. As soon as the supporters of a project hold its cost between them, it is
bought and their purses are emptied. It ends when the next project bought would be more than the pot holds.

Points and places (our extension; on approval ballots it changes nothing): a voter opens the purse whole for what they
like best, and for anything else as far as its score comes to their best one. The same part is what they pay.

Whole numbers only: a purse holds what was earned since an instant of its own (`since`), and all instants share a
denominator.
"""

from math import gcd, lcm

from services.grants.ballots.counting.election import Election


def phragmen(election: Election) -> tuple[int, ...]:
    """The winners in the order they were bought."""
    return _Purses(election).bought()


class _Purses:
    def __init__(self, election: Election) -> None:
        self._election = election
        best = [max((score for _, score in paper), default=1) for paper in election.papers]
        self._whole = lcm(*set(best)) if best else 1
        # Of each group's purse, in parts of `_whole`, for each project it supports.
        self._parts = [
            {place: score * (self._whole // most) for place, score in paper}
            for paper, most in zip(election.papers, best, strict=True)
        ]
        self._weights = [int(weight) for weight in election.weights]
        self._since = [0] * len(election.papers)
        self._denominator = 1
        self._pace = [0] * len(election.projects)
        # For each project the sum of weight x part x since, over `_denominator`.
        self._late = [0] * len(election.projects)
        for weight, parts in zip(self._weights, self._parts, strict=True):
            for place, part in parts.items():
                self._pace[place] += weight * part

    def bought(self) -> tuple[int, ...]:
        election, order = self._election, self._election.order
        left, taken = election.budget, []
        waiting = {
            place
            for place, project in enumerate(election.projects)
            if self._pace[place] and project.cost <= election.budget
        }
        while waiting:
            # Paid at the instant t when pace x t - late = cost x whole.
            due = {
                place: election.projects[place].cost * self._whole * self._denominator + self._late[place]
                for place in waiting
            }
            next_ = min(waiting, key=lambda place: order[place])
            for place in sorted(waiting, key=lambda place: order[place]):
                if due[place] * self._pace[next_] < due[next_] * self._pace[place]:
                    next_ = place
            if election.projects[next_].cost > left:
                break
            left -= election.projects[next_].cost
            taken.append(next_)
            waiting.discard(next_)
            self._pay(next_, due[next_])
        return tuple(taken)

    def _pay(self, bought: int, due: int) -> None:
        """At due / (pace x denominator) its supporters pay their parts: `since` moves towards that instant."""
        shared = gcd(due, self._pace[bought])
        finer = self._pace[bought] // shared * self._whole
        now = due // shared * self._whole
        self._denominator *= finer
        self._since = [each * finer for each in self._since]
        self._late = [each * finer for each in self._late]
        for group in self._election.supporters[bought].groups.tolist():
            parts = self._parts[group]
            moved = (now - self._since[group]) * parts[bought] // self._whole
            self._since[group] += moved
            for place, part in parts.items():
                self._late[place] += self._weights[group] * part * moved
        self._simplify()

    def _simplify(self) -> None:
        """Keep the numbers short: they only matter in proportion."""
        shared = gcd(self._denominator, *self._late, *set(self._since))
        if shared > 1:
            self._denominator //= shared
            self._since = [each // shared for each in self._since]
            self._late = [each // shared for each in self._late]
