"""The directory of help, in the resident's own words. What they say is in no address and in no log."""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from kit.contracts.codes import NeedDomain
from staff.client import Refused
from staff.page import Anyone, Page
from staff.pages.public.anyone import asker, show

router = APIRouter()
SAID, NEED, PLACE = "public_said", "public_need", "public_postcode"
"""What was looked for is kept in the sealed session, because nothing of it may stand in an address or the history."""
NEEDS: Final[dict[str, str]] = {
    "housing": "My home, or having none",
    "money": "Money and debt",
    "food_and_fuel": "Food and heating",
    "work_and_skills": "Work and learning",
    "health": "Health and disability",
    "mental_health": "How I feel",
    "drugs_and_alcohol": "Drugs, drink, gambling",
    "domestic_abuse": "Somebody hurts or frightens me",
    "family_and_children": "Children and family",
    "community_safety": "Trouble where I live",
    "loneliness": "Being alone too much",
    "immigration": "Visas and papers",
}
assert set(NEEDS) == set(NeedDomain), "every need has its words"
_DAYS: Final = {"MO": "Monday", "TU": "Tuesday", "WE": "Wednesday", "TH": "Thursday", "FR": "Friday"}
_WEEKEND: Final = {"SA": "Saturday", "SU": "Sunday"}
SIZE: Final = 8
AWAY: Final = "https://www.bbc.co.uk/weather"
"""Where the exit leads: the page that the design system names for it."""


@router.get("/public/help")
async def ask(page: Anyone) -> Response:
    """The question, and the needs to choose from for whoever would rather not write."""
    return show(page, "public/help.html", needs=NEEDS)


@router.post("/public/help")
async def search(page: Anyone) -> Response:
    """Keeps what was said in the sealed session and goes on to what was found."""
    form = await page.form()
    if not keep(page, form.text("said"), form.text("need"), form.text("postcode")):
        form.wrong("said", "Say in a few words what would help, or choose from the list")
        return show(page, "public/help.html", form, needs=NEEDS)
    return RedirectResponse("/public/help/found", 303)


def keep(page: Page, said: str, need: str, postcode: str) -> bool:
    """Whether there is something to look for; then it is in the session."""
    need = need if need in NEEDS else ""
    if not said and not need:
        return False
    page.session.searched = {**page.session.searched, SAID: said[:500], NEED: need, PLACE: postcode[:12]}
    return True


def forget(page: Page) -> None:
    """Nothing of what was looked for is left, also for whoever goes back in the history."""
    kept = page.session.searched
    page.session.searched = {name: value for name, value in kept.items() if not name.startswith("public_")}


@router.get("/public/leave")
async def leave(page: Anyone) -> Response:
    """Away at once, to a page that says nothing; what was typed here is forgotten first."""
    forget(page)
    response = RedirectResponse(AWAY, 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@router.get("/public/help/found")
async def found(page: Anyone) -> Response:
    """What fits best, first."""
    answer = await look(page)
    if answer is None:
        return RedirectResponse("/public/help", 303)
    return show(page, "public/help_found.html", needs=NEEDS, **answer)


async def look(page: Page, number: int = 0) -> dict[str, Any] | None:
    """That page of the services that fit what was said, or the one its address names; None when nothing was said."""
    asked = page.session.searched
    if SAID not in asked:
        return None
    named = page.asked("page") or "1"
    number = number or (int(named) if named.isdecimal() and 0 < int(named) < 1000 else 1)
    body: dict[str, Any] = {"said": asked[SAID], "page": number, "per_page": SIZE}
    if asked.get(NEED):
        body["need"] = asked[NEED]
    if asked.get(PLACE):
        body["postcode"] = asked[PLACE]
    wrong = ""
    try:
        answer = await asker(page).post("/v1/triage/directory/search", body)
    except Refused as refused:
        if not refused.fields or "postcode" not in body:
            raise
        # A postcode we cannot place narrows nothing: better all that helps than nothing.
        wrong = asked[PLACE]
        answer = await asker(page).post("/v1/triage/directory/search", {**body, "postcode": None})
    return {
        "list": answer.body,
        "said": asked[SAID],
        "need": asked.get(NEED),
        "number": number,
        "size": SIZE,
        "wrong": wrong,
    }


@router.get("/public/help/{service_id}")
async def service(page: Anyone, service_id: UUID) -> Response:
    """One service: what it is, for whom, where, when, and when somebody last confirmed it."""
    return show(page, "public/help_service.html", **await one(page, service_id))


async def one(page: Page, service_id: UUID) -> dict[str, Any]:
    """A service and its openings in words."""
    answer = await asker(page).get(f"/v1/triage/directory/services/{service_id}")
    return {"service": answer.body, "openings": [opening(each) for each in answer.body.get("schedules", ())]}


def opening(schedule: dict[str, Any]) -> str:
    """`Monday, Wednesday and Friday, 10:00 to 16:00`."""
    names = [(_DAYS | _WEEKEND).get(code.strip()[-2:], code) for code in str(schedule.get("byday") or "").split(",")]
    if names == list(_DAYS.values()):
        days = "Monday to Friday"
    elif len(names) == 7:
        days = "Every day"
    else:
        days = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    hours = [str(schedule[each])[:5] for each in ("opens_at", "closes_at") if schedule.get(each)]
    return ", ".join(each for each in (days, " to ".join(hours)) if each)
