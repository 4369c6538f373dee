"""The directory as the world reads it: Open Referral UK, page by page, and what each filter leaves."""

from typing import Any

import pytest

from demo.directory import feed
from kit.contracts.codes import NeedDomain
from kit.testing.databases import ServiceDatabase
from services.triage.directory import hsds
from services.triage.directory.domain import NEEDS_TAXONOMY, need_term
from tests.triage.desk import Desk, looks, problem
from tests.triage.directory.guide import (
    PREFIX,
    anyone,
    conforms,
    keeper,
    load,
    needs_standard,
    services,
    slugs,
)

SOME = (
    "debt-advice",
    "food-club",
    "crisis-line",
    "youth-club",
    "talking-therapies",
    "falls",
    "refuge",
    "camhs",
    "esol",
)


@pytest.fixture
async def reader(desk: Desk, store: ServiceDatabase) -> Desk:
    """Anyone, before a directory of nine services."""
    await load(keeper(desk), store, services(*SOME))
    return anyone(desk)


async def page(desk: Desk, query: str = "", what: str = "services") -> Any:
    answer = await desk.get(f"{PREFIX}/{what}?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.full
async def test_pages_say_where_they_are(reader: Desk) -> None:
    seen: list[str] = []
    for number, size in ((1, 4), (2, 4), (3, 1)):
        got = await page(reader, f"page={number}&per_page=4")
        assert (got["total_items"], got["total_pages"], got["page_number"], got["size"]) == (9, 3, number, size)
        assert (got["first_page"], got["last_page"], got["empty"]) == (number == 1, number == 3, False)
        seen += slugs(got)
    assert sorted(seen) == sorted(SOME)
    beyond = await page(reader, "page=4&per_page=4")
    assert (beyond["empty"], beyond["last_page"], beyond["contents"]) == (True, True, [])
    problem(await reader.get(f"{PREFIX}/services?page=0"), 422, "invalid")


@pytest.mark.full
async def test_an_empty_directory_is_one_empty_page(desk: Desk) -> None:
    got = await page(anyone(desk))
    assert (got["total_items"], got["total_pages"], got["first_page"], got["last_page"]) == (0, 1, True, True)
    assert got["empty"]


FILTERS = {
    "need=mental_health": {"crisis-line", "talking-therapies", "camhs"},
    "age=15": {"debt-advice", "food-club", "crisis-line", "youth-club", "refuge", "camhs"},
    "minimum_age=18": {"talking-therapies", "falls", "esol"},
    "maximum_age=19": {"youth-club", "camhs"},
    "day=FR&start_time=10:00": {"food-club", "falls", "youth-club"},
    "day=FR&end_time=14:00": {"food-club", "falls"},
    "open_at=2026-12-05T03:00:00": {"crisis-line", "refuge"},
    "open_at=2026-12-04T16:40:00Z": {"crisis-line", "refuge", "youth-club", "talking-therapies"},
    f"taxonomy_term_id={need_term(NeedDomain.LONELINESS)}": {"falls", "youth-club"},
    f"taxonomy_id={NEEDS_TAXONOMY}": set(SOME),
    f"taxonomy_id={feed.FEED}": set(),
    f"organization_id={feed.organisation_id('lantern')}": {"refuge"},
    "postcode=RM8%201ZZ&proximity=1500": {"debt-advice", "food-club", "talking-therapies", "falls", "youth-club"},
}


@pytest.mark.full
async def test_what_each_filter_leaves(reader: Desk) -> None:
    found = {query: set(slugs(await page(reader, query))) for query in FILTERS}
    assert found == FILTERS


@pytest.mark.full
async def test_the_nearest_come_first_and_an_unknown_postcode_is_said(reader: Desk) -> None:
    got = await page(reader, "postcode=ig11 8aa")
    assert got["note"] == "Distances are as the crow flies from the middle of IG11."
    metres = [each["newstart"].get("metres") for each in got["contents"]]
    known = [each for each in metres if each is not None]
    assert known == sorted(known)
    assert set(slugs(got)[len(known) :]) == {"crisis-line", "refuge", "camhs"}
    assert 200 < metres[slugs(got).index("esol")] < 1200
    for unknown in ("ZZ1 1ZZ", "nonsense", "AB10 1AB"):
        got = await page(reader, f"postcode={unknown}&proximity=500")
        assert got["total_items"] == 9
        assert got["note"] == "We do not know that postcode, so these results are without distance."
        assert all("metres" not in each["newstart"] for each in got["contents"])


async def test_every_entry_says_when_it_was_last_confirmed(reader: Desk) -> None:
    got = await page(reader)
    assert all(each["assured_date"] == each["newstart"]["confirmed_on"] for each in got["contents"])
    assert {each["newstart"]["confirmed_by"] for each in got["contents"]} == {"provider"}
    fresh, stale = await page(reader, "fresh=true"), await page(reader, "fresh=false")
    assert fresh["total_items"] + stale["total_items"] == 9
    assert all(each["newstart"]["fresh"] for each in fresh["contents"])
    assert not any(each["newstart"]["fresh"] for each in stale["contents"])


@pytest.mark.full
async def test_reading_is_about_nobody_and_what_is_not_there_is_not_found(reader: Desk, store: ServiceDatabase) -> None:
    before = len(looks(store))
    await page(reader, "search=money")
    for what in ("services", "service_at_locations", "taxonomies", "taxonomy_terms"):
        problem(await reader.get(f"{PREFIX}/{what}/{feed.id_of('nothing', 'at all')}"), 404, "not-found")
    assert (await reader.get(PREFIX)).json()["version"] == hsds.VERSION
    assert len(looks(store)) == before


@pytest.mark.full
@needs_standard
async def test_it_is_what_the_standard_asks_for(reader: Desk) -> None:
    got = await page(reader)
    envelope = {"total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty", "contents"}
    assert envelope <= set(got)
    for each in got["contents"]:
        conforms(each, "compiled/service_list.json")
        conforms((await reader.get(f"{PREFIX}/services/{each['id']}")).json(), "compiled/service.json")
    places = await page(reader, what="service_at_locations")
    assert places["total_items"] == 9
    for each in places["contents"]:
        conforms(each, "compiled/service_at_location_list.json")
        whole = (await reader.get(f"{PREFIX}/service_at_locations/{each['id']}")).json()
        conforms(whole, "compiled/service_at_location.json")
    for what, schema in (("taxonomies", "taxonomy.json"), ("taxonomy_terms", "taxonomy_term.json")):
        listed = await page(reader, what=what)
        assert not listed["empty"]
        for each in listed["contents"]:
            conforms(each, schema)
            assert (await reader.get(f"{PREFIX}/{what}/{each['id']}")).json() == each


@needs_standard
def test_the_standards_own_schemas_would_see_a_fault() -> None:
    whole = feed.service("debt-advice", feed.date(2026, 11, 1))
    conforms(whole, "compiled/service.json")
    for spoilt in ({**whole, "status": "open"}, {name: each for name, each in whole.items() if name != "name"}):
        with pytest.raises(Exception, match=r"is not one of|required"):
            conforms(spoilt, "compiled/service.json")
