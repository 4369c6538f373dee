"""Cohorts: saved definitions, how many households they hold, known and unknown, and what became of the lists."""

import asyncio
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from staff import words
from staff.charts import Chart, Line, Stage, flow, lines
from staff.client import an_id
from staff.page import SignedIn

router = APIRouter()

_C: Final = "/v1/risk/cohorts"


@router.get("/cohorts")
async def cohorts(page: SignedIn) -> Response:
    """Every saved cohort."""
    found = await page.parts(cohorts=page.get(_C, {"limit": 100, "after": page.asked("after")}))
    return page.render("cohorts/list.html", **found)


@router.get("/cohorts/{cohort_id}")
async def cohort(page: SignedIn, cohort_id: str) -> Response:
    """One cohort: its rule in words, who is known to us and who is not, through time, and its outreach lists."""
    path = f"{_C}/{an_id(cohort_id)}"
    names, whole, found = await asyncio.gather(
        page.names(),
        page.get(path),
        page.parts(
            runs=page.get(f"{path}/runs", {"limit": 60}),
            publications=page.get(f"{path}/publications", {"limit": 20}),
        ),
    )
    charts: list[Chart] = []
    newest = whole["newest"]
    if newest:
        charts.append(_of(newest))
    if found["runs"].ok and len(found["runs"].items) > 1:
        charts.append(_through_time(found["runs"].items))
    return page.render("cohorts/one.html", names=names, cohort=whole, charts=charts, **found)


def _of(run: Any) -> Chart:
    told = f"{run['known']:,} are known to somebody who helps; {run['unknown']:,} are not"
    return flow(
        "known",
        "Known to us and not",
        f"Of {run['households']:,} households {told}.",
        [
            Stage("All households looked at", run["population"]),
            Stage("In this cohort", run["known"], run["unknown"]),
        ],
        known="Known to us",
        unknown="Not known",
    )


def _through_time(runs: list[Any]) -> Chart:
    months = sorted(runs, key=lambda each: each["month"])
    steps = [words.day(each["month"][:7]) for each in months]
    given = [
        Line("Known to us", [each["known"] for each in months]),
        Line("Not known", [each["unknown"] for each in months]),
    ]
    return lines("size", "Its size through time", "Households, by month.", steps, given, label="Month")
