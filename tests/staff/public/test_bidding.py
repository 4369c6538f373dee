"""Bidding for oneself on a page: number and code, what is theirs, and the pass nowhere but in the sealed session."""

from typing import Any

from tests.staff.conftest import Staff, refused

HERE = "/public/homes/bidding"
OWN = "POST /v1/housing/own-bidding"
PASS = "p" * 43
BID = "3188a6d2-2e8d-599d-b3de-b14689c39ef3"
_HOME: dict[str, Any] = {
    "shown": {"road": "Heath Road", "district": "RM10"}, "rules": {"bedrooms": 2, "people": 4}, "rent": "social",
    "closes_at": "2026-11-23T23:59:00Z", "bid_stands": False,
}  # fmt: skip
PAGE: dict[str, Any] = {
    "application": {
        "number": "1234567", "state": "active", "band": "b", "priority_date": "2024-03-01", "bedrooms_needed": 2,
        "renew_by": None, "may_bid": True, "why_not": "",
    },
    "bids_left": 4,
    "homes": [
        {**_HOME, "number": 1001, "may_bid": True, "why_not": []},
        {**_HOME, "number": 1002, "may_bid": False, "why_not": ["You need 2 bedrooms; this home has 4 bedrooms."]},
    ],
    "bids": [
        {
            "id": BID, "version": 1, "number": 1003, "road": "Mill Lane", "state": "placed", "channel": "web",
            "placed_at": "2026-11-09T12:00:00Z", "closes_at": "2026-11-23T23:59:00Z", "may_take_back": True,
            "receipt": "r" * 32, "place": None,
        }
    ],
}  # fmt: skip


async def _signed_in(staff: Staff) -> str:
    staff.gateway.on(f"{OWN}/passes", {"pass": PASS, "until": "2026-11-09T13:00:00Z"})
    staff.gateway.on(f"{OWN}/page", PAGE)
    answer = await staff.post(HERE, {"bidding_number": "1234567", "code": "K7QD-2MXP-9TRA-4WEH"})
    assert (answer.status_code, answer.headers["location"]) == (303, HERE)
    return (await staff.get(HERE)).text


async def test_number_and_code_show_what_is_theirs_and_the_pass_nowhere(staff: Staff) -> None:
    shown = await _signed_in(staff)
    assert "Your bid stands" in shown
    assert "You need 2 bedrooms; this home has 4 bedrooms." in shown
    assert f'action="{HERE}/bids/1001"' in shown
    assert f'action="{HERE}/bids/1002"' not in shown
    assert PASS not in shown
    [asked] = staff.gateway.asked_for(f"{OWN}/page")
    assert asked.body == {"pass": PASS}

    staff.gateway.on(f"{OWN}/bids", PAGE)
    answer = await staff.post(f"{HERE}/bids/1001", {"key": "once"})
    assert (answer.status_code, answer.headers["location"]) == (303, HERE)
    assert staff.gateway.asked_for(f"{OWN}/bids")[0].body == {"pass": PASS, "number": 1001}
    staff.gateway.on(f"{OWN}/withdrawals", PAGE)
    await staff.post(f"{HERE}/bids/{BID}/withdrawal", {"version": "1"})
    assert staff.gateway.asked_for(f"{OWN}/withdrawals")[0].body == {"pass": PASS, "bid_id": BID, "seen_version": 1}
    staff.gateway.on(f"{OWN}/sign-outs", {})
    await staff.post(f"{HERE}/sign-out")
    assert "Your code" in (await staff.get(HERE)).text


async def test_a_wrong_code_and_a_pass_that_ran_out_lead_back_to_the_question(staff: Staff) -> None:
    staff.gateway.on(f"{OWN}/passes", lambda _: refused(403, "forbidden", "That did not open anything."))
    wrong = await staff.post(HERE, {"bidding_number": "1234567", "code": "AAAA-AAAA-AAAA-AAAA"})
    assert wrong.status_code == 422
    assert "That did not open anything." in wrong.text
    assert "AAAA" not in wrong.text
    await _signed_in(staff)
    staff.gateway.on(f"{OWN}/page", lambda _: refused(403, "forbidden", "You are signed out"))
    over = await staff.get(HERE)
    assert "You are signed out" in over.text
    assert "Your code" in over.text


async def test_a_bid_that_is_refused_says_why_on_the_page(staff: Staff) -> None:
    await _signed_in(staff)
    staff.gateway.on(f"{OWN}/bids", lambda _: refused(409, "conflict", "Bidding for this home is over"))
    answer = await staff.post(f"{HERE}/bids/1001", {"key": "once"})
    assert answer.status_code == 422
    assert "Bidding for this home is over" in answer.text
