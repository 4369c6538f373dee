"""What the tests of casework share: a household with a case, and the people who act."""

from typing import Any
from uuid import uuid4

from kit import clock
from kit.contracts.envelope import subject_for
from tests.casefile.doors import Casefile
from tests.casefile.facts import decided, envelope, moment
from tests.service_doors import MANAGER

Json = dict[str, Any]

LEAD: Json = {"roles": ("safeguarding_lead",), "purpose": "safeguarding", "actor": "lead-1"}


def worker(actor: str, role: str = "universal_worker", purpose: str = "universal_support") -> Json:
    """Somebody who asks."""
    return {"actor": actor, "roles": (role,), "purpose": purpose}


STRANGER = worker("stranger-1")


async def case_of(
    casefile: Casefile, person: Any = None, *, holder: str | None = "w1", lead: str | None = None, **decision: Any
) -> Any:
    """An open case, of somebody new unless told otherwise, held by `holder` unless None."""
    person = person or await casefile.person()
    await casefile.take(decided(person=person["id"], **({"outcome": "universal"} | decision)), kinds=["reactions"])
    (case, *_) = await cases(casefile, household_id=person["household_id"], state="open")
    if holder or lead:
        body = {name: who for name, who in (("account_manager", holder), ("lead", lead)) if who}
        path = f"/cases/{case['id']}/allocations"
        case = await casefile.good("POST", path, body, version=case["version"], **MANAGER)
    return {**case, "person_id": person["id"]}


async def cases(casefile: Casefile, **query: Any) -> list[Any]:
    """The cases a manager sees."""
    return list((await casefile.good("GET", "/cases", params={"limit": 200, **query}, **MANAGER))["items"])


async def team(casefile: Casefile, code: str, *members: str, manager: str | None = None) -> None:
    """A team as the gateway announces it."""
    today = clock.today().isoformat()
    data = {
        "team_id": str(subject_for("team", code)),
        "code": code,
        "manager": manager,
        "members": [{"worker_id": each, "role": "universal_worker", "from": today} for each in members],
        "changed_at": moment(),
    }
    await casefile.take(envelope("gateway.team.changed", data, subject=data["team_id"]))


async def known_worker(casefile: Casefile, who: str, *, sequence: int = 1, **state: Any) -> None:
    """A worker as the gateway announces them."""
    data = {"worker_id": who, "roles": ["universal_worker"], "active": True, "changed_at": moment(), **state}
    await casefile.take(envelope("gateway.worker.changed", data, subject=subject_for("worker", who), sequence=sequence))


async def sealed_case(casefile: Casefile, person: Any, *, lead: str = "recovery-1") -> str:
    """Sealed work with the household of this person, taken on by somebody of the drugs and alcohol team."""
    await team(casefile, "drugs_and_alcohol", lead, manager="recovery-manager")
    decision = decided(person=person["id"], outcome="targeted", specialism="drugs_and_alcohol")
    await casefile.take(decision)
    mine = worker(lead, "targeted_specialist", "targeted_support")
    shown = await casefile.good("GET", "/cases", params={"household_id": person["household_id"]}, **mine)
    (case,) = [each for each in shown["items"] if each["compartment"]]
    await casefile.good("POST", f"/cases/{case['id']}/allocations", {"lead": lead}, version=1, **mine)
    return str(case["id"])


def nobody() -> str:
    """An id of nothing."""
    return str(uuid4())
