"""Volunteers: checks that hold, hours, and a first name, a task, a table."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import Invalid
from services.triage.volunteers import domain
from services.triage.volunteers.domain import CheckKind, Role, Seen
from tests.triage.desk import Desk, looks
from tests.triage.hub_day.day import FRIDAY, Day, problem, put, step

VOLUNTEERS = "/v1/triage/volunteers"
SESSIONS = "/v1/triage/volunteer-sessions"
TASKS = "/v1/triage/volunteer-tasks"
GLORIA = {"name": "Gloria Mensah", "worker": "gloria", "roles": ["welcome"], "languages": ["en", "tw"]}


def gloria(day: Day) -> Desk:
    return day.desk.other(worker="gloria", role="volunteer_welcome", purpose="hub_running")


async def joined(day: Day, *checks: str, **changes: Any) -> dict[str, Any]:
    answer = await day.host.post(VOLUNTEERS, GLORIA | changes)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    for kind in checks:
        made = (await seen(day, made, kind)).json()
    return made


async def seen(day: Day, made: dict[str, Any], kind: str, **more: Any) -> Any:
    return await day.host.post(f"{VOLUNTEERS}/{made['id']}/checks", {"kind": kind, "seen_on": "2026-11-30"} | more)


WELCOME = ("references", "induction", "safeguarding_training")


def session(made: dict[str, Any], **more: Any) -> dict[str, Any]:
    hours = {"starts_at": FRIDAY.isoformat(), "ends_at": (FRIDAY + timedelta(hours=3)).isoformat()}
    return {"volunteer_id": made["id"], "hub": "heath", "role": "welcome"} | hours | more


async def planned(day: Day, made: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = await day.host.post(SESSIONS, session(made, **more))
    assert answer.status_code == 201, answer.text
    here: dict[str, Any] = answer.json()
    return here


async def test_nobody_begins_without_the_checks_of_the_role(day: Day) -> None:
    made = await joined(day, "references")
    refused = problem(await day.host.post(SESSIONS, session(made)), 422, "invalid")
    assert refused["missing"] == ["induction", "safeguarding_training"]
    await seen(day, made, "induction")
    # It runs out the day before.
    await seen(day, made, "safeguarding_training", expires_on="2026-12-03")
    assert problem(await day.host.post(SESSIONS, session(made)), 422, "invalid")["missing"] == ["safeguarding_training"]
    again = (await seen(day, made, "safeguarding_training")).json()
    assert again["cleared_for"] == ["welcome"]
    assert again["checks"][-1]["expires_on"] == "2028-11-29"
    await planned(day, made)
    problem(await day.host.post(SESSIONS, session(made, hub="heath")), 409, "conflict")
    other = problem(await day.host.post(SESSIONS, session(made, role="driver")), 422, "invalid")
    assert other["errors"][0]["rule"] == "role-of-theirs"


@pytest.mark.full
async def test_checks_that_run_out_are_seen_in_time(day: Day) -> None:
    made = await joined(day, *WELCOME)
    assert (await day.host.get(f"{VOLUNTEERS}?expiring=true")).json()["items"] == []
    day.at(FRIDAY.replace(year=2028, month=11, day=10))
    (soon,) = (await day.host.get(f"{VOLUNTEERS}?expiring=true&role=welcome&language=tw")).json()["items"]
    assert soon["id"] == made["id"]
    await seen(day, made, "safeguarding_training", seen_on="2028-11-09")
    assert (await day.host.get(f"{VOLUNTEERS}?expiring=true")).json()["items"] == []


@pytest.mark.full
async def test_the_young_need_a_guardian_and_some_roles_are_for_adults(day: Day) -> None:
    young = await joined(day, *WELCOME, "criminal_record", under_18=True, roles=["welcome", "befriender"])
    alone = problem(await day.host.post(SESSIONS, session(young)), 422, "invalid")
    assert alone["errors"][0]["rule"] == "guardian-agrees"
    visiting = problem(await day.host.post(SESSIONS, session(young, role="befriender")), 422, "invalid")
    assert visiting["errors"][0]["rule"] == "adults-only"
    agreed = GLORIA | {"under_18": True, "guardian_agreed_on": "2026-12-01"}
    answer = await put(day.host, f"{VOLUNTEERS}/{young['id']}", agreed, if_match=f'"{young["version"]}"')
    assert answer.status_code == 200, answer.text
    await planned(day, young)


@pytest.mark.full
async def test_hours_are_given_counted_and_published_by_hub(day: Day) -> None:
    here = await planned(day, await joined(day, *WELCOME))
    path = f"{SESSIONS}/{here['id']}/hours"
    day.at(FRIDAY + timedelta(hours=4))
    too_long = problem(await step(day.host, path, {"minutes": 241}, 1), 422, "invalid")
    assert too_long["errors"][0]["rule"] == "hours-as-planned"
    assert (await step(day.host, path, {"minutes": 150}, 1)).json()["state"] == "given"
    problem(await step(day.host, path, {"minutes": 150}, 2), 409, "conflict")
    hours = (await day.host.get(f"{VOLUNTEERS}/hours?since=2026-12-01&until=2026-12-04")).json()
    assert hours == [{"hub": "heath", "sessions": 1, "volunteers": 1, "hours": 2.5}]
    assert (await day.host.get(f"{VOLUNTEERS}/hours?since=2026-12-05&until=2026-12-31")).json() == []


async def test_gloria_sees_a_first_name_a_task_and_a_table(day: Day) -> None:
    person = uuid4()
    here = await planned(day, await joined(day, *WELCOME))
    assert (await gloria(day).get(TASKS)).json() == []
    handed = {"session_id": here["id"], "first_name": "Amina", "task": "tea_and_company", "table": "Table 4"}
    answer = await day.desk.post(TASKS, handed | {"person_id": str(person)})
    assert answer.status_code == 201, answer.text
    (shown,) = (await gloria(day).get(TASKS)).json()
    assert {name: shown[name] for name in ("first_name", "task", "table")} == {
        "first_name": "Amina",
        "task": "tea_and_company",
        "table": "Table 4",
    }
    assert set(shown) == {"id", "version", "first_name", "task", "table", "state", "handed_at"}
    # That she looked is on Amina's record.
    assert ("triage.volunteer_task.do", "volunteer_tasks", [person]) in looks(day.store)
    other = gloria(day).other(worker="somebody")
    assert (await other.get(TASKS)).json() == []
    problem(await other.post(f"{TASKS}/{shown['id']}/steps", {"step": "done"}), 404, "not-found")
    done = (await gloria(day).post(f"{TASKS}/{shown['id']}/steps", {"step": "done"})).json()
    assert (done["state"], done["first_name"]) == ("done", None)
    assert day.store.rows("select first_name from volunteer_task") == [{"first_name": None}]
    assert (await gloria(day).get(TASKS)).json() == []


@pytest.mark.full
async def test_what_is_left_behind_is_gone_when_the_session_ends(day: Day) -> None:
    here = await planned(day, await joined(day, *WELCOME))
    handed = {"session_id": here["id"], "first_name": "Amina", "task": "food_bag", "table": "2"}
    assert (await day.desk.post(TASKS, handed)).status_code == 201
    day.at(FRIDAY + timedelta(hours=3, minutes=1))
    assert (await gloria(day).get(TASKS)).json() == []
    assert "not here" in problem(await day.desk.post(TASKS, handed), 409, "conflict")["detail"]


@pytest.mark.parametrize("name", ["Amina Yusuf", "amina@example.org", "Amina29", "A.", "Amina (pregnant)"])
def test_no_more_than_a_first_name_is_handed_over(name: str) -> None:
    with pytest.raises(Invalid):
        domain.check_first_name(name)


@pytest.mark.parametrize("name", ["Amina", "Mary-Jane", "D’Arcy", "Łucja", "Nguyễn"])
def test_first_names_of_all_kinds_are(name: str) -> None:
    domain.check_first_name(name)


TODAY = date(2026, 12, 4)
checks = st.builds(
    Seen,
    st.sampled_from(CheckKind),
    st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    st.none() | st.dates(date(2026, 1, 1), date(2028, 1, 1)),
)


@given(st.lists(checks, max_size=8), st.sampled_from(Role))
def test_a_role_may_be_done_exactly_when_each_check_it_needs_holds(seen_: list[Seen], role: Role) -> None:
    lacking = domain.missing(role, seen_, TODAY)
    for kind in domain.NEEDS[role]:
        holds = any(
            each.kind is kind and each.seen_on <= TODAY and (each.expires_on is None or each.expires_on >= TODAY)
            for each in seen_
        )
        assert (kind in lacking) is not holds
