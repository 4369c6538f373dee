"""Subject access and erasure through every process: six owners answer, sealed; then all of it goes."""

import json
from typing import Any

import pytest

from kit.testing.platform import Platform
from tests.journeys.door import Person

pytestmark = [pytest.mark.full, pytest.mark.xdist_group("platform"), pytest.mark.timeout(240)]

ACCESS, RIGHTS = "/v1/casefile/subject-access-requests", "/v1/casefile/rights-requests"
OWNERS = ["casefile", "gateway", "grants", "housing", "risk", "triage"]
ZEB = {
    "names": [{"given": "Zebedee", "family": "Quillfeather"}],
    "contacts": [{"kind": "phone", "value": "07700 900777"}],
    "confirmed_new": True,
}


def good(answer: Any) -> Any:
    assert answer.is_success, answer.text
    return answer.json()


def tagged(version: int) -> dict[str, str]:
    return {"if_match": f'"{version}"'}


def test_asked_of_all_given_once_then_erased_with_a_proof(platform: Platform) -> None:
    with (
        Person(platform, "triage_officer", "front_door") as officer,
        Person(platform, "information_governance_lead", "information_governance") as lead,
        Person(platform, "safeguarding_lead", "information_governance") as checker,
    ):
        zeb = good(officer.post("/v1/casefile/people", ZEB))
        told = {
            "person_id": zeb["id"],
            "channel": "walk_in",
            "what_matters": "A lock that works by Mulberry Lane",
            "needs": [{"domain": "housing", "kind": "presenting", "urgency": "today", "where_tonight": "home"}],
        }
        good(officer.post("/v1/triage/contacts", told))

        request = good(lead.post(ACCESS, {"person_id": zeb["id"]}))
        path = f"{ACCESS}/{request['id']}"
        request = lead.soon(path, lambda found: found["state"] == "checking", within=60)
        items = good(checker.get(f"{path}/items?limit=200"))["items"]
        assert {each["held_by"] for each in items} >= {"triage", "casefile"}
        assert "A lock that works by Mulberry Lane" in json.dumps(items)
        words = [{"item_id": each["id"], "verdict": "give", "reason": "Theirs, and of nobody else"} for each in items]
        checked = good(checker.post(f"{path}/checks", {"items": words}, **tagged(request["version"])))
        good(lead.post(f"{path}/release", **tagged(checked["version"])))
        assert lead.post(f"{path}/release", **tagged(checked["version"] + 1)).status_code == 409
        given = good(lead.get(f"{path}/release"))
        assert "A lock that works by Mulberry Lane" in json.dumps(given)

        asked = {"person_id": zeb["id"], "kind": "erasure", "details": "Forget me"}
        erasure = good(lead.post(RIGHTS, asked))
        decision = {"reason": "Nothing of it is needed any more", "ground": "no_longer_needed"}
        path = f"{RIGHTS}/{erasure['id']}"
        good(lead.post(f"{path}/decision", decision, **tagged(erasure["version"])))
        proof = lead.soon(f"{path}/proof", lambda found: found["done"], within=60)
        assert [each["service"] for each in proof["services"]] == OWNERS
        went = {(each["service"], row["table"]): row for each in proof["services"] for row in each["tables"]}
        assert went["triage", "contact"]["deleted"] == 1
        assert went["casefile", "person"]["deleted"] == 1
        assert went["casefile", "timeline_log"]["blanked"] >= 1
        assert officer.get(f"/v1/casefile/people/{zeb['id']}").status_code == 404
        found = good(officer.post("/v1/casefile/people/search", {"name": "Zebedee Quillfeather"}))
        assert zeb["id"] not in json.dumps(found)
