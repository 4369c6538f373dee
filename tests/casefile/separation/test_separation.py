"""Separating two people: one action, whom it bars, what it seals, and what it takes to lift it."""

import pytest

from services.casefile.separation import commands
from tests.casefile.doors import Casefile
from tests.casefile.facts import envelope, moment
from tests.casefile.separation.scene import (
    CLERK,
    HER,
    HIS,
    HIS_CASE,
    LEAD,
    OTHER,
    Scene,
    answer,
    family,
    fled,
    his_case,
    met,
    separated,
    unknown,
)


@pytest.fixture
async def scene(casefile: Casefile) -> Scene:
    """The family, and who spoke to whom."""
    made = await family(casefile)
    await met(made)
    return made


async def test_it_takes_two_ids_and_says_whom_it_seals_whom_it_bars_and_who_has_not_confirmed(scene: Scene) -> None:
    made = await separated(scene)
    assert set(made["sealed_people"]) == {scene.kelly, scene.leah, scene.tom}
    assert made["sealed_homes"] == [scene.home]
    assert {each["name"] for each in made["barred"]} == {HIS, CLERK, "triage-7", scene.wayne}
    assert made["trusted"] == [HER]
    assert made["awaiting"] == ["triage", "risk", "grants", "housing"]
    assert (await scene.ada("GET", f"/separations/{made['id']}"))["awaiting"] == made["awaiting"]


async def test_from_that_moment_his_officer_knows_nobody_of_them(scene: Scene) -> None:
    assert (await scene.as_(HIS, "GET", f"/people/{scene.kelly}")).status_code == 200
    await separated(scene)
    for id_ in (scene.kelly, scene.leah, scene.tom):
        mine = await scene.as_(HIS, "GET", f"/people/{unknown()}")
        assert answer(await scene.as_(HIS, "GET", f"/people/{id_}")) == answer(mine)
    assert (await scene.as_(HIS, "GET", f"/people/{scene.wayne}")).status_code == 200


@pytest.mark.full
async def test_her_specialist_and_the_rest_go_on_as_before(scene: Scene) -> None:
    await separated(scene)
    for who in (HER, OTHER):
        assert (await scene.as_(who, "GET", f"/people/{scene.kelly}")).status_code == 200


@pytest.mark.full
async def test_the_file_stays_with_her_and_he_has_a_home_of_his_own(scene: Scene) -> None:
    await separated(scene)
    assert scene.his_home != scene.home
    home = await scene.ada("GET", f"/households/{scene.home}")
    assert {each["person_id"] for each in home["members"] if each["until"] is None} == {
        scene.kelly,
        scene.leah,
        scene.tom,
    }
    person = (await scene.as_(HIS, "GET", f"/people/{scene.wayne}")).json()
    assert [each["household_id"] for each in person["households"]] == [scene.his_home]
    assert person["relationships"] == []


@pytest.mark.full
async def test_nothing_of_his_page_tells_who_did_it_or_why(scene: Scene) -> None:
    await separated(scene)
    page = (await scene.as_(HIS, "GET", f"/households/{scene.his_home}/timeline")).json()
    assert page["items"]
    assert {(each["actor"], each["purpose"]) for each in page["items"]} == {("system:casefile", "system_operations")}


@pytest.mark.full
async def test_said_twice_it_is_the_same_one(scene: Scene) -> None:
    made = await separated(scene)
    again = await separated(scene)
    assert again["id"] == made["id"]
    assert scene.casefile.stored.rows("select count(*) as n from separation")[0]["n"] == 1


@pytest.mark.full
async def test_who_takes_his_case_later_is_barred_by_it(scene: Scene) -> None:
    await separated(scene)
    assert (await scene.as_(HIS_CASE, "GET", f"/people/{scene.kelly}")).status_code == 200
    await his_case(scene)
    assert (await scene.as_(HIS_CASE, "GET", f"/people/{scene.kelly}")).status_code == 404


async def test_a_child_that_moves_in_later_is_sealed_in_that_very_moment(scene: Scene) -> None:
    await separated(scene)
    baby = await scene.casefile.person("Robin", "Brownlow", actor=HER, household_id=scene.home)
    assert (await scene.as_(HIS, "GET", f"/people/{baby['id']}")).status_code == 404
    assert (await scene.as_(OTHER, "GET", f"/people/{baby['id']}")).status_code == 200


@pytest.mark.full
async def test_where_she_flees_to_is_sealed_and_where_she_lived_stays_so(scene: Scene) -> None:
    await separated(scene)
    await fled(scene)
    for home in (scene.home, scene.refuge):
        assert (await scene.as_(HIS, "GET", f"/households/{home}")).status_code == 404
        assert (await scene.as_(OTHER, "GET", f"/households/{home}")).status_code == 200


@pytest.mark.full
async def test_who_holds_the_case_of_a_shared_home_is_barred_until_somebody_trusts_them(scene: Scene) -> None:
    await scene.casefile.good(
        "POST", f"/cases/{scene.case}/allocations", {"account_manager": "tess"}, version=1, actor=CLERK
    )
    await scene.casefile.hear_itself()
    made = await separated(scene)
    assert made["decide"] == ["tess"]
    assert (await scene.as_("tess", "GET", f"/people/{scene.kelly}")).status_code == 404
    trusted = {"trusted": [HER, "tess"]}
    await scene.ada("PATCH", f"/separations/{made['id']}", trusted, version=1)
    assert (await scene.as_("tess", "GET", f"/people/{scene.kelly}")).status_code == 200


@pytest.mark.full
async def test_whoever_dealt_with_him_once_is_let_off_after_a_month(scene: Scene) -> None:
    made = await separated(scene)
    scene.casefile.stored.execute(
        "update separation_bar set until = now() - interval '1 minute' where name = %s", [HIS]
    )
    async with scene.casefile.unit() as unit:
        await commands.expire(unit, made["id"])
    assert (await scene.as_(HIS, "GET", f"/people/{scene.kelly}")).status_code == 200


async def test_two_people_and_her_word_lift_it(scene: Scene) -> None:
    made = await separated(scene, word="Red kettle")
    path = f"/separations/{made['id']}"
    heard = {"heard_on": "2020-01-01", "how": "face_to_face", "alone": True, "words": "I want to see him again."}
    today = made["started_at"][:10]
    for wrong, status in (
        ({}, 422),
        ({"heard_on": today, "alone": False}, 422),
        ({"heard_on": today}, 403),
        ({"heard_on": today, "word": "blue kettle"}, 403),
    ):
        refused = await scene.as_(HER, "POST", f"{path}/lifting", {**heard, **wrong}, version=1)
        assert refused.status_code == status, wrong
    lead = {key: value for key, value in LEAD.items() if key != "actor"}
    assert (await scene.as_("ruth", "POST", f"{path}/lift", version=1, **lead)).status_code == 409
    asked = await scene.ada("POST", f"{path}/lifting", {**heard, "heard_on": today, "word": "red  KETTLE"}, version=1)
    assert asked["state"] == "standing"
    assert (await scene.as_(HER, "POST", f"{path}/lift", version=2)).status_code == 409
    assert (await scene.as_(HIS, "POST", f"{path}/lift", version=2)).status_code == 404
    assert (await scene.as_(HIS, "GET", f"/people/{scene.kelly}")).status_code == 404
    done = (await scene.as_("ruth", "POST", f"{path}/lift", version=2, **lead)).json()
    assert (done["state"], done["lifted_by"], done["lifting"]["asked_by"]) == ("lifted", "ruth", HER)
    assert (await scene.as_(HIS, "GET", f"/people/{scene.kelly}")).status_code == 200
    assert (await scene.as_(HER, "POST", f"{path}/lifting", {**heard, "heard_on": today}, version=3)).status_code == 409


@pytest.mark.full
async def test_those_kept_apart_are_never_one_person_nor_one_home_again(scene: Scene) -> None:
    await separated(scene)
    body = {"survivor_id": scene.kelly, "reason": "the same person, they said"}
    version = scene.casefile.stored.rows("select version from person where id = %s", [scene.wayne])[0]["version"]
    assert (await scene.as_(HER, "POST", f"/people/{scene.wayne}/merge", body, version=version)).status_code == 409
    back = await scene.as_(HER, "POST", f"/households/{scene.home}/members", {"person_id": scene.wayne})
    assert back.status_code == 409
    taken = await scene.as_(HER, "POST", f"/households/{scene.his_home}/members", {"person_id": scene.leah})
    assert taken.status_code == 409


@pytest.mark.full
async def test_a_second_record_of_hers_is_sealed_once_it_is_found_to_be_hers(scene: Scene) -> None:
    await separated(scene)
    double = await scene.casefile.person("Kelley", "Smith", actor=HER)
    body = {"survivor_id": scene.kelly, "reason": "her maiden name"}
    await scene.ada("POST", f"/people/{double['id']}/merge", body, version=1)
    assert (await scene.as_(HIS, "GET", f"/people/{double['id']}")).status_code == 404
    await scene.casefile.hear_itself()
    told = scene.casefile.announced("people.separated")[-1]["data"]["people"]
    assert double["id"] in {each["person_id"] for each in told if HIS in each["barred_workers"]}


@pytest.mark.full
async def test_every_service_hears_whole_states_and_its_word_counts(scene: Scene) -> None:
    made = await separated(scene)
    (event,) = scene.casefile.announced("people.separated")
    people = {each["person_id"]: each for each in event["data"]["people"]}
    assert set(people) == {scene.kelly, scene.leah, scene.tom, scene.wayne}
    assert people[scene.kelly]["separated_from"] == [scene.wayne]
    assert HIS in people[scene.leah]["barred_workers"]
    assert people[scene.wayne]["barred_workers"] == []
    assert set(people[scene.wayne]["separated_from"]) == {scene.kelly, scene.leah, scene.tom}
    said = [each["type"] for each in scene.casefile.announced("separation.applied")]
    assert said == ["casefile.separation.applied"]
    for service in ("triage", "housing"):
        data = {"separation_id": made["id"], "version": 1, "applied_at": moment()}
        await scene.casefile.take(envelope(f"{service}.separation.applied", data, subject=made["id"]))
    assert (await scene.ada("GET", f"/separations/{made['id']}"))["awaiting"] == ["risk", "grants"]


@pytest.mark.full
async def test_who_may_know_of_a_separation(scene: Scene) -> None:
    made = await separated(scene)
    lead = {key: value for key, value in LEAD.items() if key != "actor"}
    path = f"/separations/{made['id']}"
    assert (await scene.as_("ruth", "GET", path, **lead)).status_code == 200
    for who in (HIS, OTHER):
        assert answer(await scene.as_(who, "GET", path)) == answer(
            await scene.as_(who, "GET", f"/separations/{unknown()}")
        )
        assert (await scene.as_(who, "GET", "/separations")).json()["items"] == []
        assert (await scene.as_(who, "GET", f"/separations?person_id={scene.wayne}")).json()["items"] == []
    # Even who answers for safeguarding, once they have to do with him.
    await scene.ada("PATCH", path, {"keep_from": ["ruth"]}, version=1)
    assert (await scene.as_("ruth", "GET", path, **lead)).status_code == 404


@pytest.mark.full
async def test_a_page_shared_with_her_old_phone_opens_no_more(scene: Scene) -> None:
    scene.casefile.stored.execute(
        "insert into share (id, version, person_id, shows, way, word_salt, word_digest, until, made_by, made_at)"
        " values (gen_random_uuid(), 1, %s, '{plan}', 'sms', '', '', now() + interval '1 day', 'ada', now())",
        [scene.kelly],
    )
    await separated(scene)
    (row,) = scene.casefile.stored.rows("select withdrawn_by, version from share")
    assert (row["withdrawn_by"], row["version"]) == (HER, 2)
