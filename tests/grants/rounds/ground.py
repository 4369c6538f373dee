"""A round with groups that apply, for tests."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from kit import clock
from services.grants.rounds.shapes import RoundRules
from tests.grants.doors import Grants
from tests.grants.funds.money import fund

MANAGER: dict[str, Any] = {"actor": "manager-1", "roles": ("manager",)}
WARD = "E05014053"
ESI = UUID(int=0xE51)
RULES: dict[str, Any] = {
    "criteria": [
        {"code": "need", "title": "Answers a need of the ward", "weight": 2, "most": 5},
        {"code": "reach", "title": "Reaches people who are not reached", "weight": 1, "most": 5},
    ],
    "due_diligence": [
        {"up_to_pence": 1_000_00, "checks": ["constitution"]},
        {"up_to_pence": 10_000_00, "checks": ["constitution", "bank_account"]},
    ],
    "wards": [],
}


def rules(**more: Any) -> dict[str, Any]:
    """A round's rules as they are stored."""
    return RoundRules.model_validate({**RULES, **more}).model_dump(mode="json")


def day(days: int) -> str:
    """So many days from today."""
    return (clock.today() + timedelta(days=days)).isoformat()


async def a_round(
    grants: Grants, pence: int = 50_000_00, *, slice_pence: int = 30_000_00, opened: bool = True, **more: Any
) -> Any:
    """A round over a fund with money in it; open unless told otherwise."""
    found = (await grants.good("GET", "/funds"))["items"]
    money = found[0] if found else await fund(grants, pence=pence)
    plan = {
        "fund_id": money["id"],
        "name": "Spring 2027",
        "summary": "Neighbourhood money for what neighbours do together.",
        "slice_pence": slice_pence,
        "opens_on": day(0),
        "closes_on": day(28),
        "rules": {**RULES, **more},
    }
    made = await grants.good("POST", "/rounds", plan)
    if opened:
        made = await grants.good("POST", f"/rounds/{made['id']}/open", version=made["version"], **MANAGER)
    return made


def wish(asked_pence: int = 4_000_00, **more: Any) -> dict[str, Any]:
    """What a group asks for that fits every rule."""
    return {
        "title": "A garden for the square",
        "purpose": "Forty raised beds, a shed and a tap, kept by the neighbours.",
        "asked_pence": asked_pence,
        "budget": [{"item": "Beds and soil", "pence": asked_pence}],
        "documents": ["constitution", "accounts", "safeguarding_policy", "insurance"],
        "wards": [WARD],
        "people_reached": 120,
        "starts_on": day(90),
        "ends_on": day(300),
        **more,
    }


def group(number: int = 1, **more: Any) -> dict[str, Any]:
    """A group that fits every rule."""
    return {
        "name": f"Friends of the Square {number}",
        "kind": "charity",
        "charity_number": f"11{number:05d}",
        "constituted": True,
        "unrelated_signatories": 2,
        "contact": {"name": "Esi Boateng", "email": f"esi{number}@square.example", "person_id": str(ESI)},
        **more,
    }


async def applied(grants: Grants, round_id: str, number: int = 1, **more: Any) -> Any:
    """An application that was sent by an officer for its group."""
    body = {"round_id": round_id, "applicant": group(number), **wish(**more)}
    return await grants.good("POST", "/applications", body)


def sheet(need: int = 4, reach: int = 3) -> dict[str, Any]:
    """An assessor's scores."""
    return {
        "no_interest": True,
        "scores": [
            {"criterion": "need", "score": need, "reason": "The ward has no green."},
            {"criterion": "reach", "score": reach, "reason": "Doors are knocked on."},
        ],
    }


async def assessed(grants: Grants, round_id: str, number: int = 1, **more: Any) -> Any:
    """An application that two assessors scored alike."""
    made = await applied(grants, round_id, number, **more)
    path = f"/applications/{made['id']}"
    await grants.good("POST", f"{path}/eligibility", {"eligible": True}, version=made["version"])
    for assessor in ("assessor-1", "assessor-2"):
        await grants.good("POST", f"{path}/assessments", sheet(), actor=assessor)
    for check in ("constitution", "bank_account"):
        await grants.good("POST", f"{path}/due-diligence", {"check": check, "passed": True, "note": "Seen"})
    return await grants.good("GET", path)


def in_days(days: int) -> date:
    """The day itself."""
    return clock.today() + timedelta(days=days)
