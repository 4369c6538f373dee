"""The list of cases by days left, and one case: where it stands, what is owed, what may follow and what is missing."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kit.clock import today
from staff.client import Answer, Refused
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.contacts import choices
from staff.pages.contacts.people import names_of

router = APIRouter()

CASES: Final = "/v1/housing/homelessness-cases"
SOON: Final = timedelta(days=7)
TABS: Final = (
    ("", "The case"),
    ("/plan", "Plan"),
    ("/decisions", "Decisions and reviews"),
    ("/activities", "What is done"),
    ("/placements", "Where they stay"),
    ("/household", "Who belongs to it"),
    ("/lock-outs", "Lock-outs"),
)


@router.get("/homelessness")
async def cases(page: SignedIn) -> Response:
    """Those nearest to their day first, within what the list brings."""
    show = page.asked("show") or "open"
    asked = {
        "open": show != "closed",
        "officer": page.session.subject if show == "mine" else None,
        "due_by": (today() + SOON).isoformat() if show == "due" else None,
        "person_id": page.asked("person"),
        "household_id": page.asked("household"),
    }
    if page.asked("person") or page.asked("household"):
        asked["open"] = None
    names, found = await asyncio.gather(
        page.names(), page.parts(cases=page.get(CASES, {**asked, "limit": 100, "after": page.asked("after")}))
    )
    rows = sorted(found["cases"].items, key=lambda each: (each["days_left"] is None, each["days_left"] or 0))
    people = await names_of(page, [each["person_id"] for each in rows])
    after = found["cases"].next
    kept = {name: page.asked(name) for name in ("show", "person", "household")}
    return page.render(
        "homelessness/list.html",
        names=names,
        people=people,
        rows=rows,
        show=show,
        **page.turning("/homelessness", kept, after),
        say=choices.say,
        **found,
    )


async def load(page: Page, case_id: UUID) -> Answer:
    """The case, with its version in `etag`."""
    return await page.get(f"{CASES}/{case_id}")


async def framed(
    page: Page, template: str, case_id: UUID, tab: str, form: Form | None = None, **asked: Any
) -> Response:
    """A page of a case: its name and place on top, and whatever is asked for besides, all at once."""
    given = {name: asked.pop(name) for name in ("status", "more") if name in asked}
    case, found = await asyncio.gather(load(page, case_id), page.parts(**asked))
    return await around(page, template, case, tab, form, **given, **found)


async def around(
    page: Page,
    template: str,
    case: Answer,
    tab: str,
    form: Form | None = None,
    *,
    status: int | None = None,
    more: Mapping[str, Any] | None = None,
    **found: Any,
) -> Response:
    """The same around a case that was read already."""
    members = (each["person_id"] for each in case["members"])
    names, people = await asyncio.gather(page.names(), names_of(page, [case["person_id"], *members]))
    here = f"/homelessness/{case['id']}"
    return page.render(
        template,
        form,
        status=status,
        case=case.body,
        version=case.etag,
        names=names,
        people=people,
        person=people.get(case["person_id"] or "", ""),
        tabs=[{"text": text, "href": here + end, "current": end == tab} for end, text in TABS],
        here=here,
        say=choices.say,
        **(more or {}),
        **found,
    )


@router.get("/homelessness/{case_id}")
async def case(page: SignedIn, case_id: UUID) -> Response:
    """One case."""
    return await framed(
        page,
        "homelessness/case.html",
        case_id,
        "",
        duties=page.get(f"{CASES}/{case_id}/duties"),
        checks=page.get(f"{CASES}/{case_id}/return-checks"),
        placements=page.get("/v1/housing/placements", {"case_id": str(case_id)}),
    )


@router.get("/homelessness/{case_id}/placements")
async def stays(page: SignedIn, case_id: UUID) -> Response:
    """Where the household stays and stayed."""
    return await framed(
        page,
        "homelessness/placements.html",
        case_id,
        "/placements",
        placements=page.get("/v1/housing/placements", {"case_id": str(case_id)}),
    )


@router.post("/homelessness/{case_id}/holder")
async def take(page: SignedIn, case_id: UUID) -> Response:
    """Whoever presses it holds the case."""
    form = await page.form()
    path = f"{CASES}/{case_id}/holder"
    try:
        wrote = await page.change("PUT", path, {"officer": page.session.subject}, if_match=form.version)
    except Refused as refused:
        form.refused(refused)
        return await framed(
            page,
            "homelessness/case.html",
            case_id,
            "",
            form,
            duties=page.get(f"{CASES}/{case_id}/duties"),
            placements=page.get("/v1/housing/placements", {"case_id": str(case_id)}),
        )
    return page.to(f"/homelessness/{case_id}", said="You hold the case", wrote=wrote, path=path)
