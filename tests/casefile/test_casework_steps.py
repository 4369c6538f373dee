"""Steps up to statutory teams and down from them: whoever holds the case holds on until somebody accepts by name."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from kit.contracts.codes import Urgency
from kit.store.timers import Timers
from services.casefile.app import SERVICE
from services.casefile.steps import domain
from tests.casefile.doors import Casefile
from tests.casefile.facts import decided
from tests.casefile.work import STRANGER, case_of, cases, known_worker, team, worker
from tests.examples import examples
from tests.service_doors import MANAGER

W1 = worker("w1")
SOCIAL = worker("social-1", "safeguarding_lead", "statutory_referral")
UP = {
    "direction": "up",
    "statutory_service": "children_social_care",
    "layer": "statutory",
    "to_worker": "social-1",
    "resident": "told",
    "reason": "She is not safe at night",
}
DOWN = {**UP, "direction": "down", "layer": "targeted", "specialism": "early_help", "to_worker": "w2"}


async def approved(casefile: Casefile, case: Any, kind: str, who: Any) -> None:
    """A manager who does not hold the case says yes."""
    body = {"kind": kind, "words": "Please look"}
    asked = await casefile.good("POST", f"/cases/{case['id']}/approvals", body, **who)
    await casefile.good("POST", f"/approvals/{asked['id']}/approval", {}, version=1, **MANAGER)


async def offered(casefile: Casefile, case: Any, body: Any = UP, who: Any = W1) -> Any:
    if body["direction"] == "down":
        await approved(casefile, case, "step_down", who)
    version = (await casefile.good("GET", f"/cases/{case['id']}", **MANAGER))["version"]
    return await casefile.good("POST", f"/cases/{case['id']}/steps", body, version=version, **who)


@pytest.mark.full
async def test_up_and_down_again_each_accepted_by_name(casefile: Casefile) -> None:
    case = await case_of(casefile, outcome="targeted", specialism="early_help")
    step = await offered(casefile, case)
    before = await casefile.good("GET", f"/cases/{case['id']}", **W1)
    # Offered is not done: the case is with whom it was, in the layer it was in.
    assert (before["account_manager"], before["lead"], before["layer"]) == ("w1", None, "targeted")
    accepted = await casefile.good("POST", f"/steps/{step['id']}/acceptance", **SOCIAL)
    assert (accepted["state"], accepted["accepted_by"]) == ("accepted", "social-1")
    up = await casefile.good("GET", f"/cases/{case['id']}", **SOCIAL)
    assert (up["account_manager"], up["lead"], up["layer"]) == ("w1", "social-1", "statutory")
    assert [each["statutory_service"] for each in up["workstreams"]] == [None, "children_social_care"]
    assert up["workstreams"][1]["decision_id"] == step["id"]
    again = await casefile("POST", f"/cases/{case['id']}/steps", UP, version=up["version"], **SOCIAL)
    assert again.status_code == 409

    back = await offered(casefile, case, DOWN, SOCIAL)
    await casefile.good("POST", f"/steps/{back['id']}/acceptance", **worker("w2", "targeted_specialist"))
    down = await casefile.good("GET", f"/cases/{case['id']}", **MANAGER)
    assert (down["account_manager"], down["lead"], down["layer"]) == ("w1", "w2", "targeted")
    assert [each["ended_on"] is None for each in down["workstreams"]] == [True, False, True]
    # Whoever it was with is of the team no longer.
    assert (await casefile.good("GET", f"/cases/{case['id']}/members", **MANAGER))["items"][1]["until"] is not None
    types = [each["type"].rpartition(".")[2] for each in casefile.announced("step.offered", "step.accepted")]
    assert types == ["offered", "accepted", "offered", "accepted"]
    assert "night" not in str(casefile.announced())


async def test_down_to_universal_support_ends_the_lead(casefile: Casefile) -> None:
    case = await case_of(casefile, outcome="statutory", statutory_service="children_social_care", lead="social-1")
    body = {**DOWN, "layer": "universal", "to_worker": "w2"}
    body.pop("specialism")
    step = await offered(casefile, case, body, SOCIAL)
    await casefile.good("POST", f"/steps/{step['id']}/acceptance", **worker("w2"))
    down = await casefile.good("GET", f"/cases/{case['id']}", **MANAGER)
    assert (down["account_manager"], down["lead"], down["layer"]) == ("w2", None, "universal")


@pytest.mark.full
async def test_to_a_team_whoever_accepts_first(casefile: Casefile) -> None:
    await team(casefile, "assessment", "social-1", "social-2")
    case = await case_of(casefile)
    step = await offered(casefile, case, {**UP, "to_worker": None, "to_team": "assessment"})
    second = {**SOCIAL, "actor": "social-2"}
    for who in (SOCIAL, second):
        (mine,) = (await casefile.good("GET", "/steps", params={"mine": "true"}, **who))["items"]
        assert mine["id"] == step["id"]
        assert (await casefile.good("GET", "/my-work", **who))["steps_offered"] == 1
    refused = await casefile("POST", f"/steps/{step['id']}/acceptance", **W1)
    assert refused.status_code == 409
    answers = await asyncio.gather(
        *(casefile("POST", f"/steps/{step['id']}/acceptance", **who) for who in (SOCIAL, second))
    )
    assert sorted(each.status_code for each in answers)[0] == 201
    assert sorted(each.status_code for each in answers)[1] in (404, 409)
    (row,) = await cases(casefile)
    assert row["lead"] in ("social-1", "social-2")
    assert len(row["workstreams"]) == 2


@pytest.mark.full
async def test_declined_withdrawn_or_the_receiver_gone_the_sender_holds_on(casefile: Casefile) -> None:
    case = await case_of(casefile)
    for ending in ("refusal", "withdrawal", "suspension"):
        step = await offered(casefile, case)
        if ending == "suspension":
            await known_worker(casefile, "social-1", suspended_at="2026-01-01T00:00:00Z")
        else:
            who = SOCIAL if ending == "refusal" else W1
            await casefile.good("POST", f"/steps/{step['id']}/{ending}", {"reason": "Not for us"}, **who)
        shown = await casefile.good("GET", f"/steps/{step['id']}", **W1)
        assert shown["state"] == {"refusal": "declined", "withdrawal": "withdrawn", "suspension": "lapsed"}[ending]
        held = await casefile.good("GET", f"/cases/{case['id']}", **W1)
        assert (held["account_manager"], held["lead"], held["layer"]) == ("w1", None, "universal")
    late = await casefile("POST", f"/steps/{step['id']}/acceptance", **SOCIAL)
    assert late.status_code in (403, 404, 409)


@pytest.mark.full
async def test_nobody_answers_and_a_manager_sees_it(casefile: Casefile) -> None:
    case = await case_of(casefile)
    step = await offered(casefile, case, {**UP, "urgency": "immediate"})
    assert (await casefile.good("GET", "/caseloads/summary", **MANAGER))["steps_unanswered"] == 0
    casefile.stored.execute(
        "update timer set due_at = now() - interval '1 minute' where name = 'casefile.step.unanswered'"
    )
    assert await Timers(casefile.database, "casefile", SERVICE.timers).fire_one()
    shown = await casefile.good("GET", f"/steps/{step['id']}", **W1)
    assert (shown["state"], shown["escalated_at"] is None) == ("offered", False)
    assert (await casefile.good("GET", "/caseloads/summary", **MANAGER))["steps_unanswered"] == 1
    await casefile.good("POST", f"/steps/{step['id']}/acceptance", **SOCIAL)
    assert (await casefile.good("GET", "/caseloads/summary", **MANAGER))["steps_unanswered"] == 0


@pytest.mark.full
@pytest.mark.parametrize(
    ("change", "status", "rule"),
    [
        ({"to_worker": None}, 422, "one-receiver"),
        ({"to_team": "assessment"}, 422, "one-receiver"),
        ({"resident": "not_told"}, 422, "reason-given"),
        ({"not_told_because": "x"}, 422, "reason-given"),
        ({"layer": "targeted"}, 422, "layer-of-step"),
        ({"to_worker": "w1"}, 422, "another-receiver"),
        ({**DOWN, "layer": "statutory"}, 422, "layer-of-step"),
        ({**DOWN, "specialism": None}, 422, "specialism"),
        (DOWN, 409, None),
    ],
)
async def test_what_does_not_fit_is_refused(casefile: Casefile, change: Any, status: int, rule: str | None) -> None:
    case = await case_of(casefile)
    answer = await casefile("POST", f"/cases/{case['id']}/steps", {**UP, **change}, version=2, **W1)
    assert answer.status_code == status, answer.text
    assert [each["rule"] for each in answer.json()["errors"]] == ([rule] if rule else [])


@pytest.mark.full
async def test_only_the_holder_or_a_manager_offers_and_one_step_at_a_time(casefile: Casefile) -> None:
    case = await case_of(casefile)
    await casefile.let_in(case["household_id"], "w5")
    path = f"/cases/{case['id']}/steps"
    assert (await casefile("POST", path, UP, version=2, **worker("w5"))).status_code == 403
    assert (await casefile("POST", path, UP, version=2, **STRANGER)).status_code == 404
    await offered(casefile, case, who=MANAGER)
    assert (await casefile("POST", path, UP, version=2, **W1)).status_code == 409
    assert (await casefile.good("GET", "/steps", **STRANGER))["items"] == []


@pytest.mark.parametrize(
    ("urgency", "begun", "due"),
    [
        (Urgency.IMMEDIATE, "2026-12-04T16:00:00+00:00", "2026-12-04T16:15:00+00:00"),
        (Urgency.TODAY, "2026-12-04T16:00:00+00:00", "2026-12-04T17:00:00+00:00"),
        # To the end of the next working day: not of the weekend, nor of Christmas.
        (Urgency.ROUTINE, "2026-12-04T16:00:00+00:00", "2026-12-08T00:00:00+00:00"),
        (Urgency.THIS_WEEK, "2026-12-24T16:00:00+00:00", "2026-12-30T00:00:00+00:00"),
    ],
)
def test_when_an_answer_is_due(urgency: Urgency, begun: str, due: str) -> None:
    found = domain.answer_due(datetime.fromisoformat(begun), urgency)
    assert found.astimezone(UTC) == datetime.fromisoformat(due) + timedelta(0)


class Stepping(RuleBasedStateMachine):
    """Steps offered and answered by anybody in any order, against a model of who holds the case."""

    casefile: ClassVar[Casefile]
    runner: ClassVar[asyncio.Runner]

    def __init__(self) -> None:
        super().__init__()
        self.case = self.run(case_of(self.casefile))
        self.lead: str | None = None
        self.statutory = False
        self.open: tuple[str, Any] | None = None

    def run(self, work: Any) -> Any:
        return self.runner.run(work)

    @rule(up=st.booleans())
    def offer(self, up: bool) -> None:
        body = UP if up else DOWN
        who = {**MANAGER}
        version = self.run(self.casefile.good("GET", f"/cases/{self.case['id']}", **MANAGER))["version"]
        answer = self.run(self.casefile("POST", f"/cases/{self.case['id']}/steps", body, version=version, **who))
        holder = sorted(each for each in ("w1", self.lead) if each)[0]
        possible = self.open is None and self.statutory != up and body["to_worker"] != holder
        assert answer.is_success == possible, answer.text
        if possible:
            self.open = (answer.json()["id"], body)

    @rule(who=st.sampled_from(["social-1", "w2", "w3"]), what=st.sampled_from(["acceptance", "refusal", "withdrawal"]))
    def answer(self, who: str, what: str) -> None:
        if self.open is None:
            return
        step, body = self.open
        caller = MANAGER if what == "withdrawal" else worker(who)
        said = None if what == "acceptance" else {"reason": "x"}
        answer = self.run(self.casefile("POST", f"/steps/{step}/{what}", said, **caller))
        possible = what == "withdrawal" or who == body["to_worker"]
        assert answer.is_success == possible, answer.text
        if not possible:
            return
        self.open = None
        if what == "acceptance":
            self.lead, self.statutory = who, body["direction"] == "up"

    @invariant()
    def it_is_with_whom_the_model_says(self) -> None:
        shown = self.run(self.casefile.good("GET", f"/cases/{self.case['id']}", **MANAGER))
        assert (shown["account_manager"], shown["lead"]) == ("w1", self.lead)
        assert (shown["layer"] == "statutory") == self.statutory


@pytest.mark.full
def test_any_sequence_of_steps(database: Any) -> None:
    with asyncio.Runner() as runner:
        opened = Casefile.opened(database("casefile"))
        Stepping.casefile, Stepping.runner = runner.run(opened.__aenter__()), runner
        try:
            run_state_machine_as_test(
                Stepping,
                settings=settings(
                    max_examples=examples(3, 20),
                    stateful_step_count=12,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(opened.__aexit__(None, None, None))


@pytest.mark.full
async def test_a_decision_meanwhile_joins_beside_it(casefile: Casefile) -> None:
    case = await case_of(casefile)
    step = await offered(casefile, case)
    await casefile.take(decided(person=case["person_id"], outcome="targeted", specialism="debt"))
    await casefile.good("POST", f"/steps/{step['id']}/acceptance", **SOCIAL)
    (row,) = await cases(casefile)
    assert [each["layer"] for each in row["workstreams"]] == ["universal", "targeted", "statutory"]
