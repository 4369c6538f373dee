"""What linkage is measured beside: Splink 5 as its own documentation sets it up, and a hash join on exact keys.

The peer is configured once, in good faith, as a council's analyst would: name, date of birth and address comparisons
from its library with term frequencies, up to eight blocking rules, u by random sampling, m by three sessions. Its
threshold is then chosen WITH the labels, which flatters it.
"""

import logging
import time
from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from services.risk.linkage.engine.evaluation import quality

_THRESHOLDS = range(-2, 27, 2)
"""Match weights, in bits."""


def splink(records: pa.Table, truth: Mapping[str, str]) -> dict[str, float]:
    """Seconds to train and to predict and cluster, and the best clusters' precision, recall and F1."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    began = time.perf_counter()
    columns = [name for name in records.column_names if records.column(name).null_count < records.num_rows]
    comparisons: list[Any] = [
        cl.NameComparison("given").configure(term_frequency_adjustments=True),
        cl.NameComparison("family").configure(term_frequency_adjustments=True),
        cl.DateOfBirthComparison("born_partial", input_is_string=True),
        cl.JaroWinklerAtThresholds("address", [0.95, 0.85]).configure(term_frequency_adjustments=True),
    ]
    comparisons += [cl.ExactMatch(name) for name in ("sex", "nino", "upn") if name in columns]
    rules: list[Any] = [
        block_on("given", "family"), block_on("born_partial", "substr(given, 1, 1)"),
        block_on("born_partial", "family"),
        block_on("address", "substr(given, 1, 1)"),
    ]  # fmt: skip
    if "postcode" in columns:
        comparisons.append(cl.PostcodeComparison("postcode"))
        rules += [block_on("postcode", "given"), block_on("postcode", "family")]
    rules += [block_on(name) for name in ("nino", "upn") if name in columns]
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_id",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=rules,
        retain_matching_columns=False,
    )
    with duckdb.connect() as connection:
        connection.execute("set threads = 2")
        api = DuckDBAPI(connection)
        table = records.select(list(dict.fromkeys(["record_id", *columns])))
        linker = Linker(api.register(table, table_name="people"), settings, log_level=logging.ERROR)
        linker.training.estimate_probability_two_random_records_match(
            [block_on("given", "family", "born_partial"), block_on("given", "family", "address")], recall=0.6
        )
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
        for rule in (block_on("given", "family"), block_on("born_partial"), block_on("address")):
            linker.training.estimate_parameters_using_expectation_maximisation(rule)
        trained = time.perf_counter()
        predicted = linker.inference.predict(threshold_match_weight=_THRESHOLDS[0])
        name = predicted.physical_name
        pairs = connection.sql(f"select record_id_l, record_id_r, match_weight from {name}").to_arrow_table()
    predicted_at = time.perf_counter()
    ids = [str(each) for each in records.column("record_id").to_pylist()]
    place = {each: number for number, each in enumerate(ids)}
    i = np.asarray([place[str(each)] for each in pairs.column(0).to_pylist()])
    j = np.asarray([place[str(each)] for each in pairs.column(1).to_pylist()])
    weight = pairs.column(2).to_numpy()
    clustered = 0.0
    best = {"precision": 0.0, "recall": 0.0, "f1": 0.0}
    for threshold in _THRESHOLDS:
        one = time.perf_counter()
        kept = weight >= threshold
        graph = coo_matrix((np.ones(int(kept.sum())), (i[kept], j[kept])), shape=(len(ids), len(ids)))
        label = connected_components(graph, directed=False)[1].tolist()
        clustered = time.perf_counter() - one
        found = quality(dict(zip(ids, map(str, label), strict=True)), truth)
        if found.f1.value > best["f1"]:
            best = {"precision": found.precision.value, "recall": found.recall.value, "f1": found.f1.value}
            best["threshold"] = threshold
    return best | {"train": trained - began, "link": predicted_at - trained + clustered}


def exact_join(records: pa.Table) -> tuple[float, dict[str, str]]:
    """Seconds, and people: whoever has the same names and the same birth date or postcode, joined transitively."""
    began = time.perf_counter()
    names = set(records.column_names)
    keys = [["given", "family", other] for other in ("born_partial", "postcode", "address") if other in names] + [
        [name] for name in ("nino", "upn") if name in names
    ]
    ids = [str(each) for each in records.column("record_id").to_pylist()]
    with duckdb.connect() as connection:
        connection.execute("set threads = 2")
        connection.register("people", records.append_column("row", pa.array(range(len(ids)))))
        links = " union all ".join(
            f"select row, min(row) over (partition by {', '.join(key)}) as first from people where "
            + " and ".join(f"{name} is not null" for name in key)
            for key in keys
        )
        table = connection.sql(links).to_arrow_table()
    i, j = table.column(0).to_numpy(), table.column(1).to_numpy()
    label = connected_components(coo_matrix((np.ones(len(i)), (i, j)), shape=(len(ids), len(ids))), directed=False)[1]
    took = time.perf_counter() - began
    return took, dict(zip(ids, map(str, label.tolist()), strict=True))
