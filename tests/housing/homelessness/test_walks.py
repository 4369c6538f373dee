"""Cases walked at random through the doors, as officers might: whatever is decided, the dates and duties agree."""

import random
from datetime import date, timedelta
from typing import Any

import pytest

from services.housing.homelessness.law.machine import BESIDE, MACHINE
from tests.housing.doors import Housing
from tests.housing.homelessness.work import CASES, OFFICER, REASONS, SENIOR, opened, read

_HOME = {"accommodation": "council_tenant", "stayed": False}
_SAID = {"suitable": True, "informed": True, "prospect_months": 12, "provided": True}


def _finding(draw: random.Random, day: date) -> dict[str, Any]:
    homelessness = draw.choice(["homeless", "homeless", "threatened", "neither", "unknown"])
    priority, intentional = draw.choice(["yes", "no", "unknown"]), draw.choice(["yes", "no", "no", "unknown"])
    if homelessness in ("neither", "unknown") and intentional == "yes":
        intentional = "unknown"
    return {
        "reason_to_believe": draw.random() < 0.8,
        "eligible": draw.choice(["yes", "yes", "yes", "no", "unknown"]),
        "homelessness": homelessness,
        "homeless_on": (day + timedelta(days=draw.randint(1, 55))).isoformat()
        if homelessness == "threatened"
        else None,
        "priority": priority,
        "priority_category": "vulnerable_other" if priority == "yes" else None,
        "intentional": intentional,
        "intentional_reasons": "They gave up what they could keep." if intentional == "yes" else None,
        "connection_here": draw.choice(["yes", "no"]),
        "connection_there": "yes",
        "connection_authority": "E09000025",
        "violence_there": draw.choice(["no", "no", "yes"]),
    }


@pytest.mark.full
@pytest.mark.parametrize("seed", range(25))
async def test_whatever_is_decided_dates_and_duties_agree(housing: Housing, seed: int) -> None:
    draw = random.Random(seed)
    day = date(2026, 6, 1)
    housing.on(day)
    case = await opened(housing)
    taken = 0
    for _ in range(30):
        day += timedelta(days=draw.choice([0, 1, 7, 30, 57]))
        housing.on(day)
        await housing.ring()
        case = await read(housing, case["id"])
        _agrees(case, day)
        if case["closed_on"]:
            break
        if draw.random() < 0.4 or not taken:
            body = _finding(draw, day)
            await housing.good("POST", f"{CASES}/{case['id']}/assessments", body, version=case["version"], **OFFICER)
            case = await read(housing, case["id"])
            _agrees(case, day)
        taken += await _decide(housing, draw, case)
    assert taken
    # Replayed from what was announced, the duties are the same.
    told: dict[str, Any] = {}
    for each in housing.announced("duty.started", "duty.ended"):
        before = told.get(each["subject"])
        assert before is None or int(each["sequence"]) > int(before["sequence"])
        told[each["subject"]] = each
    case = await read(housing, case["id"])
    assert {each["id"]: (each["started_on"], each["ended_on"]) for each in case["duties"]} == {
        key: (each["data"]["started_on"], each["data"]["ended_on"]) for key, each in told.items()
    }


async def _decide(housing: Housing, draw: random.Random, case: Any) -> int:
    steps = list(case["next_steps"])
    draw.shuffle(steps)
    for step in steps:
        if draw.random() < 0.5 and step["transition"].endswith(("withdrawn", "lost_contact")):
            continue
        body = {"transition": step["transition"], "reasons": REASONS, **_SAID}
        path = f"{CASES}/{case['id']}/decisions"
        for more in ({}, _HOME):
            answer = await housing("POST", path, {**body, **more}, version=case["version"], **OFFICER)
            if answer.status_code == 201:
                await _tell(housing, answer.json())
                return 1
            assert answer.status_code in (409, 422), answer.text
            assert all(each["rule"] for each in answer.json().get("errors", []))
    return 0


async def _tell(housing: Housing, decision: Any) -> None:
    one = f"/homelessness-decisions/{decision['id']}"
    if decision["state"] == "to_authorise":
        decision = await housing.good("POST", f"{one}/authorisation", version=decision["version"], **SENIOR)
    decision = await housing.good("GET", one, **OFFICER)
    if decision["state"] == "to_notify":
        await housing.good("POST", f"{one}/notification", {"how": "post"}, version=decision["version"], **OFFICER)


def _agrees(case: Any, day: date) -> None:
    live = {each["duty"] for each in case["duties"] if each["ended_on"] is None}
    own = MACHINE.positions[case["position"]].duty
    assert live - BESIDE == ({own} if own else set())
    assert (case["closed_on"] is not None) == MACHINE.positions[case["position"]].final
    for each in case["duties"]:
        assert each["started_on"] >= case["made_on"]
        assert each["ended_on"] is None or each["started_on"] <= each["ended_on"] <= day.isoformat()
        assert (each["ended_on"] is None) == (each["end_reason"] is None)
        assert (each["accommodation"] is not None) == (each["end_reason"] == "accommodation_secured")
        if each["duty"] in ("prevention", "relief"):
            last = date.fromisoformat(each["started_on"]) + timedelta(days=55)
            assert each["last_day"] == last.isoformat()
    ends = [each["ended_on"] for each in case["duties"] if each["duty"] == "prevention" and each["ended_on"]]
    starts = [each["started_on"] for each in case["duties"] if each["duty"] == "relief"]
    assert not ends or not starts or max(ends) <= max(starts)
