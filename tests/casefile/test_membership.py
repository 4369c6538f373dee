"""Who belongs to which household: joining, leaving, forming, and what the others are told."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import clock
from services.casefile.people.domain import Place, homes_on
from tests.casefile.doors import Casefile

DAY = timedelta(days=1)


def day(ago: int = 0) -> str:
    return (clock.today() - ago * DAY).isoformat()


async def places(casefile: Casefile, person_id: str) -> list[tuple[str, str, str | None]]:
    person = await casefile.good("GET", f"/people/{person_id}")
    return [(each["household_id"], each["since"], each["until"]) for each in person["households"]]


async def members(casefile: Casefile, household_id: str) -> set[tuple[str, str | None]]:
    household = await casefile.good("GET", f"/households/{household_id}")
    return {(each["person_id"], each["until"]) for each in household["members"]}


async def test_several_households_are_read_at_once_each_on_record_with_the_names_of_its_people(
    casefile: Casefile,
) -> None:
    born = (clock.today() - 15 * 366 * DAY).isoformat()
    mother = await casefile.person("Amina", "Yusuf", date_of_birth="1980")
    child = await casefile.person("Idris", "Yusuf", household_id=mother["household_id"], date_of_birth=born)
    alone = await casefile.person("Sahra", "Omar")
    homes = [mother["household_id"], alone["household_id"]]
    asked = "&".join(f"ids={each}" for each in [*homes, homes[0], uuid4()])
    found = await casefile.good("GET", f"/households?{asked}", actor="reader")
    assert {each["id"]: [member["person_id"] for member in each["members"]] for each in found} == {
        homes[0]: [mother["id"], child["id"]],
        homes[1]: [alone["id"]],
    }
    family = next(each for each in found if each["id"] == homes[0])
    assert family == await casefile.good("GET", f"/households/{homes[0]}", actor="another")
    told = [(each["names"][0]["given"], each["child"]) for each in family["members"]]
    assert told == [("Amina", False), ("Idris", True)]
    rows = casefile.stored.rows("select record, person_ids from audit_entry where actor = 'reader' order by record")
    read = {row["record"]: {str(each) for each in row["person_ids"]} for row in rows}
    expected = {f"household/{homes[0]}": {mother["id"], child["id"]}, f"household/{homes[1]}": {alone["id"]}}
    assert (read, len(rows)) == (expected, 2)


async def test_a_list_of_names_is_on_record_as_one_look_at_names(casefile: Casefile) -> None:
    amina, sahra = await casefile.person("Amina"), await casefile.person("Sahra")
    found = await casefile.good("GET", f"/people/names?ids={sahra['id']}&ids={amina['id']}", actor="reader")
    assert [sorted(each) for each in found] == [["id", "names"]] * 2
    assert [each["names"][0]["given"] for each in found] == ["Sahra", "Amina"]
    (row,) = casefile.stored.rows("select record, person_ids from audit_entry where actor = 'reader'")
    assert (row["record"], {str(each) for each in row["person_ids"]}) == ("people/names", {amina["id"], sahra["id"]})


async def test_everyone_of_a_household_is_read_as_if_asked_for_by_id(casefile: Casefile) -> None:
    amina = await casefile.person("Amina")
    idris = await casefile.person("Idris", household_id=amina["household_id"])
    found = await casefile.good("GET", f"/people?household_id={amina['household_id']}", actor="reader")
    assert found == await casefile.good("GET", f"/people?ids={amina['id']}&ids={idris['id']}")
    rows = casefile.stored.rows("select record from audit_entry where actor = 'reader'")
    assert {row["record"] for row in rows} == {f"person/{amina['id']}", f"person/{idris['id']}"}


@pytest.mark.parametrize(
    "query", ["", "?ids={0}&person_id={0}", "?" + "&".join(["ids={0}"] * 101)], ids=["neither", "both", "too many"]
)
async def test_households_are_asked_for_one_way_and_not_too_many(casefile: Casefile, query: str) -> None:
    refused = await casefile("GET", "/households" + query.format(uuid4()))
    assert refused.status_code == 422


async def backdate(casefile: Casefile, person: Any, ago: int) -> None:
    """As if the person had been registered days ago."""
    casefile.stored.execute("update membership set since = %s where person_id = %s", [day(ago), person["id"]])


async def test_moving_ends_the_place_before(casefile: Casefile) -> None:
    mover, host = await casefile.person("Amina"), await casefile.person("Sahra")
    await backdate(casefile, mover, 30)
    old, new = mover["household_id"], host["household_id"]
    response = await casefile("POST", f"/households/{new}/members", {"person_id": mover["id"], "since": day(3)})
    assert response.status_code == 201
    assert response.headers["location"] == f"/v1/casefile/households/{new}"
    assert response.headers["etag"] == '"2"'
    assert await places(casefile, mover["id"]) == [(old, day(30), day(3)), (new, day(3), None)]
    assert await members(casefile, old) == {(mover["id"], day(3))}
    assert await members(casefile, new) == {(mover["id"], None), (host["id"], None)}


async def test_joining_without_moving_keeps_both(casefile: Casefile) -> None:
    child, father = await casefile.person("Idris"), await casefile.person("Omar")
    body = {"person_id": child["id"], "moving": False}
    await casefile.good("POST", f"/households/{father['household_id']}/members", body)
    both = {child["household_id"], father["household_id"]}
    assert set(await places(casefile, child["id"])) == {(each, day(), None) for each in both}
    found = await casefile.good("GET", f"/households?person_id={child['id']}")
    assert {each["id"] for each in found} == both
    assert len(casefile.announced("household.changed")) == 1


async def test_leaving_forms_a_household_of_ones_own(casefile: Casefile) -> None:
    mother = await casefile.person("Amina")
    son = await casefile.person("Idris", household_id=mother["household_id"])
    await backdate(casefile, son, 30)
    body = {"person_id": son["id"], "until": day(2)}
    await casefile.good("POST", f"/households/{mother['household_id']}/members", body)
    (left, own) = await places(casefile, son["id"])
    assert left == (mother["household_id"], day(30), day(2))
    assert own[0] != mother["household_id"]
    assert own[1:] == (day(2), None)
    assert await members(casefile, own[0]) == {(son["id"], None)}


async def test_leaving_one_of_two_households_forms_none(casefile: Casefile) -> None:
    child, father = await casefile.person("Idris"), await casefile.person("Omar")
    path = f"/households/{father['household_id']}/members"
    await casefile.good("POST", path, {"person_id": child["id"], "moving": False})
    await casefile.good("POST", path, {"person_id": child["id"], "until": day()})
    assert {each[0] for each in await places(casefile, child["id"]) if each[2] is None} == {child["household_id"]}
    assert len(casefile.stored.rows("select 1 from household")) == 2


@pytest.mark.full
async def test_forming_a_household_moves_everyone(casefile: Casefile) -> None:
    people = [await casefile.person(name) for name in ("Amina", "Sahra", "Idris")]
    response = await casefile("POST", "/households", {"person_ids": [each["id"] for each in people]})
    assert response.status_code == 201
    formed = response.json()
    assert response.headers["location"] == f"/v1/casefile/households/{formed['id']}"
    assert {each["person_id"] for each in formed["members"]} == {each["id"] for each in people}
    for each in people:
        assert await members(casefile, each["household_id"]) == {(each["id"], day())}


async def test_back_again_keeps_the_history(casefile: Casefile) -> None:
    person, host = await casefile.person("Amina"), await casefile.person("Sahra")
    await backdate(casefile, person, 40)
    path = f"/households/{host['household_id']}/members"
    await casefile.good("POST", path, {"person_id": person["id"], "since": day(30)})
    await casefile.good("POST", path, {"person_id": person["id"], "until": day(20)})
    await casefile.good("POST", path, {"person_id": person["id"], "since": day(10)})
    there = [each[1:] for each in await places(casefile, person["id"]) if each[0] == host["household_id"]]
    assert there == [(day(30), day(20)), (day(10), None)]


@pytest.mark.full
async def test_left_and_back_on_the_day_they_came(casefile: Casefile) -> None:
    person, host = await casefile.person("Amina"), await casefile.person("Sahra")
    path = f"/households/{host['household_id']}/members"
    for body in ({"since": day()}, {"until": day()}, {"since": day()}):
        await casefile.good("POST", path, {"person_id": person["id"], **body})
    current = [each for each in await places(casefile, person["id"]) if each[2] is None]
    assert current == [(host["household_id"], day(), None)]


@pytest.mark.full
@pytest.mark.parametrize(
    ("body", "pointer", "rule"),
    [
        ({"until": 31}, "/until", "dates-in-order"),
        ({"until": -1}, "/until", "not-in-the-future"),
        ({"since": -1}, "/since", "not-in-the-future"),
        ({"since": 2, "until": 1}, "/until", "one-of-two"),
    ],
)
async def test_dates_out_of_order_are_refused(casefile: Casefile, body: Any, pointer: str, rule: str) -> None:
    # Days ago become dates here: a run may last past midnight.
    body = {name: day(ago) for name, ago in body.items()}
    person = await casefile.person()
    await backdate(casefile, person, 30)
    path = f"/households/{person['household_id']}/members"
    response = await casefile("POST", path, {"person_id": person["id"], **body})
    assert response.status_code == 422
    assert [(each["pointer"], each["rule"]) for each in response.json()["errors"]] == [(pointer, rule)]
    assert await places(casefile, person["id"]) == [(person["household_id"], day(30), None)]


@pytest.mark.full
@pytest.mark.parametrize("since", [25, 31])
async def test_nobody_belongs_twice_at_once(casefile: Casefile, since: int) -> None:
    person, host = await casefile.person("Amina"), await casefile.person("Sahra")
    await backdate(casefile, person, 40)
    path = f"/households/{host['household_id']}/members"
    await casefile.good("POST", path, {"person_id": person["id"], "since": day(30)})
    await casefile.good("POST", path, {"person_id": person["id"], "until": day(20)})
    response = await casefile("POST", path, {"person_id": person["id"], "since": day(since), "moving": False})
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/since"


async def test_moving_out_before_one_moved_in_is_refused(casefile: Casefile) -> None:
    person, host = await casefile.person("Amina"), await casefile.person("Sahra")
    body = {"person_id": person["id"], "since": day(1)}
    response = await casefile("POST", f"/households/{host['household_id']}/members", body)
    assert response.status_code == 422
    assert await members(casefile, host["household_id"]) == {(host["id"], None)}


async def test_joining_twice_and_leaving_what_one_is_not_in_conflict(casefile: Casefile) -> None:
    person, other = await casefile.person("Amina"), await casefile.person("Sahra")
    home = f"/households/{person['household_id']}/members"
    assert (await casefile("POST", home, {"person_id": person["id"]})).status_code == 409
    assert (await casefile("POST", home, {"person_id": other["id"], "until": day()})).status_code == 409


async def test_unknown_people_and_households_are_404_and_change_nothing(casefile: Casefile) -> None:
    person = await casefile.person()
    before = casefile.stored.rows("select * from membership")
    unknown = str(uuid4())
    for path, body in (
        (f"/households/{unknown}/members", {"person_id": person["id"]}),
        (f"/households/{person['household_id']}/members", {"person_id": unknown}),
        ("/households", {"person_ids": [person["id"], unknown]}),
    ):
        assert (await casefile("POST", path, body)).status_code == 404
    assert (await casefile("GET", f"/households/{unknown}")).status_code == 404
    assert await casefile.good("GET", f"/households?person_id={unknown}") == []
    assert casefile.stored.rows("select * from membership") == before


@pytest.mark.full
async def test_every_published_state_is_the_row_and_versions_have_no_gaps(casefile: Casefile) -> None:
    people = [await casefile.person(name) for name in ("Amina", "Sahra", "Idris")]
    a, b, c = people
    joins = f"/households/{b['household_id']}/members"
    await casefile.good("POST", joins, {"person_id": a["id"]})
    await casefile.good("POST", joins, {"person_id": c["id"], "moving": False})
    await casefile.good("POST", joins, {"person_id": a["id"], "until": day()})
    await casefile.good("POST", "/households", {"person_ids": [a["id"], c["id"]], "moving": True})
    await casefile.good("PATCH", f"/people/{b['id']}", {"languages": ["so"]}, version=1)
    assert_states_match_rows(casefile)


def assert_states_match_rows(casefile: Casefile) -> None:
    """The last event of each person and household says what the rows say; versions count 1, 2, 3 ..."""
    last: dict[str, Any] = {}
    counted: dict[str, list[int]] = {}
    for event in casefile.announced():
        if event["type"].split(".")[1] in ("person", "household"):
            last[event["subject"]] = event
            counted.setdefault(event["subject"], []).append(int(event["sequence"]))
    for subject, versions in counted.items():
        assert versions == list(range(1, len(versions) + 1)), subject
    rows = {str(row["id"]): row for row in casefile.stored.rows("select * from person")}
    homes = {str(row["id"]): row for row in casefile.stored.rows("select * from household")}
    assert set(last) == set(rows) | set(homes)
    belonging = casefile.stored.rows("select * from membership")
    for subject, event in last.items():
        row, data = rows.get(subject) or homes[subject], event["data"]
        assert int(event["sequence"]) == row["version"]
        mine, other = ("person_id", "household_id") if subject in rows else ("household_id", "person_id")
        listed = data["households"] if subject in rows else data["members"]
        told = [(each[other], each["from"], each["to"]) for each in listed]
        assert len(told) == len(set(told))
        assert set(told) == {
            (str(each[other]), each["since"].isoformat(), each["until"] and each["until"].isoformat())
            for each in belonging
            if str(each[mine]) == subject
        }
        if subject in rows:
            assert data["restricted"] == row["restricted"]
            assert data["merged_into"] == (row["merged_into"] and str(row["merged_into"]))


# Where somebody lived on a day ----------------------------------------------------------------------------

DAYS = st.dates(min_value=clock.today() - 30 * DAY, max_value=clock.today())


@st.composite
def some_places(draw: st.DrawFn) -> list[Place]:
    made = []
    for _ in range(draw(st.integers(1, 5))):
        since = draw(DAYS)
        until = draw(st.none() | DAYS.filter(lambda day: day >= since))  # noqa: B023  # used at once
        made.append(Place(draw(st.uuids()), since, until))
    return made


@given(some_places(), DAYS)
def test_a_fact_always_finds_a_household(places: list[Place], on: Any) -> None:
    homes = homes_on(places, on)
    there = {each.household_id for each in places if each.since <= on and (each.until is None or on < each.until)}
    if there:
        assert set(homes) == there
    else:
        real = [each for each in places if each.since != each.until] or places
        assert homes
        assert set(homes) <= {each.household_id for each in real}


def test_before_we_met_them_the_first_home_counts_and_a_slip_does_not() -> None:
    slip, first, later = uuid4(), uuid4(), uuid4()
    today = clock.today()
    known = [
        Place(later, today, None),
        Place(first, today - 9 * DAY, today),
        Place(slip, today - 9 * DAY, today - 9 * DAY),
    ]
    assert homes_on(known, today - 20 * DAY) == [first]
    assert homes_on(known, today - 9 * DAY) == [first]
    assert homes_on(known, today) == [later]
    assert homes_on([], today) == []
