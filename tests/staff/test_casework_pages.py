"""Approvals and warnings: asked, decided by somebody else, told, looked at again, ended; each as it was shown."""

from typing import Any

import pytest

from tests.staff.conftest import Staff, refused
from tests.staff.test_pages import CASE, HOME, KELLY, ME
from tests.staff.test_pages import kelly as kelly

ONE = "00000000-0000-4000-9000-0000000000a1"
SENIOR = "worker-manager"


def approval(**also: Any) -> dict[str, Any]:
    """A request that waits."""
    said = [{"number": 1, "at": "2026-11-01T09:00:00Z", "by": ME, "act": "asked", "words": "£80 for a bed"}]
    return {
        "id": ONE, "version": 5, "case_id": CASE, "household_id": HOME, "episode": 1, "kind": "spending",
        "state": "asked", "asked_by": ME, "asked_at": "2026-11-01T09:00:00Z", "decided_by": None, "decided_at": None,
        "remarks": said, "allowed": ["approved", "returned", "withdrawn"], **also,
    }  # fmt: skip


def warning(**also: Any) -> dict[str, Any]:
    """A warning that was proposed."""
    return {
        "id": ONE, "version": 2, "person_id": KELLY, "kind": "dog", "guidance": "Ring first", "state": "proposed",
        "incident_on": "2026-10-01", "inside": True, "incident": "It bit a colleague", "proposed_by": ME,
        "proposed_at": "2026-10-02T09:00:00Z", "decided_by": None, "decided_at": None, "review_on": None,
        "review_overdue": False, "told": None, "told_on": None, "not_told_because": None, "removed_at": None,
        "remarks": [], "allowed": ["confirmed", "refused"], **also,
    }  # fmt: skip


@pytest.fixture
def work(kelly: Staff) -> Staff:
    """An approval and a warning about Kelly."""
    on = kelly.gateway.on
    on("GET /v1/casefile/approvals", {"items": [approval()], "next": None})
    on("GET /v1/casefile/approvals/{id}", approval())
    on("GET /v1/casefile/warnings", {"items": [warning()], "next": None})
    on("GET /v1/casefile/warnings/{id}", warning())
    on("GET /v1/casefile/people/names", [{"id": KELLY, "names": [{"given": "Kelly", "family": "Pike"}]}])
    return kelly


async def test_what_waits_is_listed_with_the_household_and_asked_for_at_once(work: Staff) -> None:
    page = (await work.get("/approvals")).text
    assert "Spending: Kelly and Mia Pike" in page
    assert len(work.gateway.asked_for("GET /v1/casefile/households")) == 1
    assert not work.gateway.asked_for("GET /v1/casefile/cases/{id}")


async def test_nobody_is_offered_to_decide_on_what_they_asked_themselves(work: Staff) -> None:
    page = (await work.get(f"/approvals/{ONE}")).text
    assert "You cannot decide on what you asked yourself" in page
    assert f"/approvals/{ONE}/approval" not in page
    assert f"/approvals/{ONE}/withdrawal" in page
    work.sign_in("manager", "Hannah Price")
    page = (await work.get(f"/approvals/{ONE}")).text
    assert f"/approvals/{ONE}/approval" in page
    assert f"/approvals/{ONE}/withdrawal" not in page


async def test_what_is_returned_says_why_and_as_it_was_shown(work: Staff) -> None:
    work.sign_in("manager", "Hannah Price")
    path = "POST /v1/casefile/approvals/{id}/return"
    work.gateway.on(path, approval(state="returned"))
    answer = await work.post(f"/approvals/{ONE}/return", {"version": '"5"'})
    assert answer.status_code == 422
    assert "Say what is missing" in answer.text
    assert not work.gateway.asked_for(path)
    answer = await work.post(f"/approvals/{ONE}/return", {"version": '"5"', "return_words": "Which fund?"})
    assert answer.headers["location"] == f"/approvals/{ONE}"
    (sent,) = work.gateway.asked_for(path)
    assert (sent.body, sent.fields["If-Match"]) == ({"words": "Which fund?"}, '"5"')
    work.gateway.on(path, lambda _: refused(412, "changed"))
    answer = await work.post(f"/approvals/{ONE}/return", {"version": '"4"', "return_words": "Which fund?"})
    assert "Something was said meanwhile" in answer.text


async def test_an_approval_is_asked_with_its_kind_and_words(work: Staff) -> None:
    work.gateway.on("GET /v1/casefile/cases/{id}", {"id": CASE, "household_id": HOME})
    answer = await work.post(f"/cases/{CASE}/approvals/new", {"kind": "spending", "words": ""})
    assert (answer.status_code, "Say what you ask and why" in answer.text) == (422, True)
    work.gateway.on("POST /v1/casefile/cases/{id}/approvals", approval())
    answer = await work.post(f"/cases/{CASE}/approvals/new", {"kind": "spending", "words": "£80", "key": "k" * 36})
    assert answer.headers["location"] == f"/approvals/{ONE}"
    (sent,) = work.gateway.asked_for("POST /v1/casefile/cases/{id}/approvals")
    assert (sent.body, sent.fields["Idempotency-Key"]) == ({"kind": "spending", "words": "£80"}, "k" * 36)


async def test_a_warning_is_proposed_as_a_dated_fact(work: Staff) -> None:
    path = f"/households/{HOME}/warnings/new"
    answer = await work.post(path, {"kind": "dog", "incident": "It bit", "on-day": "1", "on-month": "13"})
    assert answer.status_code == 422
    for said in ("Choose whom it is about", "must include a year", "Say how to meet them safely"):
        assert said in answer.text
    work.gateway.on("POST /v1/casefile/warnings", warning())
    form = {"person": KELLY, "kind": "dog", "incident": "It bit", "guidance": "Ring first", "on-day": "1",
            "on-month": "10", "on-year": "2026"}  # fmt: skip
    assert (await work.post(path, form)).headers["location"] == f"/warnings/{ONE}"
    (sent,) = work.gateway.asked_for("POST /v1/casefile/warnings")
    assert sent.body["incident_on"] == "2026-10-01"


async def test_a_senior_decides_until_a_review_and_never_on_their_own(work: Staff) -> None:
    work.sign_in("manager", "Hannah Price")
    assert "Your decision" in (await work.get(f"/warnings/{ONE}")).text
    work.gateway.on("POST /v1/casefile/warnings/{id}/decision", warning(state="standing"))
    form = {"stands": "yes", "reason": "Seen by two", "version": '"2"'}
    answer = await work.post(f"/warnings/{ONE}/decision", form)
    assert "Enter the day it is looked at again" in answer.text
    day = {"review-day": "1", "review-month": "3", "review-year": "2027"}
    assert (await work.post(f"/warnings/{ONE}/decision", {**form, **day})).status_code == 303
    (sent,) = work.gateway.asked_for("POST /v1/casefile/warnings/{id}/decision")
    assert sent.body == {"stands": True, "reason": "Seen by two", "review_on": "2027-03-01"}
    work.gateway.on("GET /v1/casefile/warnings/{id}", warning(proposed_by=SENIOR))
    assert "Your decision" not in (await work.get(f"/warnings/{ONE}")).text


async def test_who_has_no_part_in_the_file_reads_how_to_meet_them_and_no_more(work: Staff) -> None:
    told = warning(state="standing", inside=False, incident=None, proposed_by=None, allowed=["told", "kept", "removed"])
    work.gateway.on("GET /v1/casefile/warnings/{id}", told)
    page = (await work.get(f"/warnings/{ONE}")).text
    assert "Ring first" in page
    assert "It bit" not in page
    assert "Were they told?" not in page


def reply(**also: Any) -> dict[str, Any]:
    """What Kelly texted back."""
    return {
        "id": ONE, "version": 1, "person_id": KELLY, "household_id": HOME, "plan_id": None, "words": "Tuesday is fine",
        "state": "waiting", "matched_by": None, "read_by": None, "received_at": "2026-11-20T09:00:00Z", **also,
    }  # fmt: skip


async def test_what_they_texted_back_is_read_as_it_was_shown(work: Staff) -> None:
    on = work.gateway.on
    on("GET /v1/casefile/replies", {"items": [reply()], "next": None})
    page = (await work.get("/replies")).text
    assert "Tuesday is fine" in page
    assert "Kelly Pike" in page
    on("POST /v1/casefile/replies/{id}/reading", reply(version=2, state="read", read_by=ME))
    await work.post(f"/replies/{ONE}", {"version": '"1"'})
    assert work.gateway.asked_for("POST /v1/casefile/replies/{id}/reading")[-1].fields["If-Match"] == '"1"'
    on("POST /v1/casefile/replies/{id}/reading", refused(409))
    assert "Somebody has read it meanwhile" in (await work.post(f"/replies/{ONE}", {"version": '"1"'})).text


async def test_whose_an_unknown_message_is_is_looked_for_and_said(work: Staff) -> None:
    on = work.gateway.on
    unknown = {
        "id": ONE,
        "version": 3,
        "from_number": "+447700900123",
        "words": "<b>Hi</b>",
        "received_at": "2026-11-20T09:00:00Z",
    }
    on("GET /v1/casefile/unknown-replies", {"items": [unknown], "next": None})
    page = (await work.get("/replies?show=unknown")).text
    assert "+447700900123" in page
    assert "&lt;b&gt;Hi" in page
    assert (
        "Enter the name of whom you think of" in (await work.post(f"/replies/unknown/{ONE}", {"version": '"3"'})).text
    )
    found = {
        "person_id": KELLY,
        "initials": "K P",
        "birth_year": 1991,
        "ward": None,
        "score": 1.0,
        "reasons": ["name"],
        "unmasked": True,
        "name": "Kelly Pike",
    }
    on("POST /v1/casefile/people/search", {"people": [found]})
    looked = await work.post(f"/replies/unknown/{ONE}", {"version": '"3"', "name": "Keli"})
    assert "Kelly Pike" in looked.text
    assert work.gateway.asked_for("POST /v1/casefile/people/search")[-1].body["phone"] == "+447700900123"
    on("POST /v1/casefile/unknown-replies/{id}/sender", {**unknown, "from_number": None, "version": 4})
    await work.post(f"/replies/unknown/{ONE}", {"version": '"3"', "person": KELLY})
    assert work.gateway.asked_for("POST /v1/casefile/unknown-replies/{id}/sender")[-1].body == {"person_id": KELLY}
