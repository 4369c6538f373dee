"""A day that must work: Wednesday 21 April 2027. January to March is closed, and the board opens its pack.

Twelve households are owed a relief duty; twelve more applied at the desk and nobody answered within two weeks.
Grants' part of the day is in tests/grants.
"""

import csv
import io
import json
import time
from hashlib import sha256
from itertools import combinations
from typing import Any

import psycopg
import pytest

from kit.testing.platform import Platform
from tests.journeys.door import Person, business_clock

pytestmark = [pytest.mark.full, pytest.mark.xdist_group("platform"), pytest.mark.timeout(420)]

MEASURES = "/v1/risk/measures"
PACKS = "/v1/risk/packs"
QUARTER = "2027-01-01"
CASES = "/v1/housing/homelessness-cases"
LOSING = {"domain": "housing", "where_tonight": "friends_or_family", "homelessness_signs": ["asked_to_leave"]}
FOUND = {
    "reason_to_believe": True,
    "eligible": "yes",
    "eligibility_basis": "british_or_irish",
    "homelessness": "homeless",
    "intentional": "no",
    "priority": "unknown",
    "loss_reason": "family_or_friends_no_longer_willing",
    "last_settled": "with_family",
    "accommodation_now": "no_fixed_abode",
    "causes": ["family_conflict"],
}
FAMILIES = (
    *("Abbott", "Blakely", "Crowther", "Dunmore", "Eastwick", "Farrant", "Gadsby", "Hollins", "Inchbald", "Jessop"),
    *("Kershaw", "Lyddon", "Mossop", "Nettleton", "Orchard", "Pickersgill", "Quarmby", "Rowntree", "Sidebottom"),
    *("Tattersall", "Upjohn", "Verity", "Winterbourne", "Yardley"),
)


def test_the_board_opens_its_pack(platform: Platform) -> None:
    with business_clock(platform) as move:
        move("2027-01-12T10:00:00")
        people = _winter(platform)
        _heard(platform)
        move("2027-04-21T09:30:00")
        with Person(platform, "manager", "research_statistics") as manager:
            _costs(platform, manager)
        with Person(platform, "manager", "oversight") as manager:
            _refused_before(manager)
            closed = _closed(manager, expected=12)
        _opened(platform, closed)
        _names_are_refused(platform, people[0])


def _winter(platform: Platform) -> list[str]:
    """Twenty-four apply at the desk; a duty is owed to twelve of them the next day, to the rest nothing is said."""
    people = []
    with Person(platform, "triage_officer", "front_door") as officer:
        for at, family in enumerate(FAMILIES):
            who = {
                "names": [{"given": "Robin", "family": family}],
                "date_of_birth": f"19{70 + at}-03-{at + 1:02}",
                "confirmed_new": True,
            }
            person = officer.post("/v1/casefile/people", who)
            assert person.status_code == 201, person.text
            people.append(person.json()["id"])
            told = {"channel": "walk_in", "person_id": people[-1], "needs": [LOSING]}
            contact = officer.post("/v1/triage/contacts", told)
            assert contact.status_code == 201, contact.text
    with Person(platform, "housing_officer", "homelessness") as housing:
        for person in people[:12]:
            found = housing.soon(f"{CASES}?person_id={person}", lambda page: bool(page["items"]), within=30)
            case = f"{CASES}/{found['items'][0]['id']}"
            assessed = housing.post(
                f"{case}/assessments",
                {**FOUND, "homeless_on": "2027-01-12", "made_on": "2027-01-12"},
                if_match=housing.get(case).headers["etag"],
            )
            assert assessed.status_code == 201, assessed.text
            decided = housing.post(
                f"{case}/decisions",
                {"transition": "relief_owed", "made_on": "2027-01-12", "reasons": "What you told us on the day."},
                if_match=assessed.headers["etag"],
            )
            assert decided.status_code == 201, decided.text
            notified = housing.post(
                f"/v1/housing/homelessness-decisions/{decided.json()['id']}/notification",
                {"notified_on": "2027-01-12", "how": "by_hand"},
                if_match=decided.headers["etag"],
            )
            assert notified.status_code in (200, 201), notified.text
    return people


def _heard(platform: Platform) -> None:
    """Risk has heard it all, and a little longer ago than what a closing leaves out as still on its way."""
    query = "select count(*) filter (where kind = 'application'), count(*) filter (where kind = 'decision')"
    with psycopg.connect(platform.admin_url("risk"), autocommit=True) as risk:
        limit = time.monotonic() + 60
        while (heard := risk.execute(f"{query} from measured_event").fetchone()) is None or heard < (24, 12):
            assert time.monotonic() < limit, f"heard only {heard}"
            time.sleep(0.2)
    time.sleep(6)


def _costs(platform: Platform, manager: Person) -> None:
    cost = {
        "measure": "temporary_accommodation",
        "title": "A quarter in temporary accommodation",
        "low_pence": 250_000,
        "central_pence": 400_000,
        "high_pence": 600_000,
        "dated": "2026-04-01",
        "source": "A test",
        "cash": "cashable",
        "falls_on": "The council",
    }
    assert manager.put(f"{MEASURES}/costs/temporary_home", cost).status_code == 200
    # What residents gain is theirs.
    assert manager.put(f"{MEASURES}/costs/wage", {**cost, "measure": "into_work"}).status_code == 422
    baseline = {"count": 30, "source": "January to March 2026"}
    stated = manager.put(f"{MEASURES}/baselines/{QUARTER}/temporary_accommodation", baseline)
    assert stated.status_code == 200, stated.text


def _refused_before(manager: Person) -> None:
    assert manager.get(f"{MEASURES}?quarter={QUARTER}").status_code == 404
    early = manager.post(PACKS, {"quarter": "2027-04-01", "closed_as": "Hannah Price"})
    assert (early.status_code, early.json()["errors"][0]["rule"]) == (422, "quarter-over")


def _closed(manager: Person, expected: int) -> dict[str, Any]:
    answer = manager.post(PACKS, {"quarter": QUARTER, "closed_as": "Hannah Price"})
    assert answer.status_code == 201, answer.text
    closed: dict[str, Any] = answer.json()
    assert manager.post(PACKS, {"quarter": QUARTER, "closed_as": "Hannah Price"}).status_code == 409
    again = manager.post(f"{PACKS}/{QUARTER}/recount").json()
    assert again == {"same": True, "sha256": closed["sha256"], "counted_again": closed["sha256"], "differ": []}
    return closed


def _opened(platform: Platform, closed: dict[str, Any]) -> None:
    """The chair of the board: duties beside what tells whether they fell for a good reason, on paper and as data."""
    with Person(platform, "board_member", "oversight") as chair:
        view = chair.get(f"{MEASURES}?quarter={QUARTER}&measure=duties_owed").json()
        figures = {each["measure"]["code"]: each["total"] for each in view["measures"]}
        assert set(figures) >= {"duties_owed", "applications_not_taken", "back_within_six_months"}
        assert (figures["duties_owed"]["count"], figures["applications_not_taken"]["of"]) == (10, 20)
        assert (figures["applications_not_taken"]["count"], figures["back_within_six_months"]["count"]) == (10, 0)
        pack = chair.get(f"{PACKS}/{QUARTER}").json()
        text = json.dumps(pack["content"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert sha256(text.encode()).hexdigest() == closed["sha256"]
        (saved,) = pack["content"]["savings"]
        assert saved["cash"] == "cashable"
        assert saved["pence"] == {"low": 30 * 250_000, "central": 30 * 400_000, "high": 30 * 600_000}
        drawn = [chair.post(f"{PACKS}/{QUARTER}/print", {}).content for _ in range(2)]
        assert drawn[0].startswith(b"%PDF")
        assert drawn[0] == drawn[1]
        _nobody_is_found(chair)


def _nobody_is_found(chair: Person) -> None:
    """No count under ten is shown, and the difference of any two is none or tens."""
    lines = csv.DictReader(io.StringIO(chair.get(f"{PACKS}/{QUARTER}/figures").text))
    counts = [int(line[name]) for line in lines for name in ("count", "of") if line[name]]
    assert counts
    assert all(count == 0 or count >= 10 for count in counts)
    assert all(abs(one - other) % 10 == 0 for one, other in combinations(counts, 2))


def _names_are_refused(platform: Platform, person: str) -> None:
    """A councillor sees the measures, and asks in vain who they are."""
    with Person(platform, "councillor", "oversight") as councillor:
        assert councillor.get(f"{MEASURES}?quarter={QUARTER}").status_code == 200
        names = councillor.post("/v1/casefile/people/search", {"name": "Robin Abbott"})
        assert names.status_code == 403
        for path in (
            f"/v1/casefile/people/{person}",
            f"{CASES}?person_id={person}",
            f"/v1/risk/people/{person}",
        ):
            assert councillor.get(path).status_code == 403, path
        closing = councillor.post(PACKS, {"quarter": "2026-10-01", "closed_as": "Cllr Uddin"})
        assert closing.status_code == 403
