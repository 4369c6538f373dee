"""Needs by ward: each household once, in its ward; nobody sealed is counted, small groups stay hidden, once a month."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import clock
from services.casefile.wardneeds import domain
from tests.casefile.doors import Casefile

ANALYST: dict[str, Any] = {"actor": "wen", "roles": ("analyst",), "purpose": "research_statistics"}
ABBEY, ALIBON, HEATH = "E05014053", "E05014054", "E05014055"


def household(casefile: Casefile, ward: str, *needs: str, part: str | None = None, person: str = "") -> UUID:
    """A household of one with these needs told today; `person`: what else is true of them, as SQL settings."""
    home, resident = uuid4(), uuid4()
    run = casefile.stored.execute
    run(
        "insert into household (id, version, formed_at, changed_at, formed_by) values (%s, 1, now(), now(), 'x')",
        [home],
    )
    run(
        "insert into person (id, version, names, addresses, contacts, languages, communication_needs, source,"
        " registered_by, registered_at, changed_at) values (%s, 1, '[]', %s, '[]', '{}', '{}', 'import', 'x', now(),"
        " now())",
        [resident, json.dumps([{"ward": ward}])],
    )
    run("insert into membership (household_id, person_id, since) values (%s, %s, '2026-01-01')", [home, resident])
    if person:
        run(f"update person set {person} where id = %s", [resident])
    for need in needs:
        run(
            "insert into timeline_entry (household_id, occurred_at, event_id, service, kind, type, title, actor,"
            " purpose, record, person_ids, facts, part) values (%s, %s, %s, 'triage', 'need', 'triage.need.recorded',"
            " '', 'x', 'x', '', '{}', %s, %s)",
            [home, clock.business_now(), uuid4(), json.dumps({"domain": need}), part],
        )
    return home


async def test_each_household_counts_once_in_its_ward_and_sealed_ones_nowhere(casefile: Casefile) -> None:
    for _ in range(12):
        household(casefile, ABBEY, "housing", "housing", "money")
    for _ in range(30):
        household(casefile, ALIBON, "housing")
    for _ in range(11):
        household(casefile, HEATH, "money")
    # None of these may move a figure.
    for person in ("restricted = true", "kept_from = '{w9}'", f"separated_from = '{{{uuid4()}}}'"):
        for _ in range(10):
            household(casefile, HEATH, "money", person=person)
    for _ in range(10):
        household(casefile, HEATH, "money", part="abuse")
        household(casefile, HEATH, "domestic_abuse", "immigration")
    made = await casefile.good("POST", "/ward-needs", **ANALYST)
    assert made["wards"][ABBEY] | {"any": 10, "housing": 10, "money": 10} == made["wards"][ABBEY]
    assert made["wards"][ALIBON] | {"any": 30, "housing": 30, "money": 0} == made["wards"][ALIBON]
    assert made["wards"][HEATH] | {"any": 10, "housing": 0, "money": 10} == made["wards"][HEATH]
    assert not {"domestic_abuse", "immigration"} & made["wards"][HEATH].keys()
    assert casefile.announced("ward_needs.published")[-1]["data"]["wards"] == made["wards"]
    # The month's counts stand; they are there to be read.
    assert (await casefile("POST", "/ward-needs", **ANALYST)).status_code == 409
    assert [each["month"] for each in await casefile.good("GET", "/ward-needs", **ANALYST)] == [made["month"]]


Counts = Mapping[str, int]


@given(st.dictionaries(st.sampled_from([ABBEY, ALIBON, HEATH, "E05014056"]), st.integers(0, 40), min_size=1))
def test_no_small_count_leaves_nor_can_be_worked_out(counts: Counts) -> None:
    told = [(ward, "housing", number) for ward, number in counts.items() if number]
    shown = {ward: needs["housing"] for ward, needs in domain.shown(told, counts).items()}
    assert all(value == 0 or counts[ward] >= 10 for ward, value in shown.items() if value is not None)
    hidden = [ward for ward, value in shown.items() if value is None]
    assert not hidden or len(hidden) > 1 or len([n for n in counts.values() if n >= 10]) == 0


@pytest.mark.parametrize(
    ("day", "first"), [(date(2028, 2, 29), date(2027, 3, 1)), (date(2026, 11, 22), date(2025, 11, 22))]
)
def test_the_year_before(day: date, first: date) -> None:
    assert domain.year_before(day) == first
