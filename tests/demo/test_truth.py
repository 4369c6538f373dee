"""The truth covers every record, and the services' files give none of it away."""

import pyarrow.parquet
import pytest

from demo.borough.making import Made
from tests.demo.conftest import read

# The files they read take seconds to make: once is enough.
pytestmark = pytest.mark.xdist_group("demo-files")

REFERENCE = {
    "council_tax_accounts": ("account_ref", True),
    "rent_accounts": ("tenancy_ref", True),
    "benefit_claims": ("claim_ref", True),
    "school_census": ("upn", True),
    "early_help": ("episode_ref", True),
    "social_care": ("person_ref", False),
    "adult_care": ("client_ref", False),
    "domestic_abuse": ("incident_ref", False),
    "homelessness": ("case_ref", False),
    "hub_contacts": ("contact_ref", False),
    "register": ("application_ref", False),
    "panel_pool": ("member_ref", False),
    "volunteers": ("volunteer_ref", False),
}
SECOND = {
    "council_tax_accounts": "liable_2_surname",
    "rent_accounts": "joint_surname",
    "benefit_claims": "partner_name",
    "early_help": "parent_name",
    "school_census": "guardian_1_name",
}


def sheet(made: Made, name: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = pyarrow.parquet.read_table(made.folder / "truth" / f"{name}.parquet").to_pylist()
    return rows


@pytest.mark.full
@pytest.mark.parametrize("name", REFERENCE)
def test_every_person_of_every_record_has_one_truth(small: Made, name: str) -> None:
    column, several = REFERENCE[name]
    known = [str(row["reference"]) for row in sheet(small, "people") if row["source"] == name]
    wanted = set()
    for row in read(small.folder, name):
        wanted.add(row[column] + ("#1" if several else ""))
        if name in SECOND and row[SECOND[name]]:
            wanted.add(row[column] + "#2")
    assert wanted == set(known)
    assert name == "school_census" or len(known) == len(set(known))


@pytest.mark.full
def test_people_and_households_of_the_truth_exist(small: Made) -> None:
    residents = {row["person"]: row for row in sheet(small, "residents")}
    households = {row["household"] for row in sheet(small, "residence")}
    for row in sheet(small, "people"):
        assert row["person"] in residents
        assert row["household"] in households
    lived = {(row["person"], row["household"]) for row in sheet(small, "residence")}
    strays = sum((row["person"], row["household"]) not in lived for row in sheet(small, "people"))
    assert strays / len(lived) < 0.01, "nearly every record is of the household its person lived in"


@pytest.mark.full
def test_each_month_has_its_households(small: Made) -> None:
    months: dict[object, list[dict[str, object]]] = {}
    for row in sheet(small, "households"):
        months.setdefault(row["month"], []).append(row)
    assert len(months) == 36
    assert max(months) == "2026-10"
    for rows in months.values():
        assert abs(len(rows) - 1_500) < 60
        assert len({row["household"] for row in rows}) == len(rows)
        assert 2.4 < sum(int(str(row["people"])) for row in rows) / len(rows) < 3.1


def test_no_extract_names_the_truth(tiny: Made) -> None:
    for name in tiny.rows:
        header, _, _ = (tiny.folder / f"{name}.csv").read_text(encoding="utf-8").partition("\n")
        assert not {"person", "household", "person_no"} & set(header.strip().replace('"', "").split(","))
