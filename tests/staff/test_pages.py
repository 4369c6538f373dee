"""What each page must say, with a made-up gateway behind it."""

import time
from typing import Any

import httpx
import pytest

from staff import words
from staff.client import Answer, Part
from staff.pages.household.known import merged, spoken
from staff.session import Session
from tests.staff.conftest import Asked, MadeUpGateway, Staff, refused, staff_app
from tests.staff.tokens import token_of

HOME, KELLY, GIRL, CASE = (f"00000000-0000-4000-8000-00000000000{number}" for number in range(1, 5))
ME = "worker-universal_worker"
CARD = {
    "open": 1, "red": 1, "amber": 0, "green": 0, "unrated": 0, "reviews_overdue": 1, "tasks_overdue": 0, "worker": ME,
    "as_account_manager": 1, "as_lead": 0,
}  # fmt: skip
WORK = {
    "as_of": "2026-11-01T09:40:00Z", "caseload": CARD, "new": 0, "reviews_due": 0, "tasks_open": 0, "tasks_due": 0,
    "tasks_overdue": 2, "approvals_returned": 0, "approvals_to_decide": 0, "steps_offered": 0, "warnings_to_decide": 0,
    "warnings_to_review": 0,
}  # fmt: skip
EMPTY: dict[str, Any] = {"items": [], "next": None}


def case(id_: str = CASE, **also: Any) -> dict[str, Any]:
    """An open case as the case file tells it."""
    return {
        "id": id_, "version": 3, "household_id": HOME, "state": "open", "inside": True, "layer": "universal",
        "workstreams": [], "account_manager": ME, "lead": None, "team": [], "rag": "red", "rag_reason": "Summonsed",
        "next_review_on": "2026-10-20", "review_overdue": True, "opened_at": "2026-10-01T09:00:00Z", **also,
    }  # fmt: skip


def person(id_: str, given: str, family: str, born: str) -> dict[str, Any]:
    """Somebody as the case file tells of them."""
    return {
        "id": id_, "version": 1, "date_of_birth": born,
        "names": [{"given": given, "family": family, "kind": "current"}],
        "addresses": [], "contacts": [], "languages": [], "communication_needs": [], "relationships": [],
        "households": [{"household_id": HOME, "since": "2026-01-01", "until": None}], "also_known_as_ids": [],
    }  # fmt: skip


def family(gateway: MadeUpGateway, **told: list[Any]) -> None:
    """Kelly and her daughter, with a case and what is `told` besides: part by part, in brief and at a glance."""
    people = [person(GIRL, "Mia", "Pike", "2017-02-03"), person(KELLY, "Kelly", "Pike", "1988-06-21")]
    members = [
        {"person_id": each["id"], "since": "2026-01-01", "until": None, "merged_into": None, "names": each["names"],
         "child": each["id"] == GIRL}
        for each in people
    ]  # fmt: skip
    home = {"id": HOME, "version": 1, "members": members}
    lists: dict[str, list[Any]] = {name: [] for name in ("warnings", "plans", "tasks", "timeline", "notes")} | told
    front = {"household": home, "people": people, "cases": [case()], "warnings": lists["warnings"]}
    gateway.on("GET /v1/casefile/households", [home])
    gateway.on("GET /v1/casefile/people", people)
    gateway.on("GET /v1/casefile/households/{id}", home)
    gateway.on("GET /v1/casefile/households/{id}/in-brief", front)
    gateway.on("GET /v1/casefile/households/{id}/at-a-glance", front | lists)
    gateway.on("GET /v1/casefile/households/{id}/timeline", {"items": lists["timeline"], "next": None})
    for name, items in (lists | {"cases": [case()]}).items():
        gateway.on(f"GET /v1/casefile/{name}", {"items": items, "next": None})
    for name in ("plan-actions", "notes/unfinished"):
        gateway.on(f"GET /v1/casefile/{name}", EMPTY)
    gateway.on("GET /v1/casefile/my-work", WORK)
    gateway.on("GET /v1/triage/appointments", EMPTY)
    gateway.on("GET /v1/risk/households/{id}/profile", lambda _: refused(503))


@pytest.fixture
def kelly(staff: Staff) -> Staff:
    """Kelly and her daughter, with a case, and nothing else."""
    family(staff.gateway)
    staff.gateway.on("GET /v1/triage/queue/counts", {"waiting": 3, "overdue": 0, "as_of": "2026-11-01T09:40:00Z"})
    return staff


async def test_my_work_names_the_household_and_says_what_is_overdue(kelly: Staff) -> None:
    page = (await kelly.get("/my-work")).text
    assert "Kelly and Mia Pike" in page
    assert len(kelly.gateway.asked_for("GET /v1/casefile/households")) == 1
    assert not kelly.gateway.asked_for("GET /v1/casefile/people")
    assert "tasks overdue" in page
    assert "Nothing is overdue" not in page


async def test_a_filter_stands_in_the_address_and_has_a_way_off(kelly: Staff) -> None:
    kelly.gateway.on("GET /v1/casefile/cases", {"items": [case(), case(GIRL, rag="green")], "next": None})
    page = (await kelly.get("/my-work?rating=red&sort=-opened&rating=nonsense")).text
    assert "1 open case with you" in page
    assert 'href="/my-work?sort=-opened"' in page
    assert "Rating: nonsense" not in page


async def test_one_silent_service_spoils_no_other_part(kelly: Staff) -> None:
    answer = await kelly.get(f"/households/{HOME}")
    assert answer.status_code == 200
    assert "Risk cannot be shown" in answer.text
    assert "What is next" in answer.text


async def test_a_closed_file_shows_its_front_and_the_way_in(kelly: Staff) -> None:
    shown = kelly.gateway.replies["GET /v1/casefile/households/{id}/at-a-glance"]
    kelly.gateway.on("GET /v1/casefile/households/{id}/at-a-glance", {**shown, "timeline": None})
    page = (await kelly.get(f"/households/{HOME}")).text
    assert "You see the front of this file only" in page
    assert f"/households/{HOME}/open-file" in page


async def test_a_household_is_asked_for_in_one_question(kelly: Staff) -> None:
    for page, question in (("", "at-a-glance"), ("/people", "in-brief")):
        kelly.gateway.asked.clear()
        await kelly.get(f"/households/{HOME}{page}")
        asked = [each.path for each in kelly.gateway.asked if each.path.startswith("/v1/casefile/")]
        assert asked == [f"/v1/casefile/households/{HOME}/{question}"]


async def test_whoever_may_read_only_some_of_it_is_shown_that(kelly: Staff) -> None:
    for question in ("in-brief", "at-a-glance"):
        kelly.gateway.on(f"GET /v1/casefile/households/{{id}}/{question}", lambda _: refused(403))
    kelly.gateway.on("GET /v1/casefile/notes", lambda _: refused(403))
    page = (await kelly.get(f"/households/{HOME}")).text
    assert "Kelly and Mia Pike" in page
    assert "Who is involved" in page
    assert "Kelly and Mia Pike" in (await kelly.get(f"/households/{HOME}/people")).text


async def test_a_household_that_is_not_there_is_not_found(kelly: Staff) -> None:
    kelly.gateway.on("GET /v1/casefile/households/{id}/at-a-glance", lambda _: refused(404, "not-found"))
    assert (await kelly.get(f"/households/{HOME}")).status_code == 404


async def test_a_turned_screen_asks_for_nothing_private(kelly: Staff) -> None:
    await kelly.post("/turned", {"next": f"/households/{HOME}"})
    kelly.gateway.asked.clear()
    page = (await kelly.get(f"/households/{HOME}")).text
    asked = {each.path for each in kelly.gateway.asked}
    assert not any(word in path for path in asked for word in ("risk", "warnings", "timeline", "notes"))
    assert "Mia" not in page
    kelly.gateway.asked.clear()
    for address in (f"/households/{HOME}/risk", "/my-work", "/search", "/queue"):
        assert (await kelly.get(address)).headers["location"] == f"/households/{HOME}"
    assert kelly.gateway.asked == []


async def test_a_dispute_without_a_reason_says_so_beside_the_field(kelly: Staff) -> None:
    factor = {
        "id": GIRL, "title": "owes the council money", "role": "factor", "weight": 2, "since": "2026-06-01",
        "latest_on": "2026-10-01", "sources": [{"code": "tax", "title": "Council tax"}], "evidence": [], "lowers": "",
        "offered": [], "partial": False, "certainty": "confirmed", "code": "debt", "amount": None,
    }  # fmt: skip
    profile = {"factors": [factor], "protective": [], "outcomes": [], "set_aside": [], "hidden": [], "nothing": None}
    whole = {**profile, "as_of": "2026-11-01", "definitions_version": 1}
    kelly.gateway.on("GET /v1/risk/households/{id}/profile", whole)
    kelly.gateway.on("GET /v1/risk/disputes", EMPTY)
    answer = await kelly.post(f"/households/{HOME}/risk/{GIRL}", {"reason": " "})
    assert answer.status_code == 422
    assert 'href="#reason"' in answer.text
    assert 'id="reason"' in answer.text
    assert kelly.gateway.asked_for("POST /v1/risk/factors/{id}/disputes") == []
    kelly.gateway.on("POST /v1/risk/factors/{id}/disputes", {"id": GIRL})
    await kelly.post(f"/households/{HOME}/risk/{GIRL}", {"reason": "Paid in May", "what": "set_aside"})
    (sent,) = kelly.gateway.asked_for("POST /v1/risk/factors/{id}/disputes")
    assert sent.body == {"reason": "Paid in May", "said_by": "worker", "set_aside": True}


async def test_no_name_that_was_searched_for_stands_in_an_address(staff: Staff) -> None:
    found = {
        "person_id": KELLY, "initials": "K. P.", "birth_year": 1988, "score": 1, "reasons": ["given name"],
        "ward": None, "unmasked": False, "name": None, "date_of_birth": None, "address": None, "household_ids": [],
    }  # fmt: skip
    staff.gateway.on("POST /v1/casefile/people/search", {"people": [found, {**found, "person_id": GIRL}]})
    answer = await staff.post("/search", {"name": "Kelly Pike", "born-year": "1988"})
    assert answer.headers["location"] == "/search#results"
    page = (await staff.get("/search")).text
    assert "K. P." in page
    assert "May be entered twice" in page
    assert staff.gateway.asked_for("POST /v1/casefile/people/search")[0].body["date_of_birth"] == "1988"
    assert (await staff.post("/search", {"born-day": "40", "born-month": "1"})).status_code == 422


async def test_two_windows_of_one_note_lose_nothing(kelly: Staff) -> None:
    draft = {"kind": "note", "key": KELLY, "version": 4, "updated_at": "2026-11-01T09:00:00Z"}
    kelly.gateway.on("PUT /v1/casefile/drafts/note/{key}", lambda _: refused(412, "stale"))
    kelly.gateway.on(
        "GET /v1/casefile/drafts/note/{key}", lambda _: Answer(200, {**draft, "body": {"words": "Other words"}}, '"4"')
    )
    path = f"/households/{HOME}/notes/{KELLY}"
    answer = await kelly.post(path, {"words": "First words", "action": "keep", "version": '"3"'})
    assert answer.status_code == 409
    assert "First words" in answer.text
    assert "Other words" in answer.text
    assert 'value="&#34;4&#34;"' in answer.text


async def test_a_note_is_finished_once_from_its_draft(kelly: Staff) -> None:
    kelly.gateway.on("POST /v1/casefile/notes", {"id": GIRL})
    path = f"/households/{HOME}/notes/{KELLY}"
    form = {"words": "She rang.", "kind": "call", "action": "finish", "version": '"3"', "when-day": "1",
            "when-month": "November", "when-year": "2026", "when-time": "2:30pm"}  # fmt: skip
    assert (await kelly.post(path, form)).status_code == 303
    (sent,) = kelly.gateway.asked_for("POST /v1/casefile/notes")
    assert sent.body["draft"] == {"key": KELLY, "version": 3}
    assert sent.body["occurred_at"] == "2026-11-01T14:30:00+00:00"
    assert sent.fields["Idempotency-Key"] == f"note-{KELLY}"
    answer = await kelly.post(path, {**form, "when-time": "half two"})
    assert answer.status_code == 422
    assert "She rang." in answer.text


async def test_a_purpose_about_people_is_never_guessed(kelly: Staff) -> None:
    stated = {"name": "Newstart-Purpose", "schema": {"enum": ["debt_advice", "benefit_advice"]}}
    kelly.app.pages.state.routes.learn({"paths": {"/v1/casefile/people/search": {"post": {"parameters": [stated]}}}})
    await kelly.post("/search", {"name": "Kelly"})
    answer = await kelly.get("/search")
    assert answer.status_code == 403
    assert "What is this for?" in answer.text
    assert kelly.gateway.asked_for("POST /v1/casefile/people/search") == []
    assert "Debt advice" in answer.text


async def test_whoever_works_with_nobody_has_no_list_of_cases() -> None:
    async with staff_app() as staff:
        staff.sign_in("analyst", "Wen Li")
        assert "Hello, Wen Li" in (await staff.get("/my-work")).text


async def test_in_production_the_sign_in_goes_to_the_issuer_with_a_challenge() -> None:
    async with staff_app(oidc_issuer=httpx.URL("https://id.example").__str__()) as staff:
        known = {"issuer": "https://id.example", "authorization_endpoint": "https://id.example/authorize"}
        staff.app.pages.state.issuer._known = known
        page = await staff.get("/sign-in")
        assert "council account" in page.text
        assert "https://id.example" in page.headers["content-security-policy"]
        token = page.text.split('name="csrf" value="')[1].split('"')[0]
        staff.gateway._session = object()  # type: ignore[assignment]  # nothing is asked of it here
        answer = await staff.http.post("/sign-in", data={"csrf": token})
        where = httpx.URL(answer.headers["location"])
        assert where.params["code_challenge_method"] == "S256"
        assert len(where.params["code_challenge"]) == 43
        # A token that is about to end is renewed for whoever is still there.
        issuer, soon = staff.app.pages.state.issuer, time.time() + 60
        session = Session(token="old", subject="worker-manager", refresh="r", expires_at=soon)
        known["token_endpoint"] = "https://id.example/token"
        issuer._fetch = lambda *_: _answered({"access_token": token_of("manager"), "refresh_token": "next"})
        await issuer.renew(staff.gateway._session, session)
        assert (session.refresh, session.roles) == ("next", ("manager",))
        assert session.expires_at > soon
        refusal = await staff.get(f"/sign-in/return?code=x&state={'y' * 43}")
        assert refusal.status_code == 400
        assert "not begun in this browser" in refusal.text


async def _answered(answer: dict[str, Any]) -> dict[str, Any]:
    return answer


def test_answers_of_two_services_are_merged_with_source_and_date() -> None:
    def told(service: str, value: object, at: str) -> Part:
        return Part(Answer(200, [{"question": "contact.phone", "value": value, "source": service, "at": at}]))

    (same,) = merged({"casefile": told("casefile", ["1"], "2026-01-01"), "triage": told("triage", ["1"], "2026-02-01")})
    assert not same.differ
    assert same.answers[0]["at"] == "2026-02-01"
    (two,) = merged({"casefile": told("casefile", ["1"], "2026-01-01"), "triage": told("triage", ["2"], "2026-02-01")})
    assert two.differ
    assert spoken({"likes": True, "note": None, "days": ["mon", "tue"]}) == "Likes: Yes; Days: mon, tue"


def test_dates_times_and_money_are_written_as_people_write_them() -> None:
    written = {
        words.day("2026-03-04"): "4 March 2026",
        words.day("1984-03"): "March 1984",
        words.day_and_time("2026-07-04T13:30:00Z"): "4 July 2026 at 2:30pm",
        words.day_and_time("2026-01-04T12:00:00Z"): "4 January 2026 at midday",
        words.money(123450): "£1,234.50",
        words.money(-2000): "-£20",
        words.label("council_tax_arrears"): "Council tax arrears",
        words.phone("+447700900318"): "07700 900318",
        words.phone("+442079460001"): "020 7946 0001",
        words.plural(0, "task"): "no tasks",
    }
    assert list(written) == list(written.values())


def asked_with(line: Asked) -> str:
    """The purpose of a question."""
    return line.fields["Newstart-Purpose"]


async def test_what_is_asked_carries_the_purpose_and_the_persons_token(kelly: Staff) -> None:
    await kelly.post("/purpose", {"purpose": "debt_advice"})
    await kelly.get(f"/households/{HOME}")
    asked = [each for each in kelly.gateway.asked if each.path.startswith("/v1/")]
    assert {asked_with(each) for each in asked} == {"debt_advice"}
    assert all(each.fields["Authorization"].startswith("Bearer ") for each in asked)
