"""Help without a name: place, need, outcome, in ten seconds; and the front door's own first page."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import Refused
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.contacts import choices
from staff.pages.contacts.people import names_of

router = APIRouter()

CONTACTS = "/v1/triage/contacts"


@router.get("/contacts")
async def front_door(page: SignedIn) -> Response:
    """What can be begun, what was begun and not finished, and who was here lately."""
    names, found = await _gathered(page)
    people = await names_of(page, (each["person_id"] for each in found["recent"].items))
    return page.render("contacts/front_door.html", names=names, people=people, say=choices.say, **found)


async def _gathered(page: Page) -> tuple[Any, dict[str, Any]]:
    found = await page.parts(
        recent=page.get(CONTACTS, {"limit": 20, "hub": page.asked("hub")}),
        unfinished=page.get("/v1/triage/unfinished-contacts", {"limit": 10}),
    )
    return await page.names(), found


@router.get("/contacts/quick")
async def quick(page: SignedIn) -> Response:
    """Three choices and a button."""
    start = Form(start={"hub": page.asked("hub") or ""})
    return await _shown(page, start)


@router.post("/contacts/quick")
async def help_given(page: SignedIn) -> Response:
    """Records it, and is ready for the next person at the same hub."""
    form = await page.form()
    domain = form.required("domain", "Choose what it was about")
    outcome = form.required("outcome", "Choose what came of it")
    need: dict[str, Any] = {"domain": domain}
    if domain == "housing":
        tonight = form.required("where_tonight", "Ask where they sleep tonight, and choose the answer")
        lose = form.required("lose_home", "Ask whether they may lose their home, and choose the answer")
        need |= {"where_tonight": tonight, "may_lose_home_within_56_days": {"yes": True, "no": False}.get(lose, lose)}
    if form.errors:
        return await _shown(page, form)
    body = {
        "channel": form.text("channel") or "walk_in",
        "hub": form.text("hub") or None,
        "needs": [need],
        "outcome": outcome,
        "reason": form.text("reason") or None,
    }
    try:
        wrote = await page.post(CONTACTS, body, key=form.key)
    except Refused as refused:
        if refused.slug == "may-be-homeless":
            return page.render(
                "contacts/not_here.html",
                form,
                status=422,
                refused=refused,
                outcome=outcome,
                body=body,
                say=choices.say,
                unnamed=True,
            )
        form.refused(refused, {"/needs/0/domain": "domain"})
        return await _shown(page, form)
    hub = form.text("hub")
    return page.to(
        "/contacts/quick" + (f"?hub={hub}" if hub else ""),
        said="Recorded. Nobody was named",
        text="Ready for the next person.",
        wrote=wrote,
        path=CONTACTS,
    )


@router.post("/contacts/quick/kept")
async def keep_open(page: SignedIn) -> Response:
    """The same conversation, kept open because it may be homelessness: nothing has to be said again."""
    form = await page.form()
    lose = form.text("lose_home")
    need = {
        "domain": form.text("domain") or "housing",
        "urgency": "today",
        "where_tonight": form.text("where_tonight") or "unknown",
        "may_lose_home_within_56_days": {"yes": True, "no": False}.get(lose, "unknown"),
    }
    body = {"channel": form.text("channel") or "walk_in", "hub": form.text("hub") or None, "needs": [need]}
    wrote = await page.post(CONTACTS, body, key=form.key)
    if form.has("apply"):
        path = f"{CONTACTS}/{wrote['id']}/homelessness-application"
        opened = await page.post(path, key=f"apply-{form.key}")
        return page.to(
            f"/contacts/{wrote['id']}",
            said="The application as homeless is open from today",
            text="Next: their name, so that the homelessness team can reach them.",
            wrote=opened,
            path=path,
        )
    return page.to(f"/contacts/{wrote['id']}", said="The conversation is kept open", wrote=wrote, path=CONTACTS)


async def _shown(page: Page, form: Form) -> Response:
    found = await page.parts(hubs=page.get("/v1/triage/hubs", {"limit": 50}))
    return page.render("contacts/quick.html", form, choices=choices, **found)
