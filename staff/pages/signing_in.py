"""Signing in and out, choosing what one works for, and turning the screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from kit.contracts.purposes import PURPOSES, claimable
from kit.contracts.roles import ROLES
from staff.client import Asker, Refused
from staff.oidc import Issuer, signed_in
from staff.page import Anyone, Page, SignedIn, local
from staff.session import Session

router = APIRouter()
_PROGRAMS: Final = frozenset({"partner", "resident", "service", "answer_link", "shared_page"})


@dataclass(frozen=True, slots=True)
class Group:
    """Some of the demo's people under one heading."""

    title: str
    people: Sequence[dict[str, Any]]


_GROUPS: Final = (
    (
        "At the front desk",
        ("triage_officer", "hub_host", "volunteer_welcome", "voluntary_sector_worker", "work_coach", "gp_link_worker"),
    ),
    ("Working with households", ("universal_worker", "targeted_specialist", "personal_adviser", "safeguarding_lead")),
    ("Homes and money", ("housing_officer", "revenues_officer", "grants_officer")),
    ("Leading and answering for it", ("manager", "reviewing_officer", "board_member", "councillor", "analyst")),
)
_LAST: Final = "Keeping it right and running"


@router.get("/")
async def start(page: Anyone) -> Response:
    """To one's work, or to the sign-in."""
    return RedirectResponse("/my-work" if page.session.signed_in else "/sign-in", 303)


@router.get("/sign-in")
async def sign_in_page(page: Anyone) -> Response:
    """In production one button; in the demo the people one can be."""
    next_page = local(page.asked("next") or "/my-work")
    issuer = page.request.app.state.issuer
    groups = [] if issuer else await _groups(page)
    return page.render(
        "signing_in/sign_in.html", next_page=next_page, ended=page.asked("ended"), groups=groups, issuer=bool(issuer)
    )


@router.post("/sign-in")
async def sign_in(page: Anyone) -> Response:
    """Goes to the issuer; in the demo, becomes the person chosen. Whatever session there was before is over."""
    form = await page.form()
    next_page = local(form.text("next") or "/my-work")
    issuer: Issuer | None = page.request.app.state.issuer
    if issuer is not None:
        page.request.state.session = Session()
        address = await issuer.begin(page.gateway.session, page.request.state.session, next_page)
        return RedirectResponse(address, 303)
    answer = await Asker(page.gateway, "").post("/demo/token", {"worker": form.text("worker")})
    page.request.state.session = signed_in(answer.body)
    return RedirectResponse(next_page, 303)


@router.get("/sign-in/return")
async def come_back(page: Anyone) -> Response:
    """Back from the issuer."""
    issuer: Issuer | None = page.request.app.state.issuer
    if issuer is None:
        raise Refused(404, "not-found", "Page not found", "There is no page at this address.")
    session, next_page = await issuer.finish(
        page.gateway.session, page.session, page.asked("state") or "", page.asked("code") or ""
    )
    page.request.state.session = session
    return RedirectResponse(local(next_page), 303)


@router.post("/sign-out")
async def sign_out(page: Anyone) -> Response:
    """Nothing stays in this browser."""
    page.request.state.session = Session()
    response = RedirectResponse("/sign-in", 303)
    # Not the storage: words that could not be sent yet wait there, sealed.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@router.get("/purpose")
async def choose_purpose(page: SignedIn) -> Response:
    """What one works for now: it goes on record with every file that is opened."""
    return page.render(
        "signing_in/purpose.html",
        choices=[each for each in claimable(page.session.roles) if not each.anyone],
        back=local(page.asked("next") or "/my-work"),
    )


@router.post("/purpose")
async def set_purpose(page: SignedIn) -> Response:
    """Works for that from now on."""
    form = await page.form()
    chosen = PURPOSES.get(form.text("purpose"))
    if chosen is None or not chosen.claimable_by(page.session.roles):
        form.wrong("purpose", "Choose what you are working for")
        return page.render(
            "signing_in/purpose.html",
            form,
            choices=[each for each in claimable(page.session.roles) if not each.anyone],
            back=local(form.text("next") or "/my-work"),
        )
    page.session.purpose = chosen.code
    return page.to(form.text("next") or "/my-work")


@router.post("/turned")
async def turn_screen(page: SignedIn) -> Response:
    """Turns the screen towards the resident, or back."""
    form = await page.form()
    page.session.turned = not page.session.turned
    return page.to(form.text("next") or "/my-work")


async def _groups(page: Page) -> list[Group]:
    answer = await Asker(page.gateway, "").get("/demo/sign-ins")
    people = [each for each in answer.body if each["role"] not in _PROGRAMS]
    for each in people:
        each["meaning"] = ROLES[each["role"]]
    placed = {role for _, roles in _GROUPS for role in roles}
    groups = [
        Group(title, sorted((each for each in people if each["role"] in roles), key=lambda e: roles.index(e["role"])))
        for title, roles in _GROUPS
    ]
    return [*groups, Group(_LAST, [each for each in people if each["role"] not in placed])]
