"""The linkage model and the profile rules on Spark give what they give here. Only where Java and pyspark are.

`pip install "newstart[spark]"`; skipped, and said so, where either is missing.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.late import Late

pytestmark = [
    pytest.mark.full,
    pytest.mark.timeout(900),
    # Spark's own Python files, which no change of ours can mend.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.skipif(shutil.which("java") is None, reason="SPARK NOT TRIED: there is no Java on this machine"),
    pytest.mark.skipif(
        importlib.util.find_spec("pyspark") is None, reason="SPARK NOT TRIED: install the extra `spark`"
    ),
]

linkage = Late("services.risk.linkage.engine.spark")
profiles = Late("services.risk.profiles.spark")
ROOT = Path(__file__).parents[3]
DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from pyspark.sql import SparkSession

    # The workers are this very Python, with this very package.
    before = {name: os.environ.get(name) for name in ("PYSPARK_PYTHON", "PYTHONPATH")}
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), before["PYTHONPATH"])))
    made = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.memory", "1g")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.local.dir", str(tmp_path_factory.mktemp("spark")))
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    yield made
    made.stop()
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value


@pytest.fixture(scope="module")
def borough(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny borough's extracts, as they would be loaded."""
    folder = tmp_path_factory.mktemp("tiny")
    subprocess.run(
        [sys.executable, "-m", "demo.borough", "make", "--size", "tiny", "--out", str(folder)],
        check=True,
        cwd=ROOT,
        capture_output=True,
    )
    return folder


def test_the_tiny_borough_s_pairs_have_the_same_weights(session: Any, borough: Path) -> None:
    from benchmarks.linkage_borough import borough as labelled
    from services.risk.linkage.engine import Model, Records
    from services.risk.linkage.engine.blocking import pairs
    from services.risk.linkage.engine.scoring import Scorer

    records = labelled(borough).records
    found = Records.from_arrow(records)
    model = Model.load().adapted(found)
    i, j = pairs(found)
    here = {
        tuple(sorted((str(found.ids[x]), str(found.ids[y])))): float(weight)
        for x, y, weight in zip(i, j, Scorer(model, found).weights(i, j), strict=True)
    }
    there = {
        (row["a"], row["b"]): row["weight"]
        for row in linkage.weights(session, session.createDataFrame(_rows(records)), model).collect()
    }
    assert len(here) > 5_000
    assert there.keys() == here.keys()
    apart = max(abs(there[pair] - weight) for pair, weight in here.items())
    assert apart < 1e-9, apart


def _rows(records: Any) -> Any:
    """Every column as text, for Spark."""
    import pyarrow as pa

    return pa.table({name: records.column(name).cast(pa.string()) for name in records.column_names})


def test_the_rules_find_the_same_factors(session: Any, tmp_path: Path) -> None:
    from benchmarks.profiles_whole import _FACTS, _RECORDS
    from services.risk.profiles.borough import found, opened, placed_facts
    from services.risk.profiles.catalogue import book

    rulebook = book(DAY)
    engine = opened(tmp_path)
    engine.execute(f"create table records as {_RECORDS.format(households=400)}")
    engine.execute(f"create table made as {_FACTS}")
    file = tmp_path / "columns.parquet"
    engine.execute(
        "copy (select record, source, kind, occurred_on, until, cast(amount * 100 as bigint) as hundredths, value"
        f" from made order by kind, occurred_on) to '{file}'"
    )
    engine.execute(
        "create table placings as select record, household, cast(case certainty when 'confirmed' then 0"
        " when 'probable' then 1 else 2 end as tinyint) as certainty from records"
    )
    placed_facts(engine, [file], rulebook)
    assert found(engine, rulebook) > 500
    names = "cast(household as varchar), factor, since, latest_on, amount, facts, sources, certainty"
    here = set(engine.execute(f"select {names} from found").fetchall())
    placed = tmp_path / "facts.parquet"
    engine.execute(
        "copy (select cast(household as varchar) as household, cast(record as varchar) as record,"
        " cast(kind as varchar) as kind, occurred_on, day, cast(month as bigint) as month, until, hundredths, value,"
        f" source, cast(certainty as int) as certainty from facts) to '{placed}'"
    )
    engine.close()
    there = {tuple(row) for row in profiles.found(session, session.read.parquet(str(placed)), rulebook).collect()}
    assert there == here


def test_duckdb_is_the_one_compared_with() -> None:
    """The rules' text is one: what runs there is what runs here, but for the name of a type."""
    from services.risk.profiles.catalogue import book
    from services.risk.profiles.language import BITS, compiled

    text = compiled(book(DAY), monthly="totals", sources=BITS)
    assert profiles.in_dialect(text).replace(" as string)", " as text)") == text
    assert duckdb.__version__
