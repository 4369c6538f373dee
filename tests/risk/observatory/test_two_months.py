"""Two months of one borough, attacked together by one who knows that hardly anybody moved in between."""

import random

import numpy as np
import pytest

from services.risk.observatory.lattice import SECRET, Dims, Ledger, Universe, margins
from tests.late import Late
from tests.risk.observatory.asker import WIDTH, Asker, made_up

telling = Late("services.risk.observatory.telling")
programming = Late("scipy.optimize")


class Months:
    """What was told of two months, and the households that came and went between."""

    def __init__(self, seed: int, *, holding: bool = True) -> None:
        chance = random.Random(seed)
        self.dims: Dims = ("a", "b")
        before = made_up(chance, {"a": 3, "b": 3}, chance.choice((120, 250, 600)))
        self.moved = chance.randint(1, 8)
        gone = min(chance.randint(0, self.moved), len(before))
        kept = np.sort(np.random.default_rng(seed).permutation(len(before))[gone:])
        fresh = made_up(chance, {"a": 3, "b": 3}, max(self.moved - gone, 1))
        new = self.moved - gone
        codes = {name: np.concatenate([before.codes[name][kept], fresh.codes[name][:new]]) for name in self.dims}
        self.universes = [before, Universe(before.categories, codes)]
        bits = np.random.default_rng(seed).integers(0, 2**63, len(before) + new).astype(np.uint64)
        these = [bits[: len(before)], np.concatenate([bits[kept], bits[len(before) :]])]
        self.ledgers = [Ledger(), Ledger()]
        self.told = []
        earlier: dict[str, object] = {}
        for number, month in enumerate(("2026-11", "2026-12")):
            told = telling.tell(
                self.universes[number], these[number], self.ledgers[number], self.dims, {}, earlier, month
            )
            self.told.append(told or {})
            if holding:
                earlier = {"told": told or {}, "universes": {month: (self.universes[number], these[number])}}

    def known(self, wish: np.ndarray) -> float:
        """How far apart the ends of a wish (over the places of both months) lie for the asker."""
        asker = Asker(self.universes[0], Ledger({each: np.zeros(0, np.int8) for each in ()}))
        asker.dims = self.dims
        places = self.universes[0].size(self.dims)
        asker.cells = places
        # The finest places of both months, who came and who went.
        rows, low, high = [], [], []
        for month in (0, 1):
            for table in margins(self.dims):
                each = self.told[month].get("|".join(table))
                if each is None:
                    continue
                matrix = asker.matrix(table).toarray()
                for place, number in enumerate(each["n"]):
                    # A number that was held is of the month before: that is all that it says.
                    of = 0 if each["of"][place] == "2026-11" else 1
                    if number is not None:
                        line = np.zeros(4 * places)
                        line[of * places : (of + 1) * places] = matrix[place]
                        rows.append(line)
                        low.append(number - 5 if number else 0)
                        high.append(number + 4 if number else 0)
        for place in range(places):
            line = np.zeros(4 * places)
            line[[place, places + place, 2 * places + place, 3 * places + place]] = (1, -1, 1, -1)
            rows.append(line)
            low.append(0)
            high.append(0)
        line = np.zeros(4 * places)
        line[2 * places :] = 1
        rows.append(line)
        low.append(0)
        high.append(self.moved)
        ends = []
        for sign in (1.0, -1.0):
            found = programming.milp(
                sign * np.concatenate([wish, np.zeros(2 * places)]),
                constraints=programming.LinearConstraint(np.array(rows), low, high),
                integrality=np.ones(4 * places),
                bounds=programming.Bounds(0, np.inf),
            )
            ends.append(np.inf if found.status in (3, 4) else sign * found.fun)
        return abs(ends[1] - ends[0])

    def secrets(self) -> list[np.ndarray]:
        """What may not be known: the secrets of both months, as wishes."""
        asker = Asker(self.universes[0], Ledger())
        asker.dims, places = self.dims, self.universes[0].size(self.dims)
        asker.cells = places
        found = []
        for month, ledger in enumerate(self.ledgers):
            for table, states in ledger.states.items():
                for place in np.flatnonzero(states == SECRET):
                    wish = np.zeros(2 * places)
                    wish[month * places : (month + 1) * places] = asker.matrix(table).toarray()[place]
                    found.append(wish)
        return found

    def changes(self) -> list[np.ndarray]:
        """How each place of every table changed, as wishes, where something did."""
        asker = Asker(self.universes[0], Ledger())
        asker.dims, places = self.dims, self.universes[0].size(self.dims)
        asker.cells = places
        found = []
        for table in margins(self.dims):
            moved = self.universes[1].counts(table) - self.universes[0].counts(table)
            for place in np.flatnonzero(moved):
                row = asker.matrix(table).toarray()[place]
                found.append(np.concatenate([-row, row]))
        return found


@pytest.mark.full
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(25))
def test_two_months_tell_no_secret_of_either(seed: int) -> None:
    months = Months(seed)
    for wish in random.Random(seed).sample(months.secrets(), min(8, len(months.secrets()))):
        assert months.known(wish) >= WIDTH


@pytest.mark.full
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(25))
def test_nobody_sees_how_a_few_moved(seed: int) -> None:
    """All that is known of a change is what he knew before: how many moved at most."""
    months = Months(seed)
    for wish in months.changes():
        assert months.known(wish) >= min(2 * months.moved, WIDTH)


@pytest.mark.full
@pytest.mark.timeout(900)
def test_without_holding_numbers_a_change_shows() -> None:
    """So that the test above can fail: a number that is rounded anew tells that it crossed a five."""
    for seed in range(60):
        months = Months(seed, holding=False)
        if any(months.known(wish) < min(2 * months.moved, WIDTH) for wish in months.changes()):
            return
    pytest.fail("rounding alone hid every change")
