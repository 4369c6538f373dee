"""Money in tests: the council stands in the register of bodies that may advise on debt, and somebody has all of it."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from kit import clock
from tests.casefile.doors import Casefile

ADVISER: dict[str, Any] = {"roles": ["universal_worker"], "purpose": "debt_advice"}
"""An adviser of the council, in a call."""
KEEPER: dict[str, Any] = {"roles": ["manager"], "purpose": "administration"}
"""Who keeps the register and the tables, in a call."""
EXEMPT = {"basis": "exempt_local_authority", "exemption": "FSMA 2000 (Exemption) Order 2001", "since": "2014-04-01"}
SPACE: dict[str, Any] = {
    "certified_by": "Stepwise Debt Advice",
    "certified_as": "fca_authorised_adviser",
    "lives_in_england_or_wales": True,
    "insolvent": False,
}
KELLYS_LINES: list[dict[str, Any]] = [
    {"category": "earnings", "item": "salary", "amount_pence": 1_213_00},
    {"category": "benefits", "item": "universal_credit", "amount_pence": 511_78},
    {"category": "benefits", "item": "child_benefit", "amount_pence": 108_20, "every": "four_weeks"},
    {"category": "home_and_contents", "item": "rent", "amount_pence": 265_00, "every": "week"},
    {"category": "home_and_contents", "item": "council_tax", "amount_pence": 136_00},
    {"category": "utilities", "item": "gas", "amount_pence": 58_00},
    {"category": "utilities", "item": "electricity", "amount_pence": 64_00},
    {"category": "utilities", "item": "water", "amount_pence": 102_00, "every": "quarter"},
    {"category": "transport_and_travel", "item": "public_transport", "amount_pence": 92_00},
    {"category": "communications_and_leisure", "item": "mobile_phone", "amount_pence": 24_00},
    {"category": "food_and_housekeeping", "item": "groceries", "amount_pence": 92_00, "every": "week"},
    {"category": "personal", "item": "clothing_and_footwear", "amount_pence": 56_50},
]
CIRCUMSTANCES: dict[str, Any] = {
    "on": "2026-12-14",
    "adults": [{"age": 34, "earnings_pence": 1_213_00}],
    "children": [{"born": "2020-05-01", "sex": "f"}],
    "home": {"tenure": "social_rent", "rent_pence": 600_00},
}
LHA = "/money/tables/lha/outer_south_east_london/2024-04-01"
RATES: dict[str, Any] = {
    "source": "Bromley Council, LHA rates from April 2024",
    "figures": {"shared": 138_08, "1": 241_64, "2": 299_18, "3": 356_71, "4": 414_22},
}


def move_clock(casefile: Casefile, offset: timedelta) -> None:
    """The business clock of this process stands so far ahead, and of whoever follows its row."""
    casefile.stored.execute("delete from business_clock")
    casefile.stored.execute(
        "insert into business_clock (id, sequence, offset_seconds) values (%s, 1, %s)",
        [uuid4(), int(offset.total_seconds())],
    )
    clock.set_offset(offset)


def on(casefile: Casefile, day: date) -> None:
    """The business clock stands at noon of that day."""
    move_clock(casefile, datetime.combine(day, time(12), clock.LONDON) - clock.now())


async def register(casefile: Casefile) -> None:
    """The council may advise on debt: it is exempt."""
    if casefile.stored.rows("select 1 from debt_body"):
        return
    await casefile.good("PUT", "/money/debt-bodies/council", EXEMPT, roles=["manager"], purpose="administration")


async def owes(casefile: Casefile, who: Any, kind: str, pence: int, **more: Any) -> Any:
    """A debt of theirs."""
    body = {"person_id": who["id"], "kind": kind, "owed_pence": pence, **more}
    return await casefile.good("POST", "/money/debts", body, **ADVISER)


async def money_of(casefile: Casefile, person_id: str) -> dict[str, str]:
    """One of everything, of this person: its id by name."""
    await register(casefile)
    debt = await casefile.good(
        "POST", "/money/debts", {"person_id": person_id, "kind": "rent_private", "owed_pence": 900_00}, **ADVISER
    )
    statement = await casefile.good(
        "POST", "/money/statements", {"person_id": person_id, "lines": KELLYS_LINES}, **ADVISER
    )
    offer = await casefile.good(
        "POST", f"/money/debts/{debt['id']}/offers", {"kind": "hold", "words": "Four weeks"}, **ADVISER
    )
    space = await casefile.good("POST", "/money/breathing-spaces", SPACE | {"person_id": person_id}, **ADVISER)
    plan = await casefile.good("POST", "/money/support-plans", plan_of(person_id, debt["id"]), **ADVISER)
    check = await casefile.good(
        "POST", "/money/benefit-checks", {"person_id": person_id, "circumstances": CIRCUMSTANCES}, **ADVISER
    )
    claim = await casefile.good(
        "POST", "/money/claims", {"person_id": person_id, "benefit": "universal_credit"}, **ADVISER
    )
    await casefile.good("PUT", LHA, RATES, roles=["manager"], purpose="administration")
    names = ("debt", "statement", "offer", "space", "plan", "check", "claim")
    made = (debt, statement, offer, space, plan, check, claim)
    return {name: each["id"] for name, each in zip(names, made, strict=True)}


def plan_of(person_id: str, debt_id: str) -> dict[str, Any]:
    """A support plan about rent."""
    return {
        "person_id": person_id,
        "about": "rent",
        "debt_ids": [debt_id],
        "steps": [{"what": "Pay £20 a week", "whose": "theirs"}, {"what": "Ask for a hold", "whose": "ours"}],
        "review_on": clock.months_after(clock.today(), 1).isoformat(),
    }
