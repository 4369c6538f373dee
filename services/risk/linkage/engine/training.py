"""Weights from records alone, without labels: Splink's expectation maximisation, then rounds over all candidates.

Splink (MIT, moj-analytical-services) estimates m for the comparisons that a blocking rule leaves free, over pairs coded
by level, so that it trains on exactly what is scored later. Three blockings see every comparison: pairs of one home
(where the others are housemates, h, not strangers), pairs of one full name, and pairs of one birth date. The rounds
that follow put the three together with frequencies, three classes and the chance of a match by kinds of record.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations_with_replacement
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from splink import DuckDBAPI, Linker, SettingsCreator
from splink.internals.comparison_creator import ComparisonCreator

from services.risk.linkage.engine import blocking
from services.risk.linkage.engine.comparisons import NEARLY_HOME, compare
from services.risk.linkage.engine.model import FREQUENT, Floats, Frequencies, Model, Weights
from services.risk.linkage.engine.names import ONE_CROSSED, SAME_FAMILY, Level
from services.risk.linkage.engine.records import NUMBERS, Ints, Records
from services.risk.linkage.engine.scoring import Scorer, between, probability
from services.risk.linkage.engine.strangers import Strangers

SESSION_PAIRS = 100_000
ROUND_PAIRS = 600_000
"""Samples: the weights of 1,000,000 records need no more pairs than those of 100,000."""
ROUNDS = 6
FEW = 3.0
"""Matches a pair of sources must be expected to have before its own chance of a match counts for half."""
PRECISION = 0.975
"""Expected share of right ones among single links that join; contradictions between clusters then take off a third of
the wrong ones, so that people come out above 0.98."""
LOWEST_JOIN, HIGHEST_JOIN = 2.0, 4.0
"""Four to one at least, however good links are on the whole: a wrong one shows one person's arrears on another's
record, a missed one waits for a reviewer."""
NO_HOUSEHOLDS = 0.05
"""Fewer pairs of housemates for each match than this: the records hold no households."""
KIN = 0.01
"""At most so many pairs of housemates have one given name."""
ISSUED = ("nino", "nhs_number", "upn")
"""Numbers that somebody is given once, for life."""
TWO_NUMBERS = 0.005
TWINS = 0.03
"""At most so many have one birth date, or nearly."""
_FLOOR = 1e-5
_START_M: Mapping[str, tuple[float, ...]] = {
    "given": (0.03, 0.03, 0.02, 0.02, 0.07, 0.03, 0.01, 0.02, 0.77),
    "family": (0.04, 0.01, 0.01, 0.01, 0.08, 0.02, 0.83),
    "middle": (0.05, 0.15, 0.80),
    "born": (0.004, 0.016, 0.01, 0.03, 0.04, 0.06, 0.84),
    "sex": (0.02, 0.98),
    "place": (0.10, 0.05, 0.01, 0.05, 0.02, 0.07, 0.10, 0.60),
    "form": (0.5, 0.01),
} | dict.fromkeys(NUMBERS, (0.03, 0.04, 0.93))
_START_H: Mapping[str, tuple[float, ...]] = {
    "given": (0.90, 0.01, 0.03, 0.02, 0.01, 0.01, 0.003, 0.002, 0.015),
    "family": (0.25, 0.01, 0.01, 0.01, 0.05, 0.02, 0.65),
    "middle": (0.90, 0.08, 0.02),
    "born": (0.50, 0.30, 0.06, 0.08, 0.01, 0.03, 0.02),
    "sex": (0.50, 0.50),
    "place": (0.01, 0.01, 0.02, 0.03, 0.03, 0.10, 0.15, 0.65),
    "nino": (0.98, 0.01, 0.01), "nhs_number": (0.98, 0.01, 0.01), "upn": (0.98, 0.01, 0.01),
    "phone": (0.65, 0.01, 0.34), "email": (0.85, 0.01, 0.14), "form": (0.5, 0.9),
}  # fmt: skip
_SESSIONS: tuple[tuple[tuple[str, ...], tuple[str, ...], bool], ...] = (
    (("home",), ("given", "family", "middle", "born", "sex", *NUMBERS), True),
    (("given", "family"), ("born", "sex", "place", *NUMBERS), False),
    (("born",), ("given", "family", "middle", "sex", "place", *NUMBERS), False),
)
"""Blocking, the comparisons it leaves free, and whether its u is that of housemates."""


def train(records: Records, base: Model | None = None, seed: int = 20_260) -> Model:
    """A model of these records. `base` gives the weights of comparisons they cannot teach (nobody has a NINO)."""
    frequencies = {name: Frequencies.counted(records, name) for name in FREQUENT}
    strangers = Strangers(records, seed)
    u = strangers.first
    m = {name: [] for name in u}  # type: dict[str, list[Floats]]
    for rule, free, home in _SESSIONS:
        i, j = _some(*blocking.pairs(records, (rule,)), SESSION_PAIRS, seed)
        if len(i) < 100:
            continue
        levels = compare(records, i, j)
        trained = _splink({name: levels[name] for name in free}, u, home)
        for name, session_m in trained.items():
            m[name].append(session_m)
    weights = {}
    for name, found in m.items():
        start_m, start_h = np.asarray(_START_M[name]), np.asarray(_START_H[name])
        if base is not None and not found:
            start_m, start_h = base.weights[name].m, base.weights[name].h
        weights[name] = Weights(
            _kept(np.asarray(np.mean(found, axis=0)) if found else start_m),
            _kept(u[name]),
            _kept(_of_housemates(name, start_h, u[name])),
        )
    count = len(records)
    chance = 1.0 / max(count, 2)
    origin = f"trained on {count} records"
    model = Model(weights, frequencies, chance, chance, count, _year(records), origin=origin)
    return _rounds(model, records, strangers, seed)


def _year(records: Records) -> int:
    """The year the records are of, for telling children: the last in which somebody was born."""
    years = [int(value[:4]) for value in records["born"].values]
    counts = np.bincount(records["born"].codes[records["born"].known], minlength=len(years)) if years else ()
    common = sorted(year for year, count in zip(years, counts, strict=True) for _ in range(int(count)))
    return common[int(len(common) * 0.999)] if common else 0


def _rounds(model: Model, records: Records, strangers: Strangers, seed: int) -> Model:
    """Expectation maximisation over all candidates, with everything that scoring uses."""
    candidates = blocking.pairs(records)
    i, j = _some(*candidates, ROUND_PAIRS, seed)
    levels = compare(records, i, j)
    every = len(records) * (len(records) - 1) / 2 * len(i) / max(len(candidates[0]), 1)
    counted = strangers.counted(candidates, levels)
    # Twins look like one person whose given names differ, so how often those differ is learned where no twins are:
    # from pairs that an issued number joins, and from pairs whose family names are not the same.
    numbered = np.zeros(len(i), np.bool_)
    for name in ISSUED:
        numbered |= levels[name] == len(model.weights[name].m) - 1
    # So do children named after a parent, but for the birth dates: how often those are a generation apart is learned
    # where no home is shared.
    no_kin = {
        "given": numbered | ((levels["family"] >= 0) & (levels["family"] < SAME_FAMILY)),
        "born": numbered | ((levels["place"] >= 0) & (levels["place"] < NEARLY_HOME)),
    }
    for _ in range(ROUNDS):
        scorer = Scorer(model, records)
        evidence = scorer.evidence(levels, i, j)
        total = np.logaddexp2(evidence.m, np.logaddexp2(evidence.u, evidence.h))
        match, strange, mates = (np.exp2(each - total) for each in (evidence.m, evidence.u, evidence.h))
        chance = max(float(match.sum()) / every, 1e-9)
        mate_chance = max(float(mates.sum()) / every, 1e-9)
        if mate_chance < NO_HOUSEHOLDS * chance:
            mate_chance = 1e-15  # lone people: the class would only take matches with two mistakes for itself
        weights = {}
        for name, old in model.weights.items():
            if name == "form":
                weights[name] = old
                continue
            size = len(old.m)
            m = _of_one_person(name, _shares(levels[name], size, match, old.m))
            if name in no_kin:
                where = no_kin[name]
                differ = float(_shares(levels[name][where], size, match[where], old.m)[0])
                m = _with_first(m, min(differ, float(m[0])))
            h = _shares(levels[name], size, mates, old.h)
            u = counted.u(name, strange)
            weights[name] = Weights(_kept(m), _kept(u), _kept(_of_housemates(name, h, u)))
        namesakes = counted.namesakes(strange, float(weights["given"].u[-1]), float(weights["family"].u[-1]))
        sources = _by_source(scorer, i, j, match, chance, every)
        model = replace(
            model, weights=weights, match=chance, housemates=mate_chance, sources=sources, namesakes=namesakes
        )
    return replace(model, join=_join(Scorer(model, records).evidence(levels, i, j).weight))


def _join(weight: Floats) -> float:
    """The lowest weight from which up the expected share of right links is PRECISION (a false discovery rate)."""
    order = np.sort(weight[weight >= LOWEST_JOIN])[::-1]
    expected = np.cumsum(probability(order)) / np.arange(1, len(order) + 1)
    good = int((expected >= PRECISION).sum())
    lowest = LOWEST_JOIN if good == len(order) else float(order[good - 1]) if good else HIGHEST_JOIN
    return round(min(lowest, HIGHEST_JOIN), 2)


def _with_first(shares: Floats, first: float) -> Floats:
    """The shares with another first one, the others in proportion."""
    found = shares * ((1.0 - first) / max(1.0 - float(shares[0]), 1e-9))
    found[0] = first
    return np.asarray(found)


def _of_one_person(name: str, m: Floats) -> Floats:
    """Someone seldom has two numbers of a kind that is issued once."""
    if name in ISSUED and m[0] > TWO_NUMBERS:
        m = m.copy()
        m[-1] += m[0] - TWO_NUMBERS
        m[0] = TWO_NUMBERS
    return m


def _of_housemates(name: str, h: Floats, u: Floats) -> Floats:
    """What is known of people of one home bounds what they are taken for, so that nobody is his own housemate.

    Given names agree as among strangers, but for father and son; birth dates too, but for twins. Without this bound
    the class would take matches for itself in data that have no households.
    """
    if name == "given":
        kin = min(max(float(h[-1] - u[-1]), 0.002), KIN)
        named_after = min(max(float(h[ONE_CROSSED] - u[ONE_CROSSED]), 0.0), KIN)
        found = u * (1.0 - kin - named_after)
        found[-1] += kin
        found[ONE_CROSSED] += named_after
        return np.asarray(found)
    if name in ("born", *ISSUED):
        close = slice(5, None) if name == "born" else slice(1, None)
        total = float(h[close].sum())
        limit = TWINS if name == "born" else 0.002
        if total > limit:
            h = h.copy()
            h[close] *= limit / total
            h[0] += total - limit
    return h


def _by_source(scorer: Scorer, i: Ints, j: Ints, match: Floats, chance: float, every: float) -> dict[str, float]:
    """How much likelier than average a match is, by pair of kinds of record; little data stay near 1.

    Of two known ages each is looked at beside everybody of a known age in the other's source: whether the two agree is
    for the birth dates to say, and saying it twice took four bits more from whoever has one of them wrong.
    """
    kinds, kind = scorer.kinds
    width = len(kinds)
    counts = np.bincount(kind, minlength=width).astype(np.float64)
    found = np.bincount(kind[i] * width + kind[j], match, width * width).reshape(width, width)
    found = found + found.T
    known = np.asarray([bool(each.age) for each in kinds])
    expected = (np.outer(counts, counts) - np.diag(counts)) * (chance * every / (len(kind) * (len(kind) - 1) / 2))
    source = np.asarray([each.source for each in kinds])
    same_source = (source[:, None] == source) & known
    pooled = (found @ same_source + FEW) / (expected @ same_source + FEW)
    ratio = np.where(known[:, None] & known, np.sqrt(pooled * pooled.T), (found + FEW) / (expected + FEW))
    held = {}
    for x, y in combinations_with_replacement(range(width), 2):
        held[between(str(kinds[x]), str(kinds[y]))] = float(f"{ratio[x, y]:.4g}")
    return held


def _splink(levels: Mapping[str, Level], u: Mapping[str, Floats], home: bool) -> dict[str, Floats]:
    """m of each comparison by Splink's EM over coded pairs; its u is given. Levels never met keep their start."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    used = {name: level for name, level in levels.items() if int((level >= 0).sum()) >= 50}
    # A made-up pair for each level, known in that alone: no chance becomes zero, which Splink could not take a log of.
    made = [(name, number) for name in used for number in range(len(_START_M[name]))]
    coded = {
        f"level_{name}": np.append(level, np.asarray([n if who == name else -1 for who, n in made], np.int8))
        for name, level in used.items()
    }
    table = pa.table({"unique_id": np.arange(len(next(iter(coded.values()))))} | coded)
    comparisons: list[ComparisonCreator | dict[str, Any]] = [
        _comparison(name, np.asarray(_START_H[name]) if home else u[name]) for name in used
    ]
    same_pair = "l.unique_id = r.unique_id"
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[{"blocking_rule": same_pair}],
        probability_two_random_records_match=0.3,
        max_iterations=20,
        em_convergence=0.001,
        retain_matching_columns=False,
    )
    with duckdb.connect() as connection:
        connection.execute("set threads = 2")
        api = DuckDBAPI(connection)
        sides = [api.register(table, dataset_display_name=side, table_name=f"pairs_{side}") for side in ("a", "b")]
        linker = Linker(sides, settings, log_level=logging.ERROR)
        linker.training.estimate_parameters_using_expectation_maximisation(
            same_pair,
            fix_u_probabilities=True,
            fix_probability_two_random_records_match=False,
            estimate_without_term_frequencies=True,
            record_sample_proportion=1.0,
        )
        held = linker.misc.save_model_to_json()
    found = {}
    for comparison in held["comparisons"]:
        name = str(comparison["output_column_name"]).removeprefix("level_")
        m = np.asarray(_START_M[name]).copy()
        for level in comparison["comparison_levels"]:
            if not level.get("is_null_level"):
                number = int(str(level["label_for_charts"]))
                m[number] = level.get("m_probability") or _FLOOR
        found[name] = m
    return found


def _comparison(name: str, u: Floats) -> dict[str, Any]:
    column = f"level_{name}"
    levels: list[dict[str, Any]] = [
        {"sql_condition": f"{column}_l = -1", "label_for_charts": "unknown", "is_null_level": True}
    ]
    for number in reversed(range(len(_START_M[name]))):
        levels.append(
            {
                "sql_condition": f"{column}_l = {number}" if number else "ELSE",
                "label_for_charts": str(number),
                "m_probability": float(_START_M[name][number]),
                "u_probability": float(max(u[number], _FLOOR)),
            }
        )
    return {"output_column_name": column, "comparison_levels": levels}


def _some(i: Ints, j: Ints, most: int, seed: int) -> tuple[Ints, Ints]:
    if len(i) <= most:
        return i, j
    rows = np.sort(np.random.default_rng(seed).choice(len(i), most, replace=False))
    return i[rows], j[rows]


def _shares(level: Level, size: int, weight: Floats, prior: Floats) -> Floats:
    known = level >= 0
    counts = np.bincount(level[known], weight[known], size) + prior * 2.0
    return np.asarray(counts / counts.sum())


def _kept(shares: Floats) -> Floats:
    """No level is impossible."""
    return np.asarray(np.maximum(shares, _FLOOR if len(shares) > 3 else 1e-7))
