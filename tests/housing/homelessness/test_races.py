"""Two at once: one person has one open case, and a decision is made on what its maker saw."""

import asyncio
from datetime import date
from uuid import uuid4

import pytest

from tests.casefile.facts import envelope
from tests.housing.doors import Housing
from tests.housing.homelessness.work import CASES, OFFICER, REASONS, found, opened, read

FRIDAY = date(2026, 12, 4)


@pytest.mark.full
async def test_two_officers_open_one_case_and_one_of_them_did(housing: Housing) -> None:
    housing.on(FRIDAY)
    person = str(uuid4())
    answers = await asyncio.gather(*(housing("POST", CASES, {"person_id": person}, **OFFICER) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409]


@pytest.mark.full
async def test_two_decisions_at_once_are_one(housing: Housing) -> None:
    housing.on(FRIDAY)
    case = await opened(housing)
    await found(housing, case["id"])
    version = (await read(housing, case["id"]))["version"]
    path = f"{CASES}/{case['id']}/decisions"
    body = {"transition": "relief_owed", "reasons": REASONS}
    answers = await asyncio.gather(*(housing("POST", path, body, version=version, **OFFICER) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [201, 412, 412, 412]
    assert len(housing.announced("duty.started")) == 1


@pytest.mark.full
async def test_an_application_and_its_referral_in_any_order_are_one_case(housing: Housing) -> None:
    housing.on(FRIDAY)
    contact = str(uuid4())
    base = {"contact_id": contact, "changed_at": "2026-12-04T09:00:00Z", "where_tonight": "nowhere"}
    referral = {**base, "duty_to_refer_id": str(uuid4()), "body": "prison", "reason": "homeless"}
    application = {**base, "application_id": str(uuid4()), "made_on": "2026-12-04", "how": "said", "tonight": "ask"}
    told = [
        envelope("triage.homelessness_application.opened", {**application, "opened_at": "2026-12-04T09:00:00Z"}),
        envelope("triage.duty_to_refer.received", {**referral, "received_at": "2026-12-01T09:00:00Z"}),
    ]
    for each in told:
        assert set(await housing.take(each)) == {"taken"}
    (case,) = (await housing.good("GET", CASES, **OFFICER))["items"]
    assert (case["position"], case["made_on"], case["tonight"]) == ("approach", "2026-12-04", "ask")
    assert (await read(housing, case["id"]))["referred_by"] == "prison"
