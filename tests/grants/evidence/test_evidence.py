"""A panel's evidence: small groups stay hidden, whoever adds and subtracts; a pack never changes."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.grants.evidence import domain
from tests.grants.doors import PUBLIC, Grants

RUN: dict[str, Any] = {"purpose": "resident_panel"}
PLAN = {"title": "A panel", "summary": "It reads first", "size": 2, "quotas": []}
WARDS = [f"E050140{number}" for number in range(53, 58)]
COUNTS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 60), min_size=1)


@given(COUNTS)
@settings(max_examples=50)
def test_no_small_group_is_shown_nor_worked_out_from_the_total(counts: Mapping[str, int]) -> None:
    shown = domain.shown(counts)
    assert shown.keys() == counts.keys()
    for ward, value in shown.items():
        if value is not None:
            assert counts[ward] == 0 or counts[ward] >= domain.FEWEST_SHOWN
            assert value % domain.ROUNDED_TO == 0
            assert abs(value - counts[ward]) <= domain.ROUNDED_TO // 2
    hidden = [ward for ward, value in shown.items() if value is None]
    if hidden and len(hidden) < len(counts):
        # With the total known, what is hidden together is of enough people and of more than one ward.
        assert len(hidden) >= 2
        assert sum(counts[ward] for ward in hidden) >= domain.FEWEST_SHOWN
    if all(count == 0 or count >= domain.FEWEST_SHOWN for count in counts.values()):
        assert not hidden


def test_a_share_of_few_is_hidden() -> None:
    assert domain.of_enough(40.0, 9) is None
    assert domain.of_enough(40.0, None) is None
    assert domain.of_enough(40.0, 10) == 40.0


def figures(*counts: int) -> dict[str, Any]:
    """One measure, ward by ward."""
    return {
        "source": "Needs at the front door",
        "figures": [
            {"measure": "needs", "title": "Needs", "period": "2026", "unit": "people", "ward": ward, "value": count}
            for ward, count in zip(WARDS, counts, strict=True)
        ],
    }


async def test_a_pack_hides_seven_and_the_next_smallest_and_stays_as_it_is(grants: Grants) -> None:
    panel = await grants.good("POST", "/panels", PLAN, **RUN)
    path = f"/panels/{panel['id']}/evidence"
    assert (await grants("POST", path, **RUN)).status_code == 409
    await grants.good("PUT", "/evidence/figures", figures(7, 31, 48, 12, 0), **RUN)
    made = await grants.good("POST", path, **RUN)
    told = {each["ward"]: each["figures"][0]["value"] for each in made["content"]["wards"]}
    # The seven; the none and the twelve hide with it, for together they must be ten people of more than one ward.
    assert told == dict(zip(WARDS, [None, 30, 50, None, None], strict=True))
    await grants.good("PUT", "/evidence/figures", figures(50, 50, 50, 50, 50), **RUN)
    again = await grants.good("GET", f"{path}/{made['id']}", **PUBLIC)
    assert again["content"] == made["content"]
    bare = json.dumps(again["content"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(bare.encode()).hexdigest() == again["sha256"]
    assert [each["id"] for each in await grants.good("GET", path, **PUBLIC)] == [made["id"]]


@pytest.mark.parametrize(
    "wrong", [{"unit": "per_cent"}, {"value": 1.5}, {"ward": "Abbey"}, {"period": "last year"}, {"value": -1}]
)
async def test_what_is_no_figure(grants: Grants, wrong: dict[str, Any]) -> None:
    given_ = figures(1, 2, 3, 4, 5)
    given_["figures"][0] |= wrong
    assert (await grants("PUT", "/evidence/figures", given_, **RUN)).status_code == 422


async def test_the_ward_index_is_a_figure_of_each_ward_and_the_later_edition_stands(grants: Grants) -> None:
    def published(at: str, index: float) -> dict[str, Any]:
        figures = [{"ward": WARDS[0], "index": index, "rank": 1}, {"ward": WARDS[1], "index": None, "rank": None}]
        return {
            "specversion": "1.0",
            "id": str(uuid4()),
            "source": "urn:newstart:risk",
            "type": "risk.index.published",
            "subject": str(uuid4()),
            "time": at,
            "actor": "manager-1",
            "purpose": "research_statistics",
            "sequence": f"{2:020d}",
            "correlationid": str(uuid4()),
            "data": {
                "edition_id": str(uuid4()),
                "year": 2026,
                "framework": 1,
                "sha256": "0" * 64,
                "wards": figures,
                "published_by": "manager-1",
                "published_at": at,
            },
        }

    later, earlier = published("2027-02-01T10:00:00Z", 61.25), published("2027-01-01T10:00:00Z", 58.0)
    assert await grants.take(later) == ["taken"]
    assert await grants.take(earlier) == ["taken"]
    rows = grants.stored.rows("select measure, period, ward, unit, value from evidence_figure")
    assert [(each["measure"], each["period"], each["ward"], each["unit"], float(each["value"])) for each in rows] == [
        ("ward_index", "2026", WARDS[0], "index", 61.25)
    ]


async def test_needs_hidden_at_the_front_door_stay_hidden_in_the_pack(grants: Grants) -> None:
    told = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "urn:newstart:casefile",
        "type": "casefile.ward_needs.published",
        "subject": str(uuid4()),
        "time": "2026-11-20T10:00:00Z",
        "actor": "wen",
        "purpose": "research_statistics",
        "sequence": f"{1:020d}",
        "correlationid": str(uuid4()),
        "data": {
            "edition_id": str(uuid4()),
            "month": "2026-11",
            "since": "2025-11-20",
            "until": "2026-11-20",
            "wards": {WARDS[0]: {"any": 40, "housing": None}, WARDS[1]: {"any": 120, "housing": None}},
            "published_by": "wen",
            "published_at": "2026-11-20T10:00:00Z",
        },
    }
    assert await grants.take(told) == ["taken"]
    panel = await grants.good("POST", "/panels", PLAN, **RUN)
    made = await grants.good("POST", f"/panels/{panel['id']}/evidence", **RUN)
    (first, second) = made["content"]["wards"]
    shown = {each["measure"]: (each["value"], each["hidden"]) for each in first["figures"]}
    assert shown == {"needs_any": (40, False), "needs_housing": (None, True)}
    assert {each["measure"]: each["value"] for each in second["figures"]} == {"needs_any": 120, "needs_housing": None}
