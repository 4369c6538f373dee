"""Eligibility: every rule answered in words; numbers by their form."""

from dataclasses import replace
from datetime import date

from services.grants.applications import identifiers
from services.grants.applications.eligibility import Asked, Elsewhere, check, checks_wanted, documents_wanted
from services.grants.applications.identifiers import Group, GroupKind
from tests.grants.rounds.ground import rules

TODAY = date(2027, 1, 11)
GROUP = Group(GroupKind.CHARITY, "1100001", None, True, 2)
ASKED = Asked(
    400_000,
    [300_000, 150_000],
    50_000,
    ["E05014053"],
    {"constitution", "accounts", "safeguarding_policy", "insurance"},
    date(2027, 4, 1),
    date(2027, 9, 1),
)


def unmet(group: Group = GROUP, asked: Asked = ASKED, elsewhere: Elsewhere | None = None, **more: object) -> list[str]:
    found = check(rules(**more), group, asked, elsewhere or Elsewhere(), TODAY)
    assert all(each.detail for each in found)
    return [each.rule for each in found if not each.met]


def test_what_fits_fits() -> None:
    assert unmet() == []


LACKING = (
    (replace(GROUP, constituted=False), "constituted"),
    (replace(GROUP, charity_number="12"), "charity-number"),
    (replace(GROUP, charity_number=None), "charity-number"),
    (replace(GROUP, kind=GroupKind.CIC), "company-number"),
    (replace(GROUP, unrelated_signatories=1), "two-signatories"),
)


def test_what_a_group_lacks_is_named() -> None:
    assert [unmet(group) for group, _ in LACKING] == [[rule] for _, rule in LACKING]


SHORT = (
    (replace(ASKED, asked_pence=10_000_01, budget=[10_500_01]), "amount"),
    (replace(ASKED, budget=[449_999]), "budget-adds-up"),
    (replace(ASKED, documents={"constitution"}), "documents"),
    (replace(ASKED, starts_on=TODAY), "dates"),
    (replace(ASKED, ends_on=date(2027, 3, 1)), "dates"),
    (replace(ASKED, starts_on=None), "dates"),
)


def test_what_the_wish_lacks_is_named() -> None:
    assert [unmet(asked=asked) for asked, _ in SHORT] == [[rule] for _, rule in SHORT]


def test_what_stands_elsewhere_counts() -> None:
    assert unmet(elsewhere=Elsewhere(applied_in_round=True, overdue_reports=1)) == ["one-application", "earlier-grants"]
    assert unmet(elsewhere=Elsewhere(applied_in_round=True), one_application_a_group=False) == []
    assert unmet(wards=["E05014054"]) == ["wards"]
    assert unmet(kinds=["school"]) == ["kind-of-group"]


def test_the_larger_the_sum_the_more_is_looked_at() -> None:
    assert documents_wanted(rules(), 500_00) == ["constitution"]
    assert len(documents_wanted(rules(), 500_01)) == 4
    assert checks_wanted(rules(), 1_000_00) == ["constitution"]
    assert checks_wanted(rules(), 1_000_01) == ["constitution", "bank_account"]
    assert checks_wanted(rules(), 99_000_00) == ["constitution", "bank_account"]


def test_numbers_by_their_form() -> None:
    charities = {
        "1100001": "GB-CHC-1100001",
        "210169-3": "GB-CHC-210169",
        "SC012345": "GB-SC-SC012345",
        "NIC100123": "GB-NIC-100123",
        "12345": None,
        "SC1234": None,
        "ABCDEFG": None,
    }
    assert {each: identifiers.charity_id(each) for each in charities} == charities
    companies = {
        "01234567": "GB-COH-01234567",
        "1234567": "GB-COH-01234567",
        "oc301234": "GB-COH-OC301234",
        "12": None,
    }
    assert {each: identifiers.company_id(each) for each in companies} == companies
