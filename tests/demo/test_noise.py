"""The noise is really there, about as often as structure.py says, and only there."""

from collections import Counter

import numpy as np
import pyarrow.parquet
import pytest

from demo.borough.making import Made
from demo.borough.names import names, plain
from demo.borough.noise import slip
from demo.borough.structure import NOISE, STALE_ACCOUNT
from tests.demo.conftest import read

# The files they read take seconds to make: once is enough.
pytestmark = pytest.mark.xdist_group("demo-files")


def joined(made: Made, source: str, column: str) -> list[tuple[dict[str, str], dict[str, object]]]:
    """Each row of a source beside the person it is truly about."""
    truth = made.folder / "truth"
    residents = {row["person"]: row for row in pyarrow.parquet.read_table(truth / "residents.parquet").to_pylist()}
    people = pyarrow.parquet.read_table(truth / "people.parquet").to_pylist()
    of = {row["reference"].removesuffix("#1"): residents[row["person"]] for row in people if row["source"] == source}
    return [(row, of[row[column]]) for row in read(made.folder, source)]


def within(part: int, whole: int, rate: float, spread: float = 4.0) -> bool:
    """Whether a count is what chance would give (four standard deviations)."""
    return abs(part - whole * rate) <= spread * np.sqrt(whole * rate * (1 - rate)) + 1


def test_default_and_missing_dates_of_birth(small: Made) -> None:
    rows = joined(small, "rent_accounts", "tenancy_ref")
    rates = NOISE["rent_accounts"]
    given = [row["tenant_dob"] for row, _ in rows]
    assert within(sum(not day for day in given), len(rows), rates.missing_born)
    true = ["/".join(reversed(str(person["born"]).split("-"))) for _, person in rows]
    wrong = [day for day, right in zip(given, true, strict=True) if day and day != right]
    defaults = sum(day.startswith("01/01/") for day in wrong)
    assert within(defaults, len(rows), rates.default_born)
    assert within(len(wrong) - defaults, len(rows), rates.slip_born)
    assert defaults
    assert len(wrong) > defaults


def test_short_names_other_spellings_and_swaps_at_the_hubs(small: Made) -> None:
    book, kinds, count = names(), Counter[str](), 0
    for row, person in joined(small, "hub_contacts", "contact_ref"):
        given, family = plain(str(person["given"])), plain(str(person["family"]))
        written = row["given_name"]
        count += 1
        if written == given:
            kinds["same"] += 1
        elif written in book.short.get(given, ()):
            kinds["short"] += 1
        elif written in book.other_given.get(given, ()):
            kinds["spelling"] += 1
        elif written == family:
            kinds["swapped"] += 1
        else:
            kinds["slip"] += 1
    assert kinds["same"] / count > 0.75
    assert all(kinds[kind] for kind in ("short", "spelling", "slip")), kinds
    assert within(kinds["swapped"], count, NOISE["hub_contacts"].swapped)
    # A slip falls on the given name half of the time; some can't be seen (a family name or a second touch).
    assert kinds["slip"] / count < 2 * NOISE["hub_contacts"].slip_name


def test_initials_in_council_tax(small: Made) -> None:
    rows = read(small.folder, "council_tax_accounts")
    assert within(
        sum(len(row["liable_1_forename"]) == 1 for row in rows), len(rows), NOISE["council_tax_accounts"].initial
    )


def test_some_accounts_of_those_who_left_were_never_closed(small: Made) -> None:
    rows = {row["account_ref"]: row for row in read(small.folder, "council_tax_accounts")}
    truth = pyarrow.parquet.read_table(small.folder / "truth" / "people.parquet").to_pylist()
    ended = {
        row["reference"].removesuffix("#1")
        for row in truth
        if row["source"] == "council_tax_accounts" and row["valid_to"]
    }
    stale = sum(not rows[reference]["liability_to"] for reference in ended if reference in rows)
    assert within(stale, len(ended), STALE_ACCOUNT)
    assert stale


def test_twins_namesakes_shared_addresses_and_renamed_people_exist(small: Made) -> None:
    truth = small.folder / "truth"
    residents = pyarrow.parquet.read_table(truth / "residents.parquet").to_pylist()
    assert any(row["former_family"] for row in residents)
    residence = pyarrow.parquet.read_table(truth / "residence.parquet").to_pylist()
    home = {row["person"]: row["household"] for row in residence}
    same_day = Counter((home.get(row["person"]), row["born"]) for row in residents if row["person"] in home)
    assert any(count > 1 for count in same_day.values()), "no twins"
    namesakes = Counter(
        (home.get(row["person"]), row["given"], row["family"]) for row in residents if row["person"] in home
    )
    assert any(count > 1 for count in namesakes.values()), "no father and son of one name"
    live = [row for row in read(small.folder, "council_tax_accounts") if row["uprn"] and not row["liability_to"]]
    assert any(count > 2 for count in Counter(row["uprn"] for row in live).values()), "no shared addresses"


def test_one_person_has_two_numbers_in_one_system(small: Made) -> None:
    people = pyarrow.parquet.read_table(small.folder / "truth" / "people.parquet").to_pylist()
    for source in ("school_census", "hub_contacts", "domestic_abuse"):
        references = {
            (row["person"], row["reference"]) for row in people if row["source"] == source and row["person_no"] == 1
        }
        assert max(Counter(person for person, _ in references).values()) > 1, source


@pytest.mark.parametrize("lot", range(64))
def test_a_slip_is_one_slip(lot: int) -> None:
    made = slip("Alexander", lot * 77)
    assert abs(len(made) - 9) <= 1
    assert made[0] == "A"
