"""A home from the register begins while a duty is owed: somebody has to decide."""

from datetime import date
from typing import Any

from tests.housing.doors import Housing
from tests.housing.homelessness.work import CASES, OFFICER, decided, found, opened, read
from tests.housing.lettings.ground import (
    LETTINGS,
    a_home,
    an_advert,
    bids,
    closed,
    offered,
    says,
    starts,
    today,
    waits,
)

TITLE = "Relief duty: They have a home from the register: decide whether it ends"


def to_decide(case: Any) -> list[tuple[str, str]]:
    return [(each["section"], each["last_day"]) for each in case["clocks"] if each["what"] == TITLE]


async def test_a_letting_asks_for_a_decision_on_the_duty_and_ends_none_by_itself(housing: Housing) -> None:
    today(housing)
    who = await waits(housing)
    case = await opened(housing, who.person_id, household_id=str(who.household_id))
    await found(housing, case["id"])
    await decided(housing, case["id"], "relief_owed")
    advert = await an_advert(housing, await a_home(housing))
    await bids(housing, who, advert)
    await closed(housing, advert)
    yes = await says(housing, await offered(housing, advert), accepts=True)
    assert to_decide(await read(housing, case["id"])) == []
    path = f"/offers/{yes['id']}/lettings"
    letting = await housing.good("POST", path, starts(who), version=yes["version"], **LETTINGS)

    began = date(2026, 11, 24).isoformat()
    stands = await read(housing, case["id"])
    assert to_decide(stands) == [("Housing Act 1996 s189B(7)(a)", began)]
    assert {each["duty"] for each in stands["duties"] if each["ended_on"] is None} == {"relief"}
    due = await housing.good("GET", f"{CASES}?due_by={began}", **OFFICER)
    assert [each["id"] for each in due["items"]] == [case["id"]]

    fell: dict[str, Any] = {"reason": "They never moved in."}
    await housing.good("POST", f"/lettings/{letting['id']}/fall", fell, version=1, **LETTINGS)
    assert to_decide(await read(housing, case["id"])) == []
