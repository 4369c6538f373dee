"""A separation declared while a subject access package is on its way: nothing goes out that was checked without it."""

from typing import Any
from uuid import UUID

import pytest

from tests.casefile.doors import Casefile
from tests.casefile.separation.scene import LEAD as WHO_LEADS
from tests.casefile.separation.scene import Scene, family, met, separated
from tests.casefile.test_rights import (
    ACCESS,
    GOVERN,
    LEAD,
    REVIEWER,
    RIGHTS,
    check_all,
    everyone_answers,
    held,
    items_of,
)


@pytest.fixture
async def scene(casefile: Casefile) -> Scene:
    """The family as it was, and who works with whom."""
    made = await family(casefile)
    await met(made)
    return made


async def checked(scene: Scene, **body: Any) -> Any:
    """His request, collected and all of it checked; nobody is kept apart yet."""
    casefile = scene.casefile
    request = await casefile.good("POST", ACCESS, {"person_id": scene.wayne, **body}, **GOVERN)
    request = await everyone_answers(casefile, request, triage=[held("What you told us", words="The house is loud")])
    return await check_all(casefile, request, **LEAD)


async def test_a_package_begun_before_is_looked_at_and_checked_again(scene: Scene) -> None:
    casefile = scene.casefile
    request = await checked(scene)
    body = {"protected_person_id": scene.kelly, "separated_person_id": scene.wayne}
    await scene.ada("POST", "/separations", body)
    # At once, before any event was heard; and in the specialist's list with the event.
    release = f"{ACCESS}/{request['id']}/release"
    assert (await casefile("POST", release, version=request["version"], **GOVERN)).status_code == 409
    assert (await casefile("GET", f"{ACCESS}/{request['id']}/items", **REVIEWER)).status_code == 404
    assert (await casefile.good("GET", f"{ACCESS}?specialist=true", **LEAD))["items"] == []
    await casefile.hear_itself()
    (waiting,) = (await casefile.good("GET", f"{ACCESS}?specialist=true", **LEAD))["items"]
    assert waiting["id"] == request["id"]
    # Whoever took it in is told nothing of why.
    seen = await casefile.good("GET", f"{ACCESS}/{request['id']}", **GOVERN)
    assert (seen["specialist_first"], seen["clearance"], seen["state"]) == (False, None, "checking")
    assert {each["verdict"] for each in await items_of(casefile, request, **LEAD)} == {None}
    clear = f"{RIGHTS}/{request['id']}/clearance"
    word = {"reason": "Nothing of where she is, the school or Ada"}
    cleared = await casefile.good("POST", clear, word, version=waiting["version"], **LEAD)
    assert (await casefile("POST", release, version=cleared["version"], **GOVERN)).status_code == 409
    again = await check_all(casefile, cleared, **LEAD)
    assert (await casefile.good("POST", release, version=again["version"], **GOVERN))["state"] == "released"


@pytest.mark.full
async def test_one_cleared_before_waits_for_the_specialist_again(scene: Scene) -> None:
    """An earlier separation was looked at; the one that came since was not."""
    casefile = scene.casefile
    await separated(scene, protected_person_id=str((await casefile.person("Ana", "Else"))["id"]))
    request = await casefile.good("POST", ACCESS, {"person_id": scene.wayne}, **GOVERN)
    clear = f"{RIGHTS}/{request['id']}/clearance"
    word = {"reason": "Nothing of Ana"}
    cleared = await casefile.good("POST", clear, word, version=request["version"], **LEAD)
    request = await check_all(casefile, await everyone_answers(casefile, cleared), **LEAD)
    await separated(scene)
    now = await casefile.good("GET", f"{ACCESS}/{request['id']}", **LEAD)
    assert (now["specialist_first"], now["clearance"]) == (True, None)
    release = f"{ACCESS}/{request['id']}/release"
    assert (await casefile("POST", release, version=now["version"], **GOVERN)).status_code == 409
    # A tie that comes later changes what is barred, and asks for no new look.
    cleared = await casefile.good("POST", clear, {"reason": "Nothing of either"}, version=now["version"], **LEAD)
    version = (await casefile.good("GET", f"/separations/{scene.separation}", **WHO_LEADS))["version"]
    change = {"keep_from": ["somebody-new"]}
    await casefile.good("PATCH", f"/separations/{scene.separation}", change, version=version, **WHO_LEADS)
    await casefile.hear_itself()
    now = await casefile.good("GET", f"{ACCESS}/{request['id']}", **LEAD)
    assert now["specialist_first"] is False


@pytest.mark.full
async def test_a_copy_that_was_released_is_not_given_once_more(scene: Scene) -> None:
    casefile = scene.casefile
    request = await checked(scene)
    release = f"{ACCESS}/{request['id']}/release"
    await casefile.good("POST", release, version=request["version"], **GOVERN)
    await casefile.good("GET", release, **GOVERN)
    await separated(scene)
    assert (await casefile("GET", release, **GOVERN)).status_code == 409
    (waiting,) = (await casefile.good("GET", f"{ACCESS}?specialist=true", **LEAD))["items"]
    word = {"reason": "He has had it since before"}
    await casefile.good("POST", f"{RIGHTS}/{request['id']}/clearance", word, version=waiting["version"], **LEAD)
    await casefile.good("GET", release, **GOVERN)


@pytest.mark.full
async def test_what_he_asks_for_the_child_waits_too_and_what_a_stranger_asks_does_not(scene: Scene) -> None:
    casefile = scene.casefile
    stranger = await casefile.person("Olga", "Nowak")
    parent = {"person_id": scene.leah, "asker": "parent", "asker_person_id": scene.wayne, "authority": "birth entry"}
    his = await casefile.good("POST", ACCESS, parent, **GOVERN)
    other = await casefile.good("POST", ACCESS, {"person_id": stranger["id"]}, **GOVERN)
    await separated(scene)
    waiting = (await casefile.good("GET", f"{ACCESS}?specialist=true", **LEAD))["items"]
    assert [each["id"] for each in waiting] == [his["id"]]
    rows = casefile.stored.rows("select id, guarded from rights_request")
    assert {row["id"]: row["guarded"] for row in rows} == {UUID(his["id"]): True, UUID(other["id"]): False}
