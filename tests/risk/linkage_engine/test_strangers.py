"""What strangers look like, as if somebody had counted all of them."""

import random
from itertools import combinations

import numpy as np
import pytest

from services.risk.linkage.engine import Records, blocking
from services.risk.linkage.engine.comparisons import COMPARISONS, compare
from services.risk.linkage.engine.strangers import Strangers
from tests.risk.linkage_engine.made_up import people, table

_MANY = 40
"""Pairs from which on a share is known well enough to be compared."""


def test_strangers_are_counted_as_if_all_pairs_were_looked_at() -> None:
    rows, truth = people(80, seed=11)
    records = Records.from_arrow(table(rows))
    person = np.asarray([hash(truth[each]) for each in records.ids.tolist()])
    every = np.asarray(list(combinations(range(len(rows)), 2))).T
    apart = person[every[0]] != person[every[1]]
    true = compare(records, *every[:, apart])
    candidates = blocking.pairs(records)
    strangers = Strangers(records, 1)
    counted = strangers.counted(candidates, compare(records, *candidates))
    strange = (person[candidates[0]] != person[candidates[1]]).astype(np.float64)
    for comparison in COMPARISONS:
        level = true[comparison.name]
        known = level >= 0
        if comparison.name == "form" or not known.any():
            continue
        share = np.bincount(level[known], minlength=len(comparison.words)) / known.sum()
        found = counted.u(comparison.name, strange)
        for number in np.flatnonzero(share * known.sum() >= _MANY).tolist():
            assert found[number] == pytest.approx(share[number], rel=0.1), (comparison.name, number)
    born = compare(records, *every)["born"]
    assert strangers.first["born"][-1] == pytest.approx((born == born.max()).sum() / (born >= 0).sum(), rel=0.01)
    given, family = (counted.u(name, strange)[-1] for name in ("given", "family"))
    assert counted.namesakes(strange, given, family) < 2.0, "names have nothing to do with each other here"


def test_what_nobody_shares_but_matches_is_as_rare_as_it_is() -> None:
    """One home is a match's alone here; of pairs at random nearly all that share one are matches."""
    dice = random.Random(2)
    rows = []
    for n in range(400):
        home = {"address": f"{n + 1} Heathway", "postcode": f"RM{n % 20} {n % 9}AB"}
        for k in range(2):
            name = {"given": f"g{dice.randrange(400)}", "family": f"f{dice.randrange(400)}"}
            rows.append({"record_id": f"{n}.{k}", "source": "x"} | name | home)
    records = Records.from_arrow(table(rows))
    i, j = blocking.pairs(records)
    strangers = Strangers(records, 1)
    strange = (i // 2 != j // 2).astype(np.float64)
    among = compare(records, i, j)
    u = strangers.counted((i, j), among).u("place", strange)
    home = len(u) - 1
    assert strangers.first["place"][home] == pytest.approx(1 / 800, rel=0.3), "400 matches of 319,600 pairs"
    assert u[home] < 1 / 20_000


def test_names_that_go_together_are_seen_to() -> None:
    """Two peoples, each with names of its own: whoever shares a family name shares a given name twice as often."""
    dice = random.Random(4)
    peoples = (
        ("Alka Ravi Priya Dev".split(), "Agrawal Patel Shah".split()),
        ("Ann Tom Sue Jim".split(), "Pop Rus Ene".split()),
    )
    rows = []
    for n in range(600):
        given, family = map(dice.choice, dice.choice(peoples))
        born = f"{dice.randint(1940, 2015)}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}"
        rows.append({"record_id": str(n), "source": "x", "given": given, "family": family, "born": born})
    records = Records.from_arrow(table(rows))
    candidates = blocking.pairs(records)
    counted = Strangers(records, 1).counted(candidates, compare(records, *candidates))
    strange = np.ones(len(candidates[0]))
    given_u, family_u = (counted.u(name, strange)[-1] for name in ("given", "family"))
    assert given_u == pytest.approx(1 / 8, rel=0.1)
    assert counted.namesakes(strange, given_u, family_u) == pytest.approx(2.0, rel=0.1)
    assert counted.namesakes(strange, 1.0, 1.0) == 1.0, "never less than by chance"
