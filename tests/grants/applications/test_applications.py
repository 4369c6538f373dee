"""Applications through their door."""

import asyncio
from typing import Any

import pytest

from tests.grants.doors import Grants
from tests.grants.rounds.ground import a_round, applied, assessed, group, sheet, wish

RESIDENT: dict[str, Any] = {"actor": "resident-1", "roles": ("resident",), "purpose": "participation"}


async def test_who_does_not_fit_is_told_why_by_rule_and_can_put_it_right(grants: Grants) -> None:
    opened = await a_round(grants)
    poor = wish(12_000_00, documents=["constitution"])
    made = await grants.good("POST", "/applications", {"round_id": opened["id"], "applicant": group(), **poor})
    unmet = {each["rule"]: each for each in made["checked"] if not each["met"]}
    assert set(unmet) == {"amount", "documents"}
    assert "£12,000.00 was asked for" in unmet["amount"]["detail"]
    assert unmet["amount"]["pointer"] == "/asked_pence"
    path = f"/applications/{made['id']}"
    await grants.refused(409, "POST", f"{path}/eligibility", {"eligible": True}, version=made["version"])
    better = await grants.good("PATCH", path, wish(9_000_00), version=made["version"])
    assert all(each["met"] for each in better["checked"])
    good = await grants.good("POST", f"{path}/eligibility", {"eligible": True}, version=better["version"])
    assert good["state"] == "eligible"
    await grants.refused(409, "PATCH", path, wish(), version=good["version"])


async def test_a_group_sees_its_own_and_nobody_elses(grants: Grants) -> None:
    opened = await a_round(grants)
    other = await applied(grants, opened["id"], 2)
    body = {"round_id": opened["id"], "applicant": group(1), **wish(), "draft": True}
    mine = await grants.good("POST", "/applications", body, **RESIDENT)
    assert [each["id"] for each in (await grants.good("GET", "/applications", **RESIDENT))["items"]] == [mine["id"]]
    await grants.refused(404, "GET", f"/applications/{other['id']}", **RESIDENT)
    await grants.refused(404, "GET", f"/applications/{mine['id']}")
    # A draft is its writer's alone; nobody speaks for a group that others registered.
    assert [each["id"] for each in (await grants.good("GET", "/applications"))["items"]] == [other["id"]]
    stranger = {"round_id": opened["id"], "applicant": group(2), **wish()}
    await grants.refused(409, "POST", "/applications", stranger, **RESIDENT)
    sent = await grants.good("POST", f"/applications/{mine['id']}/submission", version=mine["version"], **RESIDENT)
    assert sent["state"] == "submitted"
    events = grants.announced("application.submitted")
    assert [each["data"]["application_id"] for each in events] == [other["id"], mine["id"]]
    assert "Boateng" not in str(events)
    assert "Square" not in str(events)


async def test_two_assessors_who_do_not_see_each_other_and_nobody_with_an_interest(grants: Grants) -> None:
    opened = await a_round(grants)
    made = await applied(grants, opened["id"])
    path = f"/applications/{made['id']}"
    await grants.good("POST", f"{path}/eligibility", {"eligible": True}, version=made["version"])
    await grants.refused(403, "POST", f"{path}/assessments", sheet())
    await grants.good("POST", f"{path}/interests", {"nature": "My sister chairs it"}, actor="assessor-3")
    await grants.refused(403, "POST", f"{path}/assessments", sheet(), actor="assessor-3")
    looked = {"check": "constitution", "passed": True, "note": "Seen"}
    await grants.refused(403, "POST", f"{path}/due-diligence", looked, actor="assessor-3")
    await grants.refused(422, "POST", f"{path}/assessments", {**sheet(), "no_interest": False}, actor="assessor-1")
    await grants.good("POST", f"{path}/assessments", sheet(4, 3), actor="assessor-1")
    file = await grants.good("GET", f"{path}/file", actor="assessor-2")
    assert (file["assessments"], file["assessments_in"]) == ([], 1)
    file = await grants.good("POST", f"{path}/assessments", sheet(5, 3), actor="assessor-2")
    assert (len(file["assessments"]), file["application"]["score"]) == (2, 800)
    assert [each["data"]["score"] for each in grants.announced("application.assessed")] == [800]


@pytest.mark.full
async def test_scores_far_apart_are_moderated_by_a_third(grants: Grants) -> None:
    opened = await a_round(grants)
    made = await applied(grants, opened["id"])
    path = f"/applications/{made['id']}"
    await grants.good("POST", f"{path}/eligibility", {"eligible": True}, version=made["version"])
    await grants.good("POST", f"{path}/assessments", sheet(5, 3), actor="assessor-1")
    file = await grants.good("POST", f"{path}/assessments", sheet(1, 3), actor="assessor-2")
    assert file["needs_moderation"]
    settle = {"scores": sheet(4, 3)["scores"], "reason": "Read again with both"}
    await grants.refused(403, "POST", f"{path}/moderation", settle, actor="assessor-2")
    done = await grants.good("POST", f"{path}/moderation", settle, actor="assessor-4")
    assert (done["state"], done["score"]) == ("assessed", 733)


@pytest.mark.full
async def test_three_assessors_at_once_are_two(grants: Grants) -> None:
    opened = await a_round(grants)
    made = await applied(grants, opened["id"])
    path = f"/applications/{made['id']}"
    await grants.good("POST", f"{path}/eligibility", {"eligible": True}, version=made["version"])
    calls = [grants("POST", f"{path}/assessments", sheet(), actor=f"assessor-{each}") for each in range(3)]
    assert sorted(each.status_code for each in await asyncio.gather(*calls)) == [201, 201, 409]


@pytest.mark.full
async def test_one_group_applies_once_and_an_assessed_one_cannot_be_rewritten(grants: Grants) -> None:
    opened = await a_round(grants)
    first = await assessed(grants, opened["id"], 1)
    again = await applied(grants, opened["id"], 1)
    assert [each["rule"] for each in again["checked"] if not each["met"]] == ["one-application"]
    told = {"eligible": False}
    ended = await grants.good("POST", f"/applications/{again['id']}/eligibility", told, version=again["version"])
    assert "one application a group" in ended["ended_reason"]
    await grants.refused(409, "PATCH", f"/applications/{first['id']}", wish(), version=first["version"])
