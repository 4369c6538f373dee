"""Labelled records in the engine's canonical columns: the pinned sets of the shared folder, and any with a truth.

Nothing here is known to the engine: which column of a file is which is said here and nowhere else.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

FOLDER = Path(os.environ.get("NEWSTART_LINKAGE_DATA", Path(__file__).parents[2] / "shared/data/linkage"))
DEFAULT_MODEL = Path(__file__).parents[1] / "services/risk/linkage/engine/default_model.json"
_FEBRL = """
    select trim(rec_id) as record_id, 'febrl' as source, nullif(trim(given_name), '') as given,
        nullif(trim(surname), '') as family, nullif(trim(date_of_birth), '') as born_partial,
        nullif(trim(concat_ws(' ', nullif(trim(street_number), ''), nullif(trim(address_1), ''))), '') as address,
        nullif(trim(postcode), '') as postcode, split_part(trim(rec_id), '-', 2) as truth
    from read_csv({files}, all_varchar = true, normalize_names = true) order by record_id
"""
_COUNCIL = """
    select record_id, source, record_id as reference, first_name as given, surname as family, dob as born_partial, sex,
        address, postcode, nino, upn, recorded_on as seen_on, person_truth as truth
    from {files} order by record_id
"""
_PSEUDO = """
    select record_id, source, first_name as given, middle_initial as middle, surname as family, sex, addr as address,
        case when dob_raw is null or source = 'ssa' then dob_raw
            else concat_ws('-', split_part(dob_raw, '/', 3), split_part(dob_raw, '/', 1), split_part(dob_raw, '/', 2))
        end as born_partial, person_truth as truth
    from {files} order by record_id
"""
_HISTORICAL = """
    select unique_id as record_id, 'wikidata' as source, first_name as given, surname as family, dob as born_partial,
        gender as sex, birth_place as address, postcode_fake as postcode, cluster as truth
    from {files} order by unique_id
"""
_UK = """
    select unique_id::varchar as record_id, 'uk' as source, first_name as given, surname as family,
        dob as born_partial, sex, addr as address, postcode, person_truth::varchar as truth
    from {files} order by unique_id
"""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Records in canonical columns, and who each is."""

    name: str
    records: pa.Table
    truth: Mapping[str, str]


_SETS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "council 45k": (_COUNCIL, ("council_sources_45k_synthetic.parquet",)),
    "pseudopeople": (_PSEUDO, ("pseudopeople_2020_seed0.parquet",)),
    "historical half a": (_HISTORICAL, ("historical_half_a.parquet",)),
    "FEBRL1": (_FEBRL, ("febrl1.csv",)),
    "FEBRL3": (_FEBRL, ("febrl3.csv",)),
    "FEBRL4": (_FEBRL, ("febrl4a.csv", "febrl4b.csv")),
    "synthetic UK 200k": (_UK, ("synthetic_uk_200k.parquet",)),
}
NAMES = tuple(_SETS)


def there() -> bool:
    """Whether the shared folder is."""
    return (FOLDER / "febrl1.csv").exists()


def labelled(name: str) -> Labelled:
    """One of NAMES; FEBRL without its identity number."""
    query, files = _SETS[name]
    listed = ", ".join(f"'{FOLDER / file}'" for file in files)
    return of_query(name, query.format(files=f"[{listed}]" if query is _FEBRL else listed))


def of_query(name: str, query: str) -> Labelled:
    """Any records: a DuckDB query that gives canonical columns and one called truth."""
    with duckdb.connect() as connection:
        connection.execute("set threads = 2")
        table = connection.sql(query).to_arrow_table()
    ids, people = table.column("record_id").cast(pa.string()).to_pylist(), table.column("truth").to_pylist()
    return Labelled(name, table.drop_columns(["truth"]), dict(zip(ids, map(str, people), strict=True)))


def of_records(name: str, records: pa.Table, truth: pa.Table) -> Labelled:
    """Records in canonical columns beside a table of (source, reference, person): the demo borough's truth."""
    keys = zip(truth.column("source").to_pylist(), truth.column("reference").to_pylist(), strict=True)
    person = dict(zip(keys, map(str, truth.column("person").to_pylist()), strict=True))
    rows = zip(*(records.column(name).to_pylist() for name in ("record_id", "source", "reference")), strict=True)
    known = {str(record): person[key] for record, *key_of in rows if (key := tuple(key_of)) in person}
    return Labelled(name, records, known)


def write_default_model(read: Callable[[str], Labelled] = labelled) -> None:
    """Makes the model that comes with the engine again, from the council set without its labels."""
    from services.risk.linkage.engine import Records
    from services.risk.linkage.engine.training import train

    held = train(Records.from_arrow(read("council 45k").records)).as_json()
    held["sources"] = {}
    for name, least in {"given": 1e-4, "family": 1e-4, "home": 2e-3, "street": 2e-3, "postcode": 2e-3}.items():
        shares = held["frequencies"][name]["shares"]
        held["frequencies"][name]["shares"] = {value: share for value, share in shares.items() if share > least}
    held["origin"] = (
        "Trained without labels (engine.training.train: Splink's EM over three blockings, then six rounds over all "
        "candidates) on council_sources_45k_synthetic: 44,948 records of invented people in ten council-like sources. "
        "The chances by pair of sources were left out, for sources are called otherwise elsewhere; NHS numbers, "
        "telephones and email addresses keep the weights that training starts from. "
        "benchmarks/linkage_data.py makes it again. Train on your own records as soon as there are a few thousand."
    )
    DEFAULT_MODEL.write_text(json.dumps(held, indent=1, sort_keys=True) + "\n", encoding="utf-8")
