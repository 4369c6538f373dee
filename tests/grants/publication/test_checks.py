"""The quality checks: a good grant breaks none, and each rule catches its own."""

from datetime import date
from typing import Any

from services.grants.publication.checks import RULES, check
from services.grants.publication.giving import council

TODAY = date(2027, 6, 1)
PREFIX = council().prefix
GOOD: dict[str, Any] = {
    "id": f"{PREFIX}-NSG-2027-0001",
    "title": "A garden for the square",
    "description": "Forty raised beds, kept by the neighbours.",
    "currency": "GBP",
    "amountAwarded": 4000.0,
    "amountAppliedFor": 4000.0,
    "amountDisbursed": 2400.0,
    "awardDate": "2027-04-21",
    "recipientOrganization": [{"id": "GB-CHC-1100001", "name": "Friends", "charityNumber": "1100001"}],
    "fundingOrganization": [{"id": "GB-LAE-BDG", "name": "Council"}],
    "plannedDates": [{"startDate": "2027-05-01", "endDate": "2027-12-31"}],
    "beneficiaryLocation": [{"countryCode": "GB", "geoCode": "E05014053", "geoCodeType": "WD"}],
    "grantProgramme": [{"code": "1", "title": "Spring 2027"}],
    "disbursementTransaction": [{"id": "1", "transactionDate": "2027-05-02", "currency": "GBP", "value": 2400.0}],
    "dateModified": "2027-05-02T10:00:00+01:00",
    "dataSource": "https://newstart.example/grants",
}
RECIPIENT = GOOD["recipientOrganization"][0]
CASES: dict[str, dict[str, Any]] = {
    "required": {"title": ""},
    "one-recipient": {"recipientIndividual": {"id": "x", "name": "y"}, "toIndividualsDetails": {"x": "y"}},
    "grant-id": {"id": f"{PREFIX}-a/b"},
    "prefix": {"id": "360G-other-1"},
    "currency": {"currency": "POUNDS"},
    "impossible-date": {"awardDate": "2027-02-30"},
    "amount-below-nothing": {"amountAppliedFor": -1.0},
    "zero-amount": {"amountAwarded": 0, "amountDisbursed": 0, "disbursementTransaction": []},
    "title-is-description": {"description": GOOD["title"]},
    "title-length": {"title": "x" * 141},
    "email-in-text": {"description": "Write to esi@square.example"},
    "award-date-ahead": {"awardDate": "2027-06-02"},
    "award-date-far-back": {"awardDate": "2001-01-01"},
    "planned-backwards": {"plannedDates": [{"startDate": "2027-05-02", "endDate": "2027-05-01"}]},
    "actual-backwards": {"actualDates": [{"startDate": "2027-05-02", "endDate": "2027-05-01"}]},
    "planned-far-ahead": {"plannedDates": [{"startDate": "2060-01-01"}]},
    "planned-far-back": {"plannedDates": [{"startDate": "1990-01-01"}]},
    "actual-ahead": {"actualDates": [{"startDate": "2027-06-02"}]},
    "no-planned-dates": {"plannedDates": []},
    "recipient-unknown-list": {"recipientOrganization": [{**RECIPIENT, "id": "XX-1"}]},
    "funder-unknown-list": {"fundingOrganization": [{"id": "XX-1", "name": "Council"}]},
    "recipient-own-id": {"recipientOrganization": [{**RECIPIENT, "id": f"{PREFIX}-9"}]},
    "charity-number": {"recipientOrganization": [{**RECIPIENT, "charityNumber": "12"}]},
    "company-number": {"recipientOrganization": [{**RECIPIENT, "companyNumber": "12"}]},
    "gives-to-itself": {"recipientOrganization": [{"id": "GB-LAE-BDG", "name": "Council"}]},
    "several-funders": {"fundingOrganization": [{"id": "GB-LAE-BDG", "name": "A"}, {"id": "GB-LAE-X", "name": "B"}]},
    "no-programme": {"grantProgramme": []},
    "no-location": {"beneficiaryLocation": []},
    "no-geocode": {"beneficiaryLocation": [{"countryCode": "GB", "name": "Thames"}]},
    "no-country": {"beneficiaryLocation": [{"geoCode": "E05014053"}]},
    "postcode-as-code": {"beneficiaryLocation": [{"countryCode": "GB", "geoCode": "IG11 7NB"}]},
    "paid-beyond-award": {"amountAwarded": 2399.99},
    "payments-differ": {"amountDisbursed": 2400.5},
    "no-modified": {"dateModified": None},
    "no-source": {"dataSource": ""},
    "individual-without-details": {"recipientIndividual": {"id": "x", "name": "y"}, "recipientOrganization": []},
}


def broken(*grants: dict[str, Any]) -> set[str]:
    return {each.rule for each in check(grants, council(), TODAY)}


def test_a_good_grant_breaks_no_rule_and_each_rule_has_its_case() -> None:
    assert broken(GOOD) == set()
    assert {each.name for each in RULES} == set(CASES)


def test_each_rule_catches_its_own_and_nothing_else() -> None:
    also = {"grant-id": set(), "individual-without-details": {"recipient-unknown-list"}, "required": set()}
    wrong = {
        rule: found
        for rule, change in CASES.items()
        if (found := broken({**GOOD, **change})) != {rule, *also.get(rule, set())}
    }
    assert wrong == {}


def test_two_grants_with_one_id_are_a_fault_that_the_schema_does_not_see() -> None:
    [found] = check([GOOD, {**GOOD, "title": "Another"}], council(), TODAY)
    assert (found.rule, found.fault, found.grants) == ("unique-id", True, (GOOD["id"],))


def test_faults_come_first() -> None:
    worst = {**GOOD, "description": "a@b.example", "dataSource": ""}
    found = check([worst, worst], council(), TODAY)
    assert [(each.rule, each.fault) for each in found] == [
        ("email-in-text", True),
        ("unique-id", True),
        ("no-source", False),
    ]
