"""A list of the journeys costs as many statements for many rows as for few, and pages without a gap."""

from typing import Any

import pytest

from tests.casefile.doors import Casefile, counted
from tests.casefile.journeys.ground import MANAGER, on, someone

SEES: dict[str, Any] = {"actor": "worker-1", "roles": ("targeted_specialist",)}
LISTS = {
    "/work-journeys": "universal_support",
    "/work-checks": "universal_support",
    "/work-vacancies": "universal_support",
    "/work-offers": "universal_support",
    "/care-leavers": "leaving_care",
    "/adviser-handovers": "leaving_care",
    "/safety-cases": "community_safety",
    "/asb-reviews": "community_safety",
    "/outcomes": "universal_support",
}


async def life(casefile: Casefile, number: int) -> None:
    """Somebody with one of everything."""
    on("2026-03-02")
    person = await someone(casefile, f"Robin{number}", "Lee", "crime", date_of_birth="2007-01-01")
    whose = {"person_id": person["id"]}
    proof = [{"proof": "payslip", "dated": "2026-03-02"}]
    work = {**SEES, "purpose": "universal_support"}
    journey = await casefile.good("POST", "/work-journeys", {**whose, "goal": "Work", "activity": "unemployed"}, **work)
    vacancy = {"title": "A", "employer": "B", "scheme": "C", "places": 2, "opens_to_others_on": "2026-03-30"}
    opened = await casefile.good("POST", "/work-vacancies", vacancy, **MANAGER)
    offer = {"journey_id": journey["id"], "reason": "First in the door"}
    await casefile.good("POST", f"/work-vacancies/{opened['id']}/offers", offer, **work)
    job = {"employer": "B", "started_on": "2026-03-02", "hours": 16, "evidence": proof}
    await casefile.good("POST", f"/work-journeys/{journey['id']}/jobs", job, version=1, **work)
    care = {**SEES, "purpose": "leaving_care"}
    leaver = await casefile.good("POST", "/care-leavers", {**whose, "status": "former_relevant"}, **care)
    over = {"to_adviser": "efua", "told": "met", "words": "Soon"}
    await casefile.good("POST", f"/care-leavers/{leaver['id']}/handovers", over, version=1, **care)
    safety = {**SEES, "purpose": "community_safety"}
    harm = {**whose, "kind": "anti_social_behaviour", "harm": "h", "wanted": "w"}
    case = await casefile.good("POST", "/safety-cases", harm, **safety)
    await casefile.good("POST", f"/safety-cases/{case['id']}/reviews", {}, version=1, **safety)


@pytest.mark.full
async def test_lists_cost_the_same_for_few_and_for_many_and_page(casefile: Casefile) -> None:
    counts: dict[str, list[int]] = {}
    for numbers in ((0,), (1, 2, 3)):
        for number in numbers:
            await life(casefile, number)
        on("2026-12-07")
        for path, purpose in LISTS.items():
            async with counted(casefile.database) as said:
                await casefile.good("GET", path, **{**SEES, "purpose": purpose})
            counts.setdefault(path, []).append(len([each for each in said if "business_clock" not in each]))
    assert {path: few_many for path, few_many in counts.items() if few_many[0] != few_many[1]} == {}
    for path, purpose in LISTS.items():
        seen: list[str] = []
        turn = f"{path}?limit=3"
        while True:
            page = await casefile.good("GET", turn, **{**SEES, "purpose": purpose})
            seen += [str(each.get("id") or (each["job_id"], each["weeks"])) for each in page["items"]]
            if page["next"] is None:
                break
            turn = f"{path}?limit=3&after={page['next']}"
        assert len(seen) == len(set(seen)) == (8 if path == "/work-checks" else 4), path


@pytest.mark.full
@pytest.mark.parametrize("path", LISTS)
async def test_a_made_up_cursor_is_refused(casefile: Casefile, path: str) -> None:
    answer = await casefile("GET", f"{path}?after=AAAA", **{**SEES, "purpose": LISTS[path]})
    assert answer.status_code == 422
