"""Numbers that look right and belong to nobody."""

import re

import numpy as np
import pytest

from demo.borough import identifiers
from demo.borough.making import Made
from tests.demo.conftest import read

# The files they read take seconds to make: once is enough.
pytestmark = pytest.mark.xdist_group("demo-files")

MANY = np.arange(300_000)


def nhs_check(number: str) -> int:
    """The check digit by the published rule (10: none is valid)."""
    return (11 - sum(int(digit) * weight for digit, weight in zip(number[:9], range(10, 1, -1), strict=True)) % 11) % 11


def test_the_rule_itself() -> None:
    assert nhs_check("9434765919") == 9
    assert nhs_check("9434765918") != 8


def test_nhs_numbers_are_valid_different_and_of_the_test_range() -> None:
    made = identifiers.nhs_number(MANY)
    assert len(set(made)) == len(MANY)
    for number in made[::997]:
        assert number.startswith("999")
        assert nhs_check(number) == int(number[9])


@pytest.mark.full
def test_ninos_are_different_and_never_issued() -> None:
    made = identifiers.nino(MANY)
    assert len(set(made)) == len(MANY)
    assert all(re.fullmatch(r"QQ\d{6}[A-D]", number) for number in made[::997])


@pytest.mark.full
def test_pupil_numbers_have_their_check_letter() -> None:
    made = identifiers.upn(MANY, 2010 + MANY % 9)
    assert len(set(made)) == len(MANY)
    for number in made[::997]:
        total = sum(int(digit) * place for place, digit in enumerate(number[1:], start=2))
        assert number[0] == "ABCDEFGHJKLMNPQRTUVWXYZ"[total % 23]
        assert number[1:4] == "301"


def test_postcodes_have_the_form_and_a_sector_that_is_not_in_use(small: Made) -> None:
    used = {"IG11": "0789", "RM6": "456", "RM8": "123", "RM9": "456", "RM10": "789"}
    codes = {row["postcode"] for row in read(small.folder, "housing_stock")}
    assert len(codes) > 50
    for code in codes:
        outward, inward = code.split(" ")
        assert re.fullmatch(r"[1-9][ABD-HJLNP-UW-Z]{2}", inward), code
        assert inward[0] not in used[outward], code


def test_telephones_are_for_drama_and_mail_goes_nowhere(small: Made) -> None:
    drama = re.compile(r"(07700900|02079460|01632960|011[3-8]4960|01[2-6]14960|01914980|03069990)\d{3}")
    phones = mails = 0
    for name in ("council_tax_accounts", "homelessness", "hub_contacts", "volunteers"):
        for row in read(small.folder, name):
            if row["phone"]:
                assert drama.fullmatch(row["phone"].replace(" ", "")), row["phone"]
                phones += 1
            if row["email"]:
                assert row["email"].endswith(("@example.com", "@example.org", "@example.net"))
                mails += 1
    assert min(phones, mails) > 500


def test_no_address_number_is_one_that_is_issued(small: Made) -> None:
    assert all(re.fullmatch(r"999\d{9}", row["uprn"]) for row in read(small.folder, "housing_stock"))
