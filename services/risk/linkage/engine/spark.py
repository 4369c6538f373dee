"""The linkage model on Spark, for a region or the nation: the same keys, the same comparisons, the same weights.

Splink 5.0 has a Spark backend, but it trains and scores Splink's own model; ours has a third class (housemates),
one comparison for a place and rarity by value, which Splink's settings cannot say. So Spark does what it is for, the
grouping of records under keys across machines, and each of its workers runs this package's own code on the pairs it
gets: nothing is expressed twice, so nothing can differ. The workers need numpy, pyarrow, rapidfuzz and scipy.

What this gives is every candidate pair with its weight. The last step of the batch, the pairs of a neighbourhood that
share no key and the cut into people (resolving.py), is done area by area from these, as for a borough.

pyspark is an optional extra (`spark`) and needs Java 17: nothing of it is imported before it is asked for.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from services.risk.linkage.engine import blocking
from services.risk.linkage.engine.model import Model
from services.risk.linkage.engine.records import CANONICAL, Records
from services.risk.linkage.engine.scoring import Scorer, probability

if TYPE_CHECKING:
    DataFrame = Any
    Session = Any

_KEYS: Final = "position bigint, rule int, key bigint"
_WEIGHTS: Final = "a string, b string, weight double, probability double"


def weights(session: "Session", records: "DataFrame", model: Model) -> "DataFrame":
    """a, b, weight, probability of every candidate pair of these records (canonical columns, all text).

    As `blocking.pairs` and `Scorer.weights` give them: the earlier record, by id, is a.
    """
    held = session.sparkContext.broadcast(model.as_json())
    there = [name for name in CANONICAL if name in records.columns]
    numbered = records.select(*there).withColumn("position", _position(session))
    keyed = numbered.mapInArrow(_keyed(there), _KEYS)
    keyed.createOrReplaceTempView("linkage_keys")
    numbered.createOrReplaceTempView("linkage_records")
    limits = "\n".join(
        f"when {number} then {blocking._BROAD[rule]}"
        for number, rule in enumerate(blocking.RULES)
        if rule in blocking._BROAD
    )
    left = ", ".join(f"l.{name} as l_{name}" for name in there)
    right = ", ".join(f"r.{name} as r_{name}" for name in there)
    pairs = session.sql(
        f"""
        with sized as (
            select *, count(*) over (partition by rule, key) as size from linkage_keys
        ), small as (
            select * from sized
            where size between 2 and case rule {limits} else {blocking.LARGEST_GROUP} end
        ), pairs as (
            select distinct x.position as i, y.position as j
            from small as x join small as y on x.rule = y.rule and x.key = y.key and x.position < y.position
        )
        select {left}, {right} from pairs
        join linkage_records as l on l.position = pairs.i
        join linkage_records as r on r.position = pairs.j"""
    )
    return pairs.mapInArrow(_scored(held, there), _WEIGHTS)


def _position(session: "Session") -> Any:
    """A number for each record, in order of the ids: which of two is the earlier must not hang on the cluster."""
    functions = __import__("pyspark.sql", fromlist=["functions"]).functions
    # A hash is enough: only order and equality count.
    return functions.xxhash64("record_id")


def _keyed(there: list[str]) -> Any:
    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            table = pa.Table.from_batches([batch])
            matrix, owners = blocking.key_matrix(Records.from_arrow(table.select(there)))
            rows, columns = np.nonzero(matrix)
            positions = table.column("position").to_numpy()
            yield pa.RecordBatch.from_pydict(
                {
                    "position": positions[rows],
                    "rule": np.asarray(owners, np.int32)[columns],
                    "key": matrix[rows, columns].astype(np.int64),
                }
            )

    return work


def _scored(held: Any, there: list[str]) -> Any:
    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        model = Model.of_json(held.value)
        for batch in batches:
            sides = [pa.table([batch.column(f"{side}_{name}") for name in there], names=there) for side in ("l", "r")]
            records = Records.from_arrow(pa.concat_tables(sides))
            count = batch.num_rows
            i, j = np.arange(count), np.arange(count, 2 * count)
            weight = Scorer(model, records).weights(i, j)
            first, second = records.ids[i], records.ids[j]
            turned = first > second
            yield pa.RecordBatch.from_pydict(
                {
                    "a": pa.array(np.where(turned, second, first), pa.string()),
                    "b": pa.array(np.where(turned, first, second), pa.string()),
                    "weight": weight,
                    "probability": probability(weight),
                }
            )

    return work
