"""A list costs as many statements for many rows as for few."""

from typing import Any
from uuid import uuid4

import pytest

from tests.casefile.doors import Casefile, counted
from tests.casefile.facts import contact, decided, moment


async def statements(casefile: Casefile, method: str, path: str, body: Any = None, **more: Any) -> int:
    async with counted(casefile.database) as said:
        await casefile.good(method, path, body, **more)
    return len([each for each in said if "business_clock" not in each])


async def family(casefile: Casefile, size: int) -> list[Any]:
    """People of one household, each related to the first, with someone merged into each, a case and a story."""
    first = await casefile.person("Amina", "Yusuf")
    people = [first]
    for number in range(size):
        each = await casefile.person(f"Idris{number}", "Yusuf", household_id=first["household_id"])
        await casefile.good("POST", f"/people/{first['id']}/relationships", {"other_id": each["id"], "kind": "parent"})
        alias = await casefile.person(f"Edris{number}", "Yusuf")
        body = {"survivor_id": each["id"], "reason": "the same"}
        await casefile.good("POST", f"/people/{alias['id']}/merge", body, version=1)
        await casefile.take(decided(person=alias["id"], household=alias["household_id"], at=moment(number)))
        await casefile.take(contact("received", household=first["household_id"]))
        people.append(each)
    return people


@pytest.mark.parametrize("hide", [pytest.param(False, marks=pytest.mark.full), True])
async def test_lists_take_the_same_statements_for_few_and_for_many(casefile: Casefile, hide: bool) -> None:
    few = await family(casefile, 1)
    many = await family(casefile, 6)
    counts: dict[str, list[int]] = {}
    pairs = [(uuid4(), uuid4())] if hide else []
    for people in (few, many):
        home, first = people[0]["household_id"], people[0]["id"]
        for name, path in (
            ("people", "/people?" + "&".join(f"ids={each['id']}" for each in people)),
            ("names", "/people/names?" + "&".join(f"ids={each['id']}" for each in people)),
            ("of a household", f"/people?household_id={home}"),
            ("person", f"/people/{first}"),
            ("households", f"/households?person_id={people[1]['id']}"),
            ("several", "/households?" + "&".join(f"ids={each['household_id']}" for each in people)),
            ("household", f"/households/{home}"),
            ("timeline", f"/households/{home}/timeline"),
            ("cases", f"/cases?limit={len(people)}"),
            ("reads", f"/access/reads?person_id={first}"),
        ):
            counts.setdefault(name, []).append(await statements(casefile, "GET", path, hide=pairs))
    assert {name: few_many for name, few_many in counts.items() if few_many[0] != few_many[1]} == {}
    # One of them is the look at what a separation seals: the same one for everybody.
    assert max(count for each in counts.values() for count in each) <= 11


@pytest.mark.full
async def test_a_search_takes_the_same_statements_however_many_it_shows(casefile: Casefile) -> None:
    counts = []
    for more in (1, 8):
        for _ in range(more):
            await casefile.person("Amina", "Yusuf", date_of_birth="1997-05-02")
        query = {"name": "Amina Yusuf", "date_of_birth": "1997-05-02", "limit": 50}
        counts.append(await statements(casefile, "POST", "/people/search", query))
    assert counts[0] == counts[1]


async def test_registering_takes_few_statements(casefile: Casefile) -> None:
    body = {"names": [{"given": "Amina", "family": "Yusuf"}], "date_of_birth": "1997-05-02"}
    assert await statements(casefile, "POST", "/people", body) <= 20
