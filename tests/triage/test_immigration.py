"""Immigration: asked only where a decision turns on it, sealed, on no event; nobody without recourse is sent away."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from joserfc.jwk import OKPKey

from gateway.policy import Policy
from gateway.routes import purposes_of_actions
from kit.contracts.questions import QUESTIONS
from kit.contracts.roles import ROLES
from kit.errors import Conflict, Forbidden, Invalid
from kit.events import sealed
from kit.testing.databases import ServiceDatabase
from services.triage.immigration import domain
from services.triage.immigration.domain import Result, Route, State
from tests.triage.desk import Desk, events, know, looks, problem

ANSWERS = "/v1/triage/immigration-answers"
PERSON = uuid4()
KEYS = OKPKey.generate_key("X25519", {"kid": "triage"}, private=True)


@pytest.fixture
def officer(desk: Desk) -> Desk:
    """Once the application has started, which reads keys of its own."""
    sealed.use_keys("triage", {"keys": [KEYS.as_dict(private=True)]}, {"triage": KEYS.as_dict(private=False)})
    return desk.other(worker="marcus", role="housing_officer", purpose="homelessness")


async def asked(desk: Desk, **body: Any) -> httpx.Response:
    answer = {"person_id": str(PERSON), "turns_on": "homelessness_eligibility", "status": "leave_without_recourse"}
    return await desk.post(ANSWERS, {**answer, **body})


async def read(desk: Desk, turns_on: str = "homelessness_eligibility") -> httpx.Response:
    return await desk.get(f"{ANSWERS}?person_id={PERSON}&turns_on={turns_on}")


async def test_it_is_sealed_and_shown_for_its_decision_alone(officer: Desk, store: ServiceDatabase) -> None:
    kept = await asked(officer, valid_until="2027-01-31")
    assert kept.status_code == 201, kept.text
    assert "status" not in kept.json()
    (row,) = store.rows("select * from immigration_answer")
    assert "recourse" not in str(row).replace("no_recourse", "")
    answer = (await read(officer)).json()
    assert (answer["status"], answer["valid_until"], answer["no_recourse"]) == (
        "leave_without_recourse",
        "2027-01-31",
        True,
    )
    problem(await read(officer, "welfare_benefit"), 404, "not-found")
    assert events(store) == [], "nothing of it is on the bus"
    assert [each[0] for each in looks(store)] == ["triage.immigration.ask", "triage.immigration.read"]
    known = (await officer.get(f"/v1/triage/known?person_id={PERSON}")).json()
    assert known == [], "answer once does not spread it"


async def test_a_sealed_answer_is_bound_to_its_row(officer: Desk, store: ServiceDatabase) -> None:
    await asked(officer)
    await asked(officer, turns_on="welfare_benefit", status="settled")
    store.execute(
        "update immigration_answer set sealed = (select sealed from immigration_answer"
        " where turns_on = 'welfare_benefit') where turns_on = 'homelessness_eligibility'"
    )
    problem(await read(officer), 422, "cannot-open")


async def test_without_a_decision_it_is_not_asked(officer: Desk) -> None:
    for body in ({"turns_on": None}, {"turns_on": "curiosity"}):
        document = problem(await asked(officer, **body), 422, "invalid")
        assert document["errors"][0]["pointer"] == "/turns_on"


async def test_the_newest_answer_counts_and_who_is_kept_back_is(officer: Desk, store: ServiceDatabase) -> None:
    await asked(officer)
    await asked(officer, status="settled")
    assert (await read(officer)).json()["status"] == "settled"
    know(store, PERSON, barred=["marcus"])
    problem(await read(officer), 404, "not-found")


def test_no_question_of_answer_once_asks_for_it() -> None:
    assert not [code for code, words in QUESTIONS.items() if "immigration" in f"{code} {words}".casefold()]


def test_the_front_door_purpose_does_not_ask() -> None:
    assert "front_door" not in purposes_of_actions()["triage.immigration.ask"]
    assert "data_linkage" not in purposes_of_actions()["triage.immigration.read"]


def test_only_a_social_care_lead_records_a_duty_to_the_home_office() -> None:
    policy = Policy()
    action = "triage.no_recourse.record_home_office"
    able = {
        role
        for role in ROLES
        for purpose in purposes_of_actions()[action]
        if policy.allows(frozenset({role}), action, purpose)
    }
    assert able == {"safeguarding_lead"}


# The way --------------------------------------------------------------------------------------------------


async def route_of(officer: Desk) -> httpx.Response:
    made = await officer.post("/v1/triage/contacts", {"channel": "walk_in", "person_id": str(PERSON)})
    path = f"/v1/triage/contacts/{made.json()['id']}/no-recourse-routes"
    return await officer.send("POST", path, idempotency_key=str(uuid4()))


@pytest.mark.full
async def test_help_waits_for_nothing_and_closing_for_assessment_and_advice(
    officer: Desk, store: ServiceDatabase
) -> None:
    opened = await route_of(officer)
    assert opened.status_code == 201, opened.text
    way = opened.headers["location"]
    problem(await route_of(officer), 409, "conflict")
    helped = await officer.post(f"{way}/steps", {"destitution": ["food", "roof"]}, if_match='"1"')
    assert (helped.json()["destitution"], helped.json()["missing"]) == (["food", "roof"], ["assessment", "advice"])
    refused = problem(await officer.post(f"{way}/closure", {"reason": "moved_on"}, if_match='"2"'), 409, "conflict")
    assert refused["missing"] == ["assessment", "advice"]
    pending = await officer.post(f"{way}/steps", {"assessment": "children_act_s17"}, if_match='"2"')
    assert (pending.json()["assessment_result"], pending.json()["missing"]) == ("pending", ["assessment", "advice"])
    organisation = str(uuid4())
    last = {"assessment_result": "support", "advice_organisation_id": organisation}
    ready = await officer.post(f"{way}/steps", last, if_match='"3"')
    assert (ready.json()["assessment"], ready.json()["missing"]) == ("children_act_s17", [])
    closed = await officer.post(f"{way}/closure", {"reason": "support_agreed"}, if_match='"4"')
    assert closed.json()["state"] == "closed"
    problem(await officer.post(f"{way}/steps", {"destitution": ["food"]}, if_match='"5"'), 409, "conflict")
    assert (await route_of(officer)).status_code == 201, "another may be opened later"
    assert "no_recourse" not in json.dumps([each["type"] for each in events(store)])


async def test_nothing_is_sent_to_the_home_office(officer: Desk, store: ServiceDatabase) -> None:
    way = (await route_of(officer)).headers["location"]
    record = {"duty": "niaa_2002_sch_3_para_14", "reason": "support refused, appeal rights exhausted"}
    before = len(events(store))
    problem(await officer.post(f"{way}/home-office-records", record), 403, "forbidden")
    lead = officer.other(worker="ruth", role="safeguarding_lead", purpose="statutory_referral")
    problem(await lead.post(f"{way}/home-office-records", {**record, "duty": "suspicion"}), 422, "invalid")
    problem(await lead.post(f"{way}/home-office-records", {**record, "reason": "asked"}), 422, "invalid")
    kept = await lead.post(f"{way}/home-office-records", record)
    assert (kept.status_code, kept.json()["home_office_records"]) == (201, 1)
    assert len(events(store)) == before
    (row,) = store.rows("select home_office from no_recourse_route")
    assert [(each["by"], each["duty"]) for each in row["home_office"]] == [("ruth", "niaa_2002_sch_3_para_14")]


async def test_a_way_needs_a_person(officer: Desk) -> None:
    made = await officer.post("/v1/triage/contacts", {"channel": "walk_in"})
    path = f"/v1/triage/contacts/{made.json()['id']}/no-recourse-routes"
    problem(await officer.send("POST", path, idempotency_key="k"), 409, "conflict")


class EveryOrder(RuleBasedStateMachine):
    """In whatever order: help is never refused while it is open, and it does not close before it may."""

    @initialize()
    def opens(self) -> None:
        self.route = Route()
        self.said: set[str] = set()

    @rule(result=st.sampled_from([None, *Result]), helped=st.integers(0, 2), advised=st.booleans())
    def steps(self, result: Result | None, helped: int, advised: bool) -> None:
        try:
            after = domain.step(self.route, assessed=result, helped=helped, advised=advised)
        except Conflict:
            assert self.route.state is State.CLOSED or result is Result.PENDING
            return
        assert after.helped == self.route.helped + helped
        self.said |= {"advice"} if advised else set()
        self.said |= {"assessment"} if result in (Result.SUPPORT, Result.NO_SUPPORT) else set()
        self.route = after

    @rule(reason=st.sampled_from(["moved_on", "support_agreed", "they_ended_it"]))
    def closes(self, reason: str) -> None:
        try:
            self.route = domain.close(self.route, reason)
        except Conflict:
            return
        assert reason == "they_ended_it" or self.said == {"advice", "assessment"}

    @invariant()
    def what_is_missing_is_what_nobody_did(self) -> None:
        if hasattr(self, "route"):
            assert set(domain.missing(self.route)) == {"assessment", "advice"} - self.said


TestEveryOrder = EveryOrder.TestCase


def test_a_duty_is_recorded_with_its_reason_by_a_lead() -> None:
    with pytest.raises(Forbidden):
        domain.check_home_office(frozenset({"manager"}), "a good long reason")
    with pytest.raises(Invalid):
        domain.check_home_office(domain.SOCIAL_CARE_LEADS, "because")
