"""Tasks: what was promised by when, and whether the day was moved."""

from datetime import timedelta

import pytest

from kit import clock
from tests.casefile.doors import Casefile
from tests.casefile.work import STRANGER, case_of, known_worker, worker
from tests.service_doors import MANAGER

W1, W2 = worker("w1"), worker("w2")


def day(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


async def test_a_task_is_made_moved_and_done(casefile: Casefile) -> None:
    case = await case_of(casefile)
    body = {"case_id": case["id"], "words": "Ring the landlord", "due_on": day(2)}
    made = await casefile.good("POST", "/tasks", body, **W1)
    path = f"/tasks/{made['id']}"
    assert (made["owner"], made["state"], made["overdue"]) == ("w1", "open", False)
    moved = await casefile.good("PATCH", path, {"due_on": day(9)}, version=1, **W1)
    assert (moved["due_on"], moved["first_due_on"], moved["words"]) == (day(9), day(2), "Ring the landlord")
    assert (await casefile("PATCH", path, {"due_on": day(3)}, version=1, **W1)).status_code == 412
    done = await casefile.good("POST", f"{path}/done", {"words": "He agreed"}, version=2, **W1)
    assert (done["state"], done["ended_by"], done["ended_words"]) == ("done", "w1", "He agreed")
    for again in ("done", "dropped"):
        refused = await casefile("POST", f"{path}/{again}", {"words": "x"}, version=3, **W1)
        assert (refused.status_code, refused.json()["allowed"]) == (409, [])
    events = casefile.announced("case_task.made", "case_task.changed", "case_task.done")
    assert [each["data"]["state"] for each in events] == ["open", "open", "done"]
    assert "landlord" not in str(events)


async def test_dropping_says_why(casefile: Casefile) -> None:
    case = await case_of(casefile)
    made = await casefile.good("POST", "/tasks", {"case_id": case["id"], "words": "x", "due_on": day(0)}, **W1)
    assert (await casefile("POST", f"/tasks/{made['id']}/dropped", {}, version=1, **W1)).status_code == 422
    await casefile.good("POST", f"/tasks/{made['id']}/dropped", {"words": "She did it"}, version=1, **W1)


@pytest.mark.full
async def test_lists_are_mine_of_a_case_or_overdue(casefile: Casefile) -> None:
    case, other = await case_of(casefile), await case_of(casefile, holder="w2")
    for of, who, on in ((case, W1, 3), (case, W1, 1), (other, W2, 2)):
        await casefile.good("POST", "/tasks", {"case_id": of["id"], "words": "x", "due_on": day(on)}, **who)
    for_w2 = {"case_id": case["id"], "words": "x", "due_on": day(5), "owner": "w2"}
    await casefile.good("POST", "/tasks", for_w2, **W1)
    casefile.stored.execute("update case_task set due_on = %s where due_on = %s", [day(-1), day(1)])

    async def found(**query: str) -> list[tuple[str, str]]:
        items = (await casefile.good("GET", "/tasks", params=query, **MANAGER))["items"]
        return [(each["owner"], each["due_on"]) for each in items]

    assert await found() == [("w1", day(-1)), ("w2", day(2)), ("w1", day(3)), ("w2", day(5))]
    assert await found(overdue="true") == [("w1", day(-1))]
    assert await found(owner="w2") == [("w2", day(2)), ("w2", day(5))]
    assert await found(case_id=other["id"]) == [("w2", day(2))]
    # A task somebody gave them is theirs to see once they are of the team.
    assert [each["due_on"] for each in (await casefile.good("GET", "/tasks", **W2))["items"]] == [day(2)]
    work = await casefile.good("GET", "/my-work", **W1)
    assert (work["tasks_open"], work["tasks_overdue"], work["tasks_due"]) == (2, 1, 0)
    assert (await casefile.good("GET", "/tasks", **STRANGER))["items"] == []


async def test_what_cannot_be_promised(casefile: Casefile) -> None:
    case = await case_of(casefile)
    await known_worker(casefile, "gone", active=False)
    for change, rule in (
        ({"due_on": day(-1)}, "due-day"),
        ({"due_on": day(400)}, "due-day"),
        ({"owner": "gone"}, "receiver-may-act"),
    ):
        body = {"case_id": case["id"], "words": "x", "due_on": day(1), **change}
        refused = await casefile("POST", "/tasks", body, **W1)
        assert [each["rule"] for each in refused.json()["errors"]] == [rule]
