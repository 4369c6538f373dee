"""The whole path of one family through casefile's doors: from the case that is taken over to the one opened again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from kit import clock
from tests.casefile.doors import Casefile
from tests.casefile.journeys.ground import clock_back, on
from tests.casefile.journeys.test_work import START, add, employed, payslip, set_out, weeks
from tests.casefile.money import ADVISER, CIRCUMSTANCES, KELLYS_LINES, SPACE, register
from tests.casefile.test_complaints import received
from tests.casefile.test_rights import ACCESS, GOVERN, LEAD, check_all, everyone_answers
from tests.casefile.work import case_of, worker
from tests.service_doors import MANAGER

W1: dict[str, Any] = worker("worker-1")
OTHER: dict[str, Any] = worker("worker-9")
PHONE = {"kind": "phone", "value": "07700 900123"}


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with clock_back():
        yield


@pytest.mark.full
@pytest.mark.timeout(180)
async def test_from_the_hand_over_to_the_reopening_a_year_later(casefile: Casefile) -> None:
    """Each step stands on those before it; at the end everything of the first episode is there."""
    on(START)
    kelly = await casefile.person("Kelly", "Pike", date_of_birth="1991-04-17", contacts=[PHONE])
    home = kelly["household_id"]
    wayne = await casefile.person("Wayne", "Holt", household_id=home)

    # The account manager takes the case over; a plan in her words, shared by a link and a word chosen face to face.
    case = await case_of(casefile, kelly, holder="worker-1")
    path = f"/cases/{case['id']}"
    goal = {"words": "I want to open letters again", "actions": [{"words": "Open three", "whose": "theirs"}]}
    plan = await casefile.good(
        "POST", "/plans", {"person_id": kelly["id"], "household_id": home, "goals": [goal]}, **W1
    )
    asked = {"person_id": kelly["id"], "shows": ["plan", "looked"], "plan_id": plan["id"], "word": "Blue Kettle"}
    share = await casefile.good("POST", "/shares", {**asked, "chosen": "face_to_face"}, **W1)

    # Money, to the penny; Breathing Space from the day after; a benefit found, claimed and confirmed.
    await register(casefile)
    statement = await casefile.good(
        "POST", "/money/statements", {"person_id": kelly["id"], "lines": KELLYS_LINES}, **ADVISER
    )
    totals = [statement[name] for name in ("income_pence", "spending_pence", "surplus_pence")]
    assert totals == [1_842_00, 2_011_50, -169_50]
    space = await casefile.good("POST", "/money/breathing-spaces", SPACE | {"person_id": kelly["id"]}, **ADVISER)
    assert space["starts_on"] == "2026-12-08"
    check = await casefile.good(
        "POST", "/money/benefit-checks", {"person_id": kelly["id"], "circumstances": CIRCUMSTANCES}, **ADVISER
    )
    claimed = {"person_id": kelly["id"], "benefit": "universal_credit", "check_id": check["id"]}
    claim = await casefile.good("POST", "/money/claims", claimed, **ADVISER)

    # A way to work: to thirteen weeks.
    journey = await employed(casefile, await set_out(casefile, kelly))
    on(weeks(13))
    body = {"weeks": 13, "result": "sustained", "evidence": payslip(weeks(13))}
    journey = await add(casefile, journey, f"jobs/{journey['jobs'][0]['id']}/checks", body)
    assert journey["stage"] == "sustained_13_weeks"

    # A restricted note; somebody who must read it breaks the glass, and a manager looks at that.
    note = await casefile.good(
        "POST",
        "/notes",
        {
            "household_id": home,
            "words": "She hides letters from him.",
            "part": "restricted",
            "readers": {"workers": ["worker-1"]},
        },
        **W1,
    )
    assert (await casefile("GET", f"/notes/{note['id']}", **OTHER)).status_code == 404
    reason = "An ambulance crew is at the door and asks about the note"
    glass = await casefile.good(
        "POST", "/access/break-glass", {"household_id": home, "reason": reason, "parts": ["restricted"]}, **OTHER
    )
    assert (await casefile.good("GET", f"/notes/{note['id']}", **OTHER))["words"] == "She hides letters from him."
    said = {"verdict": "needed", "note": "The crew rang back and confirmed it."}
    await casefile.good("POST", f"/access/broken-glass/{glass['id']}/review", said, version=1, **MANAGER)

    # A separation: whoever works with him knows nobody of her file, at once.
    his = worker("ben")
    await casefile.let_in(home, "ben")
    assert (await casefile("GET", f"/people/{kelly['id']}", **his)).status_code == 200
    parted = {"protected_person_id": kelly["id"], "separated_person_id": wayne["id"], "keep_from": ["ben"]}
    await casefile.good("POST", "/separations", {**parted, "trusted": ["worker-1"]}, **W1)
    hidden = await casefile("GET", f"/people/{kelly['id']}", **his)
    assert hidden.status_code == 404
    await casefile.hear_itself()
    assert (await casefile("GET", f"/people/{kelly['id']}", **his)).status_code == 404
    # A page that her phone of then may show is closed.
    assert (await casefile.good("GET", f"/shares/{share['id']}", **W1))["standing"] == "withdrawn"

    # She sees who looked and why; of the broken glass and the note nothing betrays her.
    looked = await casefile.good("GET", f"/looked?person_id={kelly['id']}", **W1)
    assert looked["lines"]
    assert "worker-9" not in str(looked)

    # A complaint, which her file does not tell of.
    complaint = await received(casefile, person_id=kelly["id"])
    assert complaint["acknowledge_by"] == clock.add_working_days(clock.today(), 5).isoformat()

    # What is held of her, checked and given once: a separation stands, so the specialist looks first.
    request = await casefile.good("POST", ACCESS, {"person_id": kelly["id"]}, **GOVERN)
    cleared = {"reason": "Heard alone; it goes to her new address"}
    request = await casefile.good(
        "POST", f"/rights-requests/{request['id']}/clearance", cleared, version=request["version"], **LEAD
    )
    request = await everyone_answers(casefile, request)
    request = await check_all(casefile, request, **LEAD)
    release = f"{ACCESS}/{request['id']}/release"
    request = await casefile.good("POST", release, version=request["version"], **GOVERN)
    given = str(await casefile.good("GET", release, **GOVERN))
    assert "I want to open letters again" in given

    # The gain comes, the case is closed with what came of it, and a year later opened again with everything there.
    gain = {"state": "confirmed", "gain_pence": 296_54, "every": "month", "evidence": "award_letter"}
    confirmed = await casefile.good("POST", f"/money/claims/{claim['id']}/outcome", gain, version=1, **ADVISER)
    assert confirmed["year_gain_pence"] == 12 * 296_54
    now = (await casefile.good("GET", path, **W1))["version"]
    ends = {"reason": "goals_met", "outcomes": [{"outcome": "employment", "result": "reached"}]}
    closed = await casefile.good("POST", f"{path}/close", ends, version=now, **W1)
    assert closed["state"] == "closed"
    clock.set_offset(clock.offset() + timedelta(days=365))
    again = await casefile.good("POST", f"{path}/reopen", {"reason": "Letters again"}, version=now + 1, **MANAGER)
    assert (again["episode"], again["state"], again["account_manager"]) == (2, "open", None)
    await casefile.good("POST", f"{path}/allocations", {"account_manager": "worker-1"}, version=now + 2, **MANAGER)
    assert (await casefile.good("GET", f"/plans/{plan['id']}", **W1))["goals"][0]["words"] == goal["words"]
    assert (await casefile.good("GET", f"/notes/{note['id']}", **W1))["words"] == "She hides letters from him."
    kept = await casefile.good("GET", f"/money/statements/{statement['id']}", **ADVISER)
    assert [kept[name] for name in ("income_pence", "spending_pence", "surplus_pence")] == totals
    assert (await casefile.good("GET", f"/people/{kelly['id']}", **W1))["id"] == kelly["id"]
    assert (await casefile("GET", f"/people/{kelly['id']}", **his)).status_code == 404
