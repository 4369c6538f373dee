"""Households that apply, for tests."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from tests.housing.doors import Housing

DAY = date(2026, 12, 4)
NEEDS_NOTHING: dict[str, Any] = {
    "tenure": "private_rent",
    "bedrooms_now": 1,
    "resident_since": "2015-03-01",
    "eligible": True,
    "income_year_pence": 24_000_00,
    "capital_pence": 500_00,
    "owned_within_5_years": False,
    "other_register": False,
    "arrears_weeks": 0,
}
REVIEWER: dict[str, Any] = {"roles": ("reviewing_officer",), "actor": "reviewer-1"}


def family(*children: tuple[str, str], applicant: UUID | None = None) -> list[dict[str, Any]]:
    """A lone parent of 34 with children (sex, day of birth)."""
    parent = {"person_id": str(applicant or uuid4()), "born": "1992-06-21", "sex": "female", "place": "applicant"}
    return [parent, *({"person_id": str(uuid4()), "sex": sex, "born": born} for sex, born in children)]


async def apply(housing: Housing, *children: tuple[str, str], **said: Any) -> Any:
    """An application, submitted. `said`: circumstances, or `members`, `household_id`, `applied_on`."""
    body = {name: said.pop(name) for name in ("members", "household_id", "applied_on", "draft") if name in said}
    body = {"household_id": str(uuid4()), "members": family(*children), **body}
    return await housing.good("POST", "/applications", body | {"circumstances": NEEDS_NOTHING | said})


async def weigh(housing: Housing, row: Any, body: Any = None, **more: Any) -> Any:
    """The scheme's answer, and the application as it stands afterwards."""
    now = await housing.good("GET", f"/applications/{row['id']}")
    found = await housing.good(
        "POST", f"/applications/{row['id']}/assessments", body or {}, version=now["version"], **more
    )
    return found, await housing.good("GET", f"/applications/{row['id']}")


async def registered(housing: Housing, *children: tuple[str, str], **said: Any) -> Any:
    """On the register, in a band."""
    _, row = await weigh(housing, await apply(housing, *children, **said))
    assert row["state"] == "active", row
    return row
