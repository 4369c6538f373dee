"""Concerns about staff on their own route, the paper path, FGM under 18, the council's clocks, a bus that is down."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from kit import clock
from kit.settings import SafeguardingClocks
from kit.testing.databases import ServiceDatabase
from services.triage.app import SERVICE
from tests.triage.desk import Desk, events, looks, problem, types
from tests.triage.signals import Ears, envelope, listening

CONCERNS = "/v1/triage/safeguarding-concerns"
WORKER, MANAGER, HEAD = "worker-9", "manager-9", "head-9"


@pytest.fixture
def lead(desk: Desk) -> Desk:
    return desk.other(worker="lead-1", role="safeguarding_lead", purpose="safeguarding")


@pytest.fixture
def officer(desk: Desk) -> Desk:
    return desk.other(worker="officer-lado", role="designated_officer", purpose="safeguarding")


async def raised(desk: Desk, **sent: Any) -> dict[str, Any]:
    answer = await desk.send("POST", CONCERNS, json.dumps(sent).encode(), content_type="application/json")
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def at(concern: dict[str, Any]) -> str:
    return f"{CONCERNS}/{concern['concern_id']}"


async def works_here(ears: Ears, worker: str, manager: str | None, roles: tuple[str, ...] = ()) -> None:
    data = {
        "worker_id": worker,
        "roles": list(roles),
        "manager": manager,
        "changed_at": clock.business_now().isoformat(),
    }
    await ears(envelope("gateway.worker.changed", data))


async def a_line(store: ServiceDatabase, *officers: tuple[str, str | None]) -> None:
    async with listening(store) as ears:
        await works_here(ears, WORKER, MANAGER)
        await works_here(ears, MANAGER, HEAD)
        await works_here(ears, HEAD, None)
        for name, manager in officers:
            await works_here(ears, name, manager, ("designated_officer",))


async def sees(desk: Desk, concern: dict[str, Any]) -> bool:
    """Read, listed and acknowledged alike: all or nothing."""
    read = (await desk.get(at(concern))).status_code
    listed = [each["id"] for each in (await desk.get(CONCERNS)).json()["items"]]
    assert read in (200, 404)
    assert (read == 200) == (concern["concern_id"] in listed)
    return read == 200


# About staff -------------------------------------------------------------------------------------------------------


async def test_a_concern_about_staff_goes_to_the_designated_officer_alone(
    desk: Desk, lead: Desk, officer: Desk, store: ServiceDatabase
) -> None:
    await a_line(store, ("officer-lado", None))
    concern = await raised(desk, about_workers=[WORKER], person_ids=[str(uuid4())], what_happened="shouting")
    other = await raised(desk, what_happened="a child alone")
    assert await sees(officer, concern)
    assert not await sees(lead, concern)
    assert await sees(lead, other)
    assert not await sees(officer, other)
    assert not await sees(desk.other(worker="m", role="manager", purpose="supervision"), concern)
    assert (await lead.post(f"{at(concern)}/acknowledgements", {})).status_code == 404
    taken = await officer.post(f"{at(concern)}/acknowledgements", {})
    assert (taken.status_code, taken.json()["acknowledged_by"]) == (201, "officer-lado")


@pytest.mark.parametrize("who", [WORKER, MANAGER, HEAD])
async def test_neither_the_worker_nor_their_line_sees_it_in_any_role(
    desk: Desk, store: ServiceDatabase, who: str
) -> None:
    await a_line(store, ("officer-lado", None))
    concern = await raised(desk, about_workers=[WORKER])
    for role in ("designated_officer", "safeguarding_lead", "manager"):
        purpose = "supervision" if role == "manager" else "safeguarding"
        looking = desk.other(worker=who, role=role, purpose=purpose)
        assert not await sees(looking, concern)
        if role != "manager":
            assert (await looking.post(f"{at(concern)}/acknowledgements", {})).status_code == 404


async def test_nothing_of_it_reaches_a_timeline_or_the_record_of_who_looked(
    desk: Desk, officer: Desk, store: ServiceDatabase
) -> None:
    child = uuid4()
    concern = await raised(desk, about_staff=True, about_workers=[WORKER], person_ids=[str(child)])
    await officer.get(at(concern))
    await officer.post(f"{at(concern)}/acknowledgements", {})
    assert types(store) == ["staff_concern.raised", "staff_concern.acknowledged"]
    told = json.dumps(events(store)[0]["data"])
    assert WORKER not in told
    assert str(child) not in told
    assert all(not people and record.startswith("staff_concern") for _, record, people in looks(store))


async def test_where_it_names_the_only_officer_the_team_can_take_it(
    desk: Desk, lead: Desk, officer: Desk, store: ServiceDatabase
) -> None:
    await a_line(store, ("officer-lado", None))
    concern = await raised(desk, about_workers=["officer-lado"])
    assert not await sees(officer, concern)
    assert await sees(lead, concern)
    async with listening(store) as ears:
        await works_here(ears, "officer-2", None, ("designated_officer",))
    # With another officer it is theirs.
    assert not await sees(lead, concern)
    assert await sees(desk.other(worker="officer-2", role="designated_officer", purpose="safeguarding"), concern)


@pytest.mark.parametrize(
    "sent",
    [{"about_staff": "yes"}, {"about_staff": 1}, {"about_workers": {"who": "the new one"}}, {"about_workers": 7}],
)
async def test_a_tick_in_any_form_is_the_staff_route(
    desk: Desk, lead: Desk, officer: Desk, store: ServiceDatabase, sent: Any
) -> None:
    await a_line(store, ("officer-lado", None))
    concern = await raised(desk, **sent)
    assert await sees(officer, concern)
    assert not await sees(lead, concern)
    assert await sees(lead, await raised(desk, about_staff="no", what_happened="a child"))


async def test_an_officer_who_manages_the_worker_is_in_the_line(desk: Desk, store: ServiceDatabase) -> None:
    await a_line(store, (HEAD, None), ("officer-2", None))
    concern = await raised(desk, about_workers=[WORKER])
    assert not await sees(desk.other(worker=HEAD, role="designated_officer", purpose="safeguarding"), concern)


# Whoever raised it -------------------------------------------------------------------------------------------------


async def test_whoever_raised_it_sees_whether_somebody_has_it_and_nobody_else_does(
    desk: Desk, lead: Desk, store: ServiceDatabase
) -> None:
    concern = await raised(desk)
    before = (await desk.get(concern["receipt"])).json()
    assert (before["delivered"], set(before["phone"])) == (False, {"duty team", "out of hours"})
    assert (await desk.other(worker="somebody").get(concern["receipt"])).status_code == 404
    await lead.post(f"{at(concern)}/acknowledgements", {})
    after = (await desk.get(concern["receipt"])).json()
    assert (after["delivered"], after["phone"], after["acknowledged_by"]) == (True, {}, "lead-1")


async def test_with_the_bus_down_the_screen_says_phone_now(desk: Desk, store: ServiceDatabase) -> None:
    first = await raised(desk)
    assert "phone now" not in first["say"]
    store.execute("update outbox set created_at = created_at - interval '2 minutes'")
    second = await raised(desk)
    assert "phone now" in second["say"]
    assert second["received"]
    assert "phone now" in (await desk.get(first["receipt"])).json()["say"]


async def test_no_program_takes_a_concern(desk: Desk, lead: Desk) -> None:
    concern = await raised(desk)
    robot = lead.other(worker="system:triage")
    assert (await robot.post(f"{at(concern)}/acknowledgements", {})).status_code == 403
    assert not (await desk.get(concern["receipt"])).json()["delivered"]


# The paper path ----------------------------------------------------------------------------------------------------


async def test_what_was_phoned_through_is_typed_back_with_the_real_time(
    desk: Desk, lead: Desk, store: ServiceDatabase
) -> None:
    call = clock.business_now() - timedelta(hours=3)
    wall = call.replace(tzinfo=None).isoformat(timespec="minutes")
    concern = await raised(desk, level="red", phoned_at=wall, phoned_to="Ruth, duty desk", what_happened="on paper")
    shown = (await lead.get(at(concern))).json()
    raised_at = datetime.fromisoformat(shown["raised_at"])
    assert raised_at == datetime.fromisoformat(wall).replace(tzinfo=clock.LONDON)
    assert shown["phoned_to"] == "Ruth, duty desk"
    assert datetime.fromisoformat(shown["typed_at"]) > raised_at
    assert datetime.fromisoformat(shown["due_at"]) == raised_at + timedelta(hours=4)
    # Nobody has acknowledged it here: both alarms are due at once.
    due = store.rows("select name, due_at from timer where name <> 'triage.safeguarding.changed' order by due_at")
    assert [row["name"] for row in due] == ["triage.safeguarding.ring", "triage.safeguarding.escalate"]
    assert all(row["due_at"] < clock.business_now() for row in due)
    # The same sheet typed in twice is kept twice, unless it carries a reference: nothing is dropped.
    assert not shown["unread"]


@pytest.mark.parametrize("wrong", ["yesterday evening", 1640, "2999-01-01T10:00:00Z"])
async def test_a_time_that_makes_no_sense_holds_nothing_up(desk: Desk, lead: Desk, wrong: Any) -> None:
    concern = await raised(desk, phoned_at=wrong)
    shown = (await lead.get(at(concern))).json()
    assert abs(datetime.fromisoformat(shown["raised_at"]) - clock.business_now()) < timedelta(minutes=1)


# Female genital mutilation -----------------------------------------------------------------------------------------


async def test_fgm_under_18_prompts_until_the_report_to_the_police_is_recorded(desk: Desk, lead: Desk) -> None:
    concern = await raised(desk, kind="child", fgm_under_18=True)
    assert any("101" in each for each in concern["missing"])
    shown = (await lead.get(at(concern))).json()
    assert shown["police_report_owed"]
    assert "Female Genital Mutilation Act 2003 s5B" in shown["prompts"][0]
    path, report = f"{at(concern)}/police-report", {"reference": "CAD 4411"}
    body = {"content_type": "application/json"}
    stranger = desk.other(worker="somebody")
    assert (await stranger.send("POST", path, json.dumps(report).encode(), **body)).status_code == 404
    ahead = {**report, "reported_at": (clock.business_now() + timedelta(hours=1)).isoformat()}
    problem(await desk.send("POST", path, json.dumps(ahead).encode(), **body), 422, "invalid")
    assert (await desk.send("POST", path, json.dumps(report).encode(), **body)).status_code == 204
    shown = (await lead.get(at(concern))).json()
    assert (shown["police_report_owed"], shown["prompts"], shown["police_reference"]) == (False, [], "CAD 4411")
    # An acknowledgement does not make the report: the two are apart.
    other = await raised(desk, fgm_under_18=True)
    await lead.post(f"{at(other)}/acknowledgements", {})
    assert (await lead.get(at(other))).json()["police_report_owed"]


async def test_no_report_where_none_is_asked_for(desk: Desk) -> None:
    concern = await raised(desk)
    path = f"{at(concern)}/police-report"
    answer = await desk.send("POST", path, b'{"reference": "CAD 1"}', content_type="application/json")
    assert answer.status_code == 409


# Configuration -----------------------------------------------------------------------------------------------------


async def test_the_clocks_are_the_councils(desk: Desk, store: ServiceDatabase) -> None:
    app = desk.client._transport.app  # type: ignore[attr-defined]  # the app under test, in this process
    before = app.state.settings
    app.state.settings = before.model_copy(
        update={"safeguarding_clocks": SafeguardingClocks(red_hours=2, ring_minutes=5)}
    )
    try:
        concern = await raised(desk, level="red")
    finally:
        app.state.settings = before
    (row,) = store.rows("select raised_at, due_at from safeguarding_concern")
    assert row["due_at"] - row["raised_at"] == timedelta(hours=2)
    alarms = store.rows("select due_at from timer where name <> 'triage.safeguarding.changed' order by due_at")
    assert [each["due_at"] - row["raised_at"] for each in alarms] == [timedelta(minutes=5), timedelta(minutes=30)]
    assert concern["concern_id"]


@pytest.mark.parametrize("wrong", [{"red_hours": 48}, {"ring_minutes": 31}, {"green_hours": 0}, {"blue_hours": 1}])
def test_clocks_that_contradict_themselves(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        SafeguardingClocks(**wrong)


def test_the_alarms_are_wired() -> None:
    assert {"triage.safeguarding.ring", "triage.safeguarding.escalate"} <= set(SERVICE.timers)
