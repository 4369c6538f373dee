"""The front door's pages before a made-up gateway: what they send, what they refuse, and that nothing typed is lost."""

import json
from typing import Any
from uuid import UUID

from staff.pages.contacts import drafting, steps
from staff.pages.contacts.drafting import Telling
from staff.pages.placements import _chart
from staff.pages.referrals.following import _track
from tests.staff.conftest import Asked, Staff, refused

CONTACT = "01a20388-4e60-7540-94e2-a6b19fa40f8f"
NEED = "01a20388-4e60-7540-94e2-a6b19fa40f90"
KEY = "7d5c1d9e-2b41-4b8e-9f52-0a4f0a3c9b11"
HELD: dict[str, Any] = {
    "id": CONTACT,
    "version": 1,
    "person_id": None,
    "household_id": None,
    "held_by": "w",
    "held_since": "2026-11-01T10:00:00Z",
    "channel": "walk_in",
    "hub": "heath",
    "occurred_at": "2026-11-01T10:00:00Z",
    "state": "open",
    "stage": "contact",
    "urgency": "today",
    "needs": [
        {
            "id": NEED,
            "domain": "housing",
            "kind": "presenting",
            "urgency": "today",
            "status": "open",
            "stage": "contact",
            "goal": "To stay",
            "may_be_homeless": True,
            "may_lose_home_within_56_days": True,
            "where_tonight": "home",
            "homelessness_signs": [],
            "priority_signs": [],
        }
    ],
    "decisions": [],
}
GATE = {"allowed_outcomes": ["universal", "targeted", "statutory"], "need_ids": [NEED], "unasked_need_ids": [NEED]}


def _drafts(staff: Staff) -> dict[str, Any]:
    """A gateway that keeps one draft, with its version."""
    kept: dict[str, Any] = {}

    def read(_: Asked) -> Any:
        return kept["draft"] if kept else refused(404)

    def write(asked: Asked) -> Any:
        kept["draft"] = {"body": json.loads(json.dumps(asked.body)), "version": 1}
        return kept["draft"]

    staff.gateway.on("GET /v1/triage/drafts/contact/{key}", read)
    staff.gateway.on("PUT /v1/triage/drafts/contact/{key}", write)
    return kept


async def test_help_without_a_name_is_one_request(staff: Staff) -> None:
    staff.gateway.on("POST /v1/triage/contacts", {"id": CONTACT})
    form = {"hub": "heath", "domain": "food_and_fuel", "outcome": "advice_only", "key": KEY}
    answer = await staff.post("/contacts/quick", form)
    assert answer.headers["location"] == "/contacts/quick?hub=heath"
    (sent,) = staff.gateway.asked_for("POST /v1/triage/contacts")
    assert sent.body["needs"] == [{"domain": "food_and_fuel"}]
    assert sent.fields["Idempotency-Key"] == KEY
    assert "person_id" not in sent.body


async def test_a_housing_question_is_asked_before_help_ends_at_the_desk(staff: Staff) -> None:
    answer = await staff.post("/contacts/quick", {"domain": "housing", "outcome": "advice_only"})
    assert answer.status_code == 422
    assert "Ask where they sleep tonight" in answer.text
    assert staff.gateway.asked_for("POST /v1/triage/contacts") == []


async def test_advice_for_somebody_who_may_be_homeless_is_refused_in_plain_words_with_a_way_on(staff: Staff) -> None:
    staff.gateway.on(f"GET /v1/triage/contacts/{CONTACT}", HELD)
    no = refused(422, "may-be-homeless", "No.", extra=GATE)
    staff.gateway.on(f"POST /v1/triage/contacts/{CONTACT}/decisions", lambda _: no)
    form = {
        "outcome": "advice_only",
        "stage": "final",
        "reason": "They know the way",
        "need_ids": NEED,
        "version": '"1"',
    }
    answer = await staff.post(f"/contacts/{CONTACT}/decide", form)
    assert answer.status_code == 422
    assert "sections 183 and 184" in answer.text
    assert f'action="/contacts/{CONTACT}/application"' in answer.text
    assert f"/contacts/{CONTACT}/needs/{NEED}" in answer.text
    assert "They know the way" in answer.text
    assert staff.gateway.asked_for("POST /v1/triage/contacts/{id}/decisions")[0].fields["If-Match"] == '"1"'


async def test_a_decision_names_what_is_missing_beside_its_field(staff: Staff) -> None:
    staff.gateway.on(f"GET /v1/triage/contacts/{CONTACT}", HELD)
    answer = await staff.post(
        f"/contacts/{CONTACT}/decide", {"outcome": "targeted", "need_ids": NEED, "version": '"1"'}
    )
    assert answer.status_code == 422
    assert "<title>Error:" in answer.text.replace("\n", "").replace("  ", "")
    for field in ("specialism", "reason"):
        assert f'href="#{field}"' in answer.text
        assert f'id="{field}-error"' in answer.text


async def test_what_is_typed_is_kept_before_it_is_right(staff: Staff) -> None:
    kept = _drafts(staff)
    sent = {"fields": {"what_matters": "That Idris sleeps in one bed"}, "version": Telling(KEY).stamp("matters")}
    fields = {"x-csrf-token": staff.csrf}
    answer = await staff.http.post(f"/contacts/new/{KEY}/matters/kept", json=sent, headers=fields)
    assert answer.status_code == 200
    assert kept["draft"]["body"]["fields"]["matters"]["what_matters"] == "That Idris sleeps in one bed"
    assert kept["draft"]["body"]["done"] == []
    assert answer.json()["version"] == drafting.read(KEY, kept["draft"]["body"]).stamp("matters")
    page = await staff.get(f"/contacts/new/{KEY}/matters")
    assert "That Idris sleeps in one bed" in page.text
    # Another window that began from nothing does not overwrite it.
    other = {**sent, "fields": {"what_matters": "Something else"}}
    again = await staff.http.post(f"/contacts/new/{KEY}/matters/kept", json=other, headers=fields)
    assert again.status_code == 409


async def test_two_windows_are_shown_side_by_side_and_neither_is_overwritten(staff: Staff) -> None:
    kept = _drafts(staff)
    told = Telling(KEY)
    was = told.stamp("matters")
    await staff.post(f"/contacts/new/{KEY}/matters", {"what_matters": "From the first window", "version": was})
    answer = await staff.post(f"/contacts/new/{KEY}/matters", {"what_matters": "From the second", "version": was})
    assert answer.status_code == 422
    assert "From the first window" in answer.text
    assert "From the second" in answer.text
    assert kept["draft"]["body"]["fields"]["matters"]["what_matters"] == "From the first window"


async def test_a_conversation_is_sent_once_with_its_draft(staff: Staff) -> None:
    kept = _drafts(staff)
    staff.gateway.on("POST /v1/triage/contacts", {"id": CONTACT})
    await staff.post(f"/contacts/new/{KEY}/how", {"channel": "walk_in", "hub": "heath"})
    need = {"domain": "money", "urgency": "routine", "goal": "Less debt"}
    await staff.post(f"/contacts/new/{KEY}/need-1", need)
    answer = await staff.post(f"/contacts/new/{KEY}/check", {})
    assert answer.headers["location"] == f"/contacts/{CONTACT}/recorded"
    (sent,) = staff.gateway.asked_for("POST /v1/triage/contacts")
    assert sent.body["draft"] == {"kind": "contact", "key": KEY}
    assert sent.fields["Idempotency-Key"] == KEY
    assert sent.body["needs"][0]["goal"] == "Less debt"
    assert kept


async def test_a_concern_that_does_not_arrive_says_whom_to_phone_and_keeps_every_word(staff: Staff) -> None:
    staff.gateway.on("POST /v1/triage/safeguarding-concerns", lambda _: refused(503, "no-answer", "Nobody answers."))
    words = "He shouts at the boy.\nA bruise on the left arm."
    reference = "5d3b1a70-8a1f-4a0a-8a3c-2b7f0f1f1d11"
    answer = await staff.post("/safeguarding/raise", {"what_happened": words, "kind": "child", "reference": reference})
    assert answer.status_code == 503
    assert "Not received: phone now" in answer.text
    assert "020 7946 0001" in answer.text
    assert words in answer.text
    # Sent again it is the same concern.
    assert reference in answer.text


async def test_a_concern_needs_nothing_and_is_never_stopped_by_a_purpose_or_the_end_of_a_session(staff: Staff) -> None:
    staff.gateway.on("POST /v1/triage/safeguarding-concerns", {"concern_id": CONTACT})
    answer = await staff.post("/safeguarding/raise", {})
    assert answer.headers["location"] == f"/safeguarding/receipt/{CONTACT}"
    staff.gateway.on("POST /v1/triage/safeguarding-concerns", lambda _: refused(401))
    ended = await staff.post("/safeguarding/raise", {"what_happened": "A fall on the stairs"})
    assert ended.status_code == 401
    assert "020 7946 0001" in ended.text
    assert "A fall on the stairs" in ended.text
    page = await staff.get("/purpose")
    assert "/safeguarding/raise?from=" in page.text


async def test_a_card_says_why_it_stands_there_and_whom_it_is_offered_to(staff: Staff) -> None:
    card = {
        "id": NEED,
        "place": 1,
        "kind": "contact",
        "subject_id": CONTACT,
        "person_ids": [],
        "team": None,
        "hub": "heath",
        "urgency": "immediate",
        "arrived_at": "2026-11-01T09:00:00Z",
        "waiting_minutes": 75,
        "clocks": [],
        "why": ["It stands under “Now” because help is needed immediately."],
        "would_change": ["If they told us of domestic abuse: it counts as having waited 1 day longer."],
    }
    offer = {
        "id": KEY,
        "contact_id": CONTACT,
        "to_worker": staff._session.subject,
        "to_team": None,
        "from_worker": "w",
        "resident": "present",
    }
    staff.gateway.on("GET /v1/triage/queue", {"items": [card], "next": None})
    staff.gateway.on("GET /v1/triage/contacts", {"items": [HELD], "next": None})
    staff.gateway.on("GET /v1/triage/handovers", {"items": [offer], "next": None})
    page = (await staff.get("/queue?urgency=immediate")).text
    assert "Urgent: now" in page
    assert "1 h 15 min" in page
    assert "because help is needed immediately" in page
    assert "If they told us of domestic abuse" in page
    assert f'href="/handovers/{KEY}"' in page
    assert "Accept it" in page
    # One part that is refused spoils nothing.
    assert "How many wait cannot be shown" in page


async def test_what_somebody_says_stands_in_no_address(staff: Staff) -> None:
    staff.gateway.on("POST /v1/triage/directory/search", {"total_items": 0, "contents": []})
    await staff.post("/referrals/new", {"said": "my landlord wants me out"})
    (sent,) = staff.gateway.asked_for("POST /v1/triage/directory/search")
    assert sent.body["said"] == "my landlord wants me out"
    assert all("landlord" not in f"{each.path}{each.query}" for each in staff.gateway.asked)


def test_a_referrals_way_shows_where_it_was_left() -> None:
    moved = [{"kind": "moved", "state": state} for state in ("requested", "received", "rejected")]
    way = _track({"state": "rejected", "steps": moved})
    assert [(each["text"], each["stands"]) for each in way] == [
        ("Asked", "done"),
        ("They have it", "done"),
        ("They said no", "here"),
    ]
    helped = _track({"state": "on_hold", "steps": [{"kind": "moved", "state": "accepted"}]})
    assert ("Waiting", "here") in [(each["text"], each["stands"]) for each in helped]


def test_temporary_accommodation_is_drawn_from_what_was_counted() -> None:
    kinds = [
        {"kind": "hostel", "title": "Hostels", "households": 3},
        {"kind": "leased", "title": "Leased", "households": 0},
    ]
    day = {"day": "2026-10-01", "households": 3, "bed_and_breakfast": 0, "kinds": kinds}
    chart = _chart(
        [day, {**day, "day": "2026-11-01", "households": 4, "kinds": [{**kinds[0], "households": 4}, kinds[1]]}]
    )
    assert chart is not None
    assert [row[1] for row in chart.table.rows] == ["3", "4"]
    assert "4 households on 1 Nov, 3 on 1 Oct" in chart.says
    assert _chart([]) is None


def test_a_contact_says_only_what_was_told() -> None:
    told = drafting.read(
        KEY, {"fields": {"how": {"channel": "phone"}, "need-1": {"domain": "housing", "lose_home": "no"}}}
    )
    body = steps.contact_body(told)
    assert set(body) == {"channel", "needs", "draft"}
    assert body["needs"][0]["may_lose_home_within_56_days"] is False
    assert body["needs"][0]["where_tonight"] == "unknown"
    assert UUID(body["draft"]["key"])
    # A draft is kept as it was typed, whatever that was.
    assert drafting.read(KEY, {"fields": [1], "done": "x", "person": 3}).fields == {}


async def test_an_application_as_homeless_takes_no_body_and_is_opened_once(staff: Staff) -> None:
    path = f"POST /v1/triage/contacts/{CONTACT}/homelessness-application"
    staff.gateway.on(path, {"tonight": "house_tonight"})
    answer = await staff.post(f"/contacts/{CONTACT}/application", {"key": KEY})
    assert answer.headers["location"] == f"/contacts/{CONTACT}"
    (sent,) = staff.gateway.asked_for(path)
    # The gateway refuses whatever is sent to an address without a body.
    assert sent.body is None
    assert sent.fields["Idempotency-Key"] == KEY
