"""Broken glass: for an hour, told at once, looked at by somebody else; and the walls it does not go through."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from kit import clock
from kit.errors import Invalid
from services.casefile.access import commands, domain
from tests.casefile.doors import Casefile
from tests.service_doors import MANAGER

READER: dict[str, Any] = {"actor": "reader", "roles": ["universal_worker"]}
REASON = "Ambulance called, who else lives there?"


@pytest.fixture
async def amina(casefile: Casefile) -> Any:
    return await casefile.person()


async def broken(casefile: Casefile, home: str, *, reason: str = REASON, **more: Any) -> Any:
    parts = more.pop("parts", [])
    body = {"household_id": home, "reason": reason, "parts": parts}
    return await casefile.good("POST", "/access/break-glass", body, **{**READER, **more})


async def inside(casefile: Casefile, home: str, **who: Any) -> bool:
    return (await casefile("GET", f"/households/{home}/timeline", **{**READER, **who})).status_code == 200


async def test_it_opens_one_file_for_an_hour_and_is_announced(casefile: Casefile, amina: Any) -> None:
    home = amina["household_id"]
    other = await casefile.person("Idris", "Warsame")
    assert not await inside(casefile, home)
    glass = await broken(casefile, home)
    assert await inside(casefile, home)
    assert not await inside(casefile, other["household_id"])
    assert not await inside(casefile, home, actor="a-colleague")
    (event,) = casefile.announced("access.broken_glass")
    data = event["data"]
    assert (data["worker_id"], data["person_ids"], data["until"][:16]) == (
        "reader",
        [amina["id"]],
        glass["until"][:16],
    )
    assert [each["role"] for each in data["members"]] == ["broken_glass"]
    assert data["members"][0]["break_glass_until"][:19] == glass["until"][:19]
    assert REASON not in str(event)
    casefile.stored.execute("update broken_glass set until = now() - interval '1 second'")
    assert not await inside(casefile, home)


async def test_an_hour_is_an_hour_whatever_the_business_clock(casefile: Casefile, amina: Any) -> None:
    glass = await broken(casefile, amina["household_id"])
    clock.set_offset(timedelta(days=30))
    try:
        assert await inside(casefile, amina["household_id"])
    finally:
        clock.set_offset(timedelta())
    assert glass["open"]


async def test_over_a_person_it_opens_where_they_live(casefile: Casefile, amina: Any) -> None:
    body = {"person_id": amina["id"], "reason": REASON}
    glass = await casefile.good("POST", "/access/break-glass", body, **READER)
    assert glass["household_id"] == amina["household_id"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reason": "urgent"}, "/reason"),
        ({"reason": REASON, "parts": ["abuse"]}, "/parts"),
        ({"reason": REASON, "parts": ["immigration"]}, "/parts"),
        ({"reason": REASON, "person_id": str(uuid4())}, ""),
    ],
)
async def test_without_a_reason_or_for_what_has_somebody_on_duty_it_stays_whole(
    casefile: Casefile, amina: Any, body: Any, field: str
) -> None:
    answer = await casefile("POST", "/access/break-glass", {"household_id": amina["household_id"], **body}, **READER)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith(field)
    assert not await inside(casefile, amina["household_id"])


async def test_whoever_may_look_inside_has_nothing_to_break(casefile: Casefile, amina: Any) -> None:
    body = {"household_id": amina["household_id"], "reason": REASON}
    answer = await casefile("POST", "/access/break-glass", body)
    assert (answer.status_code, answer.json()["allowed"]) == (409, ["read"])


async def answers_alike(casefile: Casefile, home: str, **who: Any) -> None:
    """Breaking the glass there is answered as for a household nobody knows."""
    here = await casefile("POST", "/access/break-glass", {"household_id": home, "reason": REASON}, **who)
    nowhere = await casefile("POST", "/access/break-glass", {"household_id": str(uuid4()), "reason": REASON}, **who)
    assert here.status_code == nowhere.status_code == 404
    assert {**here.json(), "instance": ""} == {**nowhere.json(), "instance": ""}
    assert casefile.stored.rows("select * from broken_glass") == []


async def test_it_does_not_cross_a_conflict_a_bar_a_restriction_or_a_separation(casefile: Casefile, amina: Any) -> None:
    home = amina["household_id"]
    await answers_alike(casefile, home, hide=[(str(uuid4()), amina["id"])], **READER)
    son = await casefile.person("Idris", "Yusuf", household_id=home)
    declared = {"person_id": son["id"], "relation": "relative"}
    await casefile.good("POST", "/access/conflicts", declared, **READER)
    # Not even over the others of the household: its file is theirs together.
    await answers_alike(casefile, home, **READER)
    body = {"worker": "barred", "note": "She asked for it"}
    await casefile.good("POST", f"/people/{amina['id']}/barred-workers", body)
    await answers_alike(casefile, home, actor="barred", roles=["universal_worker"])
    alone = await casefile.person("Zuleikha", "Marchetti")
    casefile.restrict(alone["id"])
    await answers_alike(casefile, alone["household_id"], **READER)


async def test_a_conflict_declared_while_it_is_open_closes_it(casefile: Casefile, amina: Any) -> None:
    await broken(casefile, amina["household_id"])
    await casefile.good("POST", "/access/conflicts", {"person_id": amina["id"], "relation": "friend"}, **READER)
    assert not await inside(casefile, amina["household_id"])


# The review -----------------------------------------------------------------------------------------------


async def test_a_manager_reviews_it_once_and_nobody_their_own(casefile: Casefile, amina: Any) -> None:
    glass = await broken(casefile, amina["household_id"])
    await inside(casefile, amina["household_id"])
    (waiting,) = (await casefile.good("GET", "/access/broken-glass?waiting=true", **MANAGER))["items"]
    assert (waiting["id"], waiting["reason"], waiting["verdict"]) == (glass["id"], REASON, None)
    path = f"/access/broken-glass/{glass['id']}"
    assert (await casefile.good("GET", path, **MANAGER))["reads"] == 2
    said = {"verdict": "needed", "note": "The ambulance crew rang back and confirmed."}
    own = await casefile("POST", f"{path}/review", said, version=1, **{**MANAGER, "actor": "reader"})
    assert own.status_code == 409
    assert (await casefile("POST", f"{path}/review", said, version=7, **MANAGER)).status_code == 412
    done = await casefile.good("POST", f"{path}/review", said, version=1, **MANAGER)
    assert (done["verdict"], done["reviewed_by"], done["version"]) == ("needed", "manager-1", 2)
    again = await casefile("POST", f"{path}/review", said, version=2, **MANAGER)
    assert (again.status_code, again.json()["state"]) == (409, "needed")
    assert (await casefile.good("GET", "/access/broken-glass?waiting=true", **MANAGER))["items"] == []
    assert casefile.announced("glass_review.given")[0]["data"]["verdict"] == "needed"


async def test_others_do_not_know_of_it(casefile: Casefile, amina: Any) -> None:
    glass = await broken(casefile, amina["household_id"])
    other = {"actor": "other", "roles": ["universal_worker"]}
    assert (await casefile.good("GET", "/access/broken-glass", **other))["items"] == []
    assert (await casefile("GET", f"/access/broken-glass/{glass['id']}", **other)).status_code == 404
    mine = await casefile.good("GET", "/access/broken-glass", **READER)
    assert [each["id"] for each in mine["items"]] == [glass["id"]]


async def test_misuse_and_a_late_review_reach_information_governance(casefile: Casefile, amina: Any) -> None:
    glass = await broken(casefile, amina["household_id"])
    due = date.fromisoformat(glass["review_due"])
    async with casefile.unit() as unit:
        await commands.review_late(unit, glass["id"])
    governance = {"actor": "ig", "roles": ["information_governance_lead"], "purpose": "information_governance"}
    assert (await casefile.good("GET", "/access/alerts", **governance))["items"] == []
    clock.set_offset(timedelta(days=(due - clock.today()).days + 1))
    try:
        async with casefile.unit() as unit:
            await commands.review_late(unit, glass["id"])
    finally:
        clock.set_offset(timedelta())
    said = {"verdict": "misuse", "note": "A neighbour's quarrel, nothing else."}
    path = f"/access/broken-glass/{glass['id']}/review"
    await casefile.good("POST", path, said, version=2, **MANAGER)
    alerts = (await casefile.good("GET", "/access/alerts", **governance))["items"]
    assert [(each["kind"], each["worker"]) for each in alerts] == [
        ("broken_glass_misuse", "reader"),
        ("broken_glass_unreviewed", "reader"),
    ]
    settled = {"settlement": "suspended", "note": "Suspended while we look at it."}
    own = f"/access/alerts/{alerts[0]['id']}/settle"
    assert (await casefile.good("POST", own, settled, version=1, **governance))["settlement"] == "suspended"
    assert (await casefile("POST", own, settled, version=2, **governance)).status_code == 409
    left = await casefile.good("GET", "/access/alerts?settled=false", **governance)
    assert [each["kind"] for each in left["items"]] == ["broken_glass_unreviewed"]


def test_a_review_is_due_on_the_fifth_working_day() -> None:
    # Christmas Day, the Monday for Boxing Day and New Year's Day are no working days.
    assert domain.review_due(date(2026, 12, 24)) == date(2027, 1, 5)
    assert domain.review_due(date(2026, 11, 23)) == date(2026, 11, 30)


@pytest.mark.parametrize("reason", ["", "urgent", ".........................", "1234567890 ok"])
def test_a_reason_is_words(reason: str) -> None:
    with pytest.raises(Invalid):
        domain.check_reason(reason)
