"""Weights from records alone, without labels: Splink's expectation maximisation, then rounds over all candidates.

Splink (MIT, moj-analytical-services) estimates m for the comparisons that a blocking rule leaves free, over pairs coded by level
(so that it trains on exactly what is scored later). Three blockings see every comparison: pairs of one home (where the
others are housemates, h, not strangers), pairs of one full name, and pairs of one birth date. The rounds that follow put
the three together with frequencies, three classes and the chance of a match by pair of sources.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from splink import DuckDBAPI, Linker, SettingsCreator
from splink.internals.comparison_creator import ComparisonCreator

from services.risk.linkage.engine import blocking
from services.risk.linkage.engine.comparisons import COMPARISONS, Level, compare
from services.risk.linkage.engine.model import FREQUENT, Floats, Frequencies, Model, Weights
from services.risk.linkage.engine.records import NUMBERS, Ints, Records
from services.risk.linkage.engine.scoring import CHUNK, Scorer, probability

RANDOM_PAIRS = 400_000
SESSION_PAIRS = 200_000
ROUNDS = 6
KIN = 0.01
"""At most so many pairs of housemates have one given name."""
TWINS = 0.03
"""At most so many have one birth date, or nearly."""
_FLOOR = 1e-5
_START_M: Mapping[str, tuple[float, ...]] = {
    "given": (0.03, 0.03, 0.02, 0.02, 0.07, 0.03, 0.02, 0.78),
    "family": (0.04, 0.01, 0.01, 0.01, 0.08, 0.02, 0.83),
    "middle": (0.05, 0.15, 0.80),
    "born": (0.02, 0.01, 0.03, 0.04, 0.06, 0.84),
    "sex": (0.02, 0.98),
    "place": (0.10, 0.05, 0.01, 0.05, 0.02, 0.07, 0.10, 0.60),
    "form": (0.5, 0.01),
} | dict.fromkeys(NUMBERS, (0.03, 0.04, 0.93))
_START_H: Mapping[str, tuple[float, ...]] = {
    "given": (0.90, 0.01, 0.03, 0.02, 0.01, 0.01, 0.005, 0.015),
    "family": (0.25, 0.01, 0.01, 0.01, 0.05, 0.02, 0.65),
    "middle": (0.90, 0.08, 0.02),
    "born": (0.80, 0.06, 0.08, 0.01, 0.03, 0.02),
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
    """A model of these records. `base` gives the weights of comparisons they cannot teach (nobody has an NHS number)."""
    frequencies = {name: Frequencies.counted(records, name) for name in FREQUENT}
    random = _random_levels(records, seed)
    u = {each.name: _shares(random[each.name], len(each.words)) for each in COMPARISONS}
    for name in ("born", *NUMBERS):
        u[name] = _by_chance(records, name, u[name])
    m = {name: [] for name in u}  # type: dict[str, list[Floats]]
    for rule, free, home in _SESSIONS:
        i, j = _some(*blocking.pairs(records, (rule,)), seed)
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
            _smoothed(np.mean(found, axis=0) if found else start_m, start_m),
            _smoothed(u[name], u[name]),
            _smoothed(_of_housemates(name, start_h, u[name]), start_h),
        )
    count = len(records)
    chance = 1.0 / max(count, 2)
    model = Model(weights, frequencies, chance, chance, count, {}, f"trained on {count} records")
    return _rounds(model, records)


def _rounds(model: Model, records: Records) -> Model:
    """Expectation maximisation over all candidates, with everything that scoring uses."""
    i, j = blocking.pairs(records)
    parts = [compare(records, i[k : k + CHUNK], j[k : k + CHUNK]) for k in range(0, len(i), CHUNK)]
    levels = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else {}
    every = len(records) * (len(records) - 1) / 2
    random_u = {name: weights.u for name, weights in model.weights.items()}
    for _ in range(ROUNDS):
        evidence = Scorer(model, records).evidence(levels, i, j)
        total = np.logaddexp2(evidence.m, np.logaddexp2(evidence.u, evidence.h))
        match, mates = np.exp2(evidence.m - total), np.exp2(evidence.h - total)
        chance = max(float(match.sum()) / every, 1e-9)
        mate_chance = max(float(mates.sum()) / every, 1e-9)
        weights = {}
        for name, old in model.weights.items():
            if name == "form":
                weights[name] = old
                continue
            size = len(old.m)
            m, h = _shares(levels[name], size, match, old.m), _shares(levels[name], size, mates, old.h)
            # Pairs taken at random hold a few matches and housemates; what they add to u is taken off again.
            u = np.maximum(random_u[name] - chance * m - mate_chance * h, random_u[name] * 0.02)
            u = u / u.sum()
            weights[name] = Weights(_smoothed(m, old.m), _smoothed(u, u), _smoothed(_of_housemates(name, h, u), old.h))
        sources = _by_source(records, i, j, match, chance)
        model = replace(model, weights=weights, match=chance, housemates=mate_chance, sources=sources)
    return model


def _of_housemates(name: str, h: Floats, u: Floats) -> Floats:
    """What is known of people of one home bounds what they are taken for, so that nobody is his own housemate.

    Given names agree as among strangers, but for father and son; birth dates too, but for twins. Without this bound
    the class would take matches for itself in data that have no households.
    """
    if name == "given":
        kin = min(max(float(h[-1] - u[-1]), 0.002), KIN)
        found = u * (1.0 - kin)
        found[-1] += kin
        return found
    if name in ("born", "nino", "nhs_number", "upn"):
        close = slice(4, None) if name == "born" else slice(1, None)
        total = float(h[close].sum())
        limit = TWINS if name == "born" else 0.002
        if total > limit:
            h = h.copy()
            h[close] *= limit / total
            h[0] += total - limit
    return h


def _by_source(records: Records, i: Ints, j: Ints, match: Floats, chance: float) -> dict[str, float]:
    """How much likelier than average a match is, by pair of sources; little data stay near 1."""
    source = records["source"]
    names, counts = source.values, np.bincount(source.codes[source.known], minlength=len(source.values))
    width = len(names)
    a, b = source.codes[i], source.codes[j]
    known = (a >= 0) & (b >= 0)
    cell = np.minimum(a, b)[known] * width + np.maximum(a, b)[known]
    sums = np.bincount(cell, match[known], width * width)
    found = {}
    for x in range(width):
        for y in range(x, width):
            pairs = counts[x] * counts[y] if x != y else counts[x] * (counts[x] - 1) / 2
            ratio = (sums[x * width + y] + 5.0) / (pairs * chance + 5.0)
            found["|".join(sorted((str(names[x]), str(names[y]))))] = float(f"{ratio:.4g}")
    return found


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
    comparisons: list[ComparisonCreator | dict[str, Any]] = [_comparison(name, np.asarray(_START_H[name]) if home else u[name]) for name in used]
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


def _random_levels(records: Records, seed: int) -> dict[str, Level]:
    chance = np.random.default_rng(seed)
    i, j = chance.integers(0, len(records), (2, RANDOM_PAIRS))
    apart = i != j
    return compare(records, i[apart], j[apart])


def _by_chance(records: Records, name: str, sampled: Floats) -> Floats:
    """The sample's shares with the top level from the values' frequencies: a sample is too small to meet it."""
    found = sampled.copy()
    column = records[name]
    counts = np.bincount(column.codes[column.known]) if column.known.any() else np.ones(1)
    if name == "born":
        # Birth dates of which only the year is known belong to another level.
        full = np.fromiter((value[6:] != "00" for value in column.values), np.bool_, len(column.values))
        square = float((counts[full].astype(np.float64) ** 2).sum()) / max(float(counts.sum()) ** 2, 1.0)
    else:
        square = 1.0 / max(int((counts > 0).sum()), 100)
    found[-1] = square
    found[0] = max(1.0 - found[1:].sum(), 0.01)
    return found


def _some(i: Ints, j: Ints, seed: int) -> tuple[Ints, Ints]:
    if len(i) <= SESSION_PAIRS:
        return i, j
    rows = np.sort(np.random.default_rng(seed).choice(len(i), SESSION_PAIRS, replace=False))
    return i[rows], j[rows]


def _shares(level: Level, size: int, weight: Floats | None = None, prior: Floats | None = None) -> Floats:
    known = level >= 0
    counts = np.bincount(level[known], None if weight is None else weight[known], size).astype(np.float64)
    start = np.full(size, 1.0 / size) if prior is None else prior
    counts += start * 2.0
    return np.asarray(counts / counts.sum())


def _smoothed(shares: Floats, start: Floats) -> Floats:
    del start
    kept = np.maximum(shares, _FLOOR if len(shares) > 3 else 1e-7)
    return np.asarray(kept)


__all__ = ["probability", "train"]
