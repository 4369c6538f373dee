"""A day that must work: a missed payment in a file becomes an offer before the reminder prints, and help that holds.

Kelly Pike, private tenant, misses the instalment of 1 December 2026; the file is loaded on Monday 7 December at 06:00.
"""

import time
from collections.abc import Callable
from typing import Any

import pytest

from gateway.demo.people import SIGN_INS
from kit.testing.platform import Platform
from tests.casefile.money import KELLYS_LINES, SPACE
from tests.journeys.door import Person, advised_by_the_council, business_clock

pytestmark = [pytest.mark.full, pytest.mark.xdist_group("platform"), pytest.mark.timeout(240)]

HERS = {"phone": "07700 900321", "email": "kelly.pike@example.org"}
HOME = {"lines": ["12 Hedgemans Road", "Dagenham"], "postcode": "RM9 6HR", "uprn": "100012345678"}
KELLY = {
    "names": [{"given": "Kelly", "family": "Pike"}],
    "date_of_birth": "1991-03-14",
    "contacts": [{"kind": kind, "value": value} for kind, value in HERS.items()],
    "addresses": [HOME],
    "confirmed_new": True,
}
WAYNE = {"names": [{"given": "Wayne", "family": "Hollis"}], "date_of_birth": "1989-07-02", "confirmed_new": True}
ACCOUNTS = (
    "account_ref,liable_1_title,liable_1_forename,liable_1_surname,liable_2_forename,liable_2_surname,uprn,address_1,"
    "address_2,address_3,postcode,liability_from,liability_to,discount,phone,email\n"
    "CT-501,Ms,Kelly,Pike,,,100012345678,12 Hedgemans Road,Dagenham,,RM9 6HR,2024-04-01,,,"
    "07700 900321,kelly.pike@example.org\n"
)
ARREARS = (
    "account_ref,month,charge,paid,balance,instalment_missed,stage\n"
    "CT-501,2026-09,160.00,130.00,30.00,false,\n"
    "CT-501,2026-10,160.00,110.00,80.00,false,\n"
    "CT-501,2026-11,160.00,90.00,150.00,false,\n"
    "CT-501,2026-12,160.00,0.00,310.00,true,\n"
)
OFFERS = "/v1/triage/outreach"
TOM = next(str(each.id) for each in SIGN_INS if each.slug == "tom-abiola")


def loaded(analyst: Person, source: str, content: str) -> dict[str, Any]:
    answer = analyst.send(
        "POST",
        f"/v1/risk/sources/{source}/loads",
        content.encode(),
        content_type="text/csv; charset=utf-8",
        idempotency_key=f"{source}-{time.monotonic_ns()}",
    )
    assert answer.status_code == 202, answer.text
    done: dict[str, Any] = analyst.soon(
        f"/v1/risk/loads/{answer.json()['load_id']}",
        lambda found: found["state"] in ("succeeded", "failed", "held"),
        within=60,
    )
    assert (done["state"], done["rows_quarantined"]) == ("succeeded", 0), done
    return done


def test_the_letter_that_did_not_go(platform: Platform) -> None:
    with business_clock(platform) as move:
        _the_days(platform, move)


def _the_days(platform: Platform, move: Callable[[str], None]) -> None:
    move("2026-11-30T09:00:00")
    with Person(platform, "triage_officer", "front_door") as officer:
        kelly = officer.post("/v1/casefile/people", KELLY).json()
        home = kelly["household_id"]
        wayne = officer.post("/v1/casefile/people", {**WAYNE, "household_id": home})
        assert wayne.status_code == 201, wayne.text
    with Person(platform, "analyst", "data_linkage") as analyst:
        loaded(analyst, "council_tax_accounts", ACCOUNTS)
        move("2026-12-07T06:00:00")
        began = time.monotonic()
        loaded(analyst, "council_tax_arrears", ARREARS)
        with Person(platform, "triage_officer", "outreach") as caller:
            page = caller.soon(
                f"{OFFERS}?person_id={kelly['id']}&status=offered", lambda found: len(found["items"]) == 1, within=60
            )
            assert time.monotonic() - began < 60, "by 06:01"
            _offered(platform, caller, kelly["id"], page["items"][0])
        profile = _disputed(platform, home)
        assert "rising_debt" not in profile
        assert "missed_council_tax" in profile
    _hers_to_tom(platform, kelly["id"], home)
    move("2026-12-14T10:00:00")
    _agreed(platform, kelly["id"])
    move("2027-03-01T10:00:00")
    _home_kept(platform, move, kelly["id"])


def _offered(platform: Platform, caller: Person, kelly: str, offer: dict[str, Any]) -> None:
    view = caller.get(f"{OFFERS}/{offer['id']}").json()
    assert "a council tax payment was missed" in view["honest_reason"]
    with Person(platform, "revenues_officer", "revenues_recovery_hold") as revenues:
        holds = revenues.get("/v1/triage/recovery-holds?creditor=council_tax").json()["items"]
        (mine,) = [each for each in holds if each["person_id"] == kelly]
        granted = revenues.post(f"/v1/triage/recovery-holds/{mine['id']}/answers", {"answer": "granted"})
        assert granted.status_code == 201, granted.text
        assert granted.json()["until"] == "2027-01-06"
    # Wayne answers the phone: the call is ended, and nothing was said.
    tried = caller.post(f"{OFFERS}/{offer['id']}/attempts", {"channel": "call", "outcome": "someone_else_answered"})
    assert tried.status_code == 201, tried.text
    assert "council tax" not in caller.get(f"{OFFERS}/{offer['id']}").json()["opening_line"].lower()


def _hers_to_tom(platform: Platform, kelly: str, home: str) -> None:
    """She takes the offer up; it is decided that an account manager works through it, and that it is Tom Abiola."""
    with Person(platform, "triage_officer", "front_door") as officer:
        told = officer.post(
            "/v1/triage/contacts", {"channel": "phone", "person_id": kelly, "needs": [{"domain": "money"}]}
        )
        decided = officer.post(
            f"/v1/triage/contacts/{told.json()['id']}/decisions",
            {"stage": "final", "outcome": "universal", "reason": "Several bills at once"},
            if_match='"1"',
        )
        assert decided.status_code == 201, decided.text
    with Person(platform, "manager", "supervision") as manager:
        cases = f"/v1/casefile/cases?household_id={home}"
        (case,) = manager.soon(cases, lambda found: len(found["items"]) == 1)["items"]
        given = manager.post(
            f"/v1/casefile/cases/{case['id']}/allocations",
            {"account_manager": TOM},
            if_match=f'"{case["version"]}"',
        )
        assert given.status_code == 201, given.text


def _agreed(platform: Platform, kelly: str) -> None:
    """To the penny, by an adviser whose body may advise; then sixty days in which nobody writes or rings."""
    advised_by_the_council(platform)
    with Person(platform, "universal_worker", "debt_advice") as tom:
        drafted = tom.post("/v1/casefile/money/statements", {"person_id": kelly, "lines": KELLYS_LINES})
        assert drafted.status_code == 201, drafted.text
        address = f"/v1/casefile/money/statements/{drafted.json()['id']}"
        agreed = tom.post(f"{address}/agreement", {}, if_match=drafted.headers["etag"]).json()
        assert (agreed["income_pence"], agreed["spending_pence"], agreed["surplus_pence"]) == (
            184_200,
            201_150,
            -16_950,
        )
        space = tom.post("/v1/casefile/money/breathing-spaces", {**SPACE, "person_id": kelly}).json()
        assert (space["starts_on"], space["ends_on"]) == ("2026-12-15", "2027-02-12")
        assert (space["review_from"], space["review_to"]) == ("2027-01-08", "2027-01-18")


def _home_kept(platform: Platform, move: Callable[[str], None], kelly: str) -> None:
    """Recorded on 1 March with its evidence, and looked at again on 1 September."""
    with Person(platform, "universal_worker", "universal_support") as tom:
        proof = {"proof": "landlord_confirmed", "words": "Letter of the landlord"}
        body = {"kind": "home_kept", "person_id": kelly, "achieved_on": "2027-03-01"}
        made = tom.post("/v1/casefile/outcomes", {**body, "evidence": [{**proof, "dated": "2027-03-01"}]})
        assert made.status_code == 201, made.text
        assert made.json()["check_due_on"] == "2027-09-01"
        move("2027-09-01T10:00:00")
        checked = tom.post(
            f"/v1/casefile/outcomes/{made.json()['id']}/check",
            {"result": "sustained", "evidence": [{**proof, "dated": "2027-09-01"}]},
            if_match='"1"',
        )
        assert (checked.status_code, checked.json()["state"]) == (200, "sustained"), checked.text


def _factors(profile: Any) -> set[str]:
    return {each["code"] for each in profile["factors"]}


def _disputed(platform: Platform, home: str) -> set[str]:
    """She disputes "debt rising", and within a second it no longer counts."""
    with Person(platform, "universal_worker", "universal_support") as tom:
        address = f"/v1/risk/households/{home}/profile"
        profile = tom.soon(address, lambda found: "rising_debt" in _factors(found))
        (rising,) = [each for each in profile["factors"] if each["code"] == "rising_debt"]
        began = time.monotonic()
        body = {"said_by": "resident", "reason": "She paid it off in cash at the counter and has the receipt"}
        answer = tom.post(f"/v1/risk/factors/{rising['id']}/disputes", body)
        assert answer.status_code == 201, answer.text
        left = tom.soon(address, lambda found: "rising_debt" not in _factors(found))
        assert time.monotonic() - began < 1
        return _factors(left)
