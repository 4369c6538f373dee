"""The work against abuse through the door: a compartment, thresholds and repeats, two workers, her word."""

from typing import Any

import pytest

from tests.casefile.doors import Casefile
from tests.casefile.separation.scene import HER, HIS, OTHER, Scene, answer, family, met, separated, unknown

NEXT = {"roles": ("targeted_specialist",), "purpose": "domestic_abuse"}


@pytest.fixture
async def scene(casefile: Casefile) -> Scene:
    """The family, and who spoke to whom."""
    made = await family(casefile)
    await met(made)
    await casefile.hear_itself()
    return made


async def found(scene: Scene, total: int, day: str = "2026-01-05", **more: Any) -> Any:
    body = {"person_id": scene.kelly, "incident_on": day, "total": total, **more}
    return await scene.ada("POST", "/abuse/assessments", body)


async def test_a_total_of_fourteen_goes_to_the_marac_and_what_comes_after_it_is_a_repeat(scene: Scene) -> None:
    low = await found(scene, 6)
    assert (low["level"], low["marac_because"], low["owed"]) == ("standard", [], [])
    refused = await scene.as_(
        HER, "POST", "/abuse/marac-referrals", {"assessment_id": low["id"], "aware": True}, **NEXT
    )
    assert refused.status_code == 409
    high = await found(scene, 15, "2026-01-10")
    assert (high["level"], high["marac_because"]) == ("high", ["total"])
    assert high["owed"] == ["marac", "idva", "safety_plan"]
    made = await scene.ada("POST", "/abuse/marac-referrals", {"assessment_id": high["id"], "aware": True})
    assert (made["state"], made["repeat"], made["allowed"]) == ("referred", False, ["hear"])
    path = f"/abuse/marac-referrals/{made['id']}"
    action = {"words": "Target-harden the flat", "owner": "housing", "due_on": "2026-12-01"}
    assert (await scene.as_(HER, "POST", f"{path}/actions", action, **NEXT)).status_code == 409
    await scene.ada("POST", f"{path}/hearing", {"heard_on": "2026-01-20"}, version=1)
    given = await scene.ada("POST", f"{path}/actions", action)
    await scene.ada("POST", f"/abuse/marac-actions/{given['id']}/done", {"done_on": "2026-01-25"}, version=1)
    (shown,) = (await scene.ada("GET", path))["actions"]
    assert shown["done_on"] == "2026-01-25"
    again = await found(scene, 2, "2026-06-01")
    assert again["marac_because"] == ["escalation", "repeat"]


@pytest.mark.full
async def test_the_work_has_its_own_worker_for_the_other_one_and_believes_her(scene: Scene) -> None:
    work = await scene.ada("POST", "/abuse/works", {"person_id": scene.kelly, "perpetrator_person_id": scene.wayne})
    path = f"/abuse/works/{work['id']}"
    same = await scene.as_(HER, "PATCH", path, {"perpetrator_worker": HER}, version=1, **NEXT)
    assert (same.status_code, same.json()["errors"][0]["rule"]) == (422, "another-person")
    body = {
        "perpetrator_worker": HIS,
        "idva": "ivy",
        "safe_times": [{"weekday": day, "since": "00:00", "until": "23:59:59.999999"} for day in range(7)],
        "her_word": {"heard_on": "2026-01-05"},
    }
    shown = await scene.ada("PATCH", path, body, version=1)
    assert (shown["priority_need"], shown["safe_now"], shown["idva_answer"]) == (True, True, "not_asked_yet")
    wrong = await scene.as_(HER, "PATCH", path, {"idva": HIS}, version=2, **NEXT)
    assert wrong.status_code == 422
    for words in ("Keep the bag at Mum's", "Keep the bag at work"):
        await scene.ada("POST", f"{path}/safety-plans", {"words": words, "review_on": "2099-01-01"})
    plan = (await scene.as_("ivy", "GET", path, **NEXT)).json()["safety_plan"]
    assert (plan["number"], plan["words"]) == (2, "Keep the bag at work")
    assert (await scene.as_(HER, "POST", "/abuse/works", {"person_id": scene.kelly}, **NEXT)).status_code == 409


@pytest.mark.full
async def test_it_is_a_compartment(scene: Scene) -> None:
    high = await found(scene, 20)
    work = await scene.ada("POST", "/abuse/works", {"person_id": scene.kelly})
    made = await scene.ada("POST", "/abuse/marac-referrals", {"assessment_id": high["id"], "aware": True})
    await separated(scene)
    for who, roles in ((OTHER, ("targeted_specialist",)), (OTHER, ("manager",)), (HIS, ("targeted_specialist",))):
        as_ = {"roles": roles, "purpose": "domestic_abuse"}
        for path, id_ in (("/abuse/works/{}", work["id"]), ("/abuse/marac-referrals/{}", made["id"])):
            mine = await scene.as_(who, "GET", path.format(unknown()), **as_)
            assert answer(await scene.as_(who, "GET", path.format(id_), **as_)) == answer(mine)
        for path in (
            f"/abuse/assessments?person_id={scene.kelly}",
            "/abuse/works",
            "/abuse/marac-referrals",
        ):
            assert (await scene.as_(who, "GET", path, **as_)).json()["items"] == []


@pytest.mark.full
async def test_nothing_of_it_is_announced_or_stands_on_a_page(scene: Scene) -> None:
    before = len(scene.casefile.announced())
    await found(scene, 20)
    await scene.ada("POST", "/abuse/works", {"person_id": scene.kelly})
    told = [each["type"] for each in scene.casefile.announced()[before:]]
    assert all("abuse" not in each and "marac" not in each for each in told)
