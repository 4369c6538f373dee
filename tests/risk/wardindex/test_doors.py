"""The ward index through its door: given, worked out, looked at, published, told."""

from typing import Any
from uuid import uuid4

import pytest

from services.risk.wardindex.frameworks import framework_of, shipped
from tests.risk.ground import Risk

WARDS = [f"E050140{number}" for number in range(53, 65)]


async def given(analyst: Risk, year: int = 2025, *, without: tuple[str, ...] = ()) -> None:
    """Every indicator of every ward: the first ward at its worst case, the last near the best."""
    areas = [
        {"code": ward, "name": f"Ward {at}", "kind": "ward", "column": at % 4, "row": at // 4}
        for at, ward in enumerate(WARDS)
    ]
    assert (await analyst.send("PUT", "/v1/risk/index/areas", {"areas": areas})).json() == {"taken": 12}
    indicators = framework_of(shipped()).indicators
    own = {"rent_or_tax_owed", "domestic_abuse", "excluded"}
    values = [
        {
            "indicator": code,
            "area": ward,
            "year": year,
            "value": each.worst + (each.best - each.worst) * (at + (at * len(code)) % 3 / 4) / 12,
        }
        for code, each in indicators.items()
        if code not in own | set(without)
        for at, ward in enumerate(WARDS)
    ]
    body = {"source": "A test", "licence": "Open Government Licence v3.0", "dated": f"{year}-10-01", "values": values}
    answer = await analyst.send("PUT", "/v1/risk/index/values", body)
    assert answer.status_code == 200, answer.text


async def made(analyst: Risk, manager: Risk, year: int) -> dict[str, Any]:
    drafted = await analyst.post("/v1/risk/index/editions", {"year": year})
    assert drafted.status_code == 201, drafted.text
    path = f"{drafted.headers['location']}/publication"
    answer = await manager.post(path, None, if_match=drafted.headers["etag"])
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_an_edition_is_made_published_told_and_read(analyst: Risk, manager: Risk) -> None:
    await given(analyst)
    edition = await made(analyst, manager, 2025)
    board = analyst.other(role="board_member", purpose="oversight")
    index = await board.get("/v1/risk/index/wards")
    assert (index["year"], index["edition"], len(index["areas"])) == (2025, edition["id"], 12)
    first, last = index["areas"][0], index["areas"][-1]
    assert (first["area"], first["index"], first["rank"]) == (WARDS[0], 0.0, 12)
    assert (last["rank"], last["column"], last["row"]) == (1, 3, 2)
    # What we count ourselves is missing without facts, and it is said.
    assert first["missing"] == ["domestic_abuse", "excluded", "rent_or_tax_owed"]
    assert any("Households that owe" in note for note in index["notes"])
    # Half of basic knowledge is missing: the component is not given, the dimension rests on the other three.
    assert first["components"]["basic_knowledge"] is None
    (event,) = analyst.events("index.published")
    assert len(event["data"]["wards"]) == 12
    assert event["data"]["wards"][0] == {
        "ward": WARDS[0],
        "index": 0.0,
        "rank": 12,
        "dimensions": first["dimensions"],
    }
    one = await board.get(f"/v1/risk/index/wards/{WARDS[5]}")
    assert len(one["alike"]) == 5
    assert {each["code"]: each["source"] for part in one["components"] for each in part["indicators"]}[
        "owned"
    ].startswith("Census 2021")
    framework = await board.get("/v1/risk/index/framework")
    weighed = framework["weights"]["personal_safety"]
    assert weighed["how"] == "first_component"
    assert sum(weighed["weights"]) == pytest.approx(1)
    # Nobody has counted domestic abuse here yet: it weighs like the mean of the others.
    assert weighed["weights"][3] == pytest.approx(0.25)


@pytest.mark.full
async def test_years_stand_beside_one_another_on_the_same_scales(analyst: Risk, manager: Risk) -> None:
    await given(analyst, 2019)
    await made(analyst, manager, 2019)
    await given(analyst, 2025, without=("owned", "years_of_life_lost"))
    await made(analyst, manager, 2025)
    again = await made(analyst, manager, 2025)
    index = await analyst.get("/v1/risk/index/wards?year=2025")
    assert index["edition"] == again["id"]
    # The census lasts ten years; the years of life lost of 2019 last six.
    assert index["areas"][0]["carried"] == {"owned": 2019, "years_of_life_lost": 2019}
    history = await analyst.get("/v1/risk/index/history?of=shelter")
    assert history["years"] == [2019, 2025]
    assert history["frameworks"] == {"2019": 1, "2025": 1}
    assert history["areas"][WARDS[3]]["2019"] == history["areas"][WARDS[3]]["2025"]
    editions = await analyst.get("/v1/risk/index/editions")
    assert [(each["year"], each["state"]) for each in editions["items"]].count((2025, "replaced")) == 1


async def test_our_own_figures_come_from_facts_and_small_ones_are_missing(analyst: Risk, manager: Risk) -> None:
    await given(analyst)
    ground = analyst.ground
    for ward, owing in ((WARDS[0], 30), (WARDS[1], 9)):
        for turn in range(100):
            home = uuid4()
            ground.home(home)
            ground.connection.execute("update home set ward = %s where household = %s", [ward, home])
            if turn < owing:
                ground.fact(ground.record(home), "council_tax.arrears", "2025-06-01", amount=120)
    # Homes of whoever is kept apart from somebody are counted in no ward: with them it would be 364.
    for _ in range(10):
        home, resident, person = uuid4(), uuid4(), uuid4()
        ground.home(home)
        ground.connection.execute("update home set ward = %s where household = %s", [WARDS[0], home])
        record = ground.record(home, resident=resident)
        ground.fact(record, "council_tax.arrears", "2025-06-01", amount=120)
        analyst.know_person(person)
        analyst.stored.execute(
            "update known_person set separated_from = array[%s]::uuid[] where id = %s", [uuid4(), person]
        )
        assert analyst.stored.vault is not None
        analyst.stored.vault.execute(
            "insert into resident (resident_id, pseudonym, person_id) values (%s, %s, %s)", [uuid4(), resident, person]
        )
    await made(analyst, manager, 2025)
    areas = (await analyst.get("/v1/risk/index/wards"))["areas"]
    assert "rent_or_tax_owed" not in areas[0]["missing"]
    assert "rent_or_tax_owed" in areas[1]["missing"]
    one = await analyst.get(f"/v1/risk/index/wards/{WARDS[0]}")
    (owing,) = [e for part in one["components"] for e in part["indicators"] if e["code"] == "rent_or_tax_owed"]
    assert (owing["value"], owing["score"], owing["source"]) == (300.0, 25.0, "The council's own facts")


@pytest.mark.full
async def test_two_areas_may_change_places_and_no_third_may_stand_on_either(analyst: Risk) -> None:
    def area(code: str, column: int) -> dict[str, Any]:
        return {"code": code, "name": code, "kind": "ward", "column": column, "row": 0}

    path = "/v1/risk/index/areas"
    assert (await analyst.send("PUT", path, {"areas": [area(WARDS[0], 0), area(WARDS[1], 1)]})).status_code == 200
    changed = await analyst.send("PUT", path, {"areas": [area(WARDS[0], 1), area(WARDS[1], 0)]})
    assert changed.json() == {"taken": 2}
    for areas, told in (
        ([area(WARDS[2], 1)], ("/areas/0/column", "tile-free")),
        ([area(WARDS[2], 5), area(WARDS[3], 5)], ("/areas/1/column", "tile-free")),
        ([area(WARDS[2], 5), area(WARDS[2], 6)], ("/areas/1/code", "named-once")),
    ):
        refused = await analyst.send("PUT", path, {"areas": areas})
        assert refused.status_code == 422, refused.text
        assert [(each["pointer"], each["rule"]) for each in refused.json()["errors"]] == [told]


@pytest.mark.parametrize(
    ("change", "pointer", "rule"),
    [
        ({"licence": "All rights reserved"}, "/licence", "licence-allows"),
        ({"dated": "2027-01-01"}, "/dated", "not-in-the-future"),
        ({"indicator": "happiness"}, "/values/0/indicator", "known-indicator"),
        ({"indicator": "domestic_abuse"}, "/values/0/indicator", "given-from-outside"),
        ({"area": "E05099999"}, "/values/0/area", "known-area"),
    ],
)
async def test_what_may_not_be_given(analyst: Risk, change: dict[str, str], pointer: str, rule: str) -> None:
    await analyst.send("PUT", "/v1/risk/index/areas", {"areas": [{"code": WARDS[0], "name": "One", "kind": "ward"}]})
    value = {"indicator": "owned", "area": WARDS[0], "year": 2021, "value": 0.4}
    body = {"source": "A test", "licence": "CC0", "dated": "2022-01-01", "values": [value]}
    for name, new in change.items():
        (value if name in value else body)[name] = new
    answer = await analyst.send("PUT", "/v1/risk/index/values", body)
    assert answer.status_code == 422
    assert [(each["pointer"], each["rule"]) for each in answer.json()["errors"]] == [(pointer, rule)]
