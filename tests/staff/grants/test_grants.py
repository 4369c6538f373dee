"""Grants officers' pages: the ledger in words, scores with reasons, two hands on money, a seed with its witness."""

from typing import Any

import pytest

from staff.client import FieldProblem
from staff.pages.funds import STANDS, movement
from staff.pages.panels import count_by_group
from tests.staff.conftest import Staff, refused

FUND = "01a2038e-4e7e-707f-92e4-2f1976795636"
OTHER = "01a2038e-4e7e-707f-92e4-2f1976795637"
AWARD = "01a2038e-7963-7b81-b7fc-4d6bfcb697ee"
APPLICATION = "01a2038e-54d5-7291-98f5-e2466955e8aa"
PANEL = "01a2038e-88fd-7da5-8070-246e6b708b85"
DRAW = "01a2038e-88fd-7da5-8070-246e6b708b86"
PENCE = [f"{each}_pence" for each in (*STANDS, "received", "returned")]
RULES = {"criteria": [{"code": "need", "title": "Need", "most": 5, "weight": 1}], "due_diligence": []}


def test_a_movement_says_what_each_place_of_this_fund_won_or_lost() -> None:
    entry: dict[str, Any] = {
        "number": 3, "kind": "transfer", "why": "To last", "dated": "2026-11-01", "made_by": "w",
        "lines": [
            {"fund_id": OTHER, "account": "available", "pence": -500},
            {"fund_id": OTHER, "account": "transferred", "pence": 500},
            {"fund_id": FUND, "account": "transferred", "pence": -500},
            {"fund_id": FUND, "account": "available", "pence": 500},
        ],
    }  # fmt: skip
    assert movement(entry, FUND)["moved"] == {"available": 500}
    assert movement(entry, FUND)["title"] == "Came from another fund"
    assert movement(entry, OTHER)["title"] == "Moved to another fund"


async def test_a_receipt_that_was_entered_before_is_said_and_what_was_typed_stays(staff: Staff) -> None:
    staff.sign_in("grants_officer")
    fund = {"id": FUND, "name": "Levy", "kind": "ncil", "stands": dict.fromkeys(PENCE, 100)}
    staff.gateway.on("GET /v1/grants/funds/{id}", fund)
    staff.gateway.on("GET /v1/grants/funds/{id}/ledger", {"items": [], "next": None})
    staff.gateway.on("GET /v1/grants/funds", {"items": [fund], "next": None})
    staff.gateway.on("POST /v1/grants/funds/{id}/receipts", lambda _: refused(409, detail="it was entered before"))
    form = {
        "pence": "1,200.50", "source": "Quay Yard", "reference": "T-1",
        "received_on-day": "1", "received_on-month": "11", "received_on-year": "2026", "key": "k",
    }  # fmt: skip
    page = await staff.post(f"/funds/{FUND}/receipts", form)
    assert page.status_code == 422
    assert "It was entered before" in page.text
    assert 'value="Quay Yard"' in page.text
    (asked,) = staff.gateway.asked_for("POST /v1/grants/funds/{id}/receipts")
    assert asked.body["pence"] == 120_050
    assert asked.fields["Idempotency-Key"] == "k"


def _application(staff: Staff, **file: Any) -> None:
    body = {"id": APPLICATION, "round_id": FUND, "title": "A garden", "purpose": "P", "state": "eligible",
            "asked_pence": 100, "score": None, "applicant": {"name": "G", "kind": "cic"}}  # fmt: skip
    given = {
        "application": body, "contacts": [], "due_diligence": [], "still_to_check": [], "interests": [],
        "assessments": [], "assessments_in": 0, "needs_moderation": False, "moderation": None, **file,
    }  # fmt: skip
    staff.gateway.on("GET /v1/grants/applications/{id}/file", given)
    staff.gateway.on("GET /v1/grants/applications/{id}", body)
    staff.gateway.on("GET /v1/grants/rounds/drafts/{id}", {"id": FUND, "name": "R", "rules": RULES, "frozen": RULES})


async def test_a_score_needs_a_reason_and_a_word_on_interests(staff: Staff) -> None:
    staff.sign_in("grants_officer")
    _application(staff)
    page = await staff.post(f"/grant-applications/{APPLICATION}/assessments", {"score-need": "9", "why-need": ""})
    assert page.status_code == 422
    assert "The most for this is 5" in page.text
    assert "Write the group a reason: Need" in page.text
    assert "Say that you have no interest" in page.text
    assert staff.gateway.asked_for("POST /v1/grants/applications/{id}/assessments") == []


async def test_whoever_declared_an_interest_is_given_nothing_to_work_on(staff: Staff) -> None:
    staff.sign_in("grants_officer")
    mine = {"worker": "worker-grants_officer", "nature": "My sister", "declared_at": "2026-11-01T09:00:00Z"}
    _application(staff, interests=[mine])
    page = await staff.get(f"/grant-applications/{APPLICATION}")
    assert "others work on this" in page.text
    assert "Send my scores" not in page.text


async def test_nobody_releases_what_they_asked_for(staff: Staff) -> None:
    staff.sign_in("grants_officer")
    payment = {
        "id": DRAW, "number": 1, "pence": 100, "milestone": "Signed", "due_on": "2026-11-01", "state": "requested",
        "requested_by": "worker-grants_officer", "requested_at": "2026-11-01T09:00:00Z", "evidence": "Seen",
    }  # fmt: skip
    award = {"id": AWARD, "title": "Garden", "group": "G", "pence": 100, "paid_pence": 0, "state": "agreed"}
    file = {"award": award, "application_id": APPLICATION, "payments": [payment], "reports": [], "recoveries": []}
    staff.gateway.on("GET /v1/grants/awards/{id}/file", file)
    page = await staff.get(f"/awards/{AWARD}")
    assert "another officer releases it" in page.text
    assert "Release £1" not in page.text
    payment["requested_by"] = "somebody"
    assert "Release £1" in (await staff.get(f"/awards/{AWARD}")).text


async def test_the_seed_is_typed_twice_and_sent_for_the_version_that_was_seen(staff: Staff) -> None:
    staff.sign_in("grants_officer")
    panel = {"id": PANEL, "title": "Panel", "summary": "S", "size": 12, "reserves": 2, "state": "drawing"}
    draw = {
        "id": DRAW, "version": 2, "kind": "first", "state": "announced", "pool": 40,
        "closed_at": "2026-11-01T09:00:00Z",
        "seed_from": "2026-11-01T09:30:00Z", "seed_source": "A lottery", "question_sha256": "q", "certificate": None,
    }  # fmt: skip
    staff.gateway.on("GET /v1/grants/panels/{id}", panel)
    staff.gateway.on("GET /v1/grants/panels/{id}/draws", [draw])
    staff.gateway.on("GET /v1/grants/panels/{id}/members", {"members": [], "reserves": []})
    staff.gateway.on("POST /v1/grants/panels/{id}/draws/{draw}/result", {})
    page = await staff.get(f"/panels/{PANEL}")
    assert "Enter the seed, with a witness" in page.text
    assert 'name="version" value="&#34;2&#34;"' in page.text
    path, form = f"/panels/{PANEL}/draws/{DRAW}/result", {"seed": "1 2 3", "witnessed_by": "Cllr B", "version": '"2"'}
    wrong = await staff.post(path, {**form, "seed_again": "1 2 4"})
    assert "The witness typed something else" in wrong.text
    assert (await staff.post(path, {**form, "seed_again": "1 2 3"})).status_code == 303
    (asked,) = staff.gateway.asked_for("POST /v1/grants/panels/{id}/draws/{draw}/result")
    assert asked.fields["If-Match"] == '"2"'
    assert asked.body == {"seed": "1 2 3", "witnessed_by": "Cllr B"}


@pytest.mark.full
def test_members_are_counted_by_each_group_of_each_trait() -> None:
    members = [{"features": {"age": "16-29", "sex": "f"}}, {"features": {"age": "60+", "sex": "f"}}]
    assert count_by_group(members) == {("age", "16-29"): 1, ("age", "60+"): 1, ("sex", "f"): 2}


async def test_a_campaign_is_drawn_up_to_the_end_of_its_last_day(staff: Staff) -> None:
    staff.gateway.on("POST /v1/grants/campaigns", {"id": FUND})
    form = {"title": "A kitchen", "words": "To cook", "group_name": "Friends", "target": "5,000", "closes-day": "20",
            "closes-month": "7", "closes-year": "2027", "action": "send"}  # fmt: skip
    assert (await staff.post("/campaigns/new", {**form, "target": "lots"})).status_code == 422
    assert (await staff.post("/campaigns/new", form)).headers["location"] == f"/campaigns/{FUND}"
    (sent,) = staff.gateway.asked_for("POST /v1/grants/campaigns")
    assert (sent.body["target_pence"], sent.body["closes_at"]) == (500_000, "2027-07-20T23:59:00+01:00")


async def test_figures_are_taken_line_by_line_and_a_wrong_line_is_named(staff: Staff) -> None:
    head = "measure,title,period,unit,ward,value,people\n"
    sent = {"csrf": staff.csrf, "source": "Census 2021"}
    answer = await staff.http.post("/evidence", data=sent, files={"file": ("f.csv", "ward,value\nE05,3\n", "text/csv")})
    assert "measure, title, period, unit is missing" in answer.text
    wrong = [FieldProblem("/figures/1/ward", "No such ward.")]
    staff.gateway.on("PUT /v1/grants/evidence/figures", lambda _: refused(422, "invalid", "", fields=wrong))
    lines = "x,X,2021,people,E05014053,420,\nx,X,2021,people,E9,3,\n"
    answer = await staff.http.post("/evidence", data=sent, files={"file": ("f.csv", head + lines, "text/csv")})
    assert "Line 3, ward: No such ward." in answer.text
    (asked,) = staff.gateway.asked_for("PUT /v1/grants/evidence/figures")
    assert asked.body["figures"][0]["value"] == "420"
    assert asked.body["figures"][0]["people"] is None
