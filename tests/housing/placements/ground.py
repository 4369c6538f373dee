"""Homes to place into, and households."""

from typing import Any
from uuid import uuid4

from tests.housing.doors import Housing

PLACING: dict[str, Any] = {"purpose": "homelessness"}
HOTEL = {
    "reference": "HOTEL-1",
    "address": "A hotel",
    "kind": "bed_and_breakfast",
    "self_contained": False,
    "shares": ["cooking"],
    "managed_by": "private",
    "sleeps": 4,
    "nightly_cost_pence": 9_500,
    "since": "2026-01-01",
}
FLAT = {
    **HOTEL,
    "reference": "FLAT-1",
    "address": "1 High Road",
    "kind": "leased",
    "self_contained": True,
    "shares": [],
    "nightly_cost_pence": 4_000,
    "paid_when_empty": True,
}


async def home(housing: Housing, said: dict[str, Any], **more: Any) -> str:
    """A temporary home that was added."""
    made = await housing.good("POST", "/temporary-homes", {**said, **more}, **PLACING)
    return str(made["id"])


def staying(home_id: str, **more: Any) -> dict[str, Any]:
    """What is said of a household that is placed."""
    person = str(uuid4())
    said = {
        "household_id": str(uuid4()),
        "person_id": person,
        "person_ids": [person],
        "duty": "interim_188",
        "home_id": home_id,
        "entered_on": "2026-12-04",
        "children": 1,
        "pregnant": True,
        "nothing_else": "Nine landlords and two councils were rung: nothing tonight",
    }
    return said | more
