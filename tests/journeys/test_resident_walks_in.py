"""The main path, through the gateway: a resident walks in, and help follows on one file."""

from datetime import datetime
from typing import Any

import httpx
import pytest

from gateway.demo.people import SIGN_INS
from kit.testing.platform import Platform
from tests.journeys.door import Person

pytestmark = [pytest.mark.xdist_group("platform"), pytest.mark.timeout(180)]

TOM = next(str(each.id) for each in SIGN_INS if each.slug == "tom-abiola")
AMINA = {
    "names": [{"given": "Amina", "family": "Yusuf"}],
    "date_of_birth": "1997-05-02",
    "addresses": [{"lines": ["4 Heath Road"], "postcode": "RM10 7XS", "ward": "E05014061"}],
    "contacts": [{"kind": "phone", "value": "07700 900123"}],
    "languages": ["so", "en"],
}


def problem(answer: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    document: dict[str, Any] = answer.json()
    assert document["type"].endswith(f"/{slug}"), document
    return document


def test_from_the_door_to_the_timeline(platform: Platform) -> None:
    with Person(platform, "triage_officer", "front_door") as officer:
        # Search first, in the spelling council tax has: nobody yet.
        assert officer.post("/v1/casefile/people/search", {"name": "Aamina Yousuf"}).json() == {"people": []}

        registered = officer.post("/v1/casefile/people", AMINA)
        assert registered.status_code == 201, registered.text
        amina, household = registered.json()["id"], registered.json()["household_id"]

        # Two spellings, one person; initials only, until a second identifier matches.
        found = officer.post("/v1/casefile/people/search", {"name": "Aamina Yousuf"}).json()["people"]
        assert [(each["person_id"], each["initials"], each["name"]) for each in found] == [(amina, "A. Y.", None)]
        unmasked = officer.post("/v1/casefile/people/search", {"name": "Yusuf Amina", "phone": "07700900123"})
        assert unmasked.json()["people"][0]["name"] == "Amina Yusuf"

        # Registering her again under the other spelling warns, and shows her only as a search would.
        again = {**AMINA, "names": [{"given": "Aamina", "family": "Yousuf"}]}
        warned = problem(officer.post("/v1/casefile/people", again), 409, "likely-duplicate")
        assert [each["person_id"] for each in warned["candidates"]] == [amina]
        assert "Amina" not in str(warned)

        # Her son joins the household.
        idris = {"names": [{"given": "Idris", "family": "Yusuf"}], "date_of_birth": "2022", "household_id": household}
        son = officer.post("/v1/casefile/people", idris)
        assert son.status_code == 201, son.text
        related = officer.post(
            f"/v1/casefile/people/{amina}/relationships",
            {"other_id": son.json()["id"], "kind": "parent", "parental_responsibility": True},
        )
        assert related.status_code == 201, related.text

        # What is typed is kept as it is typed, and gone when it was sent.
        typed = {"what_matters": "somewhere safe tonight"}
        assert officer.put("/v1/triage/drafts/contact/desk-1", typed).status_code == 200
        assert officer.get("/v1/triage/drafts/contact/desk-1").json()["body"] == typed

        need = {
            "domain": "housing",
            "urgency": "immediate",
            "goal": "a room tonight",
            "may_lose_home_within_56_days": True,
        }
        recorded = officer.post(
            "/v1/triage/contacts",
            {
                "channel": "walk_in",
                "hub": "heath",
                "person_id": amina,
                "household_id": household,
                "what_matters": "somewhere safe tonight",
                "needs": [need],
                "draft": {"kind": "contact", "key": "desk-1"},
            },
        )
        assert recorded.status_code == 201, recorded.text
        assert officer.get("/v1/triage/drafts/contact/desk-1").status_code == 404
        contact, etag = recorded.json()["id"], recorded.headers["etag"]

        # Nobody who may be losing their home can be sent away with advice (Housing Act 1996 s184).
        decisions = f"/v1/triage/contacts/{contact}/decisions"
        advice = officer.post(decisions, {"outcome": "advice_only", "reason": "gave a leaflet"}, if_match=etag)
        assert "184" in problem(advice, advice.status_code, advice.json()["type"].rsplit("/", 1)[1])["detail"]
        assert advice.status_code in {409, 422}

        decided = officer.post(
            decisions,
            {"outcome": "statutory", "statutory_service": "homelessness", "reason": "locked out, a child of four"},
            if_match=etag,
        )
        assert decided.status_code == 201, decided.text

    with Person(platform, "universal_worker", "universal_support") as worker:
        listed = worker.soon(f"/v1/casefile/cases?household_id={household}", lambda page: len(page["items"]) == 1)
        case = listed["items"][0]
        # Nobody of it yet: they see that there is a case, and not what it is about.
        assert (case["state"], case["layer"]) == ("open", None)
        with Person(platform, "manager", "supervision") as manager:
            given = manager.post(
                f"/v1/casefile/cases/{case['id']}/allocations",
                {"account_manager": TOM},
                if_match=f'"{case["version"]}"',
            )
            assert given.status_code == 201, given.text
        (case,) = worker.get(f"/v1/casefile/cases?household_id={household}").json()["items"]
        assert (case["state"], case["layer"]) == ("open", "statutory")

        story = f"/v1/casefile/households/{household}/timeline?order=oldest&limit=100"
        wanted = ["triage.contact.received", "triage.contact.decided", "casefile.case.opened"]
        page = worker.soon(story, lambda page: set(wanted) <= {each["type"] for each in page["items"]})
        types = [each["type"] for each in page["items"]]
        assert [each for each in types if each in wanted] == wanted
        assert types[0] == "casefile.person.registered"
        moments = [(datetime.fromisoformat(each["occurred_at"]), each["event_id"]) for each in page["items"]]
        assert moments == sorted(moments)

        # Who did what for which purpose: the officer's act caused the case, and it says so.
        lines = {each["type"]: each for each in page["items"]}
        actors = {lines[each]["actor"] for each in wanted}
        assert len(actors) == 1
        assert {lines[each]["purpose"] for each in wanted} == {"front_door"}
        assert "somewhere safe" not in str(page)
        assert "Amina" not in str(page)

    # The other services have heard of the household by events alone.
    with Person(platform, "housing_officer", "homelessness") as housing:
        known = housing.soon(f"/v1/housing/households/{household}", lambda one: len(one["members"]) == 2)
        assert {each["person_id"] for each in known["members"]} == {amina, son.json()["id"]}


def test_every_look_is_on_record(platform: Platform) -> None:
    with Person(platform, "triage_officer", "front_door") as officer:
        person = officer.post("/v1/casefile/people", {"names": [{"given": "Bolesław", "family": "Wójcik"}]}).json()[
            "id"
        ]
        assert officer.get(f"/v1/casefile/people/{person}").status_code == 200
    with Person(platform, "information_governance_lead", "information_governance") as reviewer:
        path = f"/v1/casefile/access/reads?person_id={person}"
        reads = reviewer.soon(path, lambda page: page["items"] and page["items"][-1]["sealed"])["items"]
    assert {"casefile.person.register", "casefile.person.read"} <= {each["action"] for each in reads}
    assert {each["purpose"] for each in reads} <= {"front_door", "information_governance"}


def test_a_repeat_gives_the_first_answer(platform: Platform) -> None:
    with Person(platform, "triage_officer", "front_door") as officer:
        body = {"names": [{"given": "Once", "family": "Only"}], "date_of_birth": "1960-01-01"}
        first = officer.post("/v1/casefile/people", body, idempotency_key="the-same-key")
        second = officer.post("/v1/casefile/people", body, idempotency_key="the-same-key")
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.content == second.content
        other = {**body, "date_of_birth": "1961-01-01"}
        problem(officer.post("/v1/casefile/people", other, idempotency_key="the-same-key"), 422, "invalid")


@pytest.mark.parametrize(
    ("role", "purpose", "method", "path", "status", "slug"),
    [
        ("councillor", "public", "GET", "/v1/casefile/people/0192fc00-0000-7000-8000-000000000000", 403, "not-allowed"),
        (
            "triage_officer",
            None,
            "GET",
            "/v1/casefile/people/0192fc00-0000-7000-8000-000000000000",
            400,
            "purpose-missing",
        ),
        ("triage_officer", "front_door", "GET", "/v1/casefile/secrets", 404, "no-such-route"),
        ("triage_officer", "front_door", "DELETE", "/v1/casefile/people/search", 405, "method-not-allowed"),
    ],
)
def test_what_is_refused_at_the_door(
    platform: Platform, role: str, purpose: str | None, method: str, path: str, status: int, slug: str
) -> None:
    with Person(platform, role, purpose) as someone:
        answer = someone.send(method, path)
        document = problem(answer, status, slug)
    if status == 403:
        assert "casefile.person.read" in document["detail"]
        assert "public" in document["detail"]
        assert "0192fc00" not in answer.text


def test_a_body_over_the_limit(platform: Platform) -> None:
    with Person(platform, "triage_officer", "front_door") as officer:
        answer = officer.send("POST", "/v1/casefile/people/search", b"x" * 5_000_000, content_type="application/json")
    problem(answer, 413, answer.json()["type"].rsplit("/", 1)[1])


def test_a_concern_needs_nothing(platform: Platform) -> None:
    """No purpose, no key, no readable body: a safeguarding concern is received all the same."""
    with Person(platform, "volunteer_welcome", None) as volunteer:
        for content in (b"", b'{"about": "the little boy with the red coat"', b"\xff\xfe not text"):
            answer = volunteer.send("POST", "/v1/triage/safeguarding-concerns", content)
            assert answer.status_code == 201, answer.text
            assert answer.json()["received"] is True


def test_the_documents_tell_of_every_service(platform: Platform) -> None:
    document = httpx.get(f"{platform.gateway}/openapi.json").json()
    services = {path.split("/")[2] for path in document["paths"] if path.startswith("/v1/")}
    assert {"triage", "casefile", "risk", "grants", "housing"} <= services
    assert httpx.get(f"{platform.gateway}/docs").status_code == 200
