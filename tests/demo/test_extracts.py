"""What is written: the agreed columns, references that lead somewhere, the same bytes from the same seed."""

import filecmp
import re
from datetime import date
from pathlib import Path

import pyarrow.parquet
import pytest

from demo.borough.making import Made, make
from demo.borough.writing import BIG
from tests.demo.conftest import TINY, UNTIL, read

# The files they read take seconds to make: once is enough.
pytestmark = pytest.mark.xdist_group("demo-files")

COLUMNS = {
    "council_tax_accounts": (
        "account_ref liable_1_title liable_1_forename liable_1_surname liable_2_forename "
        "liable_2_surname uprn address_1 address_2 address_3 postcode liability_from liability_to "
        "discount phone email"
    ),
    "council_tax_arrears": "account_ref month charge paid balance instalment_missed stage",
    "rent_accounts": (
        "tenancy_ref tenant_forename tenant_surname tenant_dob joint_forename joint_surname "
        "joint_dob uprn address postcode tenancy_start tenancy_end landlord weekly_rent"
    ),
    "rent_balances": "tenancy_ref week_ending balance notice",
    "benefit_claims": (
        "claim_ref claimant_nino claimant_name claimant_dob partner_nino partner_name partner_dob "
        "children uprn address postcode tenure benefit passported weekly_award earned_income_weekly "
        "status from to"
    ),
    "school_census": (
        "upn former_upn surname forename middle preferred_surname dob sex address postcode uprn fsm "
        "ethnicity year_group school_urn entry_date leaving_date attendance_percent guardian_1_name "
        "guardian_1_phone"
    ),
    "school_exclusions": "upn start category reason sessions",
    "early_help": (
        "episode_ref child_surname child_forename dob address postcode opened closed presenting "
        "parent_name parent_dob phone"
    ),
    "social_care": (
        "person_ref surname forename dob sex ethnicity address postcode event event_start event_end "
        "need_code nhs_number"
    ),
    "adult_care": ("client_ref surname forename dob nhs_number address postcode uprn service start end primary_need"),
    "domestic_abuse": "incident_ref role surname forename dob address postcode incident_date risk",
    "homelessness": (
        "case_ref surname forename dob nino phone email last_settled_address postcode approach_date "
        "reason duty duty_start duty_end outcome household_type"
    ),
    "hub_contacts": "contact_ref hub contact_date given_name family_name known_as dob phone email postcode need",
}
LISTS = "housing_stock register directory developer_contributions grant_history panel_pool volunteers".split()
KEYS = {
    "council_tax_accounts": ("account_ref",),
    "council_tax_arrears": ("account_ref", "month"),
    "rent_accounts": ("tenancy_ref",),
    "rent_balances": ("tenancy_ref", "week_ending"),
    "benefit_claims": ("claim_ref", "from"),
    "school_census": ("upn", "entry_date"),
    "early_help": ("episode_ref",),
    "social_care": ("person_ref", "event", "event_start"),
    "adult_care": ("client_ref", "service", "start"),
    "domestic_abuse": ("incident_ref",),
    "homelessness": ("case_ref",),
    "hub_contacts": ("contact_ref",),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_are_the_agreed_ones(small: Made, name: str) -> None:
    rows = read(small.folder, name)
    assert rows, "nothing was written"
    assert list(rows[0]) == COLUMNS[name].split()


def test_every_extract_and_the_truth_are_there(tiny: Made) -> None:
    assert set(tiny.rows) == {*COLUMNS, *LISTS}
    for name in tiny.rows:
        assert (tiny.folder / f"{name}.csv").exists()
        assert (tiny.folder / f"{name}.parquet").exists() == (name in BIG)
    assert {path.stem for path in (tiny.folder / "truth").iterdir()} == {
        *("people", "households", "residents", "residence"),
    }


@pytest.mark.parametrize("name", sorted(BIG))
def test_parquet_says_what_the_csv_says(tiny: Made, name: str) -> None:
    sheet = pyarrow.parquet.read_table(tiny.folder / f"{name}.parquet").to_pylist()
    lines = read(tiny.folder, name)
    assert len(sheet) == len(lines) == tiny.rows[name]
    for left, right in zip(sheet[::37], lines[::37], strict=True):
        assert {key: value for key, value in left.items() if isinstance(value, str)} == {
            key: right[key] for key, value in left.items() if isinstance(value, str)
        }


@pytest.mark.parametrize("name", KEYS)
def test_keys_are_unique(small: Made, name: str) -> None:
    keys = [tuple(row[column] for column in KEYS[name]) for row in read(small.folder, name)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("child", "parent", "key"),
    [
        ("council_tax_arrears", "council_tax_accounts", "account_ref"),
        ("rent_balances", "rent_accounts", "tenancy_ref"),
        ("school_exclusions", "school_census", "upn"),
    ],
)
def test_references_lead_somewhere(small: Made, child: str, parent: str, key: str) -> None:
    assert {row[key] for row in read(small.folder, child)} <= {row[key] for row in read(small.folder, parent)}


def test_places_are_in_the_stock(small: Made) -> None:
    stock = {row["uprn"] for row in read(small.folder, "housing_stock")}
    for name in ("council_tax_accounts", "rent_accounts", "benefit_claims", "school_census", "adult_care"):
        assert {row["uprn"] for row in read(small.folder, name)} - {""} <= stock, name


@pytest.mark.full
def test_the_same_seed_makes_the_same_bytes_and_another_others(tiny: Made, tmp_path: Path) -> None:
    make(TINY, 7, UNTIL, tmp_path / "again")
    make(TINY, 8, UNTIL, tmp_path / "other")
    names = [path.relative_to(tiny.folder) for path in tiny.folder.rglob("*") if path.is_file()]
    names = [name for name in names if name.parts[0] != "next"]
    same, different, missing = filecmp.cmpfiles(tiny.folder, tmp_path / "again", map(str, names), shallow=False)
    assert (len(same), different, missing) == (len(names), [], [])
    _, different, _ = filecmp.cmpfiles(tiny.folder, tmp_path / "other", map(str, names), shallow=False)
    assert {"council_tax_accounts.csv", "school_census.csv", "benefit_claims.parquet"} <= set(different)


def test_dates_are_in_order_and_none_is_after_the_last_day(small: Made) -> None:
    spans = {
        "rent_accounts": ("tenancy_start", "tenancy_end"),
        "benefit_claims": ("from", "to"),
        "school_census": ("entry_date", "leaving_date"),
        "early_help": ("opened", "closed"),
        "social_care": ("event_start", "event_end"),
        "adult_care": ("start", "end"),
        "homelessness": ("duty_start", "duty_end"),
    }
    last = UNTIL.isoformat()
    for name, (start, end) in spans.items():
        for row in read(small.folder, name):
            assert row[start] <= last, (name, row)
            if row[end]:
                assert row[start] <= row[end], (name, row)
                assert row[end] <= last, (name, row)
    for row in read(small.folder, "council_tax_accounts"):
        day = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", row["liability_from"])
        assert day
        assert date(int(day[3]), int(day[2]), int(day[1])) <= UNTIL


def test_arrears_add_up(small: Made) -> None:
    """A month's balance is the last one and the charge, less what was paid."""
    balances: dict[str, tuple[str, float]] = {}
    followed = 0
    for row in sorted(read(small.folder, "council_tax_arrears"), key=lambda each: (each["account_ref"], each["month"])):
        balance, charge, paid = (float(row[name]) for name in ("balance", "charge", "paid"))
        assert balance >= 0
        assert (row["instalment_missed"] == "Y") == (paid == 0)
        _, before = balances.get(row["account_ref"], ("", None))
        if before is not None:
            assert balance == pytest.approx(before + charge - paid, abs=0.011)
            followed += 1
        balances[row["account_ref"]] = (row["month"], balance)
    assert followed > 1_000
