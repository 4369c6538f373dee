"""The housing register among risk's facts: that a household waits, from when to when, and not why."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from kit import clock
from kit.contracts.envelope import Event
from kit.contracts.housing.register import RegisterState
from services.risk.sources import handlers
from tests.risk.sources.ground import Loading

pytestmark = pytest.mark.usefixtures("inside")

PERSON, APPLICATION = UUID(int=5), UUID(int=6)


async def hear(loading: Loading, type_: str, sequence: int, **more: Any) -> None:
    """Housing announces an application."""
    state = RegisterState.model_validate(
        {
            "application_id": APPLICATION, "person_id": PERSON, "household_id": uuid4(), "state": "active",
            "applied_on": "2026-03-02", "changed_at": clock.business_now(), **more,
        }
    )  # fmt: skip
    event: Event[RegisterState] = Event(
        id=uuid4(), type=f"housing.application.{type_}", subject=APPLICATION, time=clock.now(), actor="marcus",
        purpose="housing_register", sequence=sequence, correlationid=uuid4(), source="urn:newstart:housing", data=state,
    )  # fmt: skip
    async with loading.risk.unit() as unit:
        await handlers.hear_register(unit, event)


async def test_who_waits_is_a_fact_until_they_are_housed_and_again_if_that_falls_through(loading: Loading) -> None:
    def known() -> list[tuple[str, str, Any]]:
        rows = loading.risk.stored.rows("select kind, occurred_on, until, value from fact")
        assert all(row["value"] is None for row in rows)
        return [
            (row["kind"], row["occurred_on"].isoformat(), row["until"] and row["until"].isoformat()) for row in rows
        ]

    await hear(loading, "registered", 1)
    assert known() == [("housing.waiting", "2026-03-02", None)]
    await hear(loading, "ended", 2, ended_on="2026-11-30", end_reason="housed", state="housed")
    assert known() == [("housing.waiting", "2026-03-02", "2026-11-30")]
    await hear(loading, "restored", 3)
    assert known() == [("housing.waiting", "2026-03-02", None)]
