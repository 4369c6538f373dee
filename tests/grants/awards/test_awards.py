"""From a recommendation to the last report, through the door."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from kit import clock
from tests.grants.awards.ground import (
    adopted,
    adoption,
    an_award,
    closed,
    item,
    paid,
    recommended,
    report,
    returned,
)
from tests.grants.doors import PUBLIC, Grants
from tests.grants.rounds.ground import ESI, MANAGER, a_round, applied, assessed


async def money(grants: Grants, fund_id: str) -> Any:
    """Where a fund stands; the ledger balances."""
    assert (await grants.good("GET", "/funds/proof"))["balances"]
    return (await grants.good("GET", f"/funds/{fund_id}"))["stands"]


@pytest.mark.full
async def test_the_officer_adopts_or_returns_once_and_the_reason_is_public(grants: Grants) -> None:
    opened = await a_round(grants)
    first, second, third = [await assessed(grants, opened["id"], number) for number in (1, 2, 3)]
    await closed(grants, opened["id"])
    made = await recommended(grants, opened["id"], item(first), item(second), item(third, won=False))
    path = f"/recommendations/{made['id']}/adoption"
    decision = adoption(adopted(first), returned(second))
    await grants.refused(403, "POST", path, decision, version=made["version"])
    # Nothing is altered: every recommended one has an answer, no sum can be named.
    await grants.refused(422, "POST", path, adoption(adopted(first)), version=made["version"], **MANAGER)
    altered = adoption({**adopted(first), "pence": 1}, returned(second))
    await grants.refused(422, "POST", path, altered, version=made["version"], **MANAGER)
    await grants.good("POST", path, decision, version=made["version"], **MANAGER)
    await grants.refused(409, "POST", path, decision, version=made["version"] + 1, **MANAGER)

    [shown] = await grants.good("GET", f"/rounds/{opened['id']}/decisions", **PUBLIC)
    assert [each["outcome"] for each in shown["items"]] == ["adopted", "returned", None]
    assert "land is about to be sold" in shown["items"][1]["public_reason"]
    again = await recommended(grants, opened["id"], item(second))
    path = f"/recommendations/{again['id']}/adoption"
    problem = await grants.refused(409, "POST", path, adoption(returned(second)), version=1, **MANAGER)
    assert problem["allowed"] == ["adopted"]
    await grants.good("POST", path, adoption(adopted(second)), version=1, **MANAGER)

    awards = (await grants.good("GET", "/awards", **PUBLIC))["items"]
    assert sorted(each["reference"][-4:] for each in awards) == ["0001", "0002"]
    assert (await money(grants, opened["fund_id"]))["awarded_pence"] == 8_000_00
    rounds = await grants.good("GET", f"/rounds/{opened['id']}", **PUBLIC)
    await grants.good("POST", f"/rounds/{opened['id']}/conclusion", version=rounds["version"], **MANAGER)
    told = await grants.good("GET", f"/applications/{third['id']}")
    assert (told["state"], told["ended_reason"]) == ("declined", "Its voters' share was spent on others")
    stands = await money(grants, opened["fund_id"])
    assert (stands["reserved_pence"], stands["available_pence"]) == (0, 42_000_00)


@pytest.mark.full
async def test_what_a_group_takes_back_while_it_waits_holds_nobody_up(grants: Grants) -> None:
    opened = await a_round(grants)
    first, second = [await assessed(grants, opened["id"], number) for number in (1, 2)]
    await closed(grants, opened["id"])
    made = await recommended(grants, opened["id"], item(first), item(second))
    now = await grants.good("GET", f"/applications/{second['id']}")
    await grants.good("POST", f"/applications/{second['id']}/withdrawal", {"reason": "Moved"}, version=now["version"])
    path = f"/recommendations/{made['id']}/adoption"
    await grants.good("POST", path, adoption(adopted(first)), version=made["version"], **MANAGER)
    assert len((await grants.good("GET", "/awards", **PUBLIC))["items"]) == 1


@pytest.mark.full
async def test_two_recommendations_at_once_are_one(grants: Grants) -> None:
    opened = await a_round(grants)
    first, second = [await assessed(grants, opened["id"], number) for number in (1, 2)]
    await closed(grants, opened["id"])
    path = f"/rounds/{opened['id']}/recommendations"
    bodies = [{"source": "panel", "statement": "x", "items": [item(each)]} for each in (first, second)]
    answers = await asyncio.gather(*(grants("POST", path, body) for body in bodies))
    assert sorted(each.status_code for each in answers) == [201, 409]


@pytest.mark.full
async def test_a_round_with_open_ends_is_not_concluded(grants: Grants) -> None:
    opened = await a_round(grants)
    made = await applied(grants, opened["id"])
    await grants.good("POST", f"/applications/{made['id']}/eligibility", {"eligible": True}, version=made["version"])
    await closed(grants, opened["id"])
    problem = await grants.refused(409, "POST", f"/rounds/{opened['id']}/conclusion", version=3, **MANAGER)
    assert problem["state"] == "eligible"


async def test_instalments_are_paid_by_two_hands_and_never_beyond_the_award(grants: Grants) -> None:
    file = await an_award(grants)
    path = f"/awards/{file['award']['id']}"
    body = {"instalment": 1, "payee_checked": True, "evidence": "Signed copy is in"}
    asked = await grants.good("POST", f"{path}/payments", body)
    await grants.refused(409, "POST", f"{path}/payments", body)
    await grants.refused(403, "POST", f"/payments/{asked['id']}/release")
    release = [grants("POST", f"/payments/{asked['id']}/release", actor=f"officer-{each}") for each in (2, 3, 4)]
    assert sorted(each.status_code for each in await asyncio.gather(*release)) == [200, 409, 409]
    stands = await money(grants, file["fund_id"])
    assert (stands["paid_pence"], stands["awarded_pence"]) == (2_400_00, 1_600_00)
    assert [each["data"]["pence"] for each in grants.announced("payment.made")] == [2_400_00]
    # Behind everybody's back the next instalment is made larger than the award: the ledger holds.
    grants.stored.execute("update instalment set pence = 160001 where number = 2")
    asked = await grants.good("POST", f"{path}/payments", {**body, "instalment": 2})
    problem = await grants.refused(409, "POST", f"/payments/{asked['id']}/release", actor="officer-2")
    assert problem["there_pence"] == 1_600_00
    assert (await money(grants, file["fund_id"])) == stands


@pytest.mark.full
async def test_who_reports_late_is_chased_gets_nothing_more_and_cannot_apply(grants: Grants) -> None:
    file = await an_award(grants)
    award = file["award"]["id"]
    await paid(grants, award)
    before = clock.offset()
    try:
        clock.set_offset(before + timedelta(days=200))
        await grants.ring()
        late = await grants.good("GET", f"/awards/{award}/file")
        assert late["payments_wait"]
        assert [(each["state"], each["chases"]) for each in late["reports"]] == [("late", 1), ("due", 0)]
        clock.set_offset(before + timedelta(days=215))
        await grants.ring()
        chased = (await grants.good("GET", "/reports?state=late"))["items"]
        assert [each["chases"] for each in chased] == [2]
        body = {"instalment": 2, "payee_checked": True, "evidence": "Half stands"}
        problem = await grants.refused(409, "POST", f"/awards/{award}/payments", body)
        assert problem["rule"] == "report-late"
        application = await grants.good("GET", f"/applications/{file['application_id']}")
        assert application["applicant"]["overdue_reports"] == 1

        await grants.refused(422, "POST", f"/awards/{award}/reports", report(spent_pence=2_400_01))
        came = await grants.good("POST", f"/awards/{award}/reports", report())
        await grants.good("POST", f"/reports/{came['id']}/review", {"accepted": True})
        await grants.good("POST", f"/awards/{award}/payments", body)
        application = await grants.good("GET", f"/applications/{file['application_id']}")
        assert application["applicant"]["overdue_reports"] == 0
        assert len(grants.announced("report.chased")) == 2
        asked = [each["data"] for each in grants.announced("message.requested")]
        assert [(each["template"], each["person_id"]) for each in asked] == [("grant.report_late", str(ESI))] * 2
    finally:
        clock.set_offset(before)


@pytest.mark.full
async def test_the_last_report_completes_and_what_was_not_spent_comes_back(grants: Grants) -> None:
    file = await an_award(grants)
    award = file["award"]["id"]
    for number in (1, 2):
        await paid(grants, award, number)
    for number, spent in ((1, 2_000_00), (2, 3_500_00)):
        came = await grants.good("POST", f"/awards/{award}/reports", report(number, spent))
        await grants.good("POST", f"/reports/{came['id']}/review", {"accepted": True})
    assert (await grants.good("GET", f"/awards/{award}", **PUBLIC))["state"] == "completed"
    came_of_it = await grants.good("GET", f"/rounds/{file['award']['round_id']}/outcomes", **PUBLIC)
    assert (came_of_it["reports"], came_of_it["people_reached"], came_of_it["spent_pence"]) == (1, 64, 3_500_00)
    assert came_of_it["equality"] == {"under_18": 22, "wheelchair_users": None}
    back = {"pence": 500_00, "reason": "Not spent"}
    await grants.good("POST", f"/awards/{award}/recoveries", back, **MANAGER)
    await grants.refused(409, "POST", f"/awards/{award}/recoveries", {**back, "pence": 3_500_01}, **MANAGER)
    stands = await money(grants, file["fund_id"])
    assert (stands["returned_pence"], stands["available_pence"]) == (500_00, 20_500_00)


@pytest.mark.full
async def test_a_withdrawn_award_gives_back_what_was_not_paid(grants: Grants) -> None:
    file = await an_award(grants)
    award = file["award"]["id"]
    await paid(grants, award)
    now = await grants.good("GET", f"/awards/{award}/file")
    body = {"reason": "The group has dissolved"}
    await grants.good("POST", f"/awards/{award}/withdrawal", body, version=now["version"], **MANAGER)
    assert (await money(grants, file["fund_id"]))["awarded_pence"] == 0
    shown = await grants.good("GET", f"/awards/{award}", **PUBLIC)
    assert (shown["state"], shown["ended_reason"]) == ("withdrawn", "The group has dissolved")
    assert "Boateng" not in str(shown)
