"""Homes through the door: recorded, changed, moved, loaded from a file."""

from datetime import date
from typing import Any

import pytest

from tests.housing.doors import Housing

HOME: dict[str, Any] = {
    "uprn": "999000000001",
    "address": "Flat 3 Heron Court, 12 Marsh Lane",
    "postcode": "rm108xx",
    "ward": "E05014054",
    "kind": "flat",
    "bedrooms": 2,
    "floor": 3,
    "lift": True,
    "landlord": "council",
    "rent_regime": "social",
    "state": "void",
    "void_since": "2026-11-02",
    "vacancy": "to_private",
}
LOADER: dict[str, Any] = {"roles": ("administrator",), "purpose": "data_migration", "actor": "admin-1"}
FILE = b"""uprn,address,postcode,kind,bedrooms,landlord,rent_regime,state,void_since,vacancy
999000000002,"1 Marsh Lane, Heath",RM10 8XX,house,3,council,social,available,2026-11-02,to_private
0999000000003,2 Marsh Lane,RM10 8XX,flat,two,council,social,let,,
999000000004,3 Marsh Lane,RM10 8XX,bedsit,4,council,social,void,,
999000000002,4 Marsh Lane,RM10 8XX,flat,1,council,social,let,,
999000000005,5 Marsh Lane,RM10 8XX,flat,1,reside,market_60,let,,
"""


@pytest.mark.full
async def test_a_home_is_recorded_made_ready_and_told(housing: Housing) -> None:
    housing.on(date(2026, 12, 4))
    home = await housing.good("POST", "/homes", HOME)
    assert (home["postcode"], home["bed_spaces"], home["days_void"]) == ("RM10 8XX", 4, 33)
    moved = await housing.good("POST", f"/homes/{home['id']}/moves", {"to": "available"}, version=1)
    assert moved["available_on"] == "2026-12-04"
    assert [each["type"] for each in housing.announced()] == ["housing.home.changed", "housing.home.available"]
    assert "Marsh Lane" not in str(housing.announced())
    refused = await housing.refused(409, "POST", f"/homes/{home['id']}/moves", {"to": "let"}, version=2)
    assert "let" not in refused["allowed"]
    await housing.refused(412, "PATCH", f"/homes/{home['id']}", {"lift": False}, version=1)
    changed = await housing.good("PATCH", f"/homes/{home['id']}", {"rent_regime": "market_60"}, version=2)
    assert (changed["rent_regime"], changed["version"]) == ("market_60", 3)
    listed = await housing.good("GET", "/homes?state=available&bedrooms=2")
    assert [each["id"] for each in listed["items"]] == [home["id"]]


async def test_the_same_uprn_stands_once(housing: Housing) -> None:
    housing.on(date(2026, 12, 4))
    await housing.good("POST", "/homes", HOME)
    await housing.refused(409, "POST", "/homes", HOME)


async def test_rows_that_fail_are_told_by_row_and_field_and_the_others_load(housing: Housing) -> None:
    housing.on(date(2026, 12, 4))
    sent = await housing.good("POST", "/homes/loads", content=FILE, headers={"Content-Type": "text/csv"}, **LOADER)
    await housing.work_off()
    load = await housing.good("GET", f"/loads/{sent['load_id']}", **LOADER)
    assert (load["rows"], load["created"], load["refused"], load["state"]) == (5, 2, 3, "done")
    refusals = (await housing.good("GET", f"/loads/{sent['load_id']}/refusals", **LOADER))["items"]
    assert [(each["line"], each["field"], each["rule"]) for each in refusals] == [
        (3, "/bedrooms", "int_parsing"),
        (4, "/", "value_error"),
        (5, "/uprn", "uprn-twice"),
    ]
    again = await housing.good("POST", "/homes/loads", content=FILE, headers={"Content-Type": "text/csv"}, **LOADER)
    await housing.work_off()
    load = await housing.good("GET", f"/loads/{again['load_id']}", **LOADER)
    assert (load["created"], load["changed"], load["unchanged"]) == (0, 0, 2)
    assert len(housing.announced("home.available")) == 1
    assert len(housing.announced("load.completed")) == 2


async def test_a_file_of_other_columns_is_refused_whole(housing: Housing) -> None:
    answer = await housing.refused(
        422, "POST", "/homes/loads", content=b"uprn,colour\n1,red\n", headers={"Content-Type": "text/csv"}, **LOADER
    )
    assert "unknown: colour" in answer["detail"]
    assert housing.stored.rows("select 1 from load") == []
