"""A day that must work: Friday 4 December 2026, 16:40. Amina Yusuf, with Idris, says that the locks were changed.

The front door's part, to the hour; rooms and the relief duty are housing's.
"""

from typing import Any

import pytest

from gateway.demo.people import SIGN_INS
from kit.testing.platform import Platform
from tests.journeys.door import Person, business_clock

pytestmark = [pytest.mark.full, pytest.mark.xdist_group("platform"), pytest.mark.timeout(180)]

PRIYA = next(str(each.id) for each in SIGN_INS if each.slug == "priya-nair")
HELD_AS = {"names": [{"given": "Aamina", "family": "Yousuf"}], "date_of_birth": "1997-05-02", "confirmed_new": True}
LOCKED_OUT = {
    "domain": "housing",
    "urgency": "immediate",
    "where_tonight": "nowhere",
    "homelessness_signs": ["nowhere_safe_tonight"],
    "priority_signs": ["pregnant", "dependent_children"],
    "goal": "A room tonight, and the locks",
}


def test_one_telling_and_nobody_is_turned_away(platform: Platform) -> None:
    with business_clock(platform) as move, Person(platform, "triage_officer", "front_door") as officer:
        move("2026-12-04T16:40:00")
        amina = officer.post("/v1/casefile/people", HELD_AS).json()["id"]

        # Help without a name: the application of this day opens by itself.
        told = officer.post("/v1/triage/contacts", {"channel": "walk_in", "language": "so", "needs": [LOCKED_OUT]})
        assert told.status_code == 201, told.text
        contact = f"/v1/triage/contacts/{told.json()['id']}"
        application = officer.get(f"{contact}/homelessness-application").json()
        assert (application["made_on"], application["tonight"]) == ("2026-12-04", "house_tonight")
        _refused(officer, contact)
        _interpreted(officer, told.json()["id"])

        # The lock-out goes to enforcement, and is asked about.
        task = {"kind": "other", "how": "booked", "owner": "enforcement", "reference": "LOCK-4411"}
        assert officer.post(f"{contact}/everyday-tasks", task).status_code == 201

        # She is found as council tax spells her, and named.
        found = officer.post("/v1/casefile/people/search", {"name": "Amina Yusuf", "date_of_birth": "1997-05-02"})
        assert amina in {each["person_id"] for each in found.json()["people"]}
        named = officer.patch(contact, {"person_id": amina}, if_match=officer.get(contact).headers["etag"])
        assert named.status_code == 200, named.text
        offered = officer.post(
            f"{contact}/handovers",
            {"to_worker": PRIYA, "resident": "present", "reason": "Locked out tonight, and a child with her"},
            if_match=named.headers["etag"],
        )
        assert offered.status_code == 201, offered.text
        assert officer.get(contact).json()["held_by"] != PRIYA, "the sender helps until it is accepted"

        _accepted(platform, offered.json()["id"], contact, amina)


def _accepted(platform: Platform, handover: str, contact: str, amina: str) -> None:
    with Person(platform, "targeted_specialist", "targeted_support") as priya:
        taken = priya.post(f"/v1/triage/handovers/{handover}/acceptance", {"retold": False})
        assert taken.status_code == 201, taken.text
        assert priya.get(contact).json()["held_by"] == PRIYA
        # One telling: what she said stands before whoever would ask again.
        known = {each["question"]: each["value"] for each in priya.get(f"/v1/triage/known?person_id={amina}").json()}
        assert known["person.pregnant"] is True
        assert known["household.children"] is True


def _refused(officer: Person, contact: str) -> None:
    """Advice and a leaflet are no answer to somebody with nowhere to sleep."""
    for outcome in ("advice_only", "resolved", "no_further_action"):
        answer = officer.post(
            f"{contact}/decisions",
            {"stage": "final", "outcome": outcome, "reason": "leaflet given"},
            if_match=officer.get(contact).headers["etag"],
        )
        assert (answer.status_code, "ss183-184" in answer.text) == (422, True), (outcome, answer.text)


def _interpreted(officer: Person, contact_id: str) -> None:
    """By 16:45 an interpreter is on the phone; Idris, who is four, is not."""
    asked: Any = officer.post("/v1/triage/interpreters", {"language": "so", "contact_id": contact_id}).json()
    assert asked["due_at"][:16] <= "2026-12-04T16:45"
    steps = f"/v1/triage/interpreters/{asked['id']}/steps"
    idris = {"step": "join", "interpreter": "family_or_friend", "is_adult": False}
    refused = officer.post(steps, idris, if_match='"1"')
    assert (refused.status_code, refused.json()["errors"][0]["rule"]) == (422, "never-a-child")
    joined = officer.post(
        steps, {"step": "join", "interpreter": "professional", "interpreter_code": "a1207"}, if_match='"1"'
    )
    assert joined.status_code == 200, joined.text
