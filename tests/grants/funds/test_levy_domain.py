"""The three published files of developer contributions, row by row."""

from datetime import date

import pytest

from kit.errors import Invalid
from services.grants.funds import levy
from tests.grants.funds.money import AGREEMENTS, CONTRIBUTIONS, files, transaction


def test_a_receipt_of_a_named_development_is_shared_to_the_penny() -> None:
    read = levy.read(*files(transaction("T1", "C1", "received", "812345.67", on="2026-05-11")), levy.Shares())
    [receipt] = read.receipts
    assert (receipt.development, receipt.received_on) == ("Quay Yard, phase 2", date(2026, 5, 11))
    assert (receipt.share_percent, receipt.parts.neighbourhood) == (15, 12_185_185)


def test_with_a_neighbourhood_plan_it_is_a_quarter() -> None:
    read = levy.read(*files(transaction("T1", "C1", "received", "100.01")), levy.Shares(), {"A1"})
    assert (read.receipts[0].share_percent, read.receipts[0].parts.neighbourhood) == (25, 2_500)
    with pytest.raises(Invalid, match="is called A9"):
        levy.read(*files(), levy.Shares(), {"A9"})


def test_what_brings_the_fund_nothing_is_left_out_with_its_reason() -> None:
    rows = [
        transaction("T1", "C2", "received", "5000"),
        transaction("T2", "C1", "secured", "5000"),
        transaction("T3", "C4", "received", "5000"),
    ]
    read = levy.read(*files(*rows), levy.Shares())
    assert read.receipts == ()
    assert [each.reason for each in read.left_out] == ["another-purpose", "not-money-in", "share-made-already"]


def test_a_share_the_publisher_made_is_taken_whole() -> None:
    read = levy.read(*files(transaction("T1", "C3", "received", "5000")), levy.Shares())
    assert (read.receipts[0].share_percent, read.receipts[0].parts.neighbourhood) == (100, 500_000)


BAD = (
    (transaction("", "C1", "received", "5"), "reference", "required"),
    (transaction("T1", "C9", "received", "5"), "developer-agreement-contribution", "known"),
    (transaction("T1", "C1", "promised", "5"), "contribution-funding-status", "codelist"),
    (transaction("T1", "C1", "received", "1,000"), "amount", "pounds-and-pence"),
    (transaction("T1", "C1", "received", "5.005"), "amount", "pounds-and-pence"),
    (transaction("T1", "C1", "received", "-5"), "amount", "pounds-and-pence"),
    (transaction("T1", "C1", "received", "0"), "amount", "more-than-nothing"),
    (transaction("T1", "C1", "received", "5", units="trees"), "units", "pounds"),
    (transaction("T1", "C1", "received", "5", on="2026-02-30"), "start-date", "date"),
)


def test_a_bad_row_is_named_and_the_good_ones_count() -> None:
    for row, field, rule in BAD:
        read = levy.read(*files(row, transaction("T2", "C1", "received", "7")), levy.Shares())
        assert [(each.line, each.field, each.rule) for each in read.bad] == [(2, field, rule)], row
        assert [each.reference for each in read.receipts] == ["T2"], row


def test_the_same_reference_twice_in_a_file_counts_once() -> None:
    row = transaction("T1", "C1", "received", "7")
    read = levy.read(*files(row, row), levy.Shares())
    assert (len(read.receipts), read.bad[0].rule) == (1, "unique")


def test_what_is_no_such_table_is_refused_whole() -> None:
    with pytest.raises(Invalid, match="lacks reference"):
        levy.read("name\nx\n", CONTRIBUTIONS, files()[2], levy.Shares())
    assert levy.read(AGREEMENTS, CONTRIBUTIONS, files()[2], levy.Shares()) == levy.Read((), (), ())
