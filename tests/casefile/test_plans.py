"""Plans through casefile's doors: their words, who does what, what was agreed, and what a shared copy shows."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit import clock
from kit.errors import Conflict, NotFound
from services.casefile.plans import commands, queries
from tests.casefile.doors import Casefile
from tests.service_doors import MANAGER

PLANS = "/plans"
TOM: dict[str, Any] = {"actor": "worker-1", "roles": ("universal_worker",)}
PRIYA: dict[str, Any] = {"actor": "priya", "roles": ("targeted_specialist",), "purpose": "targeted_support"}
DEBT = {"words": "I want to sleep without thinking of the rent", "by": "2027-03-01"}
RING = {"words": "Ring the landlord", "whose": "ours", "worker": "worker-1", "due_on": "2026-12-11"}
SORT = {"words": "Bring the letters", "whose": "theirs"}


async def begun(casefile: Casefile, *goals: dict[str, Any], **more: Any) -> Any:
    kelly = await casefile.person("Kelly", "Pike")
    whose = {"person_id": kelly["id"], "household_id": kelly["household_id"]}
    wanted = [*goals] or [{**DEBT, "actions": [RING, SORT]}]
    return await casefile.good("POST", PLANS, {**whose, "goals": wanted, **more}, **TOM)


async def agreed(casefile: Casefile, plan: Any, words: str = "That is me") -> Any:
    body = {"how": "face_to_face", "words": words}
    return await casefile.good("POST", f"{PLANS}/{plan['id']}/agreements", body, version=plan["version"], **TOM)


def told(casefile: Casefile) -> list[str]:
    wanted = ("plan", "goal", "task")
    return [each["type"].partition(".")[2] for each in casefile.announced() if each["type"].split(".")[1] in wanted]


@pytest.mark.full
async def test_a_plan_is_agreed_and_what_was_agreed_is_kept(casefile: Casefile) -> None:
    plan = await begun(casefile, what_matters="My girl", review_on="2027-01-15")
    assert (plan["state"], plan["agreed_number"], plan["changed_since_agreed"]) == ("draft", 0, False)
    assert [each["words"] for each in plan["actions"]] == ["Ring the landlord", "Bring the letters"]
    assert {each["goal_id"] for each in plan["actions"]} == {plan["goals"][0]["id"]}
    first = await agreed(casefile, plan)
    assert (first["state"], first["agreed_number"], first["changed_since_agreed"]) == ("agreed", 1, False)
    goal, (ring, sort) = first["goals"][0], first["actions"]
    path = f"{PLANS}/{plan['id']}"
    changes = {"words": "I want to sleep", "by": None}
    await casefile.good("PATCH", f"{path}/goals/{goal['id']}", changes, version=1, **TOM)
    await casefile.good("PATCH", f"{path}/actions/{ring['id']}", {"due_on": "2026-12-18"}, version=1, **TOM)
    let_go = {"state": "dropped", "words": "there are none"}
    await casefile.good("POST", f"{path}/actions/{sort['id']}/progress", let_go, version=1, **TOM)
    new = await casefile.good("POST", f"{path}/actions", {**SORT, "words": "Open the post"}, **TOM)
    now = await casefile.good("GET", path, **TOM)
    assert now["changed_since_agreed"] is True
    late = await casefile("POST", f"{path}/agreements", {}, version=first["version"], **TOM)
    assert (late.status_code, late.json()["current"]["goals"][0]["words"]) == (412, "I want to sleep")
    second = await agreed(casefile, now)
    assert second["changed_since_agreed"] is False
    versions = (await casefile.good("GET", f"{path}/agreements", **TOM))["items"]
    assert [(each["number"], each["how"], each["whole"], each["intact"]) for each in versions] == [
        (2, "face_to_face", True, True),
        (1, "face_to_face", True, True),
    ]
    assert [each["words"] for each in versions[1]["goals"]] == [DEBT["words"]]
    assert [each["due_on"] for each in versions[1]["actions"]] == ["2026-12-11", None]
    found = await casefile.good("GET", f"{path}/differences?before=1&after=2", **TOM)
    assert [
        (each["kind"], each["id"], each["was"], each["now"] and each["now"].get("words")) for each in found["changes"]
    ] == [
        ("goals", goal["id"], {"words": DEBT["words"], "by": "2027-03-01"}, "I want to sleep"),
        ("actions", ring["id"], {"due_on": "2026-12-11"}, None),
        ("actions", new["id"], None, "Open the post"),
        ("actions", sort["id"], found["changes"][3]["was"], None),
    ]
    assert found["changes"][3]["was"]["words"] == "Bring the letters"
    none = await casefile.good("GET", f"{path}/differences?before=2", **TOM)
    assert (none["after"], none["changes"]) == (None, [])
    assert (await casefile("GET", f"{path}/differences?before=3", **TOM)).status_code == 404
    assert told(casefile) == ["plan.agreed", "plan.agreed"]
    states = [each["data"] for each in casefile.announced("plan.agreed")]
    assert [(each["agreed_number"], each["how"], each["goals"], each["actions"]) for each in states] == [
        (1, "face_to_face", 1, 2),
        (2, "face_to_face", 1, 2),
    ]
    assert "sleep" not in str(states)


async def test_what_was_agreed_cannot_be_changed_unseen(casefile: Casefile) -> None:
    plan = await agreed(casefile, await begun(casefile))
    casefile.stored.execute("update plan_agreement set content = jsonb_set(content, '{goals,0,words}', '\"owe\"')")
    (version,) = (await casefile.good("GET", f"{PLANS}/{plan['id']}/agreements", **TOM))["items"]
    assert (version["goals"][0]["words"], version["intact"]) == ("owe", False)


@pytest.mark.full
async def test_goals_and_tasks_are_told_when_reached_and_when_not_after_all(casefile: Casefile) -> None:
    plan = await begun(casefile)
    goal, (ring, _) = plan["goals"][0], plan["actions"]
    path = f"{PLANS}/{plan['id']}"
    progress = f"{path}/actions/{ring['id']}/progress"
    today = clock.today()
    await casefile.good("POST", progress, {"state": "doing", "words": "left a message"}, version=1, **TOM)
    done = await casefile.good("POST", progress, {"state": "done"}, version=2, **TOM)
    assert (done["state"], done["done_on"]) == ("done", today.isoformat())
    again = await casefile("POST", progress, {"state": "done"}, version=3, **TOM)
    assert (again.status_code, again.json()["allowed"]) == (409, ["to_do", "doing"])
    back = await casefile.good("POST", progress, {"state": "to_do", "words": "wrong number"}, version=3, **TOM)
    assert (back["done_on"], [each["words"] for each in back["progress"]]) == (
        None,
        ["left a message", None, "wrong number"],
    )
    steps = f"{path}/goals/{goal['id']}/steps"
    tomorrow = (today + timedelta(days=1)).isoformat()
    assert (await casefile("POST", steps, {"to": "achieved", "on": tomorrow}, version=1, **TOM)).status_code == 422
    reached = await casefile.good("POST", steps, {"to": "achieved", "words": "She slept"}, version=1, **TOM)
    assert (reached["state"], reached["achieved_on"]) == ("achieved", today.isoformat())
    dropped = await casefile("POST", steps, {"to": "dropped", "words": "no more"}, version=2, **TOM)
    assert (dropped.status_code, dropped.json()["allowed"]) == (409, ["open"])
    assert (await casefile("POST", steps, {"to": "open"}, version=1, **TOM)).status_code == 412
    await casefile.good("POST", steps, {"to": "open", "words": "only once"}, version=2, **TOM)
    assert (await casefile("POST", steps, {"to": "dropped"}, version=3, **TOM)).status_code == 422
    await casefile.good("POST", steps, {"to": "dropped", "words": "moved away"}, version=3, **TOM)
    assert told(casefile) == ["task.completed", "task.reopened", "goal.achieved", "goal.reopened"]
    await casefile.hear_itself()
    page = await casefile.good("GET", f"/households/{plan['household_id']}/timeline?kind=goal", **TOM)
    assert [each["title"] for each in page["items"]] == [
        "A goal of the plan is open again",
        "A goal of the plan was reached",
    ]
    assert {each["record"] for each in page["items"]} == {f"/v1/casefile{path}"}


@pytest.mark.full
async def test_two_who_say_it_is_done_at_once_tell_it_once(casefile: Casefile) -> None:
    plan = await begun(casefile)
    progress = f"{PLANS}/{plan['id']}/actions/{plan['actions'][0]['id']}/progress"
    answers = await asyncio.gather(*(casefile("POST", progress, {"state": "done"}, version=1, **TOM) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [200, 412, 412, 412]
    assert told(casefile) == ["task.completed"]


@pytest.mark.full
async def test_a_person_has_one_living_plan_in_a_household(casefile: Casefile) -> None:
    plan = await begun(casefile)
    whose = {"person_id": plan["person_id"], "household_id": plan["household_id"]}
    assert (await casefile("POST", PLANS, whose, **TOM)).status_code == 409
    ended = await casefile.good("POST", f"{PLANS}/{plan['id']}/end", {"reason": "moved"}, version=1, **TOM)
    assert (ended["state"], ended["allowed"]) == ("ended", [])
    for way, body in (("goals", DEBT), ("actions", SORT)):
        assert (await casefile("POST", f"{PLANS}/{plan['id']}/{way}", body, **TOM)).status_code == 409
    next_ = await casefile.good("POST", PLANS, whose, **TOM)
    empty = await casefile("POST", f"{PLANS}/{next_['id']}/agreements", {}, version=1, **TOM)
    assert empty.status_code == 409
    stranger = await casefile.person("Wayne", "Pike")
    refused = await casefile("POST", PLANS, {**whose, "person_id": stranger["id"]}, **TOM)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/person_id")
    found = await casefile.good("GET", f"{PLANS}?household_id={plan['household_id']}", **TOM)
    assert [each["id"] for each in found["items"]] == [next_["id"], plan["id"]]


@pytest.mark.full
async def test_what_we_promised_waits_in_order_of_its_day(casefile: Casefile) -> None:
    later = {**RING, "words": "Write", "due_on": "2999-01-01"}
    whenever = {**RING, "words": "Ask", "due_on": None}
    plan = await begun(casefile, {**DEBT, "actions": [whenever, later, {**RING, "due_on": "2020-01-01"}, SORT]})
    found: list[Any] = []
    after: str | None = ""
    while after is not None:
        page = await casefile.good("GET", f"/plan-actions?limit=1{after and f'&after={after}'}", **TOM)
        found += page["items"]
        after = page["next"]
    assert [(each["words"], each["overdue"]) for each in found] == [
        ("Ring the landlord", True),
        ("Write", False),
        ("Ask", False),
    ]
    due = await casefile.good("GET", "/plan-actions?due_by=2026-01-01", **TOM)
    assert [each["plan_id"] for each in due["items"]] == [plan["id"]]
    # A manager looks after them; whoever is not around the household sees none of its promises.
    assert len((await casefile.good("GET", "/plan-actions?worker=worker-1", **MANAGER))["items"]) == 3
    assert (await casefile.good("GET", "/plan-actions?worker=worker-1", **PRIYA))["items"] == []


@pytest.mark.full
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({**SORT, "worker": "tom"}, "/worker"),
        ({**RING, "organisation_id": str(uuid4())}, "/organisation_id"),
        ({**SORT, "goal_id": str(uuid4())}, "/goal_id"),
        ({**SORT, "words": " "}, "/words"),
        ({**SORT, "part": "restricted"}, "/part"),
    ],
)
async def test_a_refusal_names_field_and_rule(casefile: Casefile, body: dict[str, Any], pointer: str) -> None:
    plan = await begun(casefile)
    refused = await casefile("POST", f"{PLANS}/{plan['id']}/actions", body, **TOM)
    assert refused.status_code == 422
    assert (refused.json()["errors"][0]["pointer"], bool(refused.json()["errors"][0]["rule"])) == (pointer, True)


# Compartments -----------------------------------------------------------------------------------------------------


async def test_a_compartments_goal_is_told_and_shown_to_nobody_else(casefile: Casefile) -> None:
    hidden = {"words": "To be safe when he knows where I am", "part": "abuse", "actions": [{**RING, "worker": "priya"}]}
    plan = await begun(casefile, hidden, {**DEBT, "actions": [SORT]})
    path = f"{PLANS}/{plan['id']}"
    await casefile.let_in(plan["household_id"], "priya", "abuse")
    hers = await casefile.good("GET", path, **PRIYA)
    assert [each["part"] for each in hers["goals"]] == ["abuse", "inside"]
    goal, action = hers["goals"][0], hers["actions"][0]
    assert action["part"] == "abuse"
    await casefile.good("POST", f"{path}/agreements", {}, version=plan["version"], **PRIYA)
    for who in (TOM, MANAGER):
        seen = [
            await casefile.good("GET", path, **who),
            await casefile.good("GET", f"{PLANS}?household_id={plan['household_id']}", **who),
            await casefile.good("GET", f"{path}/agreements", **who),
            await casefile.good("GET", f"{path}/shared-copy", **who),
            await casefile.good("GET", "/plan-actions?worker=priya", **who),
        ]
        assert "abuse" not in str(seen)
        assert "safe when" not in str(seen)
        assert goal["id"] not in str(seen)
        assert action["id"] not in str(seen)
    for way, body in (("steps", {"to": "achieved"}), ("", {"words": "x"})):
        target = f"{path}/goals/{goal['id']}" + (f"/{way}" if way else "")
        method = "POST" if way else "PATCH"
        unknown = target.replace(goal["id"], str(uuid4()))
        answers = [await casefile(method, each, body, version=1, **TOM) for each in (target, unknown)]
        assert [each.status_code for each in answers] == [404, 404]
        assert answers[0].json()["detail"] == answers[1].json()["detail"]
    await casefile.good("POST", f"{path}/goals/{goal['id']}/steps", {"to": "achieved"}, version=1, **PRIYA)
    progress = f"{path}/actions/{action['id']}/progress"
    await casefile.good("POST", progress, {"state": "done"}, version=1, **PRIYA)
    assert told(casefile) == ["plan.agreed"]
    (state,) = [each["data"] for each in casefile.announced("plan.agreed")]
    assert (state["goals"], state["actions"]) == (1, 1)
    # Whoever may not read it sees nothing changed, whatever became of it.
    await casefile.good("PATCH", f"{path}/goals/{goal['id']}", {"words": "Safe"}, version=2, **PRIYA)
    assert (await casefile.good("GET", path, **PRIYA))["changed_since_agreed"] is True
    assert (await casefile.good("GET", path, **TOM))["changed_since_agreed"] is False
    assert (await casefile.good("GET", f"{path}/differences?before=1", **TOM))["changes"] == []


async def test_what_is_put_into_a_compartment_is_gone_from_what_was_agreed(casefile: Casefile) -> None:
    plan = await agreed(
        casefile, await begun(casefile, {**DEBT, "words": "He must not find us", "actions": [SORT]}, DEBT)
    )
    path = f"{PLANS}/{plan['id']}"
    goal = plan["goals"][0]
    await casefile.good("PATCH", f"{path}/goals/{goal['id']}", {"part": "abuse"}, version=1, **TOM)
    seen = [await casefile.good("GET", f"{path}{way}", **TOM) for way in ("", "/agreements", "/differences?before=1")]
    assert "find us" not in str(seen)
    assert "Bring the letters" not in str(seen)
    assert (seen[0]["changed_since_agreed"], seen[2]["changes"]) == (False, [])
    assert seen[1]["items"][0]["intact"] is True


async def test_a_plan_of_somebody_kept_from_you_is_not_there(casefile: Casefile) -> None:
    plan = await begun(casefile)
    await casefile.person("Wayne", "Pike", household_id=plan["household_id"])
    hide = [(plan["person_id"], uuid4())]
    outside = {"actor": "stranger", "roles": ("universal_worker",)}
    for who in ({**TOM, "hide": hide}, outside):
        answers = [await casefile("GET", f"{PLANS}/{each}", **who) for each in (plan["id"], uuid4())]
        assert [each.status_code for each in answers] == [404, 404]
        assert answers[0].json()["detail"] == answers[1].json()["detail"]
        assert (await casefile.good("GET", f"{PLANS}?household_id={plan['household_id']}", **who))["items"] == []


# Shared -----------------------------------------------------------------------------------------------------------


async def test_a_shared_copy_names_nobody_and_tells_nothing_that_would_betray(casefile: Casefile) -> None:
    partner = {"words": "Look at the bills", "whose": "partners", "organisation_id": str(uuid4())}
    plan = await begun(
        casefile,
        {**DEBT, "actions": [RING, SORT, partner, {**RING, "words": "Speak to the IDVA about the refuge"}]},
        {"words": "Waxaan rabaa guri", "language": "so", "english": "I want a home"},
        {"words": "Waxaan rabaa nabad", "language": "so"},
        {"words": "Leave him for good", "shown_words": "Somewhere of my own"},
        {"words": "Stop the drinking"},
        {"words": "Be safe", "part": "abuse"},
        what_matters="My girl",
        review_on="2027-01-15",
    )
    path = f"{PLANS}/{plan['id']}/shared-copy"
    preview = await casefile.good("GET", path, **TOM)
    shared = preview["shared"]
    assert [each["words"] for each in shared["goals"]] == [DEBT["words"], "Waxaan rabaa guri", "Somewhere of my own"]
    assert [(each["words"], each["who"]) for each in shared["goals"][0]["actions"]] == [
        ("Ring the landlord", "we"),
        ("Bring the letters", "you"),
        ("Look at the bills", "somebody_else"),
    ]
    assert shared["goals"][1]["english"] == "I want a home"
    assert (shared["what_matters"], shared["review_on"], shared["agreed"]) == ("My girl", "2027-01-15", False)
    for told_ in (
        "worker-1",
        partner["organisation_id"],
        "IDVA",
        "refuge",
        "Leave",
        "drinking",
        "safe",
        plan["person_id"],
    ):
        assert told_ not in str(shared)
    assert [(each["kind"], each["why"], each["telling"]) for each in preview["left_out"]] == [
        ("goals", "not_in_english", []),
        ("goals", "telling_words", ["drinking"]),
        ("actions", "telling_words", ["idva", "refuge"]),
    ]
    async with casefile.unit() as unit:
        theirs = await queries.shared(unit, UUID(plan["id"]))
    assert theirs.model_dump(mode="json") == shared


async def test_an_answer_by_link_is_to_what_they_saw(casefile: Casefile) -> None:
    plan = await begun(casefile, {**DEBT, "actions": [SORT]}, {"words": "Stop the drinking"})
    id_ = UUID(plan["id"])
    async with casefile.unit(actor="link") as unit:
        await commands.answer_by_link(unit, id_, 1, agrees=False, words="Not the first one")
    shown = await casefile.good("GET", f"{PLANS}/{plan['id']}", **TOM)
    assert (shown["state"], shown["version"], shown["answers"][0]["words"]) == ("draft", 1, "Not the first one")
    await casefile.good("POST", f"{PLANS}/{plan['id']}/goals", {"words": "A job"}, **TOM)
    with pytest.raises(Conflict, match="changed since"):
        async with casefile.unit(actor="link") as unit:
            await commands.answer_by_link(unit, id_, 1, agrees=True, words=None)
    async with casefile.unit(actor="link") as unit:
        await commands.answer_by_link(unit, id_, 2, agrees=True, words="Yes")
        assert (await queries.shared(unit, id_)).agreed is True
    (version,) = (await casefile.good("GET", f"{PLANS}/{plan['id']}/agreements", **TOM))["items"]
    # They were not shown the second goal: they did not agree to it.
    assert (version["how"], version["whole"], version["recorded_by"], version["words"]) == (
        "link",
        False,
        "link",
        "Yes",
    )
    ended = await casefile.good("POST", f"{PLANS}/{plan['id']}/end", {"reason": "moved"}, version=3, **TOM)
    assert ended["state"] == "ended"
    async with casefile.unit(actor="link") as unit:
        with pytest.raises(NotFound):
            await queries.shared(unit, id_)
        with pytest.raises(NotFound):
            await commands.answer_by_link(unit, id_, ended["version"], agrees=True, words=None)


@pytest.mark.full
async def test_every_read_of_a_plan_is_on_record(casefile: Casefile) -> None:
    plan = await agreed(casefile, await begun(casefile))
    casefile.stored.execute("delete from audit_entry")
    path = f"{PLANS}/{plan['id']}"
    for way in (
        path,
        f"{path}/agreements",
        f"{path}/differences?before=1",
        f"{path}/shared-copy",
        PLANS,
        "/plan-actions",
    ):
        await casefile.good("GET", way, **TOM)
    rows = casefile.stored.rows("select record, person_ids from audit_entry order by id")
    assert [row["record"] for row in rows] == [f"plan/{plan['id']}"] * 5 + ["plan_actions"]
    assert {str(each) for row in rows for each in row["person_ids"]} == {plan["person_id"]}
