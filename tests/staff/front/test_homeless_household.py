"""Who belongs to a homelessness case, its findings as they were left, and lock-outs."""

import pytest

from tests.staff.conftest import Staff, refused
from tests.staff.test_casework_pages import ONE
from tests.staff.test_looked_at import HOMELESS, LOCK_OUT
from tests.staff.test_pages import CASE, KELLY

HERE = f"/homelessness/{CASE}"


@pytest.fixture
def officer(staff: Staff) -> Staff:
    """A housing officer with a case of two."""
    staff.sign_in("housing_officer", "Marcus Bell")
    on = staff.gateway.on
    on("GET /v1/housing/homelessness-cases/{id}", HOMELESS)
    on("GET /v1/casefile/people/names", [{"id": KELLY, "names": [{"given": "Kelly", "family": "Pike"}]}])
    on("GET /v1/housing/illegal-evictions", {"items": [LOCK_OUT], "next": None})
    return staff


async def test_the_household_is_kept_whole_without_whoever_was_taken_out(officer: Staff) -> None:
    form = {"rows": "3", "version": '"3"', "action": "keep", "m0-person_id": KELLY, "m0-role": "main_applicant",
            "m0-pregnant": "yes", "m0-born-day": "21", "m0-born-month": "6", "m0-born-year": "1988",
            "m1-role": "child", "m1-gone": "yes"}  # fmt: skip
    officer.gateway.on("PUT /v1/housing/homelessness-cases/{id}/household", HOMELESS)
    assert (await officer.post(f"{HERE}/household", form)).headers["location"] == HERE
    (sent,) = officer.gateway.asked_for("PUT /v1/housing/homelessness-cases/{id}/household")
    (member,) = sent.body["members"]
    assert (member["person_id"], member["born_on"], member["pregnant"]) == (KELLY, "1988-06-21", True)
    assert sent.fields["If-Match"] == '"3"'


async def test_exactly_one_applied_and_another_row_keeps_what_was_typed(officer: Staff) -> None:
    form = {"rows": "1", "m0-role": "child", "m0-born-year": "2017", "m0-born-day": "3", "m0-born-month": "2"}
    more = await officer.post(f"{HERE}/household", {**form, "action": "more"})
    assert "Person 2" in more.text
    assert 'value="2017"' in more.text
    answer = await officer.post(f"{HERE}/household", {**form, "action": "keep"})
    assert (answer.status_code, "for one person, and for one only" in answer.text) == (422, True)


async def test_a_lock_out_says_what_was_done_and_goes_to_enforcement(officer: Staff) -> None:
    path = "POST /v1/housing/homelessness-cases/{id}/illegal-evictions"
    assert "Choose what was done" in (await officer.post(f"{HERE}/lock-outs", {})).text
    officer.gateway.on(path, LOCK_OUT)
    await officer.post(f"{HERE}/lock-outs", {"acts": ["locks_changed", "nonsense"]})
    (sent,) = officer.gateway.asked_for(path)
    assert sent.body == {"happened_on": None, "acts": ["locks_changed"], "words": None}
    officer.gateway.on("POST /v1/housing/illegal-evictions/{id}/taking", lambda _: refused(409, "taken", "Taken."))
    answer = await officer.post(f"{HERE}/lock-outs/{ONE}/taking", {})
    assert (answer.status_code, "Taken." in answer.text) == (422, True)


async def test_findings_come_back_as_they_were_left_also_what_was_unticked(officer: Staff) -> None:
    case = {**HOMELESS, "assessment": {"reason_to_believe": True, "wishes": "A garden", "eligible": "yes"}}
    officer.gateway.on("GET /v1/housing/homelessness-cases/{id}", case)
    ticked = 'name="believe" value="yes" checked'
    assert ticked in (await officer.get(f"{HERE}/assess")).text
    kept = {"body": {"wishes": "A garden and a school"}, "version": 2, "updated_at": "2026-11-01T09:30:00Z"}
    officer.gateway.on("GET /v1/housing/drafts/homelessness-findings/{key}", kept)
    page = (await officer.get(f"{HERE}/assess")).text
    assert "A garden and a school" in page
    assert ticked not in page
