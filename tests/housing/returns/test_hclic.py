"""The homelessness return through the door: checked as the work is done, kept back while it has errors, handed over."""

import hashlib
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.housing.doors import Housing
from tests.housing.homelessness.work import CASES, OFFICER, decided, found, opened
from tests.housing.placements.ground import HOTEL, home, staying
from tests.service_doors import MANAGER

FRIDAY = date(2026, 12, 4)
TOLD = {
    "loss_reason": "end_of_private_rented_ast",
    "last_settled": "private_rented_self_contained",
    "accommodation_now": "no_fixed_abode",
}
MOTHER = {"role": "main_applicant", "born_on": "1997-02-11", "sex": "female", "pregnant": True}
Q4 = "/returns/h-clic/{}?quarter=2026-Q4"


async def amina(housing: Housing, **told: Any) -> tuple[str, str, str]:
    """Her case, household and person: assessed, relief owed, in bed and breakfast."""
    person, household = uuid4(), uuid4()
    housing.know(person, household)
    case = await opened(housing, person)
    members = [
        {
            "role": "main_applicant",
            "person_id": str(person),
            "born_on": "1997-02-11",
            "sex": "female",
            "pregnant": True,
        },
        {"role": "child", "born_on": "2022-05-01", "sex": "male"},
    ]
    path = f"{CASES}/{case['id']}/household"
    await housing.good("PUT", path, {"members": members}, version=case["version"], **OFFICER)
    await found(housing, case["id"], **told)
    await decided(housing, case["id"], "interim_owed")
    await decided(housing, case["id"], "relief_owed")
    hotel = await home(housing, HOTEL, reference=str(uuid4()))
    said = staying(
        hotel, case_id=case["id"], household_id=str(household), person_id=str(person), person_ids=[str(person)]
    )
    await housing.good("POST", "/placements", said, **OFFICER)
    return case["id"], str(household), str(person)


async def test_what_is_missing_shows_on_the_case_and_keeps_the_file_back(housing: Housing) -> None:
    housing.on(FRIDAY)
    case, _, person = await amina(housing)
    checks = await housing.good("GET", f"{CASES}/{case}/return-checks", **OFFICER)
    missing = {(each["rule"], each["field"]) for each in checks["findings"]}
    assert missing == {("asked-at-first-report", field) for field in ("REASONLOSS", "LASTACCOM", "CURRENTACCOM")}
    assert checks["included"]
    kept = await housing.refused(409, "GET", "/returns/h-clic?quarter=2026-Q4", **OFFICER)
    assert kept["cases"] == [case]
    draft = await housing("GET", "/returns/h-clic?quarter=2026-Q4&draft=true", **OFFICER)
    assert 'status="draft"' in draft.text

    await found(housing, case, **TOLD)
    assert (await housing.good("GET", f"{CASES}/{case}/return-checks", **OFFICER))["findings"] == []
    running = await housing.refused(409, "POST", "/returns/h-clic/hand-overs", {"quarter": "2026-Q4"}, **MANAGER)
    assert running["state"] == "running"

    housing.on(date(2027, 1, 5))
    file = await housing("GET", "/returns/h-clic?quarter=2026-Q4", **OFFICER)
    assert file.headers["content-type"] == "application/xml"
    assert file.text.count("<Case ") == 1
    assert ("unchecked against the unpublished XSD" in file.text, person in file.text) == (True, False)
    over = await housing.good("POST", "/returns/h-clic/hand-overs", {"quarter": "2026-Q4"}, **MANAGER)
    assert over["sha256"] == hashlib.sha256(file.content).hexdigest()
    assert (over["cases"], over["errors"], over["made_by"]) == (1, 0, "manager-1")
    assert any(record == "h_clic/2026-Q4" and UUID(person) in people for _, record, people in housing.looks())


@pytest.mark.full
async def test_each_case_says_why_it_is_in_or_out(housing: Housing) -> None:
    housing.on(FRIDAY)
    inside, _, person = await amina(housing, **TOLD)
    outside = await opened(housing)
    await found(housing, outside["id"], homelessness="neither", priority="unknown", priority_category=None)
    listed = (await housing.good("GET", Q4.format("cases"), **OFFICER))["items"]
    assert {each["case_id"]: (each["included"], each["reasons"][0]) for each in listed} == {
        inside: (True, "placed in temporary accommodation on 2026-12-04"),
        outside["id"]: (False, "not assessed yet, or no duty found so far"),
    }
    only = (await housing.good("GET", Q4.format("cases") + "&included=false&limit=1", **OFFICER))["items"]
    assert [each["case_id"] for each in only] == [outside["id"]]
    summary = await housing.good("GET", Q4.format("summary"), **OFFICER)
    assert (summary["included"], summary["excluded"], summary["errors"]) == (1, 1, 0)
    (lost,) = [each for each in summary["tables"] if each["table"] == "A2R"]
    assert {row["code"]: row["cases"] for row in lost["rows"] if row["cases"]} == {"end_of_ast": 1}

    # Whoever may not see one of them sees no line of it; the return itself is the law's and holds everybody.
    housing.know(person, barred=["officer-2"])
    other = {**OFFICER, "actor": "officer-2"}
    assert len((await housing.good("GET", Q4.format("cases"), **other))["items"]) == 1
    assert (await housing("GET", f"{CASES}/{inside}/return-checks", **other)).status_code == 404
    assert (await housing("GET", "/returns/h-clic?quarter=2026-Q4", **other)).text.count("<Case ") == 1
    assert (await housing("GET", "/returns/h-clic?quarter=2026-Q9", **OFFICER)).status_code == 422


async def test_nobody_is_placed_under_a_case_before_it_or_while_prevention_is_owed(housing: Housing) -> None:
    housing.on(FRIDAY)
    case = await opened(housing)
    await found(housing, case["id"], homelessness="threatened", homeless_on="2027-01-10", priority_category="pregnant")
    await decided(housing, case["id"], "prevention_owed")
    hotel = await home(housing, HOTEL)
    said = staying(hotel, case_id=case["id"])
    refused = await housing.refused(422, "POST", "/placements", said, **OFFICER)
    assert refused["errors"][0]["rule"] == "not-within-prevention"
    assert "s195" in refused["detail"]
    before = await housing.refused(422, "POST", "/placements", {**said, "entered_on": "2026-12-03"}, **OFFICER)
    assert before["errors"][0]["rule"] == "entered-after-application"
    unknown = await housing.refused(422, "POST", "/placements", {**said, "case_id": str(uuid4())}, **OFFICER)
    assert unknown["errors"][0]["rule"] == "case-known"
