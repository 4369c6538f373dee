"""Nobody restricted, and nobody hidden from the caller, appears anywhere, under any of their ids."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.casefile.people.search_index import set_searchable
from tests.casefile.doors import Casefile
from tests.casefile.facts import decided

SECRET = {
    "names": [{"given": "Zuleikha", "family": "Marchetti"}],
    "date_of_birth": "1990-06-01",
    "nhs_number": "9434765919",
    "addresses": [{"postcode": "RM8 2AB", "lines": ["The Refuge"]}],
}


@dataclass
class Scene:
    """A household with one who may be seen and one who may not, and another where the secret one lives alone."""

    casefile: Casefile
    seen: Any
    secret: Any
    alias: Any
    """Merged into the secret person."""
    alone: str
    """The household of the secret person only."""
    case: str
    """Its case."""
    hide: list[tuple[str, str]]

    @property
    def ids(self) -> set[str]:
        return {self.secret["id"], self.alias["id"]}

    async def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        return await self.casefile(method, path, body, hide=self.hide, **more)


@pytest.fixture(params=["restricted", pytest.param("hidden", marks=pytest.mark.full), "hidden by the alias"])
async def scene(request: pytest.FixtureRequest, casefile: Casefile) -> Scene:
    secret = await casefile.good("POST", "/people", SECRET)
    alone = secret["household_id"]
    home = (await casefile.person("Amina", "Yusuf"))["household_id"]
    seen = await casefile.person("Idris", "Yusuf", household_id=home)
    alias = await casefile.person("Zula", "Marketti", household_id=home)
    for body in (
        {"other_id": secret["id"], "kind": "partner"},
        {"other_id": alias["id"], "kind": "friend"},
    ):
        await casefile.good("POST", f"/people/{seen['id']}/relationships", body)
    await casefile.good("POST", f"/households/{home}/members", {"person_id": secret["id"], "moving": False})
    await casefile.good(
        "POST", f"/people/{alias['id']}/merge", {"survivor_id": secret["id"], "reason": "same woman"}, version=1
    )
    await casefile.take(decided(household=alone))
    (case,) = (await casefile.good("GET", "/cases"))["items"]
    await casefile.hear_itself()
    hide: list[tuple[str, str]] = []
    if request.param == "restricted":
        casefile.restrict(secret["id"])
    else:
        hidden = alias["id"] if request.param == "hidden by the alias" else secret["id"]
        hide = [(str(uuid4()), hidden)]
    return Scene(casefile, {**seen, "household_id": home}, secret, alias, alone, case["id"], hide)


def names_none_of(scene: Scene, response: httpx.Response) -> bool:
    told = (*scene.ids, "Zuleikha", "Zula", "Marchetti", "Refuge")
    return not any(each in response.text for each in told)


async def test_a_search_finds_others_as_if_they_were_not_there(scene: Scene) -> None:
    for query in (
        {"name": "Zuleikha Marchetti"},
        {"name": "Zula Marketti", "date_of_birth": "1990-06-01"},
        {"nhs_number": "9434765919"},
        {"postcode": "RM8 2AB"},
    ):
        found = await scene("POST", "/people/search", query)
        assert (found.status_code, found.json()) == (200, {"people": []}), query


@pytest.mark.full
async def test_a_search_gives_their_places_to_others(scene: Scene) -> None:
    twins = [await scene.casefile.person("Zuleikha", "Marchetti", date_of_birth="1990-06-01") for _ in range(3)]
    found = await scene("POST", "/people/search", {"name": "Zuleikha Marchetti", "limit": 3})
    assert {each["person_id"] for each in found.json()["people"]} == {each["id"] for each in twins}


async def test_their_record_answers_as_an_unknown_one(scene: Scene) -> None:
    unknown = uuid4()
    for id_ in scene.ids:
        for path in (
            f"/people/{id_}",
            f"/people?ids={id_}",
            f"/people/names?ids={id_}",
            f"/households?person_id={id_}",
            f"/known?person_id={id_}",
        ):
            mine, theirs = await scene("GET", path.replace(id_, str(unknown))), await scene("GET", path)
            assert answer(theirs) == answer(mine), path
        for method, path, body in (
            ("PATCH", f"/people/{id_}", {"languages": ["fr"]}),
            ("POST", f"/people/{id_}/merge", {"survivor_id": scene.seen["id"], "reason": "the same"}),
            ("POST", f"/people/{id_}/unmerge", {"reason": "not the same"}),
            ("POST", f"/people/{id_}/relationships", {"other_id": scene.seen["id"], "kind": "friend"}),
        ):
            there = await scene(method, path.replace(id_, str(unknown)), body, version=1)
            here = await scene(method, path, body, version=1)
            assert answer(here) == answer(there), path
            assert here.status_code == 404, path


@pytest.mark.full
async def test_nobody_is_merged_related_or_moved_to_them(scene: Scene) -> None:
    seen, home = scene.seen["id"], scene.seen["household_id"]
    for id_ in (*scene.ids, str(uuid4())):
        for path, body in (
            (f"/people/{seen}/merge", {"survivor_id": id_, "reason": "the same"}),
            (f"/people/{seen}/relationships", {"other_id": id_, "kind": "sibling"}),
            (f"/households/{home}/members", {"person_id": id_}),
            ("/households", {"person_ids": [seen, id_]}),
        ):
            assert answer(await scene("POST", path, body, version=1))[0] == 404, path


@pytest.mark.full
async def test_pages_about_others_leave_them_out(scene: Scene) -> None:
    seen, home = scene.seen["id"], scene.seen["household_id"]
    person = await scene("GET", f"/people/{seen}")
    assert person.json()["relationships"] == []
    household = await scene("GET", f"/households/{home}")
    assert seen in {each["person_id"] for each in household.json()["members"]}
    others = [f"/households?person_id={seen}", f"/households?ids={home}", f"/people?household_id={home}"]
    for response in (person, household, *[await scene("GET", each) for each in others]):
        assert response.status_code == 200
        assert names_none_of(scene, response)


@pytest.mark.full
async def test_several_people_come_without_them(scene: Scene) -> None:
    asked = [*scene.ids, scene.seen["id"]]
    found = await scene("GET", "/people?" + "&".join(f"ids={each}" for each in asked))
    assert [each["id"] for each in found.json()] == [scene.seen["id"]]
    named = await scene("GET", "/people/names?" + "&".join(f"ids={each}" for each in asked))
    assert [each["id"] for each in named.json()] == [scene.seen["id"]]


@pytest.mark.full
async def test_the_timeline_tells_no_line_about_them(scene: Scene) -> None:
    home = scene.seen["household_id"]
    page = await scene("GET", f"/households/{home}/timeline?limit=200")
    assert page.status_code == 200
    assert names_none_of(scene, page)
    assert [each["type"] for each in page.json()["items"]].count("casefile.person.registered") == 2
    # Pages are as long as if there were nothing else.
    first = await scene("GET", f"/households/{home}/timeline?limit=1")
    assert len(first.json()["items"]) == 1


@pytest.mark.full
async def test_a_household_of_theirs_alone_is_unknown(scene: Scene) -> None:
    unknown = str(uuid4())
    for method, path, body in (
        ("GET", "/households/{}", None),
        ("GET", "/households?ids={}", None),
        ("GET", "/people?household_id={}", None),
        ("GET", "/households/{}/timeline", None),
        ("POST", "/households/{}/members", {"person_id": scene.seen["id"]}),
        ("GET", "/cases?household_id={}", None),
    ):
        there = await scene(method, path.format(unknown), body)
        here = await scene(method, path.format(scene.alone), body)
        assert answer(here) == answer(there), path
    registered = await scene("POST", "/people", {"names": [{"given": "Jo"}], "household_id": scene.alone})
    assert registered.status_code == 404


@pytest.mark.full
async def test_a_case_of_theirs_alone_is_unknown(scene: Scene) -> None:
    assert (await scene("GET", "/cases")).json()["items"] == []
    unknown = str(uuid4())
    for method, path, body in (
        ("GET", "/cases/{}", None),
        ("POST", "/cases/{}/allocations", {"lead": "w2"}),
        ("POST", "/cases/{}/close", {"reason": "died"}),
        ("POST", "/cases/{}/reopen", None),
    ):
        there = await scene(method, path.format(unknown), body, version=1)
        here = await scene(method, path.format(scene.case), body, version=1)
        assert answer(here) == answer(there), path
        assert here.status_code == 404


@pytest.mark.full
async def test_what_is_not_shown_is_not_on_record_as_read(scene: Scene) -> None:
    home = scene.seen["household_id"]
    await scene.casefile.let_in(home, "reader")
    for path in (f"/people/{scene.seen['id']}", f"/households/{home}", f"/households/{home}/timeline"):
        await scene("GET", path, actor="reader")
    await scene("POST", "/people/search", {"name": "Zuleikha Marchetti"}, actor="reader")
    rows = scene.casefile.stored.rows("select person_ids from audit_entry where actor = 'reader'")
    assert len(rows) == 4
    assert not scene.ids & {str(each) for row in rows for each in row["person_ids"]}


async def test_a_merged_survivor_restricted_later_takes_those_inside_along(casefile: Casefile) -> None:
    a, b, c = [await casefile.person(f"Chain{word}", "Link") for word in ("one", "two", "three")]
    for mine, into in ((a, b), (b, c)):
        body = {"survivor_id": into["id"], "reason": "the same"}
        await casefile.good("POST", f"/people/{mine['id']}/merge", body, version=1)
    assert (await casefile("GET", f"/people/{a['id']}")).status_code == 200
    casefile.restrict(c["id"])
    for each in (a, b, c):
        assert (await casefile("GET", f"/people/{each['id']}")).status_code == 404


async def test_a_restricted_person_left_in_the_index_still_does_not_show(casefile: Casefile) -> None:
    person = await casefile.person("Zuleikha", "Marchetti")
    casefile.restrict(person["id"])
    async with casefile.unit() as unit:
        await set_searchable(unit.session, person["id"], True)
    assert (await casefile.good("POST", "/people/search", {"name": "Zuleikha Marchetti"}))["people"] == []


async def test_whoever_reviews_reads_sees_none_of_someone_hidden_from_them(casefile: Casefile) -> None:
    person = await casefile.person()
    path = f"/access/reads?person_id={person['id']}"
    assert (await casefile.good("GET", path))["items"]
    assert (await casefile.good("GET", path, hide=[(person["id"], uuid4())]))["items"] == []


def answer(response: httpx.Response) -> Any:
    """Status and words; the request's own id aside."""
    body = response.json()
    if isinstance(body, dict):
        body.pop("instance", None)
    return response.status_code, body, set(response.headers) - {"etag"}
