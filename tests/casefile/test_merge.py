"""Merging loses nothing: what was comes back, who was merged is found, and everyone is told."""

import asyncio
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kit.errors import Conflict
from kit.ids import new_id
from kit.testing.databases import ServiceDatabase
from services.casefile.people import commands, queries
from services.casefile.people.domain import Details, Name
from services.casefile.people.search import SearchQuery
from tests.casefile.doors import Casefile
from tests.casefile.test_membership import assert_states_match_rows
from tests.examples import examples

NHS, OTHER_NHS = "9434765919", "4505577104"
SAME = "They are the same person"


async def merge(casefile: Casefile, one: Any, into: Any, reason: str = SAME, version: int = 1) -> Any:
    body = {"survivor_id": into["id"], "reason": reason}
    return await casefile("POST", f"/people/{one['id']}/merge", body, version=version)


async def unmerge(casefile: Casefile, one: Any, version: int = 2) -> Any:
    return await casefile("POST", f"/people/{one['id']}/unmerge", {"reason": "They are two"}, version=version)


async def whole(casefile: Casefile) -> dict[str, list[dict[str, Any]]]:
    """Everything about people but versions, times, and the record of the merges themselves."""
    tables = {}
    for table, aside in (
        ("person", "version changed_at"),
        ("household", ""),
        ("membership", ""),
        ("relationship", ""),
        ("person_search", ""),
    ):
        rows = casefile.stored.rows(f"select to_jsonb(t) as row from {table} t order by t::text")
        tables[table] = [{k: v for k, v in each["row"].items() if k not in aside.split()} for each in rows]
    return {name: sorted(rows, key=str) for name, rows in tables.items()}


@pytest.mark.full
async def test_after_an_unmerge_everything_is_as_before(casefile: Casefile) -> None:
    a = await casefile.person("Amina", "Yusuf", nhs_number=NHS, contacts=[{"kind": "phone", "value": "07700900123"}])
    b = await casefile.person("Aamina", "Yousuf", date_of_birth="1997-05-02")
    child = await casefile.person("Idris", "Yusuf", household_id=a["household_id"])
    body = {"other_id": child["id"], "kind": "parent"}
    await casefile.good("POST", f"/people/{a['id']}/relationships", body)
    before = await whole(casefile)
    seen = {each["id"]: await casefile.good("GET", f"/people/{each['id']}") for each in (a, b)}
    merged = await merge(casefile, a, b)
    assert (merged.status_code, merged.headers["etag"]) == (200, '"2"')
    assert merged.json()["merged_into"] == b["id"]
    assert (await whole(casefile)) != before
    assert (await unmerge(casefile, a)).headers["etag"] == '"3"'
    assert await whole(casefile) == before
    for id_, view in seen.items():
        now = await casefile.good("GET", f"/people/{id_}")
        assert {**now, "version": 0} == {**view, "version": 0}


@pytest.mark.full
async def test_the_survivor_is_found_by_all_that_the_merged_one_was_found_by(casefile: Casefile) -> None:
    a = await casefile.person(
        "Zuleikha",
        "Marchetti",
        date_of_birth="1990-06-01",
        nhs_number=NHS,
        addresses=[{"postcode": "RM8 2AB", "uprn": "1234"}],
        contacts=[{"kind": "phone", "value": "07700900123"}],
    )
    b = await casefile.person("Quentin", "Abernathy")
    await merge(casefile, a, b)
    for query in (
        {"name": "Zuleikha Marchetti"},
        {"name": "Zuleikha Marchetti", "date_of_birth": "1990-06-01"},
        {"name": "Quentin Abernathy"},
        {"nhs_number": NHS},
        {"postcode": "RM8 2AB"},
        {"uprn": "1234"},
        {"phone": "07700900123"},
    ):
        found = await casefile.good("POST", "/people/search", query)
        assert [each["person_id"] for each in found["people"]] == [b["id"]], query
    await unmerge(casefile, a)
    for query, who in (({"nhs_number": NHS}, [a]), ({"name": "Quentin Abernathy"}, [b]), ({"uprn": "1234"}, [a])):
        found = await casefile.good("POST", "/people/search", query)
        assert [each["person_id"] for each in found["people"]] == [each["id"] for each in who]


async def test_both_are_on_record_and_the_event_names_the_survivor(casefile: Casefile) -> None:
    a, b = await casefile.person("Amina"), await casefile.person("Aamina")
    await merge(casefile, a, b)
    await unmerge(casefile, a)
    for action in ("merge", "unmerge"):
        rows = casefile.stored.rows("select * from audit_entry where action = %s", [f"casefile.person.{action}"])
        assert {str(each) for row in rows for each in row["person_ids"]} == {a["id"], b["id"]}
        (event,) = casefile.announced(f"person.{action}d")
        assert (event["subject"], event["data"]["survivor_id"]) == (a["id"], b["id"])
    merged, unmerged = casefile.announced("person.merged", "person.unmerged")
    assert merged["data"]["merged_into"] == b["id"]
    assert unmerged["data"]["merged_into"] is None
    (record,) = casefile.stored.rows("select * from merge")
    assert (record["reason"], record["unmerge_reason"]) == (SAME, "They are two")
    assert (record["merged_by"], record["unmerged_by"]) == ("worker-1", "worker-1")


@pytest.mark.full
async def test_the_survivor_leads_to_those_inside_through_any_number_of_merges(casefile: Casefile) -> None:
    a, b, c = [await casefile.person(name, "Link") for name in ("Anneliese", "Bronwen", "Cosima")]
    assert (await merge(casefile, a, b)).status_code == 200
    assert (await merge(casefile, b, c)).status_code == 200
    view = await casefile.good("GET", f"/people/{c['id']}")
    assert set(view["also_known_as_ids"]) == {a["id"], b["id"]}
    for name in ("Anneliese", "Bronwen", "Cosima"):
        found = await casefile.good("POST", "/people/search", {"name": f"{name} Link"})
        assert found["people"][0]["person_id"] == c["id"], name
    homes = await casefile.good("GET", f"/households?person_id={c['id']}")
    assert {each["id"] for each in homes} == {each["household_id"] for each in (a, b, c)}
    reads = await casefile.good("GET", f"/access/reads?person_id={c['id']}")
    assert f"person/{a['id']}" in {each["record"] for each in reads["items"]}
    # Taking out the one in the middle leaves the first with them.
    assert (await unmerge(casefile, b)).status_code == 200
    found = await casefile.good("POST", "/people/search", {"name": "Anneliese Link"})
    assert found["people"][0]["person_id"] == b["id"]
    assert (await casefile.good("GET", f"/people/{c['id']}"))["also_known_as_ids"] == []


@pytest.mark.full
async def test_whoever_is_taken_out_of_the_inside_takes_their_names_along(casefile: Casefile) -> None:
    a, b, c = [await casefile.person(name, "Link") for name in ("Anneliese", "Bronwen", "Cosima")]
    await merge(casefile, a, b)
    await merge(casefile, b, c)
    assert (await unmerge(casefile, a)).status_code == 200
    for name, who in (("Anneliese", a), ("Bronwen", c), ("Cosima", c)):
        found = await casefile.good("POST", "/people/search", {"name": f"{name} Link"})
        best = [each["person_id"] for each in found["people"] if each["score"] > 0.99]
        assert best == [who["id"]], name
    assert (await casefile.good("GET", f"/people/{c['id']}"))["also_known_as_ids"] == [b["id"]]


async def test_someone_merged_is_merged_no_further_and_nobody_into_them(casefile: Casefile) -> None:
    a, b, c = [await casefile.person(name) for name in ("Amina", "Sahra", "Leyla")]
    await merge(casefile, a, b)
    for one, into, version in ((c, a, 1), (a, c, 2), (b, a, 1)):
        refused = await merge(casefile, one, into, version=version)
        assert (refused.status_code, refused.json()["merged_into"]) == (409, b["id"])
    assert (await unmerge(casefile, b, version=1)).status_code == 409
    assert (await merge(casefile, c, c)).status_code == 422


async def test_someone_merged_is_not_changed_nor_moved(casefile: Casefile) -> None:
    a, b = await casefile.person("Amina"), await casefile.person("Aamina")
    await merge(casefile, a, b)
    before = await whole(casefile)
    for method, path, body in (
        ("PATCH", f"/people/{a['id']}", {"languages": ["so"]}),
        ("POST", f"/households/{b['household_id']}/members", {"person_id": a["id"]}),
        ("POST", "/households", {"person_ids": [a["id"]]}),
    ):
        refused = await casefile(method, path, body, version=2)
        assert (refused.status_code, refused.json()["merged_into"]) == (409, b["id"]), path
    assert await whole(casefile) == before


@pytest.mark.full
@pytest.mark.parametrize("field", ["nhs_number", "nino", "upn"])
@pytest.mark.parametrize("inside", [False, True])
async def test_different_numbers_need_a_reason(casefile: Casefile, field: str, inside: bool) -> None:
    numbers = {
        "nhs_number": (NHS, OTHER_NHS),
        "nino": ("AB123456C", "CE654321D"),
        "upn": ("H801200001001", "X801200001002"),
    }
    mine, theirs = numbers[field]
    a = await casefile.person("Amina", **{field: mine})
    b = await casefile.person("Aamina", **{field: theirs})
    if inside:
        # The number of someone merged into the survivor counts as theirs.
        stands = await casefile.person("Mina")
        await merge(casefile, b, stands)
        b = stands
    refused = await merge(casefile, a, b, reason="the same")
    assert refused.status_code == 409
    assert refused.json()["conflicting"] == [
        {"nhs_number": "nhs_number", "nino": "national_insurance_number", "upn": "upn"}[field]
    ]
    assert mine not in refused.text
    assert theirs not in refused.text
    assert (await merge(casefile, a, b, reason="   short    ")).status_code == 409
    assert (await merge(casefile, a, b, reason="Issued a new one after adoption")).status_code == 200


async def test_equal_numbers_and_one_missing_need_none(casefile: Casefile) -> None:
    a = await casefile.person("Amina", nhs_number=NHS)
    b = await casefile.person("Aamina", nhs_number=NHS, nino="AB123456C")
    assert (await merge(casefile, a, b, reason="yes")).status_code == 200


async def test_a_merge_names_its_version(casefile: Casefile) -> None:
    a, b = await casefile.person("Amina"), await casefile.person("Aamina")
    body = {"survivor_id": b["id"], "reason": SAME}
    assert (await casefile("POST", f"/people/{a['id']}/merge", body)).status_code == 428
    assert (await merge(casefile, a, b, version=7)).status_code == 412
    assert (await merge(casefile, a, b)).status_code == 200
    assert (await casefile("POST", f"/people/{a['id']}/unmerge", {"reason": SAME})).status_code == 428
    assert (await unmerge(casefile, a, version=1)).status_code == 412


async def test_two_merges_of_the_same_two_at_once_leave_one_standing(casefile: Casefile) -> None:
    a, b = await casefile.person("Amina"), await casefile.person("Aamina")
    answers = await asyncio.gather(merge(casefile, a, b), merge(casefile, b, a))
    assert sorted(each.status_code for each in answers) == [200, 409]
    assert len(casefile.stored.rows("select 1 from person where merged_into is not null")) == 1


# Any sequence of merges -----------------------------------------------------------------------------------

NAMES = st.sampled_from(["Anneliese", "Bronwen", "Cosima", "Desdemona", "Evangeline", "Guinevere", "Jedediah"])


class Merging(RuleBasedStateMachine):
    """Registers, changes, merges and unmerges people against a model of who is whom."""

    casefile: ClassVar[Casefile]
    runner: ClassVar[asyncio.Runner]

    people = Bundle("people")

    def __init__(self) -> None:
        super().__init__()
        # A family name of this example's own: what earlier ones left behind is not found.
        self.family = "".join(chr(ord("a") + int(digit)) for digit in str(new_id().int))[:24]
        self.details: dict[UUID, Details] = {}
        self.into: dict[UUID, UUID] = {}
        self.version: dict[UUID, int] = {}

    def run(self, work: Any) -> Any:
        return self.runner.run(work)

    @rule(target=people, given=NAMES)
    def register(self, given: str) -> UUID:
        details = Details(names=(Name(given, self.family),))

        async def work() -> UUID:
            async with self.casefile.unit() as unit:
                row, _ = await commands.register(unit, details, household_id=None, confirmed_new=True)
                return row.id

        person_id: UUID = self.run(work())
        self.details[person_id], self.version[person_id] = details, 1
        return person_id

    @rule(person=people, given=NAMES)
    def change(self, person: UUID, given: str) -> None:
        names = [{"given": given, "family": self.family}]

        async def work() -> None:
            async with self.casefile.unit() as unit:
                await commands.change(unit, person, self.version[person], {"names": names})

        if person in self.into:
            with pytest.raises(Conflict):
                self.run(work())
        else:
            self.run(work())
            self.details[person] = Details(names=(Name(given, self.family),))
            self.version[person] += 1

    @rule(one=people, other=people)
    def merge(self, one: UUID, other: UUID) -> None:
        async def work() -> None:
            async with self.casefile.unit() as unit:
                await commands.merge(unit, one, other, self.version[one], SAME)

        if one == other:
            return
        if one in self.into or other in self.into:
            with pytest.raises(Conflict):
                self.run(work())
        else:
            self.run(work())
            self.into[one] = other
            self.version[one] += 1

    @precondition(lambda self: self.into)
    @rule(data=st.data())
    def unmerge(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(sorted(self.into)))

        async def work() -> None:
            async with self.casefile.unit() as unit:
                await commands.unmerge(unit, one, self.version[one], SAME)

        self.run(work())
        del self.into[one]
        self.version[one] += 1

    @invariant()
    def everyone_is_who_the_model_says(self) -> None:
        if not self.details:
            return

        async def look() -> list[Any]:
            async with self.casefile.unit() as unit:
                return await queries.views_of(unit, list(self.details))

        for view in self.run(look()):
            assert view.version == self.version[view.id]
            assert view.names[0].given == self.details[view.id].names[0].given
            assert view.merged_into == self.into.get(view.id)
            assert set(view.also_known_as_ids) == {
                each for each in self.into if each != view.id and self.stands(each, view.id)
            }
            assert len(view.households) == 1

    @invariant()
    def whoever_stands_is_found_by_every_name_inside(self) -> None:
        wanted: dict[str, set[UUID]] = {}
        for person, details in self.details.items():
            top = person
            while top in self.into:
                top = self.into[top]
            wanted.setdefault(details.names[0].given, set()).add(top)

        async def look(given: str) -> set[UUID]:
            async with self.casefile.unit() as unit:
                found = await queries.search(unit, SearchQuery(name=f"{given} {self.family}"), 50)
                return {each.person_id for each in found if each.score > 0.99}

        for given, people in wanted.items():
            assert self.run(look(given)) == people

    def stands(self, one: UUID, top: UUID) -> bool:
        while one in self.into:
            one = self.into[one]
            if one == top:
                return True
        return False


@pytest.mark.full
def test_any_sequence_of_merges_keeps_everyone(database: Any) -> None:
    stored: ServiceDatabase = database("casefile")
    with asyncio.Runner() as runner:
        opened = Casefile.opened(stored)
        Merging.casefile, Merging.runner = runner.run(opened.__aenter__()), runner
        try:
            run_state_machine_as_test(
                Merging,
                settings=settings(
                    max_examples=examples(4, 30),
                    stateful_step_count=12,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
            assert_states_match_rows(Merging.casefile)
        finally:
            runner.run(opened.__aexit__(None, None, None))
