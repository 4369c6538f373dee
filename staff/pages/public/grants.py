"""What was granted, by which rules, and what came of it; the same for programs by the 360Giving standard."""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kit import clock
from staff.charts import Bar, Chart, bars
from staff.charts.scales import pounds
from staff.client import an_id
from staff.page import Anyone
from staff.pages.public.anyone import asker, passed_on, show

router = APIRouter()
_G: Final = "/v1/grants"
_FILES: Final = {
    "360giving.json": "application/json",
    "360giving.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.get("/public/grants")
async def grants(page: Anyone) -> Response:
    """Awards, the newest first; rounds; downloads."""
    ask = asker(page)
    year = financial_year()
    found = await ask.parts(
        awards=ask.get(f"{_G}/awards", {"limit": 50, "after": page.asked("after")}),
        rounds=ask.get(f"{_G}/rounds", {"limit": 20}),
        statement=ask.get(f"{_G}/publications/infrastructure-funding-statement", {"year": year}),
    )
    return show(page, "public/grants.html", year=year, chart=_money(found["statement"].body), **found)


def financial_year() -> int:
    """The year in which the present financial year began, on 1 April."""
    today = clock.today()
    return today.year if (today.month, today.day) >= (4, 1) else today.year - 1


def _money(statement: dict[str, Any] | None) -> Chart | None:
    if not statement:
        return None
    rows = [
        Bar("Neighbourhood share received", statement["neighbourhood_share_pence"]),
        Bar("Awarded", statement["neighbourhood_awarded_pence"]),
        Bar("Paid out", statement["neighbourhood_spent_pence"]),
        Bar("Carried forward", statement["neighbourhood_carried_forward_pence"]),
    ]
    says = (
        f"Of {pounds(statement['levy_received_pence'])} that developers paid this year, "
        f"{pounds(statement['neighbourhood_share_pence'])} is for neighbourhoods to decide on."
    )
    return bars("levy", "Neighbourhood money this year", says, rows, written=pounds, what="Amount", label="What")


@router.get("/public/grants/{name}")
async def file(page: Anyone, name: str) -> Response:
    """A published file, or one award by its id."""
    if name in _FILES:
        return await passed_on(page, f"{_G}/publications/{name}", name, _FILES[name])
    if name == "grants-list.csv":
        year = page.asked("year") or str(financial_year())
        year = year if year.isdecimal() and len(year) == 4 else str(financial_year())
        return await passed_on(page, f"{_G}/publications/grants-list.csv?year={year}", name, "text/csv")
    answer = await asker(page).get(f"{_G}/awards/{an_id(name)}")
    return show(page, "public/award.html", award=answer.body)


@router.get("/public/rounds/{round_id}")
async def grant_round(page: Anyone, round_id: UUID) -> Response:
    """A round: the rules it is bound by, what was decided and why, what came of it."""
    ask = asker(page)
    found = await ask.parts(
        round=ask.get(f"{_G}/rounds/{round_id}"),
        decisions=ask.get(f"{_G}/rounds/{round_id}/decisions"),
        outcomes=ask.get(f"{_G}/rounds/{round_id}/outcomes"),
    )
    if found["round"].refused:
        raise found["round"].refused
    return show(page, "public/round.html", **found)
