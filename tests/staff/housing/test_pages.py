"""What the pages of register, lettings and schemes must say, before a made-up gateway."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.staff.conftest import Staff, refused, staff_app

ID = "01a2035b-bcdd-7a93-9bff-91d0d7137be6"
HOME: dict[str, Any] = {
    "id": ID,
    "number": 1001,
    "home_id": ID,
    "state": "shortlisted",
    "rules": {"bedrooms": 2, "people": 4, "access": "general", "bands": [], "scheme_id": ID},
    "shown": {"road": "Linnet Court", "district": "RM8", "kind": "flat", "landlord": "reside"},
    "rent": "social",
    "seed_source": "The National Lottery",
    "seed_from": "2026-11-20T21:00:00Z",
    "opens_at": "2026-11-01T09:00:00Z",
    "closes_at": "2026-11-15T23:59:00Z",
    "days_left": None,
    "ended_reason": None,
}
LINE: dict[str, Any] = {
    "bid_id": ID,
    "application_id": ID,
    "place": 1,
    "first": 1,
    "last": 1,
    "band": "b",
    "priority_date": "2024-03-01",
    "comes_first_by": ["returns"],
    "outcome": "waiting",
    "refusals": [],
    "passed_words": None,
}
LIST: dict[str, Any] = {
    "hash": "ab" * 32,
    "bidders": 1,
    "tied": 0,
    "left_out": 0,
    "drawn": True,
    "frozen_at": "2026-11-15T23:59:00Z",
}
OFFER: dict[str, Any] = {
    "id": ID,
    "advert_id": ID,
    "home_id": ID,
    "application_id": ID,
    "household_id": None,
    "kind": "choice",
    "state": "made",
    "final": False,
    "why_direct": None,
    "words": None,
    "suitable": None,
    "checked_with_household": False,
    "refused_because": None,
    "answer_words": None,
    "answer_by": "2026-11-25",
    "made_by": "w1",
    "made_at": "2026-11-20T09:00:00Z",
    "steps": [],
}


@pytest.fixture
async def officer() -> AsyncIterator[Staff]:
    """A housing officer, and a home whose list is final."""
    async with staff_app() as staff:
        staff.sign_in("housing_officer", "Marcus Bell")
        on = staff.gateway.on
        on(f"GET /v1/housing/adverts/{ID}", HOME)
        on(f"GET /v1/housing/adverts/{ID}/shortlist", LIST)
        on(f"GET /v1/housing/adverts/{ID}/shortlist/lines", {"items": [LINE], "next": None})
        on("GET /v1/housing/offers", {"items": [], "next": None})
        on("GET /v1/housing/offers/{id}", OFFER)
        yield staff


async def test_a_list_says_place_and_grounds_and_names_nobody(officer: Staff) -> None:
    page = (await officer.get(f"/adverts/{ID}")).text
    assert "Band B, since 1 March 2024; first because of a right to return to this scheme" in page
    assert "person_id" not in page
    assert {each.fields["Newstart-Purpose"] for each in officer.gateway.asked_for("GET /v1/housing/adverts/{id}")} == {
        "lettings"
    }


async def test_a_home_is_offered_to_whoever_is_next_once_and_on_the_list_that_was_shown(officer: Staff) -> None:
    day = {"answer_by-day": "25", "answer_by-month": "11", "answer_by-year": "2026", "key": "k" * 36, "version": '"3"'}
    officer.gateway.on(f"POST /v1/housing/adverts/{ID}/offers", {"id": ID})
    answer = await officer.post(f"/adverts/{ID}/offers", day)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/offers/{ID}")
    [asked] = officer.gateway.asked_for("POST /v1/housing/adverts/{id}/offers")
    assert (asked.body, asked.fields["If-Match"], asked.fields["Idempotency-Key"]) == (
        {"answer_by": "2026-11-25"},
        '"3"',
        "k" * 36,
    )


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "Choose what they said"),
        ({"accepts": "no"}, "Choose why they refuse"),
    ],
)
async def test_an_answer_that_lacks_something_is_sent_nowhere(officer: Staff, form: dict[str, str], said: str) -> None:
    page = await officer.post(f"/offers/{ID}/answer", form)
    assert page.status_code == 422
    assert "<title>Error: " in page.text.replace("\n", "")
    assert said in page.text
    assert officer.gateway.asked_for("POST /v1/housing/offers/{id}/answer") == []


async def test_an_offer_that_somebody_changed_meanwhile_is_shown_as_it_stands(officer: Staff) -> None:
    officer.gateway.on("POST /v1/housing/offers/{id}/answer", lambda _: refused(412, "precondition-failed"))
    page = await officer.post(f"/offers/{ID}/answer", {"accepts": "yes", "version": '"1"', "words": "They are glad."})
    assert page.status_code == 422
    assert "Somebody changed this offer meanwhile" in page.text
    assert "They are glad." in page.text
