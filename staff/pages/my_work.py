"""My work: what is mine, my team's, and nobody's yet."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import Answer, Part, Refused, an_id
from staff.listing import Filter, Listing
from staff.navigation import HELPERS, all_sections
from staff.page import Page, SignedIn
from staff.people import Household, households

router = APIRouter()

_RATINGS: Final = {"red": "Red", "amber": "Amber", "green": "Green", "none": "Not rated"}
_LAYERS: Final = {"welcome": "Welcome", "universal": "Universal", "targeted": "Targeted", "statutory": "Statutory"}
_FILTERS: Final = (
    Filter("rating", "Rating", _RATINGS),
    Filter("review", "Review", {"overdue": "Overdue", "soon": "Not overdue"}),
    Filter("layer", "Layer", _LAYERS),
)
_SORTS: Final = ("rating", "review", "opened")
_ORDER: Final = {"red": 0, "amber": 1, "green": 2}
_KEYS: Final = {
    "rating": lambda case: _ORDER.get(case["rag"]),
    "review": lambda case: case["next_review_on"],
    "opened": lambda case: case["opened_at"],
}
_TABS: Final = {"mine": "Mine", "team": "Team", "unallocated": "Unallocated"}
_SEES_QUEUE: Final = frozenset({"triage_officer", "safeguarding_lead", "manager", "universal_worker", "hub_host"})


@router.get("/my-work")
async def my_work(page: SignedIn) -> Response:
    """The list that the tab names, with the counts of all."""
    if HELPERS.isdisjoint(page.session.roles):
        return _everything(page)
    tab = page.asked("tab") or "mine"
    tab = tab if tab in _TABS else "mine"
    listing = Listing(page, _FILTERS, sorts=_SORTS, sort="rating" if tab == "mine" else "opened")
    asked = {"mine": _mine, "team": _team, "unallocated": _unallocated}[tab]
    names, found = await asyncio.gather(page.names(), asked(page))
    cases: list[Mapping[str, Any]] = [each for each in found["cases"].items if _wanted(each, listing)]
    shown = listing.show(cases, _KEYS)
    late, homes = await asyncio.gather(
        _late(page, found) if tab == "mine" else _none(), _homes(page, shown.rows, found)
    )
    found |= late
    return page.render(
        "work/my_work.html",
        names=names,
        tab=tab,
        tabs=_tabs(tab, found),
        listing=listing,
        shown=shown,
        homes=homes,
        of_case={each["id"]: each["household_id"] for each in found["cases"].items},
        sees_queue=not _SEES_QUEUE.isdisjoint(page.session.roles),
        **{"members": (), **found},
    )


@router.get("/more")
async def more(page: SignedIn) -> Response:
    """All that this person may open, when the header has no room for it."""
    return _everything(page)


def _everything(page: Page) -> Response:
    cards = [each for each in all_sections(page.session.roles, "") if each["href"] != page.path]
    return page.render("work/sections.html", cards=cards)


@router.post("/my-work/tasks/{task_id}/done")
async def task_done(page: SignedIn, task_id: str) -> Response:
    """A task is ticked off, as the list showed it."""
    form = await page.form()
    path = f"/v1/casefile/tasks/{an_id(task_id)}/done"
    try:
        wrote = await page.post(path, {}, if_match=form.version)
    except Refused as refused:
        if refused.status == 412:
            return page.to("/my-work", said="That task changed meanwhile: look again")
        raise
    return page.to("/my-work", said="Done", text=form.text("words"), wrote=wrote, path=path)


async def _mine(page: Page) -> dict[str, Any]:
    me = page.session.subject
    queue = {"queue": page.get("/v1/triage/queue/counts")} if not _SEES_QUEUE.isdisjoint(page.session.roles) else {}
    return await page.parts(
        mine=page.get("/v1/casefile/my-work"),
        cases=page.get("/v1/casefile/cases", {"state": "open", "worker": me, "limit": 200}),
        tasks=page.get("/v1/casefile/tasks", {"state": "open", "owner": me, "limit": 20}),
        promised=page.get("/v1/casefile/plan-actions", {"limit": 10}),
        unfinished=page.get("/v1/casefile/notes/unfinished", {"limit": 10}),
        **queue,
    )


async def _late(page: Page, found: Mapping[str, Any]) -> dict[str, Any]:
    """What is seldom there is asked for only when the counts say that it is."""
    counts = found["mine"].body or {}
    asked = {}
    if counts.get("steps_offered"):
        asked["steps"] = page.get("/v1/casefile/steps", {"state": "offered", "mine": True, "limit": 10})
    if counts.get("approvals_returned"):
        mine = {"state": "returned", "asked_by": page.session.subject, "limit": 10}
        asked["returned"] = page.get("/v1/casefile/approvals", mine)
    return await page.parts(**asked)


async def _none() -> dict[str, Any]:
    return {}


async def _team(page: Page) -> dict[str, Any]:
    found = await page.parts(mine=page.get("/v1/casefile/my-work"), teams=page.get("/v1/teams", {"limit": 200}))
    me = page.session.subject
    mine = [
        each for each in found["teams"].items
        if each["manager"] == me or any(member["worker_id"] == me for member in each["members"])
    ]  # fmt: skip
    workers = list(dict.fromkeys(member["worker_id"] for team in mine for member in team["members"]))[:40]
    chosen = page.asked("of")
    lists = await asyncio.gather(
        *(
            page.part(page.get("/v1/casefile/cases", {"state": "open", "worker": each, "limit": 200}))
            for each in workers
            if chosen in (None, each)
        )
    )
    cases = {case["id"]: case for part in lists for case in part.items}
    refused = next((part for part in lists if not part.ok), None)
    found["cases"] = refused if refused is not None and not cases else _made(list(cases.values()))
    found["members"] = workers
    return found


async def _unallocated(page: Page) -> dict[str, Any]:
    return await page.parts(
        mine=page.get("/v1/casefile/my-work"),
        cases=page.get("/v1/casefile/cases", {"state": "open", "unallocated": True, "limit": 200}),
    )


def _made(items: Sequence[Any]) -> Part:
    return Part(Answer(200, {"items": list(items), "next": None}))


async def _homes(page: Page, rows: Sequence[Mapping[str, Any]], found: Mapping[str, Any]) -> dict[str, Household]:
    """The households of all that is shown, by id, asked for at once."""
    of_case = {each["id"]: each["household_id"] for each in found["cases"].items}
    wanted = [each["household_id"] for each in rows]
    for name in ("promised", "unfinished"):
        if name in found:
            wanted += [each["household_id"] for each in found[name].items if each["household_id"]]
    if "tasks" in found:
        wanted += [of_case[each["case_id"]] for each in found["tasks"].items if each["case_id"] in of_case]
    return await households(page, wanted)


def _wanted(case: Mapping[str, Any], listing: Listing) -> bool:
    return (
        listing.has("rating", case["rag"] or "none")
        and listing.has("review", "overdue" if case["review_overdue"] else "soon")
        and listing.has("layer", case["layer"])
    )


def _tabs(tab: str, found: Mapping[str, Any]) -> list[dict[str, Any]]:
    counts: dict[str, int] = {}
    if found["mine"].ok:
        counts["mine"] = found["mine"].body["caseload"]["open"]
    counts |= {tab: len(found["cases"].items)} if found["cases"].ok else {}
    return [
        {
            "text": text,
            "href": f"/my-work?tab={name}" if name != "mine" else "/my-work",
            "current": name == tab,
            **({"count": counts[name]} if name in counts else {}),
        }
        for name, text in _TABS.items()
    ]


@router.get("/signed-in")
async def is_signed_in(page: SignedIn) -> Response:
    """Shown in the tab in which somebody signed in again."""
    return page.render("signing_in/signed_in.html")
