"""Homelessness cases as an officer makes them, a step at a time."""

from typing import Any
from uuid import UUID, uuid4

from tests.housing.doors import Housing

OFFICER: dict[str, Any] = {"purpose": "homelessness"}
SENIOR: dict[str, Any] = {"purpose": "homelessness", "actor": "reviewer-1", "roles": ("reviewing_officer",)}
CASES = "/homelessness-cases"
REASONS = "They told us, and we saw the papers."
FOUND: dict[str, Any] = {
    "reason_to_believe": True,
    "eligible": "yes",
    "homelessness": "homeless",
    "priority": "yes",
    "priority_category": "pregnant",
    "intentional": "no",
}


async def opened(housing: Housing, person_id: UUID | None = None, **fields: Any) -> Any:
    """A case of somebody who applied to housing itself."""
    body = {"person_id": str(person_id or uuid4()), **fields}
    return await housing.good("POST", CASES, body, **OFFICER)


async def read(housing: Housing, case_id: str) -> Any:
    return await housing.good("GET", f"{CASES}/{case_id}", **OFFICER)


async def found(housing: Housing, case_id: str, **fields: Any) -> Any:
    """An assessment on what stands now."""
    version = (await read(housing, case_id))["version"]
    return await housing.good("POST", f"{CASES}/{case_id}/assessments", {**FOUND, **fields}, version=version, **OFFICER)


async def decided(housing: Housing, case_id: str, transition: str, *, by: dict[str, Any] = OFFICER, **said: Any) -> Any:
    """A decision on what stands now."""
    version = (await read(housing, case_id))["version"]
    body = {"transition": transition, "reasons": REASONS, **said}
    return await housing.good("POST", f"{CASES}/{case_id}/decisions", body, version=version, **by)


async def refused(housing: Housing, status: int, case_id: str, transition: str, **said: Any) -> dict[str, Any]:
    """A decision that must be refused; the problem."""
    version = (await read(housing, case_id))["version"]
    body = {"transition": transition, "reasons": REASONS, **said}
    return await housing.refused(status, "POST", f"{CASES}/{case_id}/decisions", body, version=version, **OFFICER)


async def told(housing: Housing, decision: Any, **fields: Any) -> Any:
    """They were told of it, by hand."""
    path = f"/homelessness-decisions/{decision['id']}/notification"
    return await housing.good("POST", path, {"how": "by_hand", **fields}, version=decision["version"], **OFFICER)
