"""Going alone: in and out, overdue rings the duty manager; plans, never labels."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kit.errors import Conflict
from services.triage.lone_visits import domain
from services.triage.lone_visits.domain import State
from services.triage.meeting_plans import domain as planning
from tests.examples import examples
from tests.triage.desk import Desk, know, looks
from tests.triage.hub_day.day import APPOINTMENTS, FRIDAY, Day, appointment, booked, on_the_rota, problem, put

VISITS = "/v1/triage/lone-visits"
PLANS = "/v1/triage/meeting-plans"


def tom(day: Day) -> Desk:
    return day.desk.other(worker="tom", role="universal_worker", purpose="universal_support")


def going(**more: Any) -> dict[str, Any]:
    return {"hub": "heath", "where_to": "12 Elm Road, flat 3", "minutes": 60} | more


async def gone_in(day: Day, **more: Any) -> dict[str, Any]:
    answer = await tom(day).post(VISITS, going(**more))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def managers(day: Day, *who: str) -> None:
    for number, worker in enumerate(who):
        day.store.execute(
            "insert into known_worker (id, sequence, principal, roles, active, suspended)"
            " values (%s, 1, %s, '{manager}', true, false)",
            [UUID(int=number + 1), worker],
        )


@pytest.mark.full
async def test_in_and_out_and_nothing_rings(day: Day) -> None:
    visit = await gone_in(day)
    assert [each["id"] for each in (await day.host.get(VISITS)).json()["items"]] == [visit["id"]]
    problem(await tom(day).post(VISITS, going()), 409, "conflict")
    day.at(FRIDAY + timedelta(minutes=50))
    out = await tom(day).post(f"{VISITS}/{visit['id']}/checks", {"step": "out"})
    assert (out.status_code, out.json()["state"]) == (201, "out")
    assert await day.until(FRIDAY + timedelta(hours=9)) == 0
    problem(await tom(day).post(f"{VISITS}/{visit['id']}/checks", {"step": "out"}), 409, "conflict")
    await gone_in(day)


async def test_overdue_rings_the_duty_manager_and_then_every_manager(day: Day) -> None:
    managers(day, "hannah", "petra")
    await on_the_rota(day, "hannah", "duty_manager")
    visit = await gone_in(day)
    path = f"{VISITS}/{visit['id']}"
    assert await day.until(FRIDAY + timedelta(minutes=69)) == 0
    assert await day.until(FRIDAY + timedelta(minutes=71)) == 1
    (rings,) = (await day.manager.get(f"{VISITS}?rings=true")).json()["items"]
    assert (rings["state"], rings["rung"], rings["where_to"]) == ("overdue", ["hannah"], "12 Elm Road, flat 3")
    assert "Ring the worker" in rings["what_now"]
    assert await day.until(FRIDAY + timedelta(minutes=86)) == 1
    higher = (await day.manager.get(path)).json()
    assert (higher["state"], higher["rung"]) == ("escalated", ["hannah", "petra"])
    assert "999" in higher["what_now"]
    not_yet = problem(await day.manager.post(f"{path}/answers", {"step": "found", "found": "helped"}), 409, "conflict")
    assert not_yet["allowed"] == ["take"]
    taken = (await day.manager.post(f"{path}/answers", {"step": "take"})).json()
    assert taken["taken_by"] == "manager-1"
    other = day.manager.other(worker="manager-2")
    problem(await other.post(f"{path}/answers", {"step": "take"}), 409, "conflict")
    found = (await day.manager.post(f"{path}/answers", {"step": "found", "found": "safe_delayed"})).json()
    assert (found["state"], found["found"]) == ("out", "safe_delayed")


@pytest.mark.full
async def test_with_nobody_on_the_rota_every_manager_is_rung(day: Day) -> None:
    managers(day, "hannah", "petra")
    visit = await gone_in(day)
    await day.until(FRIDAY + timedelta(minutes=71))
    assert (await day.manager.get(f"{VISITS}/{visit['id']}")).json()["rung"] == ["hannah", "petra"]


@pytest.mark.full
async def test_whoever_is_taken_goes_no_higher(day: Day) -> None:
    visit = await gone_in(day)
    await day.until(FRIDAY + timedelta(minutes=71))
    await day.manager.post(f"{VISITS}/{visit['id']}/answers", {"step": "take"})
    assert await day.until(FRIDAY + timedelta(hours=5)) == 0


@pytest.mark.full
async def test_still_fine_stops_the_ringing_and_it_will_ring_again(day: Day) -> None:
    visit = await gone_in(day)
    await day.until(FRIDAY + timedelta(minutes=71))
    fine = await tom(day).post(f"{VISITS}/{visit['id']}/checks", {"step": "still_fine", "minutes": 30})
    assert (fine.json()["state"], fine.json()["rung_at"]) == ("in", None)
    assert (await day.manager.get(f"{VISITS}?rings=true")).json()["items"] == []
    assert await day.until(FRIDAY + timedelta(minutes=110)) == 0
    assert await day.until(FRIDAY + timedelta(minutes=112)) == 1


# Plans ----------------------------------------------------------------------------------------------------


def plan(person: UUID, *steps: str, **more: Any) -> dict[str, Any]:
    told = {"person_told": True, "review_on": (FRIDAY.date() + timedelta(days=90)).isoformat()}
    return {"person_id": str(person), "steps": list(steps), **told} | more


async def test_a_plan_is_read_before_somebody_goes(day: Day) -> None:
    person = uuid4()
    made = (await tom(day).post(PLANS, plan(person, "ring_before", words="The dog goes in the kitchen first."))).json()
    unread = problem(await tom(day).post(VISITS, going(person_id=str(person))), 409, "conflict")
    assert unread["allowed"] == ["meeting-plans"]
    (shown,) = (await tom(day).get(f"{PLANS}?person_id={person}")).json()
    assert (shown["steps"], shown["words"]) == (["ring_before"], "The dog goes in the kitchen first.")
    assert ("triage.meeting_plan.read", "meeting_plans", [person]) in looks(day.store)
    read = [{"plan_id": made["id"], "version": 1}]
    entry = {name: value for name, value in plan(person, "go_in_pairs").items() if name != "person_id"}
    changed = await put(tom(day), f"{PLANS}/{made['id']}", entry, if_match='"1"')
    assert changed.json()["version"] == 2
    # It has changed since it was read.
    problem(await tom(day).post(VISITS, going(person_id=str(person), plans_read=read)), 409, "conflict")
    read = [{"plan_id": made["id"], "version": 2}]
    alone = problem(await tom(day).post(VISITS, going(person_id=str(person), plans_read=read)), 409, "conflict")
    assert alone["allowed"] == ["accompanied_by"]
    await gone_in(day, person_id=str(person), plans_read=read, accompanied_by="ewa")


@pytest.mark.full
async def test_a_plan_to_meet_at_the_hub_lets_nobody_go(day: Day) -> None:
    person = uuid4()
    made = (await tom(day).post(PLANS, plan(person, "meet_at_hub"))).json()
    read = [{"plan_id": made["id"], "version": 1}]
    at_hub = await booked(day, appointment(person, FRIDAY + timedelta(days=3)))
    assert at_hub["plan_to_read"] is True
    home = await day.desk.post(APPOINTMENTS, appointment(person, FRIDAY + timedelta(days=4), kind="home_visit"))
    assert "meet at the hub" in problem(home, 409, "conflict")["detail"]
    refused = await tom(day).post(VISITS, going(person_id=str(person), plans_read=read, accompanied_by="ewa"))
    assert "private room" in problem(refused, 409, "conflict")["detail"]
    ended = await tom(day).send("DELETE", f"{PLANS}/{made['id']}", if_match='"1"')
    assert ended.json()["state"] == "ended"
    await gone_in(day, person_id=str(person))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"words": "Can be Violent when drunk"}, "a-plan-not-a-label"),
        ({"words": "difficult family"}, "a-plan-not-a-label"),
        ({"steps": []}, "a-plan-has-steps"),
        ({"person_told": False}, "told-or-why-not"),
        ({"not_told_because": "why?"}, "told-or-why-not"),
        ({"review_on": "2027-09-01"}, "review-within-six-months"),
        ({"review_on": "2026-12-04"}, "review-within-six-months"),
    ],
)
@pytest.mark.full
async def test_a_plan_says_what_to_do_never_what_they_are(day: Day, change: dict[str, Any], rule: str) -> None:
    refused = problem(await tom(day).post(PLANS, plan(uuid4(), "ring_before") | change), 422, "invalid")
    assert refused["errors"][0]["rule"] == rule


@pytest.mark.full
async def test_whoever_may_not_be_shown_is_not_but_the_worker_in_danger_is(day: Day) -> None:
    person = uuid4()
    visit = await gone_in(day, person_id=str(person))
    know(day.store, person, restricted=True)
    await day.until(FRIDAY + timedelta(minutes=71))
    (rings,) = (await day.manager.get(f"{VISITS}?rings=true")).json()["items"]
    assert (rings["id"], rings["person_id"]) == (visit["id"], None)
    assert (await tom(day).get(f"{PLANS}?person_id={person}")).json() == []


class Alone(RuleBasedStateMachine):
    """Whatever is done in whatever order: out is the end, and while somebody is in, something will ring."""

    @initialize()
    def goes_in(self) -> None:
        self.state = State.IN
        self.taken: str | None = None
        self.alarm = True

    def out(self) -> bool:
        return self.state == State.OUT

    @rule()
    def rings(self) -> None:
        if self.state == State.IN:
            self.state, self.alarm = State.OVERDUE, False

    @rule()
    def escalates(self) -> None:
        if self.state == State.OVERDUE and self.taken is None:
            self.state = State.ESCALATED

    @rule()
    def is_fine(self) -> None:
        if self.out():
            with pytest.raises(Conflict):
                domain.still_fine(self.state)
            return
        self.state, self.taken, self.alarm = domain.still_fine(self.state), None, True

    @rule()
    def goes_out(self) -> None:
        if self.out():
            with pytest.raises(Conflict):
                domain.out(self.state)
            return
        self.state = domain.out(self.state)

    @rule()
    def is_taken(self) -> None:
        if self.state in (State.OVERDUE, State.ESCALATED) and self.taken is None:
            domain.take(self.state, self.taken)
            self.taken = "manager"
            return
        with pytest.raises(Conflict):
            domain.take(self.state, self.taken)

    @rule()
    def is_found(self) -> None:
        if self.state in (State.OVERDUE, State.ESCALATED) and self.taken is not None:
            domain.check_found(self.state, self.taken)
            self.state = State.OUT
            return
        with pytest.raises(Conflict):
            domain.check_found(self.state, self.taken)

    @invariant()
    def never_forgotten(self) -> None:
        assert self.out() or self.alarm or self.state in (State.OVERDUE, State.ESCALATED)


TestAlone = Alone.TestCase
TestAlone.settings = settings(max_examples=examples(8, 60), stateful_step_count=15, deadline=None)


def test_a_label_is_found_as_a_word_and_not_inside_one() -> None:
    steps, day = [planning.PlanStep.RING_BEFORE], date(2026, 12, 4)
    for fine in ("Made the tea, madam", "Ring the nastyrtium bell", None):
        planning.check_plan(steps, fine, True, None, day + timedelta(days=1), day)
