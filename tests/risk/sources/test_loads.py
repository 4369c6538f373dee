"""What becomes of an extract: identities in the vault, facts in the analytics zone, faults in quarantine."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from services.risk.sources.maps import NATIVE
from services.risk.vault import pseudonyms
from services.risk.vault.records import digest_of
from tests.risk.sources.ground import ACCOUNT, ARREARS, Loading, as_csv

pytestmark = pytest.mark.usefixtures("inside")

PARQUET = "application/vnd.apache.parquet"


def as_parquet(source: str, rows: list[dict[str, Any]]) -> bytes:
    """The same extract as Parquet, all of it text unless a value is of another type."""
    columns = {name: [row.get(name) for row in rows] for name in NATIVE[source].columns}
    out = io.BytesIO()
    pyarrow.parquet.write_table(
        pa.table(
            {
                name: pa.array(values) if any(values) else pa.nulls(len(rows), pa.string())
                for name, values in columns.items()
            }
        ),
        out,
    )
    return out.getvalue()


def everything(loading: Loading) -> tuple[list[Any], list[Any]]:
    """Both zones, but for what says when and by which load."""
    passing = {"record_id", "load_id", "first_seen", "changed_at"}
    records = [{name: each for name, each in row.items() if name not in passing} for row in loading.records()]
    return loading.facts(), records


async def test_an_account_becomes_people_and_a_fact(loading: Loading) -> None:
    joint = ACCOUNT | {"account_ref": "CT-2", "liable_2_forename": "Samuel", "liability_to": "30/06/2026"}
    load = await loading.load("council_tax_accounts", as_csv("council_tax_accounts", [ACCOUNT, joint]))
    assert (load["rows"], load["rows_new"], load["covers_to"]) == (2, 2, "2024-04-01")
    first, second, third = loading.records()
    assert (first["reference"], second["reference"], third["reference"]) == ("CT-1#1", "CT-2#1", "CT-2#2")
    assert (first["given"], first["family"], first["title"]) == ("AMINA", "OKAFOR", "Ms")
    assert (first["postcode"], first["phone"], first["email"]) == ("RM10 1XX", "+442079460123", "amina@example.org")
    assert (third["given"], third["family"]) == ("Samuel", "OKAFOR")
    assert second["household_reference"] == third["household_reference"] == "CT-2"
    assert first["pseudonym"] == pseudonyms.of_record("council_tax_accounts", "CT-1#1")
    single, both = sorted(loading.facts(), key=lambda fact: str(fact["value"]), reverse=True)
    assert (single["record"], single["value"], single["until"]) == (first["pseudonym"], "single", None)
    assert (both["record"], both["value"], both["until"]) == (second["pseudonym"], "joint", date(2026, 6, 30))


async def test_the_digest_of_a_file_is_that_of_a_single_record(loading: Loading) -> None:
    await loading.load("council_tax_accounts", as_csv("council_tax_accounts", [ACCOUNT]))
    (record,) = loading.records()
    assert record["digest"] == digest_of(record)


async def test_each_missed_instalment_and_each_month_of_debt_is_a_fact(loading: Loading) -> None:
    back = ARREARS | {"month": "2026-12", "paid": "1360.50", "balance": "0", "instalment_missed": "N"}
    never = ARREARS | {"account_ref": "CT-9", "balance": "0", "instalment_missed": "N", "paid": "120"}
    court = ARREARS | {"account_ref": "CT-3", "instalment_missed": "", "stage": "Summons"}
    await loading.load("council_tax_arrears", as_csv("council_tax_arrears", [ARREARS, back, never, court]))
    record = pseudonyms.of_record("council_tax_accounts", "CT-1#1")
    mine = {
        (each["kind"], each["occurred_on"].month): each["amount"]
        for each in loading.facts()
        if each["record"] == record
    }
    assert mine == {
        ("council_tax.arrears", 11): Decimal("1240.50"),
        ("council_tax.missed", 11): Decimal("120.00"),
        ("debt.total", 11): Decimal("1240.50"),
        # It came back to nil, and that is told.
        ("council_tax.arrears", 12): Decimal("0.00"),
        ("debt.total", 12): Decimal("0.00"),
    }
    assert [each["value"] for each in loading.facts("council_tax.summons")] == ["summons"]
    nobody = pseudonyms.of_record("council_tax_accounts", "CT-9#1")
    assert [each for each in loading.facts() if each["record"] == nobody] == []


async def test_a_months_rent_arrears_are_its_last_weeks(loading: Loading) -> None:
    weeks = [("2026-10-30", "80"), ("2026-11-06", "90"), ("2026-11-27", "120"), ("2026-11-13", "100")]
    rows = [{"tenancy_ref": "T1", "week_ending": day, "balance": owed, "notice": "NOSP"} for day, owed in weeks]
    await loading.load("rent_balances", as_csv("rent_balances", rows))
    assert [(each["occurred_on"], each["amount"]) for each in loading.facts("rent.arrears")] == [
        (date(2026, 10, 1), Decimal("80.00")),
        (date(2026, 11, 1), Decimal("120.00")),
    ]
    # The notice stood in each week; it was given once.
    assert [each["occurred_on"] for each in loading.facts("rent.notice")] == [date(2026, 10, 30)]


@pytest.mark.full
async def test_loading_twice_changes_nothing(loading: Loading) -> None:
    files = {"council_tax_accounts": [ACCOUNT], "council_tax_arrears": [ARREARS, ARREARS | {"month": "2026-10"}]}
    for source, rows in files.items():
        await loading.load(source, as_csv(source, rows))
    before, changed = everything(loading), [row["changed_at"] for row in loading.records()]
    for source, rows in files.items():
        again = await loading.load(source, as_csv(source, rows), query="?extracted_on=2026-12-01")
        assert (again["rows_new"], again["rows_known"]) == (0, len(rows))
    assert everything(loading) == before
    assert [row["changed_at"] for row in loading.records()] == changed


@pytest.mark.full
async def test_a_later_extract_corrects_and_the_former_values_keep_their_dates(loading: Loading) -> None:
    await loading.load("council_tax_accounts", as_csv("council_tax_accounts", [ACCOUNT]))
    (before,) = loading.records()
    renamed = ACCOUNT | {"liable_1_surname": "Okafor-Bright", "liability_to": "2026-11-30"}
    load = await loading.load("council_tax_accounts", as_csv("council_tax_accounts", [renamed]))
    assert (load["rows_new"], load["rows_known"]) == (1, 0)
    (after,) = loading.records()
    assert (after["record_id"], after["family"]) == (before["record_id"], "Okafor-Bright")
    assert loading.risk.stored.vault is not None
    (former,) = loading.risk.stored.vault.rows("select record_id, said, since, until from former_record")
    assert (former["record_id"], former["said"]["family"]) == (before["record_id"], "OKAFOR")
    assert (former["since"], former["until"]) == (before["changed_at"], after["changed_at"])
    (fact,) = loading.facts()
    assert fact["until"] == date(2026, 11, 30)


@pytest.mark.full
async def test_an_older_extract_does_not_undo_a_later_one(loading: Loading) -> None:
    source = "council_tax_arrears"
    put_right = as_csv(source, [ARREARS | {"balance": "10"}])
    await loading.load(source, as_csv(source, [ARREARS]), query="?extracted_on=2026-11-10")
    await loading.load(source, put_right, query="?extracted_on=2026-11-20")
    late = await loading.load(source, as_csv(source, [ARREARS]), query="?extracted_on=2026-11-15")
    assert late["rows_new"] == 0
    assert [each["amount"] for each in loading.facts("debt.total")] == [Decimal("10.00")]


@pytest.mark.full
async def test_a_debt_that_a_later_file_says_is_paid_comes_to_nothing(loading: Loading) -> None:
    source = "council_tax_arrears"
    await loading.load(source, as_csv(source, [ARREARS | {"month": "2026-10"}]))
    await loading.load(source, as_csv(source, [ARREARS | {"balance": "0", "instalment_missed": "N"}]))
    assert [each["amount"] for each in loading.facts("debt.total")] == [Decimal("1240.50"), Decimal("0.00")]


@pytest.mark.full
async def test_bad_rows_are_put_aside_by_row_field_and_rule_and_the_rest_load(loading: Loading) -> None:
    rows = [
        ACCOUNT,
        ACCOUNT | {"account_ref": "", "liability_from": "31/02/2024"},
        ACCOUNT | {"account_ref": "CT-3", "uprn": "not a number", "email": "nobody"},
        ACCOUNT | {"account_ref": "CT-4", "liability_from": "2024-04-01", "liability_to": "soon"},
    ]
    lines = as_csv("council_tax_accounts", rows).splitlines(keepends=True)
    lines.insert(2, b"CT-5,too few\r\n")
    load = await loading.load("council_tax_accounts", b"".join(lines))
    assert (load["rows"], load["rows_new"], load["rows_quarantined"]) == (5, 2, 3)
    assert await loading.aside(load) == [
        (2, "liable_1_forename", "as many values as columns", True),
        (3, "account_ref", "present", True),
        (3, "liability_from", "a date", True),
        (4, "email", "an e-mail address", False),
        (4, "uprn", "a UPRN", False),
        (5, "liability_to", "a date", True),
    ]
    assert [(each["reference"], each["uprn"]) for each in loading.records()] == [
        ("CT-1#1", "999000000001"),
        ("CT-3#1", None),
    ]
    said = str(loading.risk.stored.rows("select * from quarantine"))
    assert "not a number" not in said
    assert "soon" not in said


async def test_of_two_rows_about_one_thing_the_later_counts(loading: Loading) -> None:
    rows = [ARREARS, ARREARS | {"month": "2026-10"}, ARREARS | {"balance": "7"}]
    load = await loading.load("council_tax_arrears", as_csv("council_tax_arrears", rows))
    assert await loading.aside(load) == [(1, "account_ref", "said again further down", True)]
    assert [each["amount"] for each in loading.facts("debt.total")] == [Decimal("1240.50"), Decimal("7.00")]


@pytest.mark.full
async def test_parquet_and_csv_are_the_same(loading: Loading) -> None:
    rows = [ACCOUNT, ACCOUNT | {"account_ref": "CT-2", "liable_2_forename": "Sam", "uprn": "x"}]
    load = await loading.load("council_tax_accounts", as_csv("council_tax_accounts", rows))
    told = await loading.aside(load)
    before = everything(loading)
    typed = [row | {"liability_from": date(2024, 4, 1)} for row in rows]
    again = await loading.load("council_tax_accounts", as_parquet("council_tax_accounts", typed), PARQUET)
    assert (again["rows_new"], again["rows_known"]) == (0, 2)
    assert everything(loading) == before
    assert await loading.aside(again) == told


@pytest.mark.full
async def test_semicolons_byte_order_marks_and_windows_text_are_read(loading: Loading) -> None:
    plain = as_csv("council_tax_accounts", [ACCOUNT | {"liable_1_forename": "Zoë"}])
    await loading.load("council_tax_accounts", plain)
    before = everything(loading)
    for other in (b"\xef\xbb\xbf" + plain, plain.replace(b",", b";")):
        assert (await loading.load("council_tax_accounts", other))["rows_new"] == 0
    windows = plain.decode().encode("windows-1252")
    assert (await loading.load("council_tax_accounts", windows, "text/csv; charset=windows-1252"))["rows_new"] == 0
    assert everything(loading) == before


@pytest.mark.full
async def test_a_load_is_announced_with_counts_and_asks_for_one_refresh(loading: Loading) -> None:
    for month in ("2026-10", "2026-11"):
        answer = await loading.post_file(
            "council_tax_arrears", as_csv("council_tax_arrears", [ARREARS | {"month": month}])
        )
        assert answer.status_code == 202
    await loading.work_off("load")
    events = loading.risk.events("source.loaded")
    assert [(each["data"]["source"], each["data"]["rows_new"]) for each in events] == [("council_tax_arrears", 1)] * 2
    assert "CT-1" not in str(events)
    waiting = loading.risk.stored.rows("select state from job where kind = 'refresh'")
    assert waiting == [{"state": "queued"}]


@pytest.mark.full
async def test_nothing_stays_in_the_spool(loading: Loading, tmp_path: Any) -> None:
    await loading.load("council_tax_accounts", as_csv("council_tax_accounts", [ACCOUNT]))
    assert list((tmp_path / "spool").iterdir()) == []


@pytest.mark.full
async def test_savvi_is_a_form_of_every_source(loading: Loading) -> None:
    header = (
        "PersonReference,GivenNames,FamilyName,BirthDate,UPRN,Address1,Postcode,AttributeType,AttributeScheme,"
        "Attribute,AttributeDate,SourceSystem,ExtractedOn"
    )
    who = "P1,Amina,Okafor,1985-03,999000000001,1 Example Street,RM10 1XX"
    rows = [
        header,
        f"{who},Risk,,council_tax.arrears=120.50,2026-11-14,rev,2026-12-01",
        f"{who},Event,,council_tax.summons=summons,2026-11-14,rev,2026-12-01",
        f"{who},Event,,domestic_abuse.incident=victim,2026-11-14,rev,2026-12-01",
        f"{who},Risk,,council_tax.arrears=lots,2026-11-15,rev,2026-12-01",
    ]
    file = "\n".join(rows).encode()
    load = await loading.load("council_tax_arrears", file, "text/csv; profile=savvi")
    assert [(each["kind"], each["occurred_on"], each["amount"], each["value"]) for each in loading.facts()] == [
        ("council_tax.arrears", date(2026, 11, 1), Decimal("120.50"), None),
        ("council_tax.summons", date(2026, 11, 1), None, "summons"),
    ]
    assert await loading.aside(load) == [
        (3, "attribute", "a kind of fact that the agreement covers", True),
        (4, "attribute", "a value of its kind", True),
    ]
    (record,) = loading.records()
    assert (record["given"], record["born"], record["born_partial"]) == ("Amina", None, "1985-03")
    # The header alone says what it is, too.
    assert (await loading.load("council_tax_arrears", file))["rows_new"] == 0
