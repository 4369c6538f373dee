"""Work journeys through casefile's doors: to 26 weeks, honestly; furthest first; and what a work coach never sees."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from tests.casefile.doors import Casefile
from tests.casefile.facts import envelope, moment
from tests.casefile.journeys.ground import MANAGER, WORKER, failures, on, ring, someone, told

JOURNEYS, VACANCIES = "/work-journeys", "/work-vacancies"
START = "2026-12-07"
WORK: dict[str, Any] = {**WORKER, "purpose": "universal_support"}
COACH: dict[str, Any] = {"actor": "coach-1", "roles": ("work_coach",), "purpose": "work_and_skills"}


def weeks(number: int, since: str = START) -> str:
    return (date.fromisoformat(since) + timedelta(weeks=number)).isoformat()


def payslip(dated: str) -> list[dict[str, str]]:
    return [{"proof": "payslip", "dated": dated}]


async def set_out(casefile: Casefile, person: Any, **more: Any) -> Any:
    body = {"person_id": person["id"], "goal": "A job near school hours", "activity": "unemployed", **more}
    return await casefile.good("POST", JOURNEYS, body, **WORK)


async def add(casefile: Casefile, journey: Any, what: str, body: Any) -> Any:
    return await casefile.good("POST", f"{JOURNEYS}/{journey['id']}/{what}", body, version=journey["version"], **WORK)


async def employed(casefile: Casefile, journey: Any, since: str = START) -> Any:
    body = {"employer": "Thames Bakery", "started_on": since, "hours": 16, "evidence": payslip(since)}
    return await add(casefile, journey, "jobs", body)


async def outcome_of(casefile: Casefile, journey: Any) -> Any:
    return await casefile.good("GET", f"/outcomes/{journey['jobs'][0]['outcome_id']}", **WORK)


@pytest.mark.full
async def test_from_what_stops_her_to_26_weeks(casefile: Casefile) -> None:
    on(START)
    kelly = await someone(casefile)
    journey = await set_out(
        casefile,
        kelly,
        activity="inactive",
        inactive_kinds=["looking_after_family"],
        inactive_words="Nobody ever asked me. My mum needs me in the mornings",
        out_of_work_since="2023-01-01",
        barriers=[{"kind": "childcare", "words": "No place before nine"}],
    )
    assert [each["code"] for each in journey["grounds"]] == ["out_of_work", "inactive", "barriers"]
    assert journey["stage"] == "preparing"
    for kind, stage in (
        ("childcare", "preparing"),
        ("training", "training"),
        ("application", "applying"),
        ("interview", "interview"),
    ):
        journey = await add(casefile, journey, "steps", {"kind": kind, "words": f"The {kind}"})
        path = f"{JOURNEYS}/{journey['id']}/steps/{journey['steps'][-1]['id']}"
        journey = await casefile.good("PATCH", path, {"state": "done"}, version=journey["version"], **WORK)
        assert (journey["stage"], journey["steps"][-1]["done_on"]) == (stage, START)
    back = await casefile("PATCH", path, {"state": "planned"}, version=journey["version"], **WORK)
    assert (back.status_code, back.json()["allowed"]) == (409, [])
    journey = await employed(casefile, journey)
    (job,) = journey["jobs"]
    assert [(each["weeks"], each["due_on"]) for each in job["checks"]] == [(13, weeks(13)), (26, weeks(26))]
    outcome = await outcome_of(casefile, journey)
    assert (outcome["kind"], outcome["check_due_on"], outcome["source"]) == (
        "employment",
        weeks(26),
        f"job/{job['id']}",
    )
    # Its check is answered by the job's, and once.
    on(weeks(26))
    direct = {"result": "sustained", "evidence": payslip(weeks(26))}
    assert (await casefile("POST", f"/outcomes/{outcome['id']}/check", direct, version=1, **WORK)).status_code == 409
    due = await casefile.good("GET", "/work-checks", **WORK)
    assert [each["weeks"] for each in due["items"]] == [13, 26]
    checks = f"jobs/{job['id']}/checks"
    for number, stage in ((13, "sustained_13_weeks"), (26, "sustained_26_weeks")):
        body = {"weeks": number, "result": "sustained", "evidence": payslip(weeks(26))}
        journey = await add(casefile, journey, checks, body)
        assert journey["stage"] == stage
    assert (await outcome_of(casefile, journey))["state"] == "sustained"
    body = {"kind": "more_hours", "on": weeks(26), "words": "From 16 to 24 hours"}
    journey = await add(casefile, journey, f"jobs/{job['id']}/progress", body)
    assert journey["stage"] == "progressed"
    assert told(casefile, "work_journey").count("moved") == 7
    assert told(casefile, "outcome") == ["recorded", "checked"]
    await casefile.hear_itself()
    page = await casefile.good("GET", f"/households/{kelly['household_id']}/timeline", **WORK)
    said = " ".join(entry["title"] for entry in page["items"])
    assert "in the job for 26 weeks" in said
    assert "Bakery" not in str(casefile.announced())
    assert failures(casefile) == []


@pytest.mark.full
async def test_a_job_that_ends_is_recorded_as_not_sustained_everywhere(casefile: Casefile) -> None:
    on(START)
    journey = await employed(casefile, await set_out(casefile, await someone(casefile)))
    job = journey["jobs"][0]
    on(weeks(14))
    body = {"weeks": 13, "result": "sustained", "evidence": payslip(weeks(13))}
    journey = await add(casefile, journey, f"jobs/{job['id']}/checks", body)
    early = {"weeks": 26, "result": "sustained", "evidence": payslip(weeks(14))}
    path = f"{JOURNEYS}/{journey['id']}/jobs/{job['id']}"
    refused = await casefile("POST", f"{path}/checks", early, version=journey["version"], **WORK)
    assert refused.json()["errors"][0]["rule"] == "not-before"
    before = {"ended_on": weeks(12)}
    refused = await casefile("POST", f"{path}/end", before, version=journey["version"], **WORK)
    assert refused.json()["errors"][0]["rule"] == "dates-in-order"
    end = {"ended_on": weeks(14), "words": "The shop closed"}
    journey = await casefile.good("POST", f"{path}/end", end, version=journey["version"], **WORK)
    assert [each["state"] for each in journey["jobs"][0]["checks"]] == ["sustained", "not_sustained"]
    assert journey["stage"] == "preparing"
    failed = await outcome_of(casefile, journey)
    assert (failed["state"], failed["check_words"]) == ("not_sustained", "The shop closed")
    # Another job is another outcome, for the first one ended.
    journey = await employed(casefile, journey, weeks(14))
    assert journey["jobs"][0]["outcome_id"] is not None
    on(weeks(60))
    await ring(casefile)
    shown = await casefile.good("GET", f"{JOURNEYS}/{journey['id']}", **WORK)
    assert [each["state"] for each in shown["jobs"][0]["checks"]] == ["not_known", "not_known"]
    assert (await outcome_of(casefile, shown))["state"] == "not_known"
    assert failures(casefile) == []


@pytest.mark.full
async def test_a_second_job_beside_the_first_is_no_second_outcome(casefile: Casefile) -> None:
    on(START)
    journey = await employed(casefile, await set_out(casefile, await someone(casefile)))
    journey = await employed(casefile, journey)
    journey = await employed(casefile, journey, "2026-11-30")
    assert sorted(each["outcome_id"] is None for each in journey["jobs"]) == [False, True, True]
    assert told(casefile, "outcome") == ["recorded"]


async def test_what_is_wrong_is_named(casefile: Casefile) -> None:
    on(START)
    kelly = await someone(casefile)
    body = {"person_id": kelly["id"], "goal": "Work", "activity": "inactive"}
    bare = await casefile("POST", JOURNEYS, body, **WORK)
    assert [each["rule"] for each in bare.json()["errors"]] == ["own-words"]
    health = body | {"activity": "unemployed", "barriers": [{"kind": "health", "words": "My back"}]}
    for purpose, status in (("work_and_skills", 422), ("universal_support", 201)):
        answer = await casefile("POST", JOURNEYS, health, **{**WORK, "purpose": purpose})
        assert answer.status_code == status, answer.text
    journey = answer.json()
    answers = await asyncio.gather(*(casefile("POST", JOURNEYS, health, **WORK) for _ in range(2)))
    assert [each.status_code for each in answers] == [409, 409]
    # For work alone health is left out, and a change for work alone leaves it where it is.
    plain = {**WORK, "purpose": "work_and_skills"}
    seen = await casefile.good("GET", f"{JOURNEYS}/{journey['id']}", **plain)
    assert (seen["barriers"], seen["health_left_out"]) == ([], True)
    change = {"barriers": [{"kind": "skills", "words": "No certificate"}]}
    changed = await casefile.good("PATCH", f"{JOURNEYS}/{journey['id']}", change, version=1, **plain)
    assert [each["kind"] for each in changed["barriers"]] == ["skills"]
    whole = await casefile.good("GET", f"{JOURNEYS}/{journey['id']}", **WORK)
    assert {each["kind"] for each in whole["barriers"]} == {"skills", "health"}
    assert (await casefile("PATCH", f"{JOURNEYS}/{journey['id']}", change, version=1, **WORK)).status_code == 412


@pytest.mark.full
async def test_a_work_coach_sees_what_is_shared_and_nothing_that_could_feed_a_sanction(casefile: Casefile) -> None:
    on(START)
    kelly, wayne = await someone(casefile), await someone(casefile, "Wayne", "Holt")
    journey = await set_out(casefile, kelly, barriers=[{"kind": "confidence", "words": "Told nobody this"}])
    await set_out(casefile, wayne)
    for words, shared in (("Ask the nursery", True), ("See the doctor", False), ("Write to the bakery", True)):
        step = {"kind": "something_else", "words": words, "shared": shared, "due_on": "2026-12-01"}
        journey = await add(casefile, journey, "steps", step)
    dropped = f"{JOURNEYS}/{journey['id']}/steps/{journey['steps'][2]['id']}"
    journey = await casefile.good("PATCH", dropped, {"state": "dropped"}, version=journey["version"], **WORK)
    assert (await casefile.good("GET", "/shared-work-goals", **COACH))["items"] == []
    path = f"{JOURNEYS}/{journey['id']}/sharing"
    bare = await casefile("PUT", path, {"coach": "coach-1"}, version=journey["version"], **WORK)
    assert bare.json()["errors"][0]["rule"] == "agreed"
    share = {"coach": "coach-1", "agreed_on": START}
    journey = await casefile.good("PUT", path, share, version=journey["version"], **WORK)
    (goal,) = (await casefile.good("GET", "/shared-work-goals", **COACH))["items"]
    # A step of a day gone by is planned; nothing says that it was not done, or when it should have been.
    assert goal == {
        "journey_id": journey["id"],
        "name": "Kelly Pike",
        "goal": "A job near school hours",
        "steps": [{"kind": "something_else", "words": "Ask the nursery", "state": "planned"}],
    }
    for other in (COACH, {**COACH, "actor": "coach-2"}):
        assert (await casefile("GET", f"{JOURNEYS}/{journey['id']}", **other)).status_code == 404
    assert (await casefile.good("GET", "/shared-work-goals", **{**COACH, "actor": "coach-2"}))["items"] == []
    hide = [(kelly["id"], wayne["id"])]
    assert (await casefile.good("GET", "/shared-work-goals", hide=hide, **COACH))["items"] == []
    await casefile.good("PUT", path, {"coach": None}, version=journey["version"], **WORK)
    assert (await casefile.good("GET", "/shared-work-goals", **COACH))["items"] == []


def appointment(person: Any, state: str, starts: str, sequence: int, **more: Any) -> Any:
    data = {
        "appointment_id": more.get("subject"),
        "person_id": person["id"],
        "kind": "at_hub",
        "hub": "heath",
        "worker": "coach-1",
        "starts_at": starts,
        "ends_at": starts,
        "state": state,
        "booked_at": moment(),
        "changed_at": moment(),
    }
    event = {"booked": "booked", "missed": "missed"}.get(state, "changed")
    return envelope(f"triage.appointment.{event}", data, sequence=sequence, **more)


async def test_a_work_coach_sees_their_own_appointments_and_not_who_came(casefile: Casefile) -> None:
    on(START)
    kelly = await someone(casefile)
    first, second = "01a20000-0000-7000-8000-000000000001", "01a20000-0000-7000-8000-000000000002"
    facts = [
        appointment(kelly, "booked", "2026-12-07T10:00:00Z", 1, subject=first),
        appointment(kelly, "missed", "2026-12-07T10:00:00Z", 2, subject=first),
        appointment(kelly, "booked", "2026-12-08T10:00:00Z", 1, subject=second),
    ]
    await casefile.take(*facts, kinds=["projections"])
    shown = (await casefile.good("GET", "/own-appointments", **COACH))["items"]
    assert [each["id"] for each in shown] == [first, second]
    assert set(shown[0]) == {"id", "name", "kind", "hub", "starts_at", "ends_at"}
    assert (await casefile.good("GET", "/own-appointments", **{**COACH, "actor": "coach-2"}))["items"] == []
    # The next day it is gone, kept or not; and so is one that was called off.
    on("2026-12-08")
    await casefile.take(
        appointment(kelly, "cancelled", "2026-12-08T10:00:00Z", 2, subject=second), facts[2], kinds=["projections"]
    )
    assert (await casefile.good("GET", "/own-appointments", **COACH))["items"] == []


@pytest.mark.full
async def test_a_vacancy_opens_here_first_and_goes_to_the_furthest_first(casefile: Casefile) -> None:
    on(START)
    body = {
        "title": "Apprentice joiner",
        "employer": "Riverside builders",
        "scheme": "Riverside homes",
        "places": 1,
        "opens_to_others_on": "2026-12-18",
        "closes_on": "2027-02-01",
    }
    early = await casefile("POST", VACANCIES, body, **MANAGER)
    assert early.json()["errors"][0]["rule"] == "here-first"
    vacancy = await casefile.good("POST", VACANCIES, body | {"opens_to_others_on": "2026-12-21"}, **MANAGER)
    assert (vacancy["phase"], vacancy["places_left"]) == ("here_first", 1)
    near = await set_out(casefile, await someone(casefile, "Near"), out_of_work_since="2026-10-01")
    far = await set_out(casefile, await someone(casefile, "Far"), never_worked=True)
    farther = await set_out(
        casefile,
        await someone(casefile, "Farther"),
        never_worked=True,
        barriers=[{"kind": "english", "words": "Learning"}],
    )
    order = (await casefile.good("GET", f"{VACANCIES}/{vacancy['id']}/order", **WORK))["items"]
    assert [each["journey_id"] for each in order] == [farther["id"], far["id"], near["id"]]
    assert [(each["place"], each["of_how_many"], each["points"]) for each in order] == [(1, 3, 6), (2, 3, 5), (3, 3, 1)]
    offers = f"{VACANCIES}/{vacancy['id']}/offers"
    passed = await casefile("POST", offers, {"journey_id": near["id"]}, **WORK)
    assert passed.json()["errors"][0]["rule"] == "furthest-first"
    answers = await asyncio.gather(*(casefile("POST", offers, {"journey_id": farther["id"]}, **WORK) for _ in range(2)))
    assert sorted(each.status_code for each in answers) == [201, 409]
    offer = next(each.json() for each in answers if each.status_code == 201)
    full = await casefile("POST", offers, {"journey_id": far["id"]}, **WORK)
    assert full.status_code == 409
    answer = f"/work-offers/{offer['id']}/answer"
    declined = await casefile.good("POST", answer, {"answer": "declined"}, version=1, **WORK)
    assert declined["state"] == "declined"
    # It has no consequence: she stands where she stood, and is not asked again before those who were not.
    order = (await casefile.good("GET", f"{VACANCIES}/{vacancy['id']}/order", **WORK))["items"]
    assert order[0]["journey_id"] == farther["id"]
    lapsing = await casefile.good("POST", offers, {"journey_id": far["id"]}, **WORK)
    on("2026-12-21")
    await ring(casefile)
    shown = await casefile.good("GET", f"{VACANCIES}/{vacancy['id']}", **WORK)
    assert (shown["phase"], shown["places_left"]) == ("open_to_all", 1)
    listed = (await casefile.good("GET", f"/work-offers?vacancy_id={vacancy['id']}", **WORK))["items"]
    assert {each["id"]: each["state"] for each in listed} == {offer["id"]: "declined", lapsing["id"]: "lapsed"}
    picked = await casefile.good("POST", offers, {"journey_id": near["id"], "reason": "Lives next door"}, **WORK)
    taken = f"/work-offers/{picked['id']}/answer"
    await casefile.good("POST", taken, {"answer": "accepted"}, version=1, **WORK)
    on("2027-02-02")
    assert (await casefile.good("GET", f"{VACANCIES}/{vacancy['id']}", **WORK))["phase"] == "closed"
    assert failures(casefile) == []


@pytest.mark.full
async def test_the_order_shows_nobody_whom_the_caller_may_not_see(casefile: Casefile) -> None:
    on(START)
    vacancy = await casefile.good(
        "POST",
        VACANCIES,
        {"title": "Baker", "employer": "B", "scheme": "S", "places": 3, "opens_to_others_on": "2027-01-20"},
        **MANAGER,
    )
    far = await set_out(casefile, await someone(casefile, "Far"), never_worked=True)
    near_person = await someone(casefile, "Near")
    near = await set_out(casefile, near_person)
    await casefile.let_in(near_person["household_id"], "worker-2")
    other: dict[str, Any] = {**WORK, "actor": "worker-2"}
    (place,) = (await casefile.good("GET", f"{VACANCIES}/{vacancy['id']}/order", **other))["items"]
    assert (place["journey_id"], place["place"], place["of_how_many"]) == (near["id"], 2, 2)
    path = f"{VACANCIES}/{vacancy['id']}/offers"
    assert (await casefile("POST", path, {"journey_id": far["id"]}, **other)).status_code == 404
    assert (await casefile("GET", f"{JOURNEYS}/{far['id']}", **other)).status_code == 404
