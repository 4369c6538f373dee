"""Cases: one open case a household, opened and joined by decisions, given, closed and reopened by people."""

import asyncio
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from kit.contracts.codes import Outcome
from kit.testing.databases import ServiceDatabase
from services.casefile.cases.domain import CLOSE_REASONS, opens_a_case
from services.casefile.people import commands, membership
from services.casefile.people.domain import Details, Name
from tests.casefile.doors import Casefile
from tests.casefile.facts import decided, moment
from tests.examples import examples
from tests.service_doors import MANAGER


async def cases(casefile: Casefile, **query: Any) -> list[Any]:
    return list((await casefile.good("GET", "/cases", params={"limit": 200, **query}))["items"])


@pytest.fixture
async def person(casefile: Casefile) -> Any:
    return await casefile.person()


@pytest.fixture
async def case(casefile: Casefile, person: Any) -> Any:
    """An open case nobody has yet."""
    assert set(await casefile.take(decided(person=person["id"], outcome="universal"))) == {"taken"}
    (opened,) = await cases(casefile)
    return opened


# Opened and joined by decisions ---------------------------------------------------------------------------


@pytest.mark.full
@pytest.mark.parametrize("outcome", ["universal", "targeted", "statutory"])
async def test_a_decision_opens_the_households_case(casefile: Casefile, person: Any, outcome: str) -> None:
    decision = decided(person=person["id"], outcome=outcome, specialism="debt" if outcome == "targeted" else None)
    await casefile.take(decision)
    (case,) = await cases(casefile)
    assert case["household_id"] == person["household_id"]
    assert (case["state"], case["layer"], case["episode"]) == ("open", outcome, 1)
    assert case["decision_ids"] == [decision["data"]["decision"]["decision_id"]]
    assert case["account_manager"] is case["lead"] is None
    (event,) = casefile.announced("case.opened")
    assert (event["subject"], event["actor"], event["purpose"]) == (case["id"], "triage-7", "universal_support")
    assert event["causationid"] == decision["id"]
    assert event["correlationid"] == decision["correlationid"]


@pytest.mark.full
@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {"universal", "targeted", "statutory"}))
async def test_the_other_outcomes_never_do(casefile: Casefile, person: Any, outcome: str) -> None:
    assert not opens_a_case(outcome, "final")
    assert set(await casefile.take(decided(person=person["id"], outcome=outcome))) == {"taken"}
    assert await cases(casefile) == []


@pytest.mark.full
@pytest.mark.parametrize("stage", ["contact", "screening"])
async def test_before_the_final_stage_a_decision_is_a_proposal(casefile: Casefile, person: Any, stage: str) -> None:
    assert set(await casefile.take(decided(person=person["id"], outcome="statutory", stage=stage))) == {"taken"}
    assert await cases(casefile) == []
    home = f"/households/{person['household_id']}/timeline"
    (line,) = (await casefile.good("GET", home, params={"kind": "contact"}))["items"]
    assert line["title"] == f"Decision ({stage}): statutory service"


@pytest.mark.full
async def test_a_further_decision_joins_and_the_strongest_layer_counts(casefile: Casefile, person: Any) -> None:
    layers = []
    for outcome, more in (
        ("targeted", {"specialism": "debt"}),
        ("universal", {}),
        ("statutory", {"statutory_service": "adult_social_care"}),
        ("targeted", {"specialism": "mental_health"}),
    ):
        await casefile.take(decided(person=person["id"], outcome=outcome, **more))
        (case,) = await cases(casefile)
        layers.append(case["layer"])
    assert layers == ["targeted", "targeted", "statutory", "statutory"]
    assert [each["layer"] for each in case["workstreams"]] == ["targeted", "universal", "statutory", "targeted"]
    assert case["workstreams"][0]["specialism"] == "debt"
    assert case["workstreams"][2]["statutory_service"] == "adult_social_care"
    assert len(set(case["decision_ids"])) == 4
    assert case["version"] == 4
    assert len(casefile.announced("case.workstream_added")) == 3


@pytest.mark.full
@pytest.mark.parametrize("closed", [False, True])
async def test_a_decision_again_changes_nothing(casefile: Casefile, case: Any, person: Any, closed: bool) -> None:
    if closed:
        await casefile.good("POST", f"/cases/{case['id']}/close", {"reason": "goals_met"}, version=1)
    before = await cases(casefile)
    same = decided(person=person["id"], decision_id=case["decision_ids"][0])
    assert set(await casefile.take(same)) == {"taken"}
    assert await cases(casefile) == before


async def test_a_new_decision_after_a_close_opens_a_new_case(casefile: Casefile, case: Any, person: Any) -> None:
    await casefile.good("POST", f"/cases/{case['id']}/close", {"reason": "goals_met"}, version=1)
    await casefile.take(decided(person=person["id"], outcome="targeted"))
    newest, earlier = await cases(casefile)
    assert (earlier["id"], earlier["state"], earlier["close_reason"]) == (case["id"], "closed", "goals_met")
    assert (newest["state"], newest["layer"], newest["episode"]) == ("open", "targeted", 1)
    assert newest["id"] != case["id"]


async def test_a_decision_about_someone_unknown_waits_for_them(casefile: Casefile) -> None:
    person_id = uuid4()
    waiting = decided(person=person_id)
    assert await casefile.take(waiting, kinds=["reactions"]) == ["later"]
    assert await casefile.take(decided(household=uuid4()), kinds=["reactions"]) == ["later"]
    assert await cases(casefile) == []
    assert casefile.stored.rows("select 1 from timeline_log union all select 1 from inbox") == []
    async with casefile.unit() as unit:
        row = commands.new_person(unit, Details(names=(Name("Late", "Comer"),)))
        row.id = person_id
        unit.session.add(row)
        await membership.place(unit, row, None)
    assert await casefile.take(waiting, kinds=["reactions"]) == ["taken"]
    assert len(await cases(casefile)) == 1


async def test_a_decision_about_nobody_is_for_a_person_to_look_at(casefile: Casefile) -> None:
    assert await casefile.take(decided(), kinds=["reactions"]) == ["dead"]
    (letter,) = casefile.stored.rows("select reason from dead_letter")
    assert "without a person or household" in letter["reason"]


async def test_a_named_household_comes_before_where_the_person_lives(casefile: Casefile, person: Any) -> None:
    other = await casefile.person("Sahra")
    await casefile.take(decided(person=person["id"], household=other["household_id"]))
    assert [each["household_id"] for each in await cases(casefile)] == [other["household_id"]]


@pytest.mark.full
async def test_a_decision_about_someone_merged_is_the_survivors(casefile: Casefile, person: Any) -> None:
    b, c = await casefile.person("Aamina"), await casefile.person("Amena")
    for one, into in ((person, b), (b, c)):
        body = {"survivor_id": into["id"], "reason": "the same"}
        await casefile.good("POST", f"/people/{one['id']}/merge", body, version=1)
    await casefile.take(decided(person=person["id"]), decided(person=b["id"]))
    (case,) = await cases(casefile)
    assert case["household_id"] == c["household_id"]
    assert len(case["workstreams"]) == 2


async def test_a_decision_typed_late_finds_the_household(casefile: Casefile, person: Any) -> None:
    # Decided on paper before anyone registered the person.
    assert set(await casefile.take(decided(person=person["id"], at=moment(3)))) == {"taken"}
    assert [each["household_id"] for each in await cases(casefile)] == [person["household_id"]]


async def test_decisions_at_once_make_one_case(casefile: Casefile, person: Any) -> None:
    decisions = [decided(person=person["id"], outcome="targeted") for _ in range(4)]
    fates = await asyncio.gather(*(casefile.take(each, kinds=["reactions"]) for each in decisions))
    assert fates == [["taken"]] * 4
    (case,) = await cases(casefile)
    assert len(case["workstreams"]) == 4
    events = casefile.announced("case.opened", "case.workstream_added")
    assert sorted(int(each["sequence"]) for each in events) == [1, 2, 3, 4]


# Given, closed, reopened ----------------------------------------------------------------------------------


async def test_a_case_is_given_to_a_manager_a_lead_or_both(casefile: Casefile, case: Any) -> None:
    path = f"/cases/{case['id']}/allocations"
    response = await casefile("POST", path, {"account_manager": "w2"}, version=1)
    assert (response.status_code, response.headers["etag"]) == (201, '"2"')
    assert response.headers["location"] == f"/v1/casefile/cases/{case['id']}"
    given = await casefile.good("POST", path, {"lead": "w3"}, version=2)
    assert (given["account_manager"], given["lead"]) == ("w2", "w3")
    (first, second) = casefile.announced("case.allocated")
    assert (first["data"]["account_manager"], first["data"]["lead"]) == ("w2", None)
    assert second["data"]["lead"] == "w3"
    refused = await casefile("POST", path, {}, version=3)
    assert [each["rule"] for each in refused.json()["errors"]] == ["someone-named"]


@pytest.mark.full
async def test_a_case_is_closed_with_a_reason_and_reopened_as_its_next_episode(casefile: Casefile, case: Any) -> None:
    path = f"/cases/{case['id']}"
    await casefile.good("POST", f"{path}/allocations", {"account_manager": "w2"}, version=1)
    closing = {"reason": "moved_away", "note": "To Essex"}
    closed = await casefile.good("POST", f"{path}/close", closing, version=2)
    assert (closed["state"], closed["close_reason"], closed["close_note"]) == ("closed", "moved_away", "To Essex")
    assert closed["closed_at"] is not None
    assert closed["allowed"] == ["reopen"]
    again = await casefile.good("POST", f"{path}/reopen", version=3)
    assert (again["state"], again["episode"], again["version"]) == ("open", 2, 4)
    assert again["closed_at"] is again["close_reason"] is again["close_note"] is None
    assert again["allowed"] == ["allocate", "close"]
    (earlier,) = again["episodes"]
    assert (earlier["episode"], earlier["close_reason"], earlier["close_note"]) == (1, "moved_away", "To Essex")
    assert earlier["opened_at"][:19] == case["opened_at"][:19]
    await casefile.good("POST", f"{path}/close", {"reason": "goals_met"}, version=4)
    third = await casefile.good("POST", f"{path}/reopen", version=5)
    assert [each["close_reason"] for each in third["episodes"]] == ["moved_away", "goals_met"]
    assert third["workstreams"] == case["workstreams"]


async def test_a_close_note_never_leaves_the_service(casefile: Casefile, case: Any) -> None:
    body = {"reason": "died", "note": "Found by her sister"}
    await casefile.good("POST", f"/cases/{case['id']}/close", body, version=1)
    assert "sister" not in str(casefile.announced())


@pytest.mark.full
@pytest.mark.parametrize("reason", CLOSE_REASONS)
async def test_every_reason_closes(casefile: Casefile, case: Any, reason: str) -> None:
    await casefile.good("POST", f"/cases/{case['id']}/close", {"reason": reason}, version=1)
    (event,) = casefile.announced("case.closed")
    assert event["data"]["close_reason"] == reason


async def test_an_unknown_reason_is_refused(casefile: Casefile, case: Any) -> None:
    refused = await casefile("POST", f"/cases/{case['id']}/close", {"reason": "tired of it"}, version=1)
    assert [(each["pointer"], each["rule"]) for each in refused.json()["errors"]] == [("/reason", "close-reason")]


@pytest.mark.full
@pytest.mark.parametrize(
    ("closed", "step", "body", "allowed"),
    [
        (False, "reopen", None, ["allocate", "close"]),
        (True, "close", {"reason": "died"}, ["reopen"]),
        (True, "allocations", {"lead": "w2"}, ["reopen"]),
    ],
)
async def test_an_impossible_step_says_what_is_allowed(
    casefile: Casefile, case: Any, closed: bool, step: str, body: Any, allowed: list[str]
) -> None:
    path = f"/cases/{case['id']}"
    if closed:
        await casefile.good("POST", f"{path}/close", {"reason": "goals_met"}, version=1)
    before = await casefile.good("GET", path)
    refused = await casefile("POST", f"{path}/{step}", body, version=before["version"])
    assert refused.status_code == 409
    assert refused.json()["allowed"] == allowed
    assert refused.json()["state"] == before["state"]
    assert await casefile.good("GET", path) == before


@pytest.mark.full
async def test_reopening_beside_another_open_case_is_refused(casefile: Casefile, case: Any, person: Any) -> None:
    await casefile.good("POST", f"/cases/{case['id']}/close", {"reason": "goals_met"}, version=1)
    await casefile.take(decided(person=person["id"]))
    refused = await casefile("POST", f"/cases/{case['id']}/reopen", version=2)
    assert refused.status_code == 409
    assert "another open case" in refused.json()["detail"]
    assert (await casefile.good("GET", f"/cases/{case['id']}"))["state"] == "closed"
    assert casefile.announced("case.reopened") == []


async def test_steps_name_their_version(casefile: Casefile, case: Any) -> None:
    for step, body in (("allocations", {"lead": "w"}), ("close", {"reason": "died"}), ("reopen", None)):
        path = f"/cases/{case['id']}/{step}"
        assert (await casefile("POST", path, body)).status_code == 428
        assert (await casefile("POST", path, body, version=9)).status_code == 412
        assert (await casefile("POST", f"/cases/{uuid4()}/{step}", body, version=1)).status_code == 404


@pytest.mark.full
async def test_of_two_closes_at_once_one_is_told(casefile: Casefile, case: Any) -> None:
    path = f"/cases/{case['id']}/close"
    answers = await asyncio.gather(*(casefile("POST", path, {"reason": "died"}, version=1) for _ in range(3)))
    assert sorted(each.status_code for each in answers) == [200, 412, 412]
    assert len(casefile.announced("case.closed")) == 1


# Lists ----------------------------------------------------------------------------------------------------


@pytest.mark.full
async def test_lists_filter_and_turn_pages(casefile: Casefile) -> None:
    people = [await casefile.person(name) for name in ("Amina", "Sahra", "Leyla", "Idris", "Omar")]
    for place, each in enumerate(people):
        await casefile.take(decided(person=each["id"], at=moment(place)))
    newest = await cases(casefile)
    assert [each["household_id"] for each in newest] == [each["household_id"] for each in people]
    mine, led, closed = newest[0], newest[1], newest[2]
    await casefile.good("POST", f"/cases/{mine['id']}/allocations", {"account_manager": "w2"}, version=1)
    await casefile.good("POST", f"/cases/{led['id']}/allocations", {"lead": "w2"}, version=1)
    await casefile.good("POST", f"/cases/{closed['id']}/close", {"reason": "died"}, version=1)
    for query, wanted in (
        ({"worker": "w2"}, [0, 1]),
        ({"worker": "w9"}, []),
        ({"unallocated": "true"}, [2, 3, 4]),
        ({"unallocated": "true", "state": "open"}, [3, 4]),
        ({"state": "closed"}, [2]),
        ({"household_id": people[3]["household_id"]}, [3]),
    ):
        found = [each["id"] for each in await cases(casefile, **query)]
        assert found == [newest[place]["id"] for place in wanted], query
    seen: list[str] = []
    path = "/v1/casefile/cases?limit=2"
    while path:
        response = await casefile("GET", path)
        seen += [each["id"] for each in response.json()["items"]]
        link = response.headers.get("link", "")
        path = link[1 : link.index(">")] if link else ""
    assert seen == [each["id"] for each in newest]
    assert (await casefile("GET", "/cases", params={"state": "ajar"})).status_code == 422


async def test_an_unknown_case_is_404(casefile: Casefile) -> None:
    assert (await casefile("GET", f"/cases/{uuid4()}")).status_code == 404


# Any sequence ---------------------------------------------------------------------------------------------


class Working(RuleBasedStateMachine):
    """Decisions and steps in any order, against a model of each case."""

    casefile: ClassVar[Casefile]
    runner: ClassVar[asyncio.Runner]

    households = Bundle("households")

    def __init__(self) -> None:
        super().__init__()
        self.person: dict[str, str] = {}
        self.cases: dict[str, dict[str, Any]] = {}

    def run(self, work: Any) -> Any:
        return self.runner.run(work)

    @rule(target=households)
    def meet(self) -> str:
        person = self.run(self.casefile.person("Amina", "Yusuf"))
        home: str = person["household_id"]
        self.person[home] = person["id"]
        return home

    @rule(
        home=households,
        outcomes=st.lists(st.sampled_from(sorted(Outcome)), min_size=1, max_size=3),
        at_once=st.booleans(),
    )
    def decide(self, home: str, outcomes: list[str], at_once: bool) -> None:
        decisions = [decided(person=self.person[home], outcome=outcome) for outcome in outcomes]

        async def take() -> None:
            if at_once:
                await asyncio.gather(*(self.casefile.take(each, kinds=["reactions"]) for each in decisions))
            else:
                await self.casefile.take(*decisions, kinds=["reactions"])

        self.run(take())
        opening = [each for each in decisions if opens_a_case(each["data"]["decision"]["outcome"], "final")]
        if not opening:
            return
        found = self.run(cases(self.casefile, household_id=home, state="open"))
        assert len(found) == 1
        known = self.cases.setdefault(
            found[0]["id"], {"home": home, "state": "open", "decisions": set(), "episode": 1, "version": 0}
        )
        known["decisions"] |= {each["data"]["decision"]["decision_id"] for each in opening}
        known["version"] += len(opening)

    @rule(step=st.sampled_from(["allocations", "close", "reopen"]), data=st.data())
    def work(self, step: str, data: st.DataObject) -> None:
        if not self.cases:
            return
        id_ = data.draw(st.sampled_from(sorted(self.cases)))
        known = self.cases[id_]
        body = {"allocations": {"lead": "w1"}, "close": {"reason": "goals_met"}, "reopen": None}[step]
        response = self.run(self.casefile("POST", f"/cases/{id_}/{step}", body, version=known["version"]))
        if response.status_code == 409 and response.json()["allowed"] == ["ask_approval"]:
            # Specialist and statutory work is closed by a manager, or with their approval.
            assert step == "close"
            response = self.run(self.casefile("POST", f"/cases/{id_}/close", body, version=known["version"], **MANAGER))
        possible = step in ("allocations", "close") if known["state"] == "open" else step == "reopen"
        if step == "reopen" and possible:
            possible = not any(
                each["home"] == known["home"] and each["state"] == "open" for each in self.cases.values()
            )
        assert response.is_success == possible, response.text
        if not possible:
            assert response.status_code == 409
            return
        known["version"] += 1
        if step == "close":
            known["state"] = "closed"
        elif step == "reopen":
            known["state"], known["episode"] = "open", known["episode"] + 1

    @invariant()
    def a_household_has_at_most_one_open_case(self) -> None:
        for home in self.person:
            found = self.run(cases(self.casefile, household_id=home))
            assert sum(each["state"] == "open" for each in found) <= 1
            assert {each["id"] for each in found} == {id_ for id_, known in self.cases.items() if known["home"] == home}
            for each in found:
                known = self.cases[each["id"]]
                assert (each["state"], each["episode"], each["version"]) == (
                    known["state"],
                    known["episode"],
                    known["version"],
                )
                assert set(each["decision_ids"]) == known["decisions"]
                assert {work["decision_id"] for work in each["workstreams"]} == known["decisions"]
                assert [past["episode"] for past in each["episodes"]] == list(range(1, each["episode"]))


@pytest.mark.full
@pytest.mark.timeout(240)
def test_any_sequence_of_decisions_and_steps(database: Any) -> None:
    stored: ServiceDatabase = database("casefile")
    with asyncio.Runner() as runner:
        opened = Casefile.opened(stored)
        Working.casefile, Working.runner = runner.run(opened.__aenter__()), runner
        try:
            run_state_machine_as_test(
                Working,
                settings=settings(
                    max_examples=examples(4, 30),
                    stateful_step_count=12,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
            assert_events_follow_the_rows(Working.casefile)
        finally:
            runner.run(opened.__aexit__(None, None, None))


def assert_events_follow_the_rows(casefile: Casefile) -> None:
    """The last event of each case says what its row says; versions count 1, 2, 3 ..."""
    events: dict[UUID, list[Any]] = {}
    for event in casefile.announced(
        "case.opened", "case.workstream_added", "case.allocated", "case.closed", "case.reopened"
    ):
        events.setdefault(UUID(event["subject"]), []).append(event)
    rows = {row["id"]: row for row in casefile.stored.rows("select * from case_file")}
    assert events.keys() == rows.keys()
    for id_, row in rows.items():
        assert [int(each["sequence"]) for each in events[id_]] == list(range(1, row["version"] + 1))
        last = events[id_][-1]["data"]
        for name in ("state", "layer", "account_manager", "lead", "episode", "close_reason"):
            assert last[name] == row[name], name
        assert last["decision_ids"] == [str(each) for each in row["decision_ids"]]
        assert (last["closed_at"] is None) == (row["closed_at"] is None)
