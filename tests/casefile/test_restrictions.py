"""Restricted records, declared relatives, barred workers: to whom they are strangers, and to whom not."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from kit.store import access
from tests.casefile.doors import Casefile
from tests.service_doors import MANAGER

LEAD: dict[str, Any] = {"actor": "lead", "roles": ["safeguarding_lead"], "purpose": "safeguarding"}
WORKER: dict[str, Any] = {"actor": "w2", "roles": ["universal_worker"]}
REASON = "She works for the council herself"


def alike(here: httpx.Response, nowhere: httpx.Response) -> bool:
    ours = [{**each.json(), "instance": ""} if each.status_code >= 400 else each.json() for each in (here, nowhere)]
    return here.status_code == nowhere.status_code and ours[0] == ours[1]


async def stranger_to(casefile: Casefile, person: Any, **who: Any) -> bool:
    """Everything that can be asked about them answers as about somebody nobody knows."""
    nobody, home = str(uuid4()), str(uuid4())
    for method, path, body in (
        ("GET", "/people/{person}", None),
        ("GET", "/people?ids={person}", None),
        ("GET", "/households?person_id={person}", None),
        ("GET", "/known?person_id={person}", None),
        ("GET", "/households/{home}/timeline", None),
        ("GET", "/people/{person}/restriction", None),
        ("POST", "/access/conflicts", {"person_id": "{person}", "relation": "friend"}),
        ("POST", "/people/{person}/barred-workers", {"worker": "w9"}),
        ("POST", "/access/break-glass", {"person_id": "{person}", "reason": REASON}),
    ):
        answers = []
        for names in ({"person": person["id"], "home": person["household_id"]}, {"person": nobody, "home": home}):
            filled = body and {key: value.format(**names) for key, value in body.items()}
            answers.append(await casefile(method, path.format(**names), filled, **who))
        if not alike(*answers):
            return False
    found = await casefile.good("POST", "/people/search", {"name": "Zuleikha Marchetti"}, **who)
    return bool(found["people"] == [])


@pytest.fixture
async def zuleikha(casefile: Casefile) -> Any:
    return await casefile.person("Zuleikha", "Marchetti", date_of_birth="1990-06-01")


async def test_a_restricted_record_appears_to_those_named_and_to_the_lead_alone(
    casefile: Casefile, zuleikha: Any
) -> None:
    path = f"/people/{zuleikha['id']}/restriction"
    made = await casefile.good("POST", path, {"reason": REASON, "allowed": ["w2"]}, **LEAD)
    assert made["allowed"] == ["lead", "w2"]
    for who in ({}, MANAGER, {**LEAD, "purpose": "front_door"}, {**WORKER, "actor": "w3"}):
        if who.get("actor") == "lead":
            continue
        assert await stranger_to(casefile, zuleikha, **who), who
    for who in (WORKER, LEAD, {**LEAD, "actor": "another-lead"}):
        assert (await casefile("GET", f"/people/{zuleikha['id']}", **who)).status_code == 200, who
        found = await casefile.good("POST", "/people/search", {"name": "Zuleikha Marchetti"}, **who)
        assert [each["person_id"] for each in found["people"]] == [zuleikha["id"]]
    assert (await casefile("POST", path, {"reason": REASON}, **LEAD)).status_code == 409


async def test_who_is_named_changes_and_it_opens_again(casefile: Casefile, zuleikha: Any) -> None:
    path = f"/people/{zuleikha['id']}/restriction"
    await casefile.good("POST", path, {"reason": REASON, "allowed": ["w2"]}, **LEAD)
    await casefile.good("PUT", path, {"allowed": ["w3"]}, version=1, **LEAD)
    assert await stranger_to(casefile, zuleikha, **WORKER)
    assert (await casefile("PUT", path, {"allowed": []}, version=1, **LEAD)).status_code == 412
    await casefile.good("POST", f"{path}/lift", {"reason": "She left the council"}, version=2, **LEAD)
    found = await casefile.good("POST", "/people/search", {"name": "Zuleikha Marchetti"})
    assert [each["person_id"] for each in found["people"]] == [zuleikha["id"]]
    nothing = await casefile("POST", f"{path}/lift", {"reason": "She left the council"}, version=3, **LEAD)
    assert (nothing.status_code, nothing.json()["allowed"]) == (409, ["restrict"])


async def test_every_service_hears_who_is_restricted_and_who_sees_them(casefile: Casefile, zuleikha: Any) -> None:
    path = f"/people/{zuleikha['id']}/restriction"
    await casefile.good("POST", path, {"reason": REASON, "allowed": ["w2"]}, **LEAD)
    (event,) = casefile.announced("person.restricted")
    assert (event["data"]["restricted"], event["data"]["allowed_workers"]) == (True, ["lead", "w2"])
    assert REASON not in str(event)
    # The vault forgets them.
    assert [each.family for each in casefile.sealed_for_risk()[-1]] == [None]
    await casefile.hear_itself()
    (row,) = casefile.stored.rows("select * from known_team where code = 'restricted_allowed'")
    assert row["id"] == access.allowed_team(UUID(zuleikha["id"]))
    for actor, known in (("w2", True), ("w3", False)):
        async with casefile.unit(actor=actor) as unit:
            assert bool(await _known(unit, zuleikha["id"])) is known


async def _known(unit: Any, person_id: str) -> Any:
    try:
        return await access.person(unit, UUID(person_id))
    except Exception:
        return None


async def test_a_declared_relative_is_a_stranger_from_then_on(casefile: Casefile, zuleikha: Any) -> None:
    await casefile.let_in(zuleikha["household_id"], "w2")
    body = {"person_id": zuleikha["id"], "relation": "relative", "note": "My aunt"}
    made = await casefile.good("POST", "/access/conflicts", body, **WORKER)
    assert set(made) == {"id", "version"}
    assert await stranger_to(casefile, zuleikha, **WORKER)
    # Their own declarations they see; nothing else of it.
    mine = (await casefile.good("GET", "/access/conflicts", **WORKER))["items"]
    assert [(each["kind"], each["relation"]) for each in mine] == [("declared", "relative")]
    own = await casefile("POST", f"/access/conflicts/{made['id']}/end", {"reason": REASON}, version=1, **WORKER)
    assert own.status_code == 409
    await casefile.hear_itself()
    (state,) = casefile.announced("person.changed")
    assert state["data"]["barred_workers"] == ["w2"]
    ended = await casefile.good("POST", f"/access/conflicts/{made['id']}/end", {"reason": REASON}, version=1, **MANAGER)
    assert ended["version"] == 2
    assert (await casefile("GET", f"/people/{zuleikha['id']}", **WORKER)).status_code == 200


async def test_a_resident_bars_a_named_worker_who_learns_nothing(casefile: Casefile, zuleikha: Any) -> None:
    body = {"worker": "w2", "note": "Her neighbour"}
    path = f"/people/{zuleikha['id']}/barred-workers"
    # Only somebody who works with her writes it down.
    assert (await casefile("POST", path, body, **{**WORKER, "actor": "w3"})).status_code == 404
    await casefile.good("POST", path, body)
    assert (await casefile("POST", path, body)).status_code == 409
    assert await stranger_to(casefile, zuleikha, **WORKER)
    assert (await casefile.good("GET", "/access/conflicts", **WORKER))["items"] == []
    seen = (await casefile.good("GET", f"/access/conflicts?person_id={zuleikha['id']}", **MANAGER))["items"]
    assert [(each["worker"], each["kind"]) for each in seen] == [("w2", "barred")]
    # Whoever is registered again with her details is not told that she is here: the lead is.
    again = {"names": [{"given": "Zuleikha", "family": "Marchetti"}], "date_of_birth": "1990-06-01"}
    assert (await casefile("POST", "/people", again, **WORKER)).status_code == 201
    assert len(casefile.stored.rows("select * from match_review")) == 1


async def test_conflicts_take_no_places_in_a_search(casefile: Casefile, zuleikha: Any) -> None:
    await casefile.good("POST", "/access/conflicts", {"person_id": zuleikha["id"], "relation": "friend"}, **WORKER)
    twins = [await casefile.person("Zuleikha", "Marchetti", date_of_birth="1990-06-01") for _ in range(2)]
    found = await casefile.good("POST", "/people/search", {"name": "Zuleikha Marchetti", "limit": 2}, **WORKER)
    assert {each["person_id"] for each in found["people"]} == {each["id"] for each in twins}


async def test_a_conflict_holds_under_every_id(casefile: Casefile, zuleikha: Any) -> None:
    double = await casefile.person("Zula", "Marketti")
    body = {"survivor_id": zuleikha["id"], "reason": "the same woman"}
    await casefile.good("POST", f"/people/{double['id']}/merge", body, version=1)
    await casefile.good("POST", "/access/conflicts", {"person_id": zuleikha["id"], "relation": "friend"}, **WORKER)
    for each in (zuleikha, double):
        assert (await casefile("GET", f"/people/{each['id']}", **WORKER)).status_code == 404
