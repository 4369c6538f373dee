"""Awards for tests: assessed, recommended, adopted, agreed."""

from typing import Any

from tests.grants.doors import Grants
from tests.grants.rounds.ground import MANAGER, a_round, assessed, day


def item(application: Any, *, won: bool = True) -> dict[str, Any]:
    """One application in a recommendation."""
    return {
        "application_id": application["id"],
        "recommended": won,
        "pence": application["asked_pence"] if won else 0,
        "reason": "Placed first: 41 of 60 votes" if won else "Its voters' share was spent on others",
    }


def adopted(application: Any) -> dict[str, Any]:
    """The officer adopts it."""
    return {
        "application_id": application["id"],
        "outcome": "adopted",
        "regulation_59f_reason": "New homes on Quay Yard bring 400 families and no green.",
        "subsidy": "not_a_subsidy",
    }


def returned(application: Any) -> dict[str, Any]:
    """The officer returns it."""
    reason = "The land is about to be sold: ask the panel again with this known."
    return {"application_id": application["id"], "outcome": "returned", "public_reason": reason}


async def closed(grants: Grants, round_id: str) -> None:
    """No more applications."""
    await grants.good("POST", f"/rounds/{round_id}/close", {"reason": "Everyone we know of has applied"}, **MANAGER)


async def recommended(grants: Grants, round_id: str, *items: Any) -> Any:
    """What the ballot said is before the officer."""
    body = {"source": "ballot", "statement": "The panel's vote of 13 March", "items": list(items)}
    return await grants.good("POST", f"/rounds/{round_id}/recommendations", body)


def adoption(*items: Any) -> dict[str, Any]:
    """The delegated officer's decision."""
    return {"authority": "Cabinet 16 October 2018, delegation to the director", "items": list(items)}


async def an_award(grants: Grants, *, pence: int = 4_000_00, agreed: bool = True) -> Any:
    """An award over a round of its own, agreed in two instalments unless told otherwise: its file."""
    opened = await a_round(grants)
    application = await assessed(grants, opened["id"], asked_pence=pence, budget=[{"item": "All", "pence": pence}])
    await closed(grants, opened["id"])
    made = await recommended(grants, opened["id"], item(application))
    path = f"/recommendations/{made['id']}/adoption"
    await grants.good("POST", path, adoption(adopted(application)), version=made["version"], **MANAGER)
    [award] = (await grants.good("GET", "/awards"))["items"]
    file = await grants.good("GET", f"/awards/{award['id']}/file")
    if agreed:
        first = pence * 6 // 10
        agreement = {
            "agreed_on": day(0),
            "starts_on": day(1),
            "ends_on": day(300),
            "conditions": ["Say that neighbours paid for it"],
            "instalments": [
                {"pence": first, "milestone": "Signed", "due_on": day(0)},
                {"pence": pence - first, "milestone": "Half of the beds stand", "due_on": day(120)},
            ],
        }
        path = f"/awards/{award['id']}/agreement"
        file = await grants.good("POST", path, agreement, version=file["version"])
    return file


async def paid(grants: Grants, award_id: str, number: int = 1) -> Any:
    """An instalment, asked for by one officer and released by another."""
    body = {"instalment": number, "payee_checked": True, "evidence": "Seen"}
    asked = await grants.good("POST", f"/awards/{award_id}/payments", body)
    return await grants.good("POST", f"/payments/{asked['id']}/release", actor="officer-2")


def report(number: int = 1, spent_pence: int = 2_000_00) -> dict[str, Any]:
    """What a group tells."""
    return {
        "number": number,
        "spent_pence": spent_pence,
        "people_reached": 64,
        "outcomes": [{"what": "Beds built", "count": 20}],
        "equality": {"under_18": 22, "wheelchair_users": 3},
        "narrative": "Twenty beds stand, and the tap works.",
    }
