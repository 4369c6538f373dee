"""Pages for residents: nobody's token, nothing said in an address, nothing left behind."""

import hashlib
import re
from typing import Any

import pytest

from kit.contracts.codes import NeedDomain
from staff.pages.public.directory import NEEDS, opening
from staff.pages.public.homes import rules
from staff.pages.public.kiosk import COOKIE, SOONER
from staff.pages.public.panels import charts_of, steps
from tests.staff.conftest import Staff, refused

SERVICE = {
    "id": "3188a6d2-2e8d-599d-b3de-b14689c39ef3",
    "name": "Advice line",
    "description": "Advice for tenants",
    "organization": {"name": "Harbour Advice"},
    "newstart": {"fresh": False, "confirmed_on": "2026-02-21"},
}
FOUND = {"total_items": 1, "last_page": True, "contents": [SERVICE]}
DRAW: dict[str, Any] = {
    "id": "01a2038e-88fd-7da5-8070-246e6b708b86",
    "kind": "first",
    "state": "drawn",
    "number": 1,
    "pool": 800,
    "closed_at": "2026-11-01T09:00:00Z",
    "announced_at": "2026-11-01T09:05:00Z",
    "drawn_at": "2026-11-01T10:00:00Z",
    "seed_from": "2026-11-01T09:30:00Z",
    "seed_source": "A lottery",
    "seed": "1 2 3",
    "commitment": "c" * 64,
    "question_sha256": "q" * 64,
    "group": 7,
    "witnessed_by": "Cllr Byrne",
    "certificate": {"panels": 1000, "smallest_of_list": 29, "leximin": True},
    "taken": ["a" * 32],
    "reserves": None,
    "because": None,
    "failure": None,
}
FIGURES = {
    "of": 1000,
    "groups": [
        {"category": "sex", "feature": "women", "least": 5, "most": 7, "pool": 40, "smallest": 29, "largest": 40},
        {"category": "sex", "feature": "men", "least": 5, "most": 7, "pool": 60, "smallest": 35, "largest": 50},
    ],
    "chances": [{"over": 25, "up_to": 50, "people": 100}],
}


async def test_what_somebody_says_is_asked_as_nobody_and_stands_in_no_address(staff: Staff) -> None:
    staff.gateway.on("POST /v1/triage/directory/search", FOUND)
    answer = await staff.post("/public/help", {"said": "my husband hits me"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/public/help/found"
    page = await staff.get("/public/help/found")
    assert "my husband hits me" in page.text
    assert "ask before you go" in page.text
    (asked,) = staff.gateway.asked_for("POST /v1/triage/directory/search")
    assert asked.body["said"] == "my husband hits me"
    assert "Authorization" not in asked.fields
    assert page.headers["cache-control"] == "no-store"


async def test_the_exit_forgets_what_was_said(staff: Staff) -> None:
    staff.gateway.on("POST /v1/triage/directory/search", FOUND)
    await staff.post("/public/help", {"said": "my husband hits me"})
    assert (await staff.get("/public/leave")).headers["location"].startswith("https://www.bbc.co.uk/")
    assert (await staff.get("/public/help/found")).headers["location"] == "/public/help"


@pytest.mark.full
async def test_saying_nothing_is_told_beside_the_field(staff: Staff) -> None:
    answer = await staff.post("/public/help", {"said": " "})
    assert answer.status_code == 422
    assert "<title>Error: " in answer.text.replace("\n", "")
    assert 'href="#said"' in answer.text


def test_every_need_has_words_and_every_opening_too() -> None:
    assert set(NEEDS) == set(NeedDomain)
    assert opening({"byday": "MO,WE,FR", "opens_at": "10:00", "closes_at": "16:00"}) == (
        "Monday, Wednesday and Friday, 10:00 to 16:00"
    )
    assert opening({"byday": "MO,TU,WE,TH,FR", "opens_at": "09:00:00"}) == "Monday to Friday, 09:00"


@pytest.mark.full
def test_rules_of_a_home_are_said_in_words() -> None:
    given = {
        "people": 4,
        "access": "wheelchair",
        "access_first": "only",
        "plan": "first",
        "groups": ["care_leaver"],
        "bands": [],
        "income_to_pence": 6_000_000,
    }
    assert rules(given) == [
        "For up to 4 people",
        "Made for a wheelchair",
        "Only for people who need its access",
        "First: people who leave care",
        "Household income up to £60,000 a year",
    ]
    assert rules({"access": "general", "access_first": "first"}) == []


async def test_a_draw_shows_pool_chances_steps_and_the_verifiers_fingerprint(staff: Staff) -> None:
    panel = {"id": "01a2038e-88fd-7da5-8070-246e6b708b85", "title": "Panel", "summary": "S", "size": 12}
    staff.gateway.on("GET /v1/grants/panels/{id}", panel)
    staff.gateway.on("GET /v1/grants/panels/{id}/draws", [DRAW])
    staff.gateway.on("GET /v1/grants/panels/{id}/draws/{draw}/figures", FIGURES)
    page = await staff.get(f"/public/panels/{panel['id']}")
    assert page.status_code == 200
    assert "The pool against the quotas" in page.text
    assert "everybody stands in at least 29" in page.text
    assert "c" * 64 in page.text
    assert "Cllr Byrne" in page.text
    # Who sits by group is for those who run the panel alone.
    assert "drawn;" not in page.text


@pytest.mark.full
def test_a_draw_that_waits_for_its_seed_has_no_last_step() -> None:
    waiting = {**DRAW, "state": "announced", "seed": None, "drawn_at": None}
    assert [each["title"] for each in steps(DRAW)][-1] == "Panel number 7 was drawn"
    assert [each["title"] for each in steps(waiting)][-1] == "The seed comes from outside"
    pool, chances = charts_of(FIGURES, 12, {("sex", "women"): 6})
    assert pool.table.rows[0] == ("Sex: Women", "40", "40%", "5 to 7", "6")
    assert chances.table.rows == (("More than 2.5%, up to 5%", "100"),)


async def test_a_vote_by_code_is_sent_without_a_token_and_shows_its_receipt(staff: Staff) -> None:
    ballot = "01a2038e-d0c5-7ca1-ad6e-70f3db273576"
    staff.gateway.on("POST /v1/grants/ballots/{id}/coded-votes", {"receipt": "f" * 32})
    staff.gateway.on("GET /v1/grants/ballots/{id}", {"id": ballot, "title": "V", "state": "open", "budget_pence": 100,
        "kind": "approval", "rule": "equal_shares", "projects": [], "closes_at": "2026-11-22T09:00:00Z"})  # fmt: skip
    form = {
        "kind": "approval", "choices": ["A1", "A2"], "code": "ABCD EFGH IJKL", "postcode": "RM8 1AA",
        "family_name": "Pike", "born-day": "3", "born-month": "4", "born-year": "1990",
    }  # fmt: skip
    page = await staff.post(f"/public/ballots/{ballot}/vote", form)
    assert "f" * 32 in page.text
    (asked,) = staff.gateway.asked_for("POST /v1/grants/ballots/{id}/coded-votes")
    assert "Authorization" not in asked.fields
    assert asked.body["choices"] == ["A1", "A2"]
    assert asked.body["voter"] == {"family_name": "Pike", "date_of_birth": "1990-04-03", "postcode": "RM8 1AA"}
    assert asked.body["code"] == "ABCDEFGHIJKL"
    wrong = await staff.post(f"/public/ballots/{ballot}/vote", {**form, "code": "", "born-day": "31"})
    assert wrong.status_code == 422
    assert 'href="#born-day"' in wrong.text
    assert 'value="Pike"' in wrong.text


@pytest.mark.full
async def test_large_letters_last_until_they_are_smaller(staff: Staff) -> None:
    await staff.get("/public/letters?size=large&next=/public/help")
    assert re.search(r"<html[^>]*ns-large", (await staff.get("/public")).text)
    assert (await staff.get("/public/letters?size=x&next=//evil.test")).headers["location"] == "/"
    assert not re.search(r"<html[^>]*ns-large", (await staff.get("/public")).text)


async def test_a_kiosk_takes_numbers_and_nothing_else_and_leaves_nothing(staff: Staff) -> None:
    hub = {"code": "heath", "name": "Heath hub", "place": "1 Square"}
    staff.gateway.on("GET /v1/triage/hubs", {"items": [hub]})
    ticket = {"number": 12, "wait": {"minutes": 20, "words": "2 people before you."}}
    staff.gateway.on("POST /v1/triage/hubs/{hub}/tickets", ticket)
    staff.sign_in("hub_host", "Bev Carter")
    token = staff._session.token
    begun = await staff.post("/kiosk/start", {"hub": "heath"})
    assert begun.headers["clear-site-data"] == '"cache", "storage"'
    # The host is signed out here: no page of staff opens any more, and the sitting cannot be read.
    assert (await staff.get("/my-work")).status_code == 303
    assert token not in (staff.http.cookies.get(COOKIE, path="/kiosk") or "")
    csrf = re.search(r'name="csrf" value="([^"]+)"', (await staff.get("/kiosk/number")).text)
    assert csrf
    form = {"csrf": csrf.group(1), "about": "money", "sooner": "not_safe", "language": "so"}
    page = await staff.http.post("/kiosk/number", data=form)
    assert (page.status_code, page.headers["location"]) == (303, "/kiosk/number/yours")
    assert "Your number is 12" in (await staff.get("/kiosk/number/yours")).text
    (asked,) = staff.gateway.asked_for("POST /v1/triage/hubs/{hub}/tickets")
    assert asked.body == {"about": "money", "sooner": "not_safe", "language": "so"}
    assert asked.fields["Authorization"] == f"Bearer {token}"
    left = await staff.get("/kiosk/leave")
    assert left.headers["clear-site-data"] == '"cache", "storage"'
    # Whoever goes back finds the start.
    assert (await staff.get("/kiosk/number/yours")).headers["location"] == "/kiosk"
    staff.gateway.on("POST /v1/triage/hubs/{hub}/tickets", lambda _: refused(401))
    csrf = re.search(r'name="csrf" value="([^"]+)"', (await staff.get("/kiosk/number")).text)
    assert csrf
    ended = await staff.http.post("/kiosk/number", data={**form, "csrf": csrf.group(1)})
    assert "Go to the desk" in ended.text
    assert len(SOONER) == 5


async def test_what_was_looked_at_on_a_kiosk_has_no_address_and_is_gone_at_the_start(staff: Staff) -> None:
    staff.gateway.on("POST /v1/triage/directory/search", FOUND)
    staff.gateway.on("GET /v1/triage/directory/services/{id}", SERVICE)
    assert (await staff.post("/kiosk/help", {"said": "help"})).headers["location"] == "/kiosk/help/found"
    assert 'href="/kiosk/help/found/1"' in (await staff.get("/kiosk/help/found")).text
    page = (await staff.get("/kiosk/help/found/1")).text
    assert SERVICE["name"] in page
    assert str(SERVICE["name"]) not in page[: page.index("</title>")]
    for place in ("2", "0", "-8"):
        assert (await staff.get(f"/kiosk/help/found/{place}")).headers["location"] == "/kiosk/help"
    await staff.get("/kiosk")
    for path in ("/kiosk/help/found", "/kiosk/help/found/1"):
        assert (await staff.get(path)).headers["location"] == "/kiosk/help"


async def test_a_screen_nobody_handed_over_takes_no_number(staff: Staff) -> None:
    staff.http.cookies.set(COOKIE, "AAAA" * 30, path="/kiosk")
    page = await staff.post("/kiosk/number", {"about": "money"})
    assert page.status_code == 422
    assert "cannot take numbers now" in page.text
    assert staff.gateway.asked == []


async def test_downloads_are_passed_on_byte_for_byte(staff: Staff) -> None:
    from contextlib import asynccontextmanager

    content = b'{"b": 1,  "a": 2}'

    class Raw:
        status = 200

        async def read(self) -> bytes:
            return content

    @asynccontextmanager
    async def stream(path: str, fields: object) -> Any:
        yield Raw()

    staff.gateway.stream = stream  # type: ignore[method-assign]  # the made-up gateway has no wire
    answer = await staff.get("/public/grants/360giving.json")
    assert hashlib.sha256(answer.content).digest() == hashlib.sha256(content).digest()
    assert "attachment" in answer.headers["content-disposition"]
