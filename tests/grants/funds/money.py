"""Funds for tests, and published files as a council's planners would send them."""

from typing import Any

from tests.grants.doors import Grants

MANAGER: dict[str, Any] = {"actor": "manager-1", "roles": ("manager",)}
AGREEMENTS = (
    "reference,name,developer-agreement-type,planning-application,organisation,entry-date,start-date\n"
    'A1,"Quay Yard, phase 2",cil,26/00017/FUL,local-authority:BDG,2026-04-01,2026-03-20\n'
    "A2,Mill Row,section-106,26/00099/FUL,local-authority:BDG,2026-04-01,2026-03-21\n"
    "A3,Gate House,cil,26/00101/FUL,local-authority:BDG,2026-04-01,2026-03-22\n"
)
CONTRIBUTIONS = (
    "reference,developer-agreement,contribution-purpose,amount,units\n"
    "C1,A1,community-infrastructure-levy,812345.67,pounds\n"
    "C2,A2,education,50000,pounds\n"
    "C3,A3,neighbourhood-community-infrastructure-levy,5000,pounds\n"
    "C4,A3,community-infrastructure-levy,33333.33,pounds\n"
)
_HEADER = (
    "reference,developer-agreement-contribution,contribution-funding-status,amount,units,notes,organisation,"
    "entry-date,start-date\n"
)


def transaction(
    reference: str, contribution: str, status: str, amount: str, *, units: str = "pounds", on: str = "2026-05-11"
) -> str:
    """One row."""
    return f'{reference},{contribution},{status},"{amount}",{units},,local-authority:BDG,2026-06-01,{on}\n'


def files(*transactions: str) -> tuple[str, str, str]:
    """The three files."""
    return AGREEMENTS, CONTRIBUTIONS, _HEADER + "".join(transactions)


def body(*transactions: str, **more: Any) -> dict[str, Any]:
    """The three files as they are sent."""
    names = ("agreements", "contributions", "transactions")
    return {**dict(zip(names, files(*transactions), strict=True)), **more}


async def fund(grants: Grants, code: str = "ncil", pence: int = 0, **rules: Any) -> Any:
    """A new fund with so much in it."""
    new = {"code": code, "name": f"Fund {code}", "kind": "ncil" if code == "ncil" else "match", "rules": rules}
    made = await grants.good("POST", "/funds", new, **MANAGER)
    if pence:
        receipt = {"pence": pence, "source": "A gift", "reference": f"{code}-1", "received_on": "2026-04-06"}
        await grants.good("POST", f"/funds/{made['id']}/receipts", receipt)
    return await grants.good("GET", f"/funds/{made['id']}")


async def proof(grants: Grants) -> Any:
    """The whole ledger added up."""
    return await grants.good("GET", "/funds/proof")
