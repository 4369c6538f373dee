"""A ballot that the officer decided on becomes awards, to the penny and with its reasons; nothing is decided twice."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from kit import clock
from tests.grants.awards.ground import closed
from tests.grants.ballots.test_ballots import VERDICT, cast, counted
from tests.grants.doors import PUBLIC, Grants
from tests.grants.rounds.ground import MANAGER, a_round, assessed


@pytest.fixture(autouse=True)
def standing_clock() -> Iterator[None]:
    """Whatever a test does to the business clock is undone."""
    yield
    clock.set_offset(timedelta(0))


async def voted_on(grants: Grants, applications: list[Any], budget_pence: int) -> Any:
    """A counted ballot on these: the first two have the votes."""
    now = clock.business_now()
    draft = {
        "title": "The panel's vote",
        "kind": "approval",
        "rule": "equal_shares",
        "budget_pence": budget_pence,
        "opens_at": now.isoformat(),
        "closes_at": (now + timedelta(days=7)).isoformat(),
        "projects": [
            {"ref": f"A{place}", "title": each["title"], "cost_pence": each["asked_pence"]}
            for place, each in enumerate(applications, start=1)
        ],
    }
    made = await grants.good("POST", "/ballot-drafts", draft)
    opened = await grants.good("POST", f"/ballots/{made['id']}/open", version=made["version"])
    for number in range(4):
        await cast(grants, opened, number, "A1", "A2")
    await cast(grants, opened, 4, "A3")
    return await counted(grants, opened)


@pytest.mark.full
async def test_what_a_ballot_says_is_awarded_and_nothing_else(grants: Grants) -> None:
    opened = await a_round(grants)
    applications = [await assessed(grants, opened["id"], number) for number in (1, 2, 3)]
    await closed(grants, opened["id"])
    result = await voted_on(grants, applications, 8_000_00)
    ballot = f"/ballots/{result['ballot_id']}"
    refs = {f"A{place}": each["id"] for place, each in enumerate(applications, start=1)}
    take = {"ballot_id": result["ballot_id"], "refs": refs}
    path = f"/rounds/{opened['id']}/ballot-awards"
    await grants.refused(409, "POST", path, take, **MANAGER)

    verdict = {**VERDICT, "returned": {"A2": "The land is about to be sold."}}
    said = await grants.good("POST", f"{ballot}/decision", verdict, version=result["version"], **MANAGER)
    await grants.good("POST", path, take, **MANAGER)
    await grants.refused(409, "POST", path, take, **MANAGER)
    [award] = (await grants.good("GET", "/awards", **PUBLIC))["items"]
    assert (award["pence"], award["regulation_59f_reason"]) == (4_000_00, VERDICT["addresses_development"])
    [decision] = await grants.good("GET", f"/rounds/{opened['id']}/decisions", **PUBLIC)
    outcomes = {each["application_id"]: each["outcome"] for each in decision["items"]}
    assert [outcomes[each["id"]] for each in applications] == ["adopted", "returned", None]
    assert [each["recommended"] for each in decision["items"]] == [True, True, False]
    assert "4 voters" in decision["items"][0]["reason"]

    upheld = {"ref": "A2", "answer": "upheld", "reason": "It stands on the park, which is not sold."}
    said = await grants.good("POST", f"{ballot}/answers", upheld, version=said["version"])
    await grants.good("POST", f"{ballot}/decision", VERDICT, version=said["version"], **MANAGER)
    await grants.good("POST", path, take, **MANAGER)
    assert [each["pence"] for each in (await grants.good("GET", "/awards", **PUBLIC))["items"]] == [4_000_00] * 2
    now = await grants.good("GET", f"/rounds/{opened['id']}", **PUBLIC)
    await grants.good("POST", f"/rounds/{opened['id']}/conclusion", version=now["version"], **MANAGER)
    lost = await grants.good("GET", f"/applications/{applications[2]['id']}")
    assert (lost["state"], "1 voter" in lost["ended_reason"]) == ("declined", True)
    assert (await grants.good("GET", "/funds/proof"))["balances"]
