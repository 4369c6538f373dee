"""A worker falls ill: one act gives her cases to others, and two screens are true within two seconds."""

import time
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from gateway.demo.cases import load_cases
from gateway.demo.loader import load
from gateway.demo.people import SIGN_INS
from kit.testing.platform import Platform
from tests.journeys.door import Person
from tests.journeys.test_live_queue import Screen

pytestmark = [pytest.mark.xdist_group("platform"), pytest.mark.timeout(240), pytest.mark.full]

IDS = {person.slug: str(person.id) for person in SIGN_INS}
TOM, EWA = IDS["tom-abiola"], IDS["ewa-nowak"]


def opened(officer: Person, manager: Person, family: str) -> Any:
    """Somebody comes in, and their household's case is open."""
    body = {"names": [{"given": "Marion", "family": family}], "confirmed_new": True}
    person = officer.post("/v1/casefile/people", body).json()
    contact = {"person_id": person["id"], "channel": "walk_in", "hub": "heath", "needs": [{"domain": "money"}]}
    made = officer.post("/v1/triage/contacts", contact)
    decision = {"stage": "final", "outcome": "universal", "reason": "Several bills"}
    where = f"/v1/triage/contacts/{made.json()['id']}/decisions"
    assert officer.post(where, decision, if_match=made.headers["etag"]).status_code == 201
    place = f"/v1/casefile/cases?household_id={person['household_id']}"
    return manager.soon(place, lambda answer: len(answer["items"]) == 1)["items"][0]


def follows(platform: Platform, stack: ExitStack, role: str, purpose: str, name: str) -> Screen:
    headers = {"Authorization": f"Bearer {platform.token(role)}", "Newstart-Purpose": purpose}
    client = stack.enter_context(httpx.Client(timeout=30))
    answer = stack.enter_context(client.stream("GET", f"{platform.gateway}/v1/live?list={name}", headers=headers))
    assert answer.status_code == 200
    screen = Screen(answer)
    screen.until(lambda said, _: said == "hello")
    return screen


def test_cover_in_one_act_is_true_on_two_screens_within_two_seconds(platform: Platform) -> None:
    load(platform.gateway, lambda said: None)
    with (
        Person(platform, "triage_officer", "front_door") as officer,
        Person(platform, "manager", "supervision") as manager,
        ExitStack() as stack,
    ):
        cases = [opened(officer, manager, f"Quillfeather{number}") for number in range(4)]
        for case in cases:
            given = manager.post(
                f"/v1/casefile/cases/{case['id']}/allocations",
                {"account_manager": TOM},
                if_match=f'"{case["version"]}"',
            )
            assert given.status_code == 201, given.text

        def loads() -> dict[str, int]:
            found = manager.get("/v1/casefile/caseloads").json()["items"]
            return {each["worker"]: each["open"] for each in found}

        before = loads()
        one = follows(platform, stack, "manager", "supervision", "casefile.caseloads")
        two = follows(platform, stack, "universal_worker", "universal_support", "casefile.my_work")
        body = {
            "from_worker": TOM,
            "to_workers": [EWA],
            "case_ids": [case["id"] for case in cases],
            "reason": "absence",
            "words": "Off sick",
        }
        begun = time.monotonic()
        moved = manager.post("/v1/casefile/reallocations", body)
        assert moved.status_code == 201, moved.text
        assert moved.json()["moved"] == {EWA: 4}
        heard = [screen.until(lambda name, said: name == "change") - begun for screen in (one, two)]
        assert max(heard) < 2.0
        after = loads()
        assert (after.get(TOM, 0), after[EWA]) == (before[TOM] - 4, before.get(EWA, 0) + 4)
        with Person(platform, "universal_worker", "universal_support") as tom:
            mine = tom.get("/v1/casefile/my-work").json()["caseload"]
            assert (mine["worker"], mine["open"]) == (TOM, after.get(TOM, 0))


def test_the_demos_casework_is_put_in_once(platform: Platform) -> None:
    load(platform.gateway, lambda said: None)
    said: list[str] = []
    load_cases(platform.gateway, said.append)
    begun = time.monotonic()
    load_cases(platform.gateway, said.append)
    assert time.monotonic() - begun < 5
    assert len(said) == 1
    assert said[0].startswith("2 cases")
    with Person(platform, "manager", "supervision") as manager:
        (back,) = manager.get("/v1/casefile/approvals?state=returned").json()["items"]
        assert back["remarks"][-1]["act"] == "returned"
        standing = manager.get("/v1/casefile/warnings?state=standing").json()["items"]
        assert [each["kind"] for each in standing] == ["dog"]
        assert manager.get("/v1/casefile/caseloads/summary").json()["red"] >= 1
