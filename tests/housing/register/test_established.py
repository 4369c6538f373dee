"""What other parts of housing establish reaches the register: before or after somebody applied."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from kit import clock
from kit.contracts.envelope import EventData, envelope_json
from kit.contracts.housing.homelessness import DutyState
from tests.housing.doors import Housing
from tests.housing.register.households import DAY, NEEDS_NOTHING, apply, family, registered, weigh

ENOUGH_ROOMS: dict[str, Any] = {"bedrooms_now": 2, "hardship": True}
ONE_CHILD = (("male", "2016-03-01"),)


def said(type_: str, data: EventData, id_: UUID, sequence: int) -> bytes:
    return envelope_json(
        id=uuid4(), type=type_, subject=id_, time=clock.now(), actor="officer-9", purpose="homelessness",
        sequence=sequence, correlationid=uuid4(), data_json=data.model_dump_json(),
    )  # fmt: skip


async def owe(housing: Housing, row: Any, duty: str, sequence: int = 1, id_: UUID | None = None, **more: Any) -> UUID:
    """Homelessness announces a duty."""
    duty_id = id_ or uuid4()
    state = DutyState.model_validate(
        {
            "duty_id": duty_id, "case_id": uuid4(), "duty": duty, "section": "193(2)", "family": True,
            "household_id": row["household_id"], "started_on": "2026-12-01", "changed_at": clock.business_now(), **more,
        }
    )  # fmt: skip
    type_ = "housing.duty.ended" if "ended_on" in more else "housing.duty.started"
    assert await housing.take(said(type_, state, duty_id, sequence)) == ["taken"]
    return duty_id


async def test_a_duty_raises_at_once_and_its_end_is_proposed(housing: Housing) -> None:
    housing.on(DAY)
    row = await registered(housing, *ONE_CHILD, **ENOUGH_ROOMS)
    assert row["band"] == "c"
    main = await owe(housing, row, "main")
    row = await housing.good("GET", f"/applications/{row['id']}")
    assert (row["band"], row["priority_on"], row["learned"]["homeless_duty"]["value"]) == ("b", "2026-12-04", "main")
    decisions = (await housing.good("GET", f"/applications/{row['id']}/decisions"))["items"]
    # The scheme's own doing: not that of the officer who decided about the duty.
    assert decisions[-1]["confirmed_by"] == "system:housing"
    housing.on(date(2027, 2, 1))
    await owe(housing, row, "main", 2, main, ended_on="2027-02-01", end_reason="part_6_accepted")
    row = await housing.good("GET", f"/applications/{row['id']}")
    assert (row["band"], "homeless_duty" in row["learned"], len(row["waiting_decisions"])) == ("b", False, 1)
    # What is old comes late: nothing changes.
    await owe(housing, row, "main", 1, main)
    assert "homeless_duty" not in (await housing.good("GET", f"/applications/{row['id']}"))["learned"]


async def test_who_applies_after_the_duty_began_has_it_too(housing: Housing) -> None:
    housing.on(DAY)
    home = {"household_id": str(uuid4())}
    await owe(housing, home, "relief")
    await owe(housing, home, "main")
    row = await apply(housing, *ONE_CHILD, **home, **ENOUGH_ROOMS)
    found, row = await weigh(housing, row)
    assert [each["code"] for each in found["reasons"]] == ["main_duty", "hardship"]
    assert row["preference"] == ["rp_hardship", "rp_homeless"]


async def test_nobody_comes_onto_the_register_before_an_officer_has_weighed_them(housing: Housing) -> None:
    housing.on(DAY)
    row = await apply(housing, *ONE_CHILD)
    changed = {"members": family(*ONE_CHILD, ("female", "2018-05-05"), applicant=UUID(row["person_id"]))}
    row = await housing.good(
        "PATCH", f"/applications/{row['id']}", changed, version=row["version"], roles=("universal_worker",)
    )
    assert (row["state"], row["band"], row["bedrooms_needed"], row["bedrooms_lacking"]) == ("submitted", None, 3, 2)
    await owe(housing, row, "main")
    row = await housing.good("GET", f"/applications/{row['id']}")
    assert (row["state"], row["band"]) == ("submitted", None)
    gone = {"circumstances": NEEDS_NOTHING | {"tenancy_fraud": True}}
    row = await housing.good("PATCH", f"/applications/{row['id']}", gone, version=row["version"])
    assert (row["state"], row["waiting_decisions"]) == ("submitted", [])
