"""A household at a glance: the same answers, under the same rights and on the same record, as asking part by part."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from kit import clock
from tests.casefile.doors import Casefile
from tests.casefile.work import STRANGER, case_of, worker
from tests.service_doors import MANAGER

W1 = worker("w1")
OUTSIDER = worker("outsider-1")


@pytest.fixture
async def home(casefile: Casefile) -> str:
    """A household of which every part says something."""
    case = await case_of(casefile, await casefile.person("Kelly", "Pike", contacts=[]))
    person, household = case["person_id"], str(case["household_id"])
    day = (clock.today() + timedelta(days=3)).isoformat()
    await casefile.good("POST", "/tasks", {"case_id": case["id"], "words": "Ring the landlord", "due_on": day}, **W1)
    goal = {"words": "I want to sleep without thinking of the rent", "by": "2027-03-01"}
    await casefile.good("POST", "/plans", {"person_id": person, "household_id": household, "goals": [goal]}, **W1)
    await casefile.good("POST", "/notes", {"household_id": household, "words": "She was at home."}, **W1)
    incident = {"incident_on": clock.today().isoformat(), "incident": "He shouted.", "guidance": "Two of you."}
    warning = await casefile.good("POST", "/warnings", {"person_id": person, "kind": "threat", **incident}, **W1)
    review = (clock.today() + timedelta(days=90)).isoformat()
    stands = {"stands": True, "reason": "I rang the school", "review_on": review}
    await casefile.good("POST", f"/warnings/{warning['id']}/decision", stands, version=1, **MANAGER)
    return household


async def _items(casefile: Casefile, path: str, who: dict[str, Any], **query: Any) -> Any:
    return (await casefile.good("GET", path, params=query, **who))["items"]


async def in_brief(casefile: Casefile, home: str, who: dict[str, Any]) -> dict[str, Any]:
    return {
        "household": await casefile.good("GET", f"/households/{home}", **who),
        "people": await casefile.good("GET", "/people", params={"household_id": home}, **who),
        "cases": await _items(casefile, "/cases", who, household_id=home, limit=20),
        "warnings": await _items(casefile, "/warnings", who, household_id=home, state="standing"),
    }


async def part_by_part(casefile: Casefile, home: str, who: dict[str, Any]) -> dict[str, Any]:
    front = await in_brief(casefile, home, who)
    story = await casefile("GET", f"/households/{home}/timeline", params={"limit": 30}, **who)
    opened = [each["id"] for each in front["cases"] if each["inside"]]
    due = {"case_id": opened[0], "state": "open", "limit": 10} if opened else None
    return front | {
        "plans": await _items(casefile, "/plans", who, household_id=home, limit=5),
        "tasks": await _items(casefile, "/tasks", who, **due) if due else [],
        "timeline": story.json()["items"] if story.status_code == 200 else None,
        "notes": await _items(casefile, "/notes", who, household_id=home, limit=5),
    }


def on_record(casefile: Casefile) -> list[tuple[Any, ...]]:
    """What was read since this was asked last, and of whom."""
    rows = casefile.stored.rows("select record, person_ids, actor, purpose from audit_entry")
    casefile.stored.execute("delete from audit_entry")
    return sorted((row["record"], sorted(map(str, row["person_ids"])), row["actor"], row["purpose"]) for row in rows)


EVERYONE = pytest.mark.parametrize("who", [W1, MANAGER, OUTSIDER], ids=["holder", "manager", "outsider"])
DOORS = ("in-brief", "at-a-glance")


@EVERYONE
async def test_it_says_what_its_parts_say_and_is_on_record_as_they_are(
    casefile: Casefile, home: str, who: dict[str, Any]
) -> None:
    on_record(casefile)
    wanted = await part_by_part(casefile, home, who)
    read = on_record(casefile)
    assert await casefile.good("GET", f"/households/{home}/at-a-glance", **who) == wanted
    assert on_record(casefile) == read
    inside = who is not OUTSIDER
    assert [bool(wanted[name]) for name in ("tasks", "plans", "timeline", "notes")] == [inside] * 4
    assert all(wanted[name] for name in ("household", "people", "cases", "warnings"))


@EVERYONE
async def test_in_brief_it_says_its_front_alone(casefile: Casefile, home: str, who: dict[str, Any]) -> None:
    on_record(casefile)
    wanted = await in_brief(casefile, home, who)
    read = on_record(casefile)
    assert await casefile.good("GET", f"/households/{home}/in-brief", **who) == wanted
    assert on_record(casefile) == read


@pytest.mark.parametrize("door", DOORS)
async def test_a_household_kept_from_somebody_is_as_one_that_is_not(casefile: Casefile, home: str, door: str) -> None:
    (person,) = casefile.stored.rows("select person_id from membership where household_id = %s", [home])
    casefile.restrict(str(person["person_id"]))
    on_record(casefile)
    kept = await casefile("GET", f"/households/{home}/{door}", **STRANGER)
    nothing = await casefile("GET", f"/households/{uuid4()}/{door}", **STRANGER)
    assert (kept.status_code, kept.json()["detail"]) == (404, nothing.json()["detail"])
    assert nothing.status_code == 404
    assert on_record(casefile) == []
