"""A demo borough's extracts on their way through risk, as they are, shuffled, or with every record placed rightly."""

from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from services.risk.sources.maps import NATIVE
from services.risk.vault import pseudonyms
from tests.risk.sources.ground import Loading


def read(file: Path) -> pa.Table:
    """An extract, all of it text."""
    names = pyarrow.csv.open_csv(file).schema.names
    options = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True)
    return pyarrow.csv.read_csv(file, convert_options=options)


def shuffled(folder: Path, into: Path, seed: int) -> Path:
    """The same extracts, but whose debts and whose kind of home they tell of is dealt out anew between households.

    An account's months of debt go to another account together, a claim's tenure to another claim.
    """
    draw = np.random.default_rng(seed)
    into.mkdir()
    for source in NATIVE:
        (into / f"{source}.csv").symlink_to(folder / f"{source}.csv")
    accounts = np.array(read(folder / "council_tax_accounts.csv")["account_ref"].to_pylist())
    dealt = dict(zip(accounts, draw.permutation(accounts), strict=True))
    _rewrite(folder, into, "council_tax_arrears", "account_ref", lambda row: dealt[row["account_ref"]])
    claims = read(folder / "benefit_claims.csv").select(["claim_ref", "tenure"]).to_pylist()
    held = {row["claim_ref"]: row["tenure"] for row in claims}
    names = list(held)
    tenure = dict(zip(names, (held[names[place]] for place in draw.permutation(len(names))), strict=True))
    _rewrite(folder, into, "benefit_claims", "tenure", lambda row: tenure[row["claim_ref"]])
    return into


def _rewrite(folder: Path, into: Path, source: str, column: str, value: Any) -> None:
    table = read(folder / f"{source}.csv")
    told = pa.array([value(row) for row in table.to_pylist()], pa.string())
    file = into / f"{source}.csv"
    file.unlink()
    pyarrow.csv.write_csv(table.set_column(table.schema.get_field_index(column), column, told), file)


async def bring(loading: Loading, folder: Path) -> None:
    """All extracts through the door, linked, and every profile worked out."""
    for source in NATIVE:
        accepted = await loading.post_file(source, (folder / f"{source}.csv").read_bytes())
        assert accepted.status_code == 202, accepted.text
    await loading.work_off("load")
    await loading.work_off("refresh")
    states = loading.risk.stored.rows("select kind, state, count(*) as n from job group by 1, 2 order by 1, 2")
    told = {(row["kind"], row["state"]): row["n"] for row in states}
    assert told["load", "succeeded"] == len(NATIVE), told
    assert told["refresh", "succeeded"] == 1, told


def place_rightly(loading: Loading, folder: Path) -> None:
    """In place of what linkage found: every record with the household in which its person lives at the end."""
    people = pyarrow.parquet.read_table(folder / "truth" / "people.parquet").to_pylist()
    lives = pyarrow.parquet.read_table(folder / "truth" / "residence.parquet").to_pylist()
    lives.sort(key=lambda row: str(row["valid_from"]))
    now = {row["person"]: row["household"] for row in lives}
    months = pyarrow.parquet.read_table(folder / "truth" / "households.parquet", columns=["household", "month"])
    last = max(months["month"].to_pylist())
    there = {row["household"] for row in months.to_pylist() if row["month"] == last}
    connection = loading.risk.ground.connection
    connection.execute("truncate placed, home")
    with connection.cursor() as cursor:
        columns = "record, source, resident, household, certainty, probability"
        with cursor.copy(f"copy placed ({columns}) from stdin") as rows:
            placed = set()
            for row in people:
                record = pseudonyms.of_record(row["source"], row["reference"])
                if record not in placed and row["person"] in now:
                    placed.add(record)
                    home = _id(2, now[row["person"]])
                    rows.write_row((record, row["source"], _id(1, row["person"]), home, "confirmed", 1))
        with cursor.copy("copy home (household, ward, adults, children, registered, certainty) from stdin") as rows:
            for household in sorted(there):
                rows.write_row((_id(2, household), None, 1, 0, False, 1))
    connection.execute("analyze")


def _id(kind: int, number: int) -> UUID:
    return UUID(int=(kind << 64) + number + 1)
