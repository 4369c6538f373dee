"""Building: the programme through the years, one scheme's homes and money, and the right to return."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from staff import words
from staff.charts import Bar, Chart, Group, Line, bars, grouped_bars, lines, stacked_areas
from staff.charts.scales import pounds
from staff.client import an_id
from staff.page import Page, SignedIn

router = APIRouter()

_S: Final = "/v1/housing/schemes"
STATES: Final = {
    "pipeline": "In the pipeline",
    "approved": "Approved",
    "on_site": "On site",
    "completed": "Completed",
    "cancelled": "Not built",
}
SHARES: Final = {
    "council_equivalent": "Council-equivalent rent",
    "under_market": "Under market rent",
    "shared_ownership": "Shared ownership",
    "market_sale": "Sold at market price",
}
_COMPARED: Final = {
    "homes": "Homes",
    "more_homes": "More homes than before",
    "net_cost_pence": "Cost after grant and sales",
    "income_year_pence": "Income a year",
    "surplus_year_pence": "Left after borrowing, a year",
    "npv_pence": "Net present value",
    "yield_percent": "Yield",
    "payback_on": "Paid back on",
}
_SHOWN_YEARS: Final = 14


@router.get("/schemes")
async def programme(page: SignedIn) -> Response:
    """Every scheme, and what the programme comes to."""
    found = await page.parts(
        programme=page.get("/v1/housing/programme", **_for(page)),
        schemes=page.get(_S, {"limit": 200, "after": page.asked("after")}, **_for(page)),
    )
    charts = _of_programme(found["programme"].body) if found["programme"].ok else []
    return page.render("schemes/programme.html", charts=charts, states=STATES, shares=SHARES, **found)


@router.get("/schemes/{scheme_id}")
async def scheme(page: SignedIn, scheme_id: str) -> Response:
    """One scheme: what is built for whom, its money year by year, other ways to build it, who returns."""
    path = f"{_S}/{an_id(scheme_id)}"
    whole = await page.get(path, **_for(page))
    names, found = await asyncio.gather(
        page.names(),
        page.parts(
            appraisal=page.get(f"{path}/appraisal", **_for(page)),
            scenarios=page.get(f"{path}/scenarios", **_for(page)),
            returns=page.get(f"{path}/right-to-return", **_for(page)),
            gateways=page.get(f"{path}/gateways", {"limit": 20}, **_for(page)),
        ),
    )
    charts = _of_scheme(found["appraisal"].body) if found["appraisal"].ok else []
    compared = _compared(found["scenarios"].body) if found["scenarios"].ok else []
    return page.render(
        "schemes/one.html",
        names=names,
        scheme=whole,
        charts=charts,
        compared=compared,
        states=STATES,
        shares=SHARES,
        **found,
    )


def _of_programme(body: Mapping[str, Any]) -> list[Chart]:
    years = body["years"]
    named = [str(each["year"]) for each in years]
    started, done = [each["started"] for each in years], [each["completed"] for each in years]
    by_share = [(title, [each["completed_by_share"].get(code, 0) for each in years]) for code, title in SHARES.items()]
    return [
        lines(
            "pipeline",
            "Homes started and completed each year",
            f"{sum(started):,} are started and {sum(done):,} completed over these years.",
            named,
            [Line("Started", started), Line("Completed", done)],
            label="Year",
            mark_at=body["on"][:4] if body["on"][:4] in named else "",
        ),
        stacked_areas(
            "shares",
            "For whom they are built",
            "Homes completed each year, by how they are let or sold.",
            named,
            by_share,
            label="Year",
        ),
    ]


def _of_scheme(body: Mapping[str, Any]) -> list[Chart]:
    summary, years = body["summary"], sorted(body["years"].items())
    flow = [Bar(year, each["flow"]) for year, each in years[:_SHOWN_YEARS]]
    later = sum(each["flow"] for _, each in years[_SHOWN_YEARS:])
    if len(years) > _SHOWN_YEARS:
        flow.append(Bar(f"{years[_SHOWN_YEARS][0]} to {years[-1][0]}, together", later))
    rooms = sorted(summary["by_size"])
    council, waiting = summary["council_by_size"], summary["waiting"]
    return [
        bars(
            "cash-flow",
            "Cash flow by year",
            "What is paid out while it is built, and what comes back.",
            flow,
            written=pounds,
            what="In, less out",
            label="Year",
        ),
        grouped_bars(
            "waiting",
            "Homes at council-equivalent rent, and who waits for that size",
            "The households of the register that need each size, beside what this scheme brings them.",
            ["Homes", "Households waiting"],
            [Group(_bedrooms(size), [council.get(size, 0), waiting.get(size)]) for size in rooms],
            label="Size",
        ),
    ]


def _bedrooms(size: str) -> str:
    return f"{size} bedroom{'s' if size != '1' else ''}"


def _compared(body: Mapping[str, Any]) -> Sequence[tuple[str, list[str]]]:
    """Rows of a table: the plan beside every other way to build it."""
    ways = [body["plan"], *(each["summary"] for each in body["scenarios"])]
    rows = [(title, [_figure(code, each.get(code)) for each in ways]) for code, title in _COMPARED.items()]
    rows += [(title, [f"{each['shares'].get(code, 0):,}" for each in ways]) for code, title in SHARES.items()]
    return rows


def _figure(code: str, value: Any) -> str:
    if value is None:
        return "not reached"
    if code.endswith("_pence"):
        return pounds(value)
    if code.endswith("_on"):
        return words.day(value)
    return f"{value}%" if code.endswith("_percent") else str(value)


def _for(page: Page) -> dict[str, Any]:
    """These pages are regeneration's own; whoever only looks states what they work for."""
    return {"purpose": "regeneration"} if "housing_officer" in page.session.roles else {}
